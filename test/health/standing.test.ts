/** The standing of a hop: what any row of good and bad tries may make of it, and what it never may. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type At, millis } from '../../src/model/brand.js';
import {
  type Pulse,
  afterBad,
  afterGood,
  isSteady,
  isUnsettled,
  noPulse,
  standingAt,
  usualRules as rules,
} from '../../src/health/standing.js';

const at = (seconds: number): At => (seconds * 1_000) as At;
const bads = (...seconds: readonly number[]): Pulse =>
  seconds.reduce((pulse, second) => afterBad(pulse, at(second), rules), noPulse);

/** A try and how many milliseconds after the one before it. */
const tries = fc.array(fc.record({ well: fc.boolean(), wait: fc.integer({ min: 0, max: 20_000 }) }), { maxLength: 60 });

interface Seen {
  readonly pulse: Pulse;
  readonly at: At;
  readonly well: boolean;
}

const play = (row: readonly { readonly well: boolean; readonly wait: number }[]): readonly Seen[] => {
  let [pulse, now] = [noPulse, 0];
  return row.map(({ well, wait }) => {
    now += wait;
    pulse = well ? afterGood(pulse, now as At, rules) : afterBad(pulse, now as At, rules);
    return { pulse, at: now as At, well };
  });
};

test('nothing is known of a hop before it was tried', () => {
  assert.equal(standingAt(noPulse, at(0), rules), 'unknown');
  assert.ok(isSteady(noPulse, at(0), rules));
});

test('two failures in a row make a suspect, three that are spaced put it down', () => {
  assert.equal(standingAt(bads(0), at(0), rules), 'unknown');
  assert.equal(standingAt(bads(0, 1), at(1), rules), 'suspect');
  assert.equal(standingAt(bads(0, 1, 2, 3, 4), at(4), rules), 'suspect');
  assert.equal(standingAt(bads(0, 5, 10), at(10), rules), 'down');
});

test('failures of many sessions at once count as one', () => {
  assert.equal(standingAt(bads(...Array.from({ length: 100 }, () => 1)), at(1), rules), 'suspect');
});

test('a doubt can make a suspect, but never puts a hop down', () => {
  let pulse = noPulse;
  for (let second = 0; second < 200; second += 10) pulse = afterBad(pulse, at(second), rules, 'mild');
  assert.equal(standingAt(pulse, at(200), rules), 'suspect');
});

test('what was down is up again after two good tries in a row, and steady after three', () => {
  let pulse = afterGood(bads(0, 5, 10), at(11), rules);
  assert.equal(standingAt(pulse, at(11), rules), 'down');
  assert.ok(isUnsettled(pulse, at(11), rules));
  pulse = afterGood(pulse, at(12), rules);
  assert.equal(standingAt(pulse, at(12), rules), 'up');
  assert.equal(isSteady(pulse, at(12), rules), false);
  assert.ok(isSteady(afterGood(pulse, at(13), rules), at(13), rules));
});

test('evidence that is fifteen minutes old is none', () => {
  const pulse = bads(0, 5, 10);
  assert.equal(standingAt(pulse, at(909), rules), 'down');
  assert.equal(standingAt(pulse, at(910), rules), 'unknown');
  assert.equal(standingAt(afterBad(pulse, at(911), rules), at(911), rules), 'unknown');
});

test('a hop that takes far longer than usual is slow until it is brisk again', () => {
  let pulse = noPulse;
  const good = (span: number): void => {
    pulse = afterGood(pulse, at(1), rules, millis(span));
  };
  for (let count = 0; count < 20; count += 1) good(200);
  for (let count = 0; count < 5; count += 1) good(1_500);
  assert.equal(standingAt(pulse, at(1), rules), 'slow');
  good(900);
  assert.equal(standingAt(pulse, at(1), rules), 'slow');
  for (let count = 0; count < 5; count += 1) good(200);
  assert.equal(standingAt(pulse, at(1), rules), 'up');
});

test('a hop that always takes a second is not slow, one that takes five is', () => {
  const usual = (span: number): Pulse =>
    Array.from({ length: 30 }).reduce<Pulse>((pulse) => afterGood(pulse, at(1), rules, millis(span)), noPulse);
  assert.equal(standingAt(usual(1_000), at(1), rules), 'up');
  assert.equal(standingAt(usual(5_000), at(1), rules), 'slow');
});

test('no hop is down without three failures that are spaced, and none good twice in a row among them', () => {
  fc.assert(
    fc.property(tries, (row) => {
      const seen = play(row);
      for (const [index, { pulse, at: now }] of seen.entries()) {
        if (standingAt(pulse, now, rules) !== 'down') continue;
        const spaced: number[] = [];
        let goods = 0;
        for (const { well, at: then } of seen.slice(0, index + 1)) {
          goods = well ? goods + 1 : 0;
          if (goods === 2) spaced.length = 0;
          if (!well && (spaced.length === 0 || then - (spaced.at(-1) ?? 0) >= rules.space)) spaced.push(then);
        }
        assert.ok(spaced.length >= 3, JSON.stringify(spaced));
      }
    }),
  );
});

test('what is suspect or down becomes neither up nor slow before two good tries in a row', () => {
  fc.assert(
    fc.property(tries, (row) => {
      const seen = play(row);
      for (const [index, { pulse, at: now }] of seen.entries()) {
        const before = seen[index - 1];
        if (before === undefined) continue;
        const was = standingAt(before.pulse, now, rules);
        const is = standingAt(pulse, now, rules);
        if ((was === 'suspect' || was === 'down') && (is === 'up' || is === 'slow')) {
          assert.ok(before.well && seen[index]?.well === true);
        }
      }
    }),
  );
});

test('a hop that was never good is never shown as up, slow, or steady after failing', () => {
  fc.assert(
    fc.property(tries, (row) => {
      for (const { pulse, at: now } of play(row.map(({ wait }) => ({ well: false, wait })))) {
        assert.ok(['unknown', 'suspect', 'down'].includes(standingAt(pulse, now, rules)));
        assert.equal(isSteady(pulse, now, rules), false);
      }
    }),
  );
});
