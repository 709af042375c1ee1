/** The way through the lab, put together from ports. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTrace } from '../../src/engine/lab-trace.js';

test('a way is told hop by hop, also when connections to different places come from the same port', () => {
  const trace = createTrace();
  // The system may give one port to a connection to 1001 and, at the same time, to another one to 1002.
  trace.note({ hop: 1, label: 'one', came: { from: 5000, to: 1001 }, went: { from: 5000, to: 1002 } });
  trace.note({ hop: 2, label: 'two', came: { from: 5000, to: 1002 }, went: { from: 5000, to: 80 } });
  assert.deepEqual(
    trace.behind({ from: 5000, to: 80 }).map(({ label }) => label),
    ['one', 'two'],
  );
});

test('a connection that has ended is forgotten, and only that one', () => {
  const trace = createTrace();
  const forget = trace.note({ hop: 1, label: 'old', came: { from: 1, to: 2 }, went: { from: 3, to: 4 } });
  trace.note({ hop: 1, label: 'new', came: { from: 5, to: 2 }, went: { from: 3, to: 4 } });
  forget();
  assert.deepEqual(
    trace.behind({ from: 3, to: 4 }).map(({ label }) => label),
    ['new'],
  );
});
