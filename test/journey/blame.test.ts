/** Three hops of mixed kinds, each in turn gone, hung, slow or lying: the right edge is named, and the target sees nobody. */

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { millis } from '../../src/model/brand.js';
import type { Failure } from '../../src/model/failure.js';
import { type ClientProtocol, ask } from '../kit/clients.js';
import { hear, hearAll } from '../kit/ear.js';
import type { Fault } from '../kit/faults.js';
import { type HopScript, type TestHop, apart, chainOf, openHops } from '../kit/hops.js';
import { type House, startHouse } from '../kit/house.js';
import { type Holdings, backTo, holdings, until } from '../kit/leak.js';
import { sessionsOf } from '../kit/scenes.js';
import { createScope } from '../kit/scope.js';
import { type TestScheme, speeches } from '../kit/speech.js';
import { type Target, echo, openTarget, patternBytes, source } from '../kit/target.js';

const rows: readonly (readonly TestScheme[])[] = [
  ['http', 'socks5h', 'https'],
  ['socks4a', 'https', 'socks5h'],
  ['https', 'http', 'socks4a'],
  ['socks5h', 'socks4a', 'http'],
];

/** What goes wrong, and whom that must be told of: at place `k` of three, where hop k speaks `own` and the next one `next`. */
interface Mishap {
  readonly what: string;
  readonly fault: ((own: TestScheme) => Fault) | 'gone';
  /** `code reporter>suspect phase`; undefined where the session opens all the same. */
  readonly edge: (
    k: number,
    around: { readonly before: TestScheme; readonly own: TestScheme; readonly next: TestScheme },
  ) => string | undefined;
  readonly slow?: true;
}

/** The phase in which a hop is first waited for, once it is connected. */
const first = (scheme: TestScheme): string =>
  ({ http: 'request', https: 'tls', socks4a: 'request', socks5h: 'greeting' })[scheme];

/** The phase of a hop's first answer. */
const answer = (scheme: TestScheme): string => (scheme === 'socks5h' ? 'greeting' : 'request');

/** How the scripted hops say no. */
const no = (scheme: TestScheme): string =>
  ({ http: 'onward-unreachable', https: 'onward-unreachable', socks4a: 'onward-failed', socks5h: 'onward-refused' })[
    scheme
  ];

const onwardOf = (k: number): string => (k === 3 ? 'target' : String(k + 1));

const lie =
  (then: 'hold' | 'fin' | 'rst', more = '') =>
  (own: TestScheme): Fault => ({
    ...{ play: 'answer', at: 'request', then, bytes: Buffer.concat([speeches[own].yes, Buffer.from(more)]) },
  });

const nextEdge =
  (code: string) =>
  (k: number, { next }: { readonly next: TestScheme }): string | undefined =>
    k === 3 ? undefined : `${code} ${k}>${k + 1} ${first(next)}`;

const mishaps: readonly Mishap[] = [
  {
    what: 'is gone',
    fault: 'gone',
    edge: (k, { before }) => (k === 1 ? 'hop-unreachable 0>1 tcp' : `${no(before)} ${k - 1}>${k} request`),
  },
  {
    what: 'accepts and says nothing at all',
    fault: () => ({ play: 'silence', at: 'accept' }),
    edge: (k, { own }) => `hop-timeout ${k - 1}>${k} ${first(own)}`,
    slow: true,
  },
  {
    what: 'hangs when it is asked to go on',
    fault: () => ({ play: 'silence', at: 'request' }),
    edge: (k) => `hop-timeout ${k - 1}>${k} request`,
    slow: true,
  },
  {
    what: 'refuses',
    fault: (own) => ({ play: 'answer', at: 'request', bytes: speeches[own].no, then: 'fin' }),
    edge: (k, { own }) => `${no(own)} ${k}>${onwardOf(k)} request`,
  },
  {
    what: 'hangs up in the middle of an answer',
    fault: () => ({ play: 'cut', after: 1, how: 'fin' }),
    edge: (k, { own }) => `hop-closed ${k - 1}>${k} ${answer(own)}`,
  },
  {
    what: 'resets the connection instead of answering',
    fault: () => ({ play: 'cut', after: 0, how: 'rst' }),
    edge: (k, { own }) => `hop-reset ${k - 1}>${k} ${answer(own)}`,
  },
  {
    what: 'answers in no protocol',
    fault: () => ({ play: 'answer', at: 'request', bytes: Buffer.from('what?'), then: 'hold' }),
    edge: (k) => `hop-garbled ${k - 1}>${k} request`,
  },
  {
    what: 'says yes to everything and reaches nothing',
    fault: lie('hold'),
    edge: nextEdge('hop-timeout'),
    slow: true,
  },
  {
    what: 'says yes and then talks nonsense',
    fault: lie('hold', 'you are welcome, whoever you are'),
    edge: (k, around) => nextEdge(around.next === 'https' ? 'hop-tls-failed' : 'hop-garbled')(k, around),
  },
  { what: 'says yes and hangs up', fault: lie('fin'), edge: nextEdge('hop-closed') },
  { what: 'answers one byte at a time', fault: () => ({ play: 'drip', every: 2 }), edge: () => undefined },
];

const protocols: readonly ClientProtocol[] = ['socks5', 'connect', 'socks4a'];

/** A way for one session, with a mishap at place `k`. */
interface Scene {
  readonly house: House;
  readonly hops: readonly TestHop[];
  readonly target: Target;
}

const withScene = async (
  schemes: readonly TestScheme[],
  { k, fault, slow }: { readonly k: number; readonly fault: Mishap['fault']; readonly slow?: boolean },
  act: (scene: Scene) => Promise<void>,
): Promise<void> => {
  await using scope = createScope();
  const target = scope.use(await openTarget(echo));
  const scripts = schemes.map((scheme, index): HopScript => {
    if (index + 1 !== k) return { scheme };
    return fault === 'gone' ? apart({ scheme }) : { scheme, fault: fault(scheme) };
  });
  const hops = await openHops(...scripts);
  for (const hop of hops) scope.use(hop);
  if (fault === 'gone') await hops[k - 1]?.slam();
  const dial = millis(slow === true ? 1_000 : 20_000);
  const house = scope.use(await startHouse(chainOf(hops), { limits: { dial } }));
  await act({ house, hops, target });
};

const edgeOf = ({ code, blame }: Failure): string =>
  `${code} ${blame?.reporter ?? '-'}>${blame?.suspect ?? '-'} ${blame?.phase ?? '-'}`;

/** What the header must say for an edge: a refusal is told of the hop that said it, unless it is about the target. */
const headerOf = (edge: string): string => {
  const [, code = '', reporter = '', suspect = ''] = /^(\S+) (\d)>(\S+)/.exec(edge) ?? [];
  if (code.startsWith('hop-')) return `${code}; hop=${suspect}`;
  return `${code}; hop=${suspect === 'target' && !/denied|failed/.test(code) ? suspect : reporter}`;
};

/** Every connection, to the target and to each hop but the first, came from the hop before it. */
const assertWay = ({ hops, target }: Scene): void => {
  for (const [index, { visits }] of [...hops.slice(1), { visits: target.calls }].entries()) {
    const before = hops[index]?.visits.map(({ onward }) => onward) ?? [];
    for (const { link } of visits) assert.ok(before.includes(link), `${link} came past hop ${index + 1}`);
  }
};

describe('three hops', { concurrency: 8 }, () => {
  let base: Holdings;
  before(() => {
    base = holdings();
  });
  after(() => backTo(base));

  for (const [row, schemes] of rows.entries()) {
    for (const k of [1, 2, 3]) {
      for (const [index, { what, fault, edge, slow }] of mishaps.entries()) {
        const around = schemes.slice(k - 1, k + 1);
        const [own = 'http', next = 'http'] = around;
        const expected = edge(k, { before: schemes[k - 2] ?? 'http', own, next });
        const protocol = protocols[(row + k + index) % protocols.length] ?? 'socks5';
        test(`${schemes.join(', ')}: hop ${k} ${what}: ${expected ?? 'the session opens'}`, async () => {
          await withScene(schemes, { k, fault, slow: slow ?? false }, async (scene) => {
            const began = performance.now();
            const { socket, ok, text } = await ask(scene.house.port, { protocol, target: scene.target.name });
            assert.equal(ok, expected === undefined, text);
            if (expected === undefined) {
              if (what.startsWith('answers')) {
                socket.write('echo');
                assert.equal((await hear(socket, 4)).toString(), 'echo');
                assert.equal(scene.target.calls.length, 1);
              }
              assertWay(scene);
              socket.destroy();
              return;
            }
            const { state } = sessionsOf(scene.house).at(-1) ?? {};
            assert.ok(state?.phase === 'failed');
            assert.equal(edgeOf(state.failure), expected);
            assert.equal(state.failure.hops, 3);
            if (protocol === 'connect') assert.ok(text.includes(`X-Kaskade-Failure: ${headerOf(expected)}\r\n`), text);
            assertWay(scene);
            assert.ok(performance.now() - began < 15_000);
            socket.destroy();
          });
        });
      }

      for (const how of ['fin', 'rst', 'stall'] as const) {
        test(`${schemes.join(', ')}: hop ${k} breaks off in the middle of a transfer (${how})`, async () => {
          await using scope = createScope();
          const target = scope.use(await openTarget(source(1, 3_000_000)));
          const hops = await openHops(
            ...schemes.map((scheme, index): HopScript => {
              return { scheme, ...(index + 1 === k ? { fault: { play: 'break', after: 500_000, how } } : {}) };
            }),
          );
          for (const hop of hops) scope.use(hop);
          const house = scope.use(await startHouse(chainOf(hops), { limits: { idleTunnels: millis(1_000) } }));
          const { socket, ok } = await ask(house.port, { protocol: 'socks5', target: target.name });
          assert.ok(ok);
          const { bytes, how: ended } = await hearAll(socket);
          if (how === 'rst') assert.equal(ended, 'reset');
          // What was counted at the hop includes the handshakes and TLS of the hops behind it.
          const lost = 500_000 - bytes.length;
          assert.ok(how === 'rst' || (lost >= 0 && lost < 20_000), `${lost} bytes are missing`);
          assert.ok(bytes.equals(patternBytes(1, bytes.length)));
          socket.destroy();
          await until(() => house.controller.snapshot.sessions.length === 0, 'the end of the session');
          assert.equal(target.calls.length, 1);
        });
      }

      test(`${schemes.join(', ')}: hop ${k} dies while it is asked`, async () => {
        await withScene(schemes, { k, fault: () => ({ play: 'silence', at: 'request' }) }, async (scene) => {
          const asking = ask(scene.house.port, { protocol: 'connect', target: scene.target.name });
          const hop = scene.hops[k - 1];
          await until(() => hop?.visits[0]?.onward !== undefined, 'the question');
          await hop?.slam();
          const { socket, text } = await asking;
          // A reset that arrives together with tickets of TLS is seen as an end.
          assert.match(text, new RegExp(`X-Kaskade-Failure: hop-(?:reset|closed); hop=${k}\\r\\n`));
          socket.destroy();
          assertWay(scene);
        });
      });
    }
  }
});
