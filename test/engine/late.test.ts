import assert from 'node:assert/strict';
import { test } from 'node:test';
import { watchLateness } from '../../src/engine/late.js';
import { until } from '../kit/leak.js';

test('being held up is noticed while it lasts and afterwards, and for how long at least', async () => {
  const watch = watchLateness();
  try {
    const began = performance.now();
    while (performance.now() - began < 400);
    assert.ok(watch.late() >= 250, String(watch.late()));
    const after = performance.now();
    await until(() => performance.now() - after > 150, 'the next look');
    assert.ok(watch.late() >= 250, String(watch.late()));
  } finally {
    watch.stop();
  }
});
