/** Twelve kinds of fault at each of three positions: whom the court names, against who it was. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Phase } from '../../src/model/blame.js';
import type { Proxy } from '../../src/model/cascade.js';
import type { Failure, FailureCode } from '../../src/model/failure.js';
import type { Scheme } from '../../src/model/hop.js';
import type { Route } from '../../src/model/route.js';
import { parseEndpoint } from '../../src/model/address.js';
import { type Stage, createStage, seeded } from './stage.js';

/** What a dial through a route with one ill hop says: the hops that were passed, and the failure. */
interface Dial {
  readonly passed: readonly number[];
  readonly failure?: Failure;
}

/** Where the dial is when it comes to the ill hop `k` of `n`. */
interface Place {
  readonly k: number;
  readonly n: number;
  readonly scheme: Scheme;
  readonly next: Scheme | undefined;
}

const before = (k: number): readonly number[] => Array.from({ length: Math.max(0, k - 1) }, (_, index) => index + 1);
const firstPhase = (scheme: Scheme): Phase =>
  scheme === 'socks5h' ? 'greeting' : scheme === 'https' ? 'tls' : 'request';

const hopFails =
  (code: FailureCode, phase?: Phase) =>
  ({ k, scheme }: Place): Dial => ({
    passed: before(k),
    failure: { code, blame: { reporter: k - 1, suspect: k, phase: phase ?? firstPhase(scheme) } },
  });

const refuses =
  (code: FailureCode) =>
  ({ k, n }: Place): Dial => ({
    passed: before(k),
    failure: { code, blame: { reporter: k, suspect: k < n ? k + 1 : 'target', phase: 'request' } },
  });

/** The hop before says that nobody is there. */
const gone =
  (code: FailureCode) =>
  ({ k }: Place): Dial =>
    k === 1
      ? {
          passed: [],
          failure: { code: 'hop-unreachable', blame: { reporter: 0, suspect: 1, phase: 'tcp' }, note: 'ECONNREFUSED' },
        }
      : { passed: before(k - 1), failure: { code, blame: { reporter: k - 1, suspect: k, phase: 'request' } } };

/** Says yes, and what comes next is not the next hop; a last hop's target just never answers. */
const lies =
  (code: FailureCode) =>
  ({ k, n, next }: Place): Dial => ({
    passed: before(k + 1),
    ...(k === n
      ? {}
      : { failure: { code, blame: { reporter: k, suspect: k + 1, phase: firstPhase(next ?? 'http') } } }),
  });

const kinds: Readonly<Record<string, (place: Place) => Dial>> = {
  'is gone': gone('onward-refused'),
  'is behind a wall that swallows everything': ({ k }) =>
    k === 1
      ? { passed: [], failure: { code: 'hop-timeout', blame: { reporter: 0, suspect: 1, phase: 'tcp' } } }
      : {
          passed: before(k - 1),
          failure: { code: 'onward-timeout', blame: { reporter: k - 1, suspect: k, phase: 'request' } },
        },
  'accepts and says nothing': hopFails('hop-timeout'),
  'hangs when it is asked to go on': hopFails('hop-timeout', 'request'),
  'refuses everyone': refuses('onward-refused'),
  'denies everyone by its rules': refuses('onward-denied'),
  'hangs up in the middle of its answer': hopFails('hop-closed'),
  'resets the connection': hopFails('hop-reset'),
  'answers in no protocol': hopFails('hop-garbled'),
  'wants another password': hopFails('hop-auth-refused', 'auth'),
  'says yes and reaches nothing': lies('hop-timeout'),
  'says yes and talks nonsense': lies('hop-garbled'),
};

const schemes: readonly Scheme[] = ['http', 'socks5h'];
const proxyAt = (position: number, index: number): string =>
  `${schemes[(position + index) % 2]}://198.51.100.${position}${index}:1`;
const fork = [1, 2, 3].map((position) => [0, 1].map((index) => proxyAt(position, index)).join('|')).join(',');
const single = [1, 2, 3].map((position) => proxyAt(position, 0)).join(',');

const dialOf = (route: Route, ill: Proxy, kind: (place: Place) => Dial): Dial => {
  const index = route.hops.findIndex(({ id }) => id === ill.id);
  const n = route.hops.length;
  if (index === -1) return { passed: before(n + 1) };
  return kind({ k: index + 1, n, scheme: ill.hop.scheme, next: route.hops[index + 1]?.hop.scheme });
};

/** Who is accused at the end: hops, and the ends of ways that no hop is accused of. */
const accused = ({ health }: Stage): readonly (readonly string[])[] => {
  const isIll = ({ standing }: { readonly standing: string }): boolean => standing === 'suspect' || standing === 'down';
  const hops = health
    .hops()
    .filter(isIll)
    .map(({ proxy }) => [proxy]);
  return [
    ...hops,
    ...health
      .edges()
      .filter(isIll)
      .map(({ from, to }) => (from === undefined ? [to] : [from, to])),
  ];
};

/** A minute of work on a cascade that was well before: sessions each second, over random routes, to four targets. */
const minute = (chain: string, position: number, kind: (place: Place) => Dial, seed: number): Stage => {
  const stage = createStage(chain);
  const random = seeded(seed);
  const pick = (): Route =>
    stage.route(...stage.cascade.positions.map(({ among }) => Math.floor(random() * among.length)));
  const ill = stage.proxy(position);
  for (let count = 0; count < 40; count += 1) {
    stage.time.pass(1_000);
    stage.well(pick());
  }
  for (let second = 0; second < 60; second += 1) {
    stage.time.pass(1_000);
    const route = pick();
    const { passed, failure } = dialOf(route, ill, kind);
    stage.passed(route, ...passed);
    const target = parseEndpoint(`site-${Math.floor(random() * 4)}.example:443`);
    if (failure !== undefined) stage.health.failed(route, failure, target);
  }
  return stage;
};

/** A last hop that says yes to every target cannot be told from one whose targets are silent: only probes can. */
const isHidden = (what: string, position: number): boolean => position === 3 && what.startsWith('says yes');

describe('whom the court names', () => {
  for (const [what, kind] of Object.entries(kinds)) {
    for (const position of [1, 2, 3]) {
      if (isHidden(what, position)) continue;
      test(`with others to compare: hop ${position} ${what}: it, and nobody else`, () => {
        for (const seed of [1, 2, 3, 4, 5]) {
          const stage = minute(fork, position, kind, seed);
          const ill = stage.proxy(position).id;
          const named = accused(stage);
          assert.ok(named.length > 0, 'nobody is named');
          for (const ends of named) assert.ok(ends.includes(ill), `${ends.join(' > ')} is named (seed ${seed})`);
        }
      });

      test(`with nothing to compare: hop ${position} ${what}: it, or a way that ends at it`, () => {
        const stage = minute(single, position, kind, 1);
        const ill = stage.proxy(position).id;
        const named = accused(stage);
        assert.ok(named.length > 0, 'nobody is named');
        for (const ends of named) assert.ok(ends.includes(ill), `${ends.join(' > ')} is named`);
      });
    }
  }

  for (const code of ['onward-denied', 'onward-refused', 'onward-timeout'] as const) {
    for (const position of [1, 2]) {
      test(`hop ${position} does not forward to one of two next hops (${code}): that way, and no hop`, () => {
        for (const seed of [1, 2, 3, 4, 5]) {
          const stage = createStage(fork);
          const random = seeded(seed);
          for (let second = 0; second < 120; second += 1) {
            stage.time.pass(1_000);
            const route = stage.route(...[0, 0, 0].map(() => Math.floor(random() * 2)));
            const [near, far] = [stage.proxy(position), stage.proxy(position + 1)];
            const breaks = route.hops[position - 1]?.id === near.id && route.hops[position]?.id === far.id;
            stage.passed(route, ...before(breaks ? position : 4));
            if (breaks) {
              stage.health.failed(route, {
                code,
                blame: { reporter: position, suspect: position + 1, phase: 'request' },
              });
            }
          }
          assert.deepEqual(accused(stage), [[stage.proxy(position).id, stage.proxy(position + 1).id]]);
        }
      });
    }
  }
});
