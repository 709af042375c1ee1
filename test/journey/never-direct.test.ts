/** The first promise: bytes reach a target through exactly the hops of the cascade, in order, or not at all. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { millis } from '../../src/model/brand.js';
import { startChild } from '../kit/child.js';
import { type Outcome, drawSchedule, inParallel, leftOpen, play } from '../kit/schedules.js';
import { createChance } from '../kit/wire.js';

const schedules = 600;
const together = 24;
const limits = { dial: millis(800), handshake: millis(800), idle: millis(800), idleTunnels: millis(800) };

test(`in ${schedules} random cascades with random faults nothing goes direct, and no way is shorter`, async () => {
  const seed = Number(process.env['SEED'] ?? 20_260_401);
  await using child = await startChild();
  const outcomes: Outcome[] = [];
  await inParallel(schedules, together, async (index) => {
    const address = `127.77.${Math.floor(index / 250)}.${(index % 250) + 1}`;
    const outcome = await play(drawSchedule(createChance(seed + index)), child, { address, options: { limits } });
    assert.deepEqual(outcome.breaches, [], `SEED=${seed}, schedule ${index}`);
    outcomes.push(outcome);
  });
  const { connects, lookups, crashes } = await child.report();
  assert.deepEqual(crashes, []);
  assert.deepEqual(lookups, []);
  const allowed = new Set(outcomes.flatMap(({ first }) => first));
  assert.deepEqual(
    connects.filter((to) => !allowed.has(to)),
    [],
  );
  // Where nothing ever got through, nothing would have been shown.
  const through = outcomes.filter(({ ok }) => ok).length;
  assert.ok(through > schedules / 4 && through < schedules, `${through} got through`);
  assert.ok(connects.length > schedules / 2, `${connects.length} connections`);
  assert.deepEqual(await leftOpen(child), []);
});

test('a connection past the hops would have been noticed', async () => {
  await using child = await startChild();
  await child.control();
  assert.equal((await child.report()).connects.length, 2);
});
