import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createNoticeLines } from '../../src/cli/notices.js';
import type { At } from '../../src/model/brand.js';

test('a notice is printed the first time, and then at most once a minute with its count', () => {
  let seconds = 100;
  const lineOf = createNoticeLines(() => (seconds * 1_000) as At);
  const tell = (topic: string, count: number): string | undefined =>
    lineOf({ level: 'warning', topic, text: `${topic} happened.`, count, at: 0 as At });
  assert.equal(tell('a', 1), 'a happened.');
  assert.equal(tell('b', 1), 'b happened.');
  seconds += 59;
  assert.equal(tell('a', 2), undefined);
  seconds += 1;
  assert.equal(tell('a', 3), 'a happened. (3 times)');
  assert.equal(tell('a', 4), undefined);
  seconds += 3_600;
  assert.equal(tell('b', 2), 'b happened. (2 times)');
});
