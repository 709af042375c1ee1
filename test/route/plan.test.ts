/** Which proxies a session gets: one for every position, in order, never fewer. */

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { parseEndpoint } from '../../src/model/address.js';
import { millis } from '../../src/model/brand.js';
import { parseCascade } from '../../src/model/cascade.js';
import { fail } from '../../src/model/error.js';
import { labelHop } from '../../src/model/hop.js';
import type { Identity, Route } from '../../src/model/route.js';
import { type Evidence, createEvidence } from '../../src/route/evidence.js';
import { plan } from '../../src/route/plan.js';

const wanted = { identity: '' as Identity, target: parseEndpoint('target.test:80') };

const labels = ({ hops }: Route): readonly string[] =>
  hops.map(({ hop }) => labelHop(hop).replace(/^.*\/\/(.).*$/, '$1'));

const planOf = (chain: string, evidence: Evidence = createEvidence(), random = 0): Route =>
  plan(parseCascade('test', chain), wanted, { evidence, random: () => random });

/** A chain of one-letter proxies: `a|b~random,c`. */
const chainOf = (text: string): string =>
  text.replace(/[a-z](?![a-z-])(?<!~[a-z-]*)/g, (letter) => `http://${letter}.test:1`);

/** Evidence that the hop at this place of a route failed just now. */
const failedAt = (evidence: Evidence, route: Route, hop: number): void => {
  const blame = { reporter: hop - 1, suspect: hop, phase: 'tcp' } as const;
  evidence.failed(route, fail('hop-unreachable', { blame }).failure);
};

test('every position gives one proxy, in order, whatever has failed', () => {
  const letters = 'abcdefghijklmnop'.split('');
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 2 }), { minLength: 1, maxLength: 8 }),
      fc.constantFrom('first-up', 'random', 'fastest', 'sticky'),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      fc.array(fc.nat(7), { maxLength: 8 }),
      (sizes, pick, random, failures) => {
        const rest = letters.values();
        const positions = sizes.map((size) => Array.from({ length: size }, () => rest.next().value ?? ''));
        const chain = positions.map((among) => `${among.map((letter) => `http://${letter}.test:1`).join('|')}~${pick}`);
        const evidence = createEvidence();
        for (const failed of failures) failedAt(evidence, planOf(chain.join(','), evidence, random), failed + 1);
        const chosen = labels(planOf(chain.join(','), evidence, random));
        assert.equal(chosen.length, positions.length);
        for (const [place, letter] of chosen.entries()) assert.ok(positions[place]?.includes(letter));
      },
    ),
  );
});

test('a route cannot be changed', () => {
  const route = planOf(chainOf('a,b'));
  assert.throws(() => Reflect.apply(Array.prototype.pop, route.hops, []), TypeError);
  assert.equal(Reflect.set(route, 'hops', []), false);
});

test('the first proxy is taken while it works, the next one for half a minute after it failed', ({
  mock,
}: TestContext) => {
  const evidence = createEvidence();
  const route = planOf(chainOf('a|b,c'), evidence);
  assert.deepEqual(labels(route), ['a', 'c']);
  const began = performance.now();
  const clock = mock.method(performance, 'now', () => began);
  failedAt(evidence, route, 1);
  assert.deepEqual(labels(planOf(chainOf('a|b,c'), evidence)), ['b', 'c']);
  clock.mock.mockImplementation(() => began + 29_999);
  assert.deepEqual(labels(planOf(chainOf('a|b,c'), evidence)), ['b', 'c']);
  clock.mock.mockImplementation(() => began + 30_000);
  assert.deepEqual(labels(planOf(chainOf('a|b,c'), evidence)), ['a', 'c']);
});

test('where every proxy of a position has failed, the position is not left out', () => {
  const evidence = createEvidence();
  failedAt(evidence, planOf(chainOf('a|b,c'), evidence), 1);
  failedAt(evidence, planOf(chainOf('a|b,c'), evidence), 1);
  failedAt(evidence, planOf(chainOf('a|b,c'), evidence), 2);
  assert.deepEqual(labels(planOf(chainOf('a|b,c'), evidence)), ['a', 'c']);
});

test('a proxy that works again is forgiven', () => {
  const evidence = createEvidence();
  const route = planOf(chainOf('a|b'), evidence);
  failedAt(evidence, route, 1);
  evidence.passed(route, { hop: 1, label: '', exchange: millis(5) });
  assert.deepEqual(labels(planOf(chainOf('a|b'), evidence)), ['a']);
});

test('what the far end says is held against nobody on the way', () => {
  const evidence = createEvidence();
  const route = planOf(chainOf('a|b'), evidence);
  const target = { reporter: 1, suspect: 'target', phase: 'request' } as const;
  for (const code of ['onward-refused', 'onward-unreachable', 'onward-timeout'] as const) {
    evidence.failed(route, fail(code, { blame: target }).failure);
  }
  for (const code of ['client-gone', 'stopped', 'out-of-files'] as const) evidence.failed(route, fail(code).failure);
  assert.deepEqual(labels(planOf(chainOf('a|b'), evidence)), ['a']);
});

test('random takes each as the dice fall', () => {
  const chosen = [0, 0.3, 0.4, 0.7, 0.99].map(
    (random) => labels(planOf(chainOf('a|b|c~random'), undefined, random))[0],
  );
  assert.deepEqual(chosen, ['a', 'a', 'b', 'c', 'c']);
});

test('fastest takes the one with the shortest mean time, and first those that nothing is known of', () => {
  const evidence = createEvidence();
  const chain = chainOf('a|b|c~fastest');
  for (const [time, expected] of [
    [30, 'b'],
    [10, 'c'],
    [20, 'b'],
  ] as const) {
    evidence.passed(planOf(chain, evidence), {
      hop: 1,
      label: '',
      connect: millis(time / 2),
      exchange: millis(time / 2),
    });
    assert.deepEqual(labels(planOf(chain, evidence)), [expected]);
  }
});

test('sticky stays with one proxy for an identity and a site, while it works', () => {
  const chain = chainOf('a|b|c|d~sticky');
  const chosen = (identity: string, target: string, evidence = createEvidence()): Route =>
    plan(
      parseCascade('test', chain),
      { identity: identity as Identity, target: parseEndpoint(target) },
      { evidence, random: Math.random },
    );
  const first = labels(chosen('alice', 'one.test:80'));
  for (let count = 0; count < 20; count += 1) assert.deepEqual(labels(chosen('alice', 'one.test:443')), first);
  const spread = new Set(Array.from({ length: 60 }, (_, site) => labels(chosen('alice', `${site}.test:80`))[0]));
  assert.equal(spread.size, 4);
  const others = new Set(Array.from({ length: 60 }, (_, name) => labels(chosen(String(name), 'one.test:80'))[0]));
  assert.equal(others.size, 4);
  const evidence = createEvidence();
  failedAt(evidence, chosen('alice', 'one.test:80', evidence), 1);
  assert.notDeepEqual(labels(chosen('alice', 'one.test:80', evidence)), first);
});
