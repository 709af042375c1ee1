/** Which proxies a session gets: one for every position, in order, never fewer, and no way that is down. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { parseEndpoint } from '../../src/model/address.js';
import type { At } from '../../src/model/brand.js';
import { type Cascade, type Pick, type Proxy, everyProxy, parseCascade } from '../../src/model/cascade.js';
import { KaskadeError } from '../../src/model/error.js';
import { labelHop } from '../../src/model/hop.js';
import type { Identity, Route } from '../../src/model/route.js';
import { type Barred, createPlanner } from '../../src/route/plan.js';
import { wayOf } from '../../src/route/ways.js';
import { type ToldEvidence, tellEvidence } from '../kit/evidence.js';
import { createChance } from '../kit/wire.js';

const labels = ({ hops }: Pick_<Route, 'hops'>): string =>
  hops.map(({ hop }) => labelHop(hop).replace(/^.*\/\/([^.]*).*$/, '$1')).join('');
type Pick_<Whole, Keys extends keyof Whole> = { readonly [Key in Keys]: Whole[Key] };

/** A chain of one-letter proxies: `a|b~random,c`. */
const chainOf = (text: string): Cascade =>
  parseCascade(
    'test',
    text.replace(/[a-z](?![a-z-])(?<!~[a-z-]*)/g, (letter) => `http://${letter}.test:1`),
  );

const idOf = (letter: string): string => `http://${letter}.test:1`;

interface Stage {
  readonly evidence: ToldEvidence;
  /** The letters of a planned route. */
  readonly chosen: (cascade: Cascade, identity?: string, target?: string, barred?: Barred) => string;
  readonly renew: (identity: string) => void;
  readonly tick: (span: number) => void;
}

const stage = (random: () => number = Math.random): Stage => {
  const evidence = tellEvidence();
  let at = 0;
  const planner = createPlanner({ evidence, random, clock: () => at as At });
  return {
    evidence,
    chosen: (cascade, identity = '', target = 'target.test:80', barred) =>
      labels(planner.plan(cascade, { identity: identity as Identity, target: parseEndpoint(target) }, barred)),
    renew: (identity) => {
      planner.renew(identity as Identity);
    },
    tick: (span) => {
      at += span;
    },
  };
};

const refusal = (work: () => unknown): KaskadeError => {
  try {
    work();
  } catch (thrown) {
    if (thrown instanceof KaskadeError) return thrown;
    throw thrown;
  }
  return assert.fail('a route was found');
};

describe('a route', () => {
  test('cannot be changed', () => {
    const planner = createPlanner({ evidence: tellEvidence(), random: () => 0, clock: () => 0 as At });
    const route = planner.plan(chainOf('a,b'), { identity: '' as Identity, target: parseEndpoint('x.test:1') });
    assert.equal(Reflect.set(route, 'hops', []), false);
    assert.equal(Reflect.set(route.hops, 0, route.hops[1]), false);
  });

  test('takes the way around what is down, also when the first choice leads nowhere', () => {
    const { chosen, evidence } = stage();
    evidence.down.add(`${idOf('a')} > ${idOf('c')}`);
    assert.equal(chosen(chainOf('a|b,c,d')), 'bcd');
    evidence.down.add(`${idOf('b')} > ${idOf('c')}`);
    assert.equal(refusal(() => chosen(chainOf('a|b,c,d'))).code, 'cascade-down');
  });

  test('that is not there is refused with the obstacle, and with what is known of it', () => {
    const { chosen, evidence } = stage();
    evidence.down.add(idOf('b'));
    const failure = { code: 'hop-closed', blame: { reporter: 1, suspect: 2, phase: 'greeting' } } as const;
    evidence.mishaps.set(`${idOf('a')} > ${idOf('b')}`, failure);
    const error = refusal(() => chosen(chainOf('a,b,c')));
    assert.deepEqual(error.failure, {
      code: 'cascade-down',
      blame: { reporter: 1, suspect: 2, phase: 'greeting' },
      hops: 3,
      suspect: idOf('b'),
      note: 'hop-closed',
    });
  });

  test('does not take the ways that are barred for its session', () => {
    const { chosen } = stage();
    const cascade = chainOf('a|b,c|d');
    assert.equal(chosen(cascade, '', 'x.test:1', new Set([` > ${idOf('a')}`])), 'bc');
    assert.equal(chosen(cascade, '', 'x.test:1', new Set([`${idOf('a')} > ${idOf('c')}`])), 'ad');
  });

  test('is found exactly when there is one, and never breaks a rule', () => {
    const letters = 'abcdefghijklmnopqrstuvwxyz'.split('');
    const picks: readonly Pick[] = ['first-up', 'random', 'fastest', 'sticky'];
    const cascades = fc
      .array(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.constantFrom(...picks)), { minLength: 1, maxLength: 8 })
      .map((positions) => {
        const left = [...letters];
        return chainOf(positions.map(([size, pick]) => `${left.splice(0, size).join('|')}~${pick}`).join(','));
      });
    const seeds = fc.integer({ min: 1, max: 2 ** 31 - 1 });
    let draws = 0;
    fc.assert(
      fc.property(cascades, seeds, fc.double({ min: 0, max: 0.6, noNaN: true }), (cascade, seed, loss) => {
        const chance = createChance(seed);
        const { chosen, evidence } = stage(() => chance.below(1_000_000) / 1_000_000);
        const isLost = (): boolean => chance.below(1_000) < loss * 1_000;
        for (const proxy of everyProxy(cascade)) if (isLost()) evidence.down.add(proxy.id);
        for (const way of waysOf(cascade)) if (isLost()) evidence.down.add(way);
        const whole = wholeRoutes(cascade, evidence);
        for (let count = 0; count < 10; count += 1) {
          draws += 1;
          if (whole.size === 0) assert.equal(refusal(() => chosen(cascade)).code, 'cascade-down');
          else assert.ok(whole.has(chosen(cascade)));
        }
      }),
      { numRuns: 1_000 },
    );
    assert.equal(draws, 10_000);
  });

  test('through eight positions of 200 proxies each is found, or not, without trying every row', () => {
    const positions = Array.from({ length: 8 }, (_, place) =>
      Array.from({ length: 200 }, (_, one) => `http://h${place}-${one}.test:1`).join('|'),
    );
    const cascade = parseCascade('wide', positions.join(','));
    const { evidence } = stage();
    let asked = 0;
    const counting = {
      ...evidence,
      usable: (to: Proxy, from?: Proxy) => {
        asked += 1;
        return evidence.usable(to, from);
      },
    };
    const planner = createPlanner({ evidence: counting, random: Math.random, clock: () => 0 as At });
    const wanted = { identity: '' as Identity, target: parseEndpoint('x.test:1') };
    for (const { id } of cascade.positions[7]?.among ?? []) evidence.down.add(id);
    assert.equal(refusal(() => planner.plan(cascade, wanted)).code, 'cascade-down');
    assert.ok(asked <= 8 * 200 * 200, `${asked} questions`);
  });
});

/** Every way between neighbours of a cascade, from this machine on. */
const waysOf = ({ positions }: Cascade): readonly string[] =>
  positions.flatMap(({ among }, index) => {
    const before = positions[index - 1]?.among ?? [undefined];
    return among.flatMap((to) => before.map((from) => wayOf(to, from)));
  });

/** Every row of proxies that breaks no rule, by brute force. */
const wholeRoutes = ({ positions }: Cascade, evidence: ToldEvidence): ReadonlySet<string> => {
  const rows = positions.reduce<readonly (readonly Proxy[])[]>(
    (before, { among }) =>
      before.flatMap((row) => among.flatMap((proxy) => (evidence.usable(proxy, row.at(-1)) ? [[...row, proxy]] : []))),
    [[]],
  );
  return new Set(rows.map((hops) => labels({ hops: hops as unknown as Route['hops'] })));
};

describe('first-up', () => {
  test('takes the first in the order of the user that works', () => {
    const { chosen, evidence } = stage();
    assert.equal(chosen(chainOf('a|b|c')), 'a');
    evidence.down.add(idOf('a'));
    assert.equal(chosen(chainOf('a|b|c')), 'b');
  });

  test('comes back to one that failed only when it is steady again, or when nothing else is left', () => {
    const { chosen, evidence } = stage();
    evidence.shaky.add(idOf('a'));
    assert.equal(chosen(chainOf('a|b')), 'b');
    evidence.down.add(idOf('b'));
    assert.equal(chosen(chainOf('a|b')), 'a');
    evidence.down.clear();
    evidence.shaky.clear();
    assert.equal(chosen(chainOf('a|b')), 'a');
  });
});

test('random takes each of those that are up equally often, within three standard deviations of 10,000 draws', () => {
  const chance = createChance(20_261_126);
  const { chosen, evidence } = stage(() => chance.below(1_000_000) / 1_000_000);
  evidence.down.add(idOf('c'));
  const counts = new Map<string, number>();
  for (let draw = 0; draw < 10_000; draw += 1) {
    const letter = chosen(chainOf('a|b|c|d|e~random'));
    counts.set(letter, (counts.get(letter) ?? 0) + 1);
  }
  assert.deepEqual([...counts.keys()].sort(), ['a', 'b', 'd', 'e']);
  const deviation = Math.sqrt(10_000 * 0.25 * 0.75);
  for (const [letter, count] of counts) {
    assert.ok(Math.abs(count - 2_500) <= 3 * deviation, `${letter} was taken ${count} times`);
  }
});

describe('fastest', () => {
  const cascade = chainOf('a|b|c~fastest');

  test('takes the quickest, and first those that nothing is known of', () => {
    const { chosen, evidence } = stage();
    evidence.times.set(idOf('a'), 50).set(idOf('b'), 30);
    assert.equal(chosen(cascade), 'c');
    evidence.times.set(idOf('c'), 60);
    assert.equal(chosen(cascade), 'b');
  });

  test('stays with its proxy until another is more than a fifth faster', () => {
    const { chosen, evidence } = stage();
    evidence.times.set(idOf('a'), 100).set(idOf('b'), 200).set(idOf('c'), 300);
    assert.equal(chosen(cascade), 'a');
    evidence.times.set(idOf('b'), 81);
    assert.equal(chosen(cascade), 'a');
    evidence.times.set(idOf('b'), 79);
    assert.equal(chosen(cascade), 'b');
    evidence.times.set(idOf('a'), 70);
    assert.equal(chosen(cascade), 'b');
  });

  test('leaves a proxy that is down, and takes one that failed lately last', () => {
    const { chosen, evidence } = stage();
    evidence.times.set(idOf('a'), 10).set(idOf('b'), 20).set(idOf('c'), 30);
    evidence.shaky.add(idOf('a'));
    assert.equal(chosen(cascade), 'b');
    evidence.down.add(idOf('b'));
    assert.equal(chosen(cascade), 'c');
  });
});

describe('sticky', () => {
  const cascade = chainOf('a|b|c|d|e|f|g|h~sticky');

  test('stays with one proxy for an identity and a site for ten minutes, and draws anew then', () => {
    const { chosen, tick } = stage();
    const first = chosen(cascade, 'alice', 'www.example.com:443');
    for (let minute = 0; minute < 10; minute += 1) {
      assert.equal(chosen(cascade, 'alice', 'img.example.com:80'), first);
      tick(59_999);
    }
    tick(11);
    const later = new Set(
      Array.from({ length: 60 }, () => {
        tick(600_000);
        return chosen(cascade, 'alice', 'example.com:443');
      }),
    );
    assert.ok(later.size > 3, [...later].join());
  });

  test('draws for each identity and each site by itself', () => {
    const { chosen } = stage();
    const sites = new Set(Array.from({ length: 60 }, (_, site) => chosen(cascade, 'alice', `s${site}.com:80`)));
    const people = new Set(Array.from({ length: 60 }, (_, name) => chosen(cascade, `p${name}`, 'one.com:80')));
    assert.deepEqual([sites.size > 3, people.size > 3], [true, true]);
    const hosted = new Set(Array.from({ length: 60 }, (_, site) => chosen(cascade, 'bob', `u${site}.github.io:80`)));
    assert.ok(hosted.size > 3, 'sites of different owners under one suffix are different');
  });

  test('draws anew when its proxy is down, and when the identity begins anew', () => {
    const { chosen, evidence, renew } = stage();
    const first = chosen(cascade, 'alice');
    evidence.down.add(idOf(first));
    const second = chosen(cascade, 'alice');
    assert.notEqual(second, first);
    evidence.down.clear();
    assert.equal(chosen(cascade, 'alice'), second);
    const others = new Set(
      Array.from({ length: 60 }, () => {
        renew('alice');
        return chosen(cascade, 'alice');
      }),
    );
    assert.ok(others.size > 3);
    const bob = chosen(cascade, 'bob');
    renew('alice');
    assert.equal(chosen(cascade, 'bob'), bob);
  });
});
