/** Probes alone find out who is ill, and never show a hop further on where they come from. */

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { now, since } from '../../src/model/brand.js';
import { watchLateness } from '../../src/engine/late.js';
import { type Ill, ills } from '../kit/ills.js';
import { until } from '../kit/leak.js';
import { inParallel } from '../kit/schedules.js';
import type { TestScheme } from '../kit/speech.js';
import { openWard } from '../kit/ward.js';

const schemes: readonly TestScheme[] = ['http', 'socks5h', 'https'];
const faster = 5;
const interval = 30_000 / faster;

const illOf = (what: string): Ill => {
  const found = ills.find((ill) => ill.what === what);
  assert.ok(found !== undefined, what);
  return found;
};

/** A hop that takes two seconds and more for its answers, which are 39 bytes of HTTP, 12 of SOCKS5. */
const slow: Ill = {
  what: 'is slow',
  change: (scheme) => ({ fault: { play: 'drip', every: scheme === 'socks5h' ? 200 : 60 } }),
};

const faults: readonly Ill[] = [
  illOf('is gone'),
  illOf('hangs when it is asked to go on'),
  slow,
  illOf('says yes and reaches nothing'),
];

/** What a last hop takes in a session is its target's time too: what is usual for it takes eight probes to know, and is not shown here. */
const cells = faults
  .flatMap((ill) => [1, 2, 3].map((position) => ({ ill, position })))
  .filter(({ ill, position }) => ill !== slow || position < 3);

test('killed, hung, slow or lying: two probe intervals later, without a session, the right hop or way has lost its standing', async (context) => {
  await inParallel(cells.length, 6, async (index) => {
    const cell = cells[index];
    assert.ok(cell !== undefined);
    await playInPeace(cell, context);
  });
});

type Said = Pick<TestContext, 'diagnostic'>;

/** Timeouts count for nothing while this machine has no time for the program: such a cell is played again. */
const playInPeace = async (cell: (typeof cells)[number], context: Said, attempts = 4): Promise<void> => {
  const lateness = watchLateness();
  try {
    await play(cell, context);
  } catch (thrown) {
    const isDisturbed = lateness.late() >= 250 && !(thrown instanceof assert.AssertionError);
    if (!isDisturbed || attempts === 1) throw thrown;
    await playInPeace(cell, context, attempts - 1);
  } finally {
    lateness.stop();
  }
};

const play = async ({ ill, position }: (typeof cells)[number], context: Said): Promise<void> => {
  await using ward = await openWard(schemes, 1, faster);
  // So many tries tell what is usual; what is slow is measured against it.
  for (let count = 0; count < 12; count += 1) await ward.visit();
  const met = ward.target.calls.length;
  await ward.fall(position, ill);
  const fell = now();
  const id = ward.idAt(position);
  const name = `hop ${position} ${ill.what}`;
  await until(() => ward.standings().length > 0, `${name}: nothing is noticed`, 2 * interval);
  context.diagnostic(`${name}: noticed after ${(since(fell, now()) / interval).toFixed(2)} intervals`);
  for (const { proxy, standing } of ward.house.controller.snapshot.hops)
    if (proxy !== id) assert.ok(['up', 'unknown'].includes(standing), `${name}, and hop ${proxy} is ${standing}`);
  for (const ends of ward.accused()) assert.ok(ends.includes(id), `${name}, and ${ends.join(' > ')} is accused`);
  // Then it is well again, and two good tries tell.
  await ward.recover(position);
  const isWell = (): boolean => ward.standings().length === 0;
  await until(isWell, `${name}: it is not noticed that it is well again`, 4 * interval);
  assert.equal(ward.target.calls.length, met);
};

test('a probe of hop 3 reaches it from hop 2, one of hop 2 from hop 1, and nobody but hop 1 is dialled from here', async () => {
  await using ward = await openWard(schemes, 1, 30);
  const [first = [], second = [], third = []] = ward.hops;
  const visitsOf = (hops: typeof first) => hops.flatMap(({ visits }) => visits);
  await until(() => visitsOf(third).length >= 4, 'four probes of the last hop', 20_000);
  const from = (hops: typeof first): ReadonlySet<string | undefined> =>
    new Set(visitsOf(hops).map(({ onward }) => onward));
  // Each connection that came to a hop is one that the hop before has made, by both of its ports.
  for (const { link } of visitsOf(second)) assert.ok(from(first).has(link), `${link} came to hop 2 from elsewhere`);
  for (const { link } of visitsOf(third)) assert.ok(from(second).has(link), `${link} came to hop 3 from elsewhere`);
  const asked = visitsOf(third).flatMap((visit) => visit.asked?.host ?? []);
  assert.ok(asked.length >= 3);
  for (const host of asked) assert.match(host, /^[a-z0-9]{16}\.invalid$/);
});
