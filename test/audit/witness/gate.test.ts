/** The gate before a page of others: one at a time with a pause, and nobody any more once it is closed. */

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { createGate } from '../../../src/audit/witness/gate.js';
import { millis } from '../../../src/model/brand.js';
import { fail } from '../../../src/model/error.js';
import { createAborter } from '../../../src/net/signal.js';

const openGate = (context: TestContext) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const gate = createGate(millis(1_000));
  const through: string[] = [];
  const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const go = async (name: string, cancel = createAborter()): Promise<void> => {
    const closed = await gate.turn(cancel).catch(() => 'called off');
    through.push(closed === undefined ? name : `${name}: ${closed}`);
  };
  const after = async (span: number): Promise<string> => {
    context.mock.timers.tick(span);
    await settled();
    return through.splice(0).join(', ');
  };
  return { gate, go, after };
};

test('one goes through at once, and every other a second after the one before', async (context) => {
  const { go, after } = openGate(context);
  for (const name of ['a', 'b', 'c']) void go(name);
  assert.equal(await after(0), 'a');
  assert.equal(await after(999), '');
  assert.equal(await after(1), 'b');
  assert.equal(await after(1_000), 'c');
  void go('d');
  assert.equal(await after(500), '');
  assert.equal(await after(500), 'd');
  assert.equal(await after(5_000), '');
  void go('e');
  assert.equal(await after(0), 'e');
});

test('who is called off leaves its place to the next', async (context) => {
  const { go, after } = openGate(context);
  const called = createAborter();
  void go('a');
  void go('b', called);
  void go('c');
  called.abort(fail('stopped'));
  assert.equal(await after(0), 'a, b: called off');
  assert.equal(await after(1_000), 'c');
  void go('d', called);
  assert.equal(await after(0), 'd: called off');
});

test('a closed gate tells everybody why, also those who wait', async (context) => {
  const { gate, go, after } = openGate(context);
  for (const name of ['a', 'b', 'c']) void go(name);
  assert.equal(await after(0), 'a');
  gate.close('enough');
  gate.close('too much');
  assert.equal(await after(0), 'b: enough, c: enough');
  void go('d');
  assert.equal(await after(0), 'd: enough');
});
