/** Asking hops before their turn: what is gained, what happens when bytes are lost, and what is never said early. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseEndpoint } from '../../src/model/address.js';
import { millis } from '../../src/model/brand.js';
import type { ProxyId } from '../../src/model/cascade.js';
import type { Behind, Early } from '../../src/model/early.js';
import { fail } from '../../src/model/error.js';
import type { HopTiming } from '../../src/model/session.js';
import { createAborter } from '../../src/net/signal.js';
import { dial } from '../../src/route/dial.js';
import { discard } from '../../src/route/pool.js';
import { dialThrough, edgeOf, failureOf, freeDoor, routeOf } from '../kit/dials.js';
import { openDoor } from '../kit/door.js';
import { hear } from '../kit/ear.js';
import { type HopScript, chainOf, openHops } from '../kit/hops.js';
import { createScope } from '../kit/scope.js';
import { echo, openTarget } from '../kit/target.js';

/** Everybody keeps everything, as far as is known; who is told to have lost some is remembered. */
const trusting = (keeps: (behind: Behind) => boolean = () => true): Early & { readonly losers: readonly ProxyId[] } => {
  const losers: ProxyId[] = [];
  return { losers, keeps: (_proxy, behind) => keeps(behind), lost: ({ id }) => void losers.push(id) };
};

/** What a first hop hears before it has said anything. */
const firstWords = async (chain: (port: number) => string, early: Early): Promise<Buffer> => {
  await using scope = createScope();
  let heard: (bytes: Buffer) => void = () => undefined;
  const all = new Promise<Buffer>((resolve) => (heard = resolve));
  const door = scope.use(
    await openDoor((socket) => {
      socket.once('data', (bytes: Buffer) => {
        heard(bytes);
        socket.end();
      });
    }),
  );
  await failureOf(dialThrough(chain(door.port), '10.0.0.9:80', { early }));
  return await all;
};

const socks5 = (last: string): string => `05010005010001${last}`;
const to = (address: string, port: number): string =>
  Buffer.from([...address.split('.').map(Number), port >> 8, port & 255]).toString('hex');

describe('hops that keep what comes early', () => {
  test('are all asked in the first packet', async () => {
    const chain = (port: number): string =>
      `socks5h://127.0.0.1:${port},socks5h://10.0.0.1:1080,socks4a://10.0.0.2:1080`;
    const words = await firstWords(chain, trusting());
    const four = '040100500a00000900';
    assert.equal(words.toString('hex'), `${socks5(to('10.0.0.1', 1080))}${socks5(to('10.0.0.2', 1080))}${four}`);
  });

  test('are asked no further than is known of each', async () => {
    const chain = (port: number): string => `socks5h://127.0.0.1:${port},socks5h://10.0.0.1:1080`;
    const onlyGreeting = await firstWords(
      chain,
      trusting((behind) => behind === 'greeting'),
    );
    assert.equal(onlyGreeting.toString('hex'), socks5(to('10.0.0.1', 1080)));
    const nothing = await firstWords(
      chain,
      trusting(() => false),
    );
    assert.equal(nothing.toString('hex'), '050100');
  });

  test('with a login are told it with the greeting', async () => {
    const chain = (port: number): string => `socks5h://me:you@127.0.0.1:${port}`;
    const login = '01026d6503796f75';
    const words = await firstWords(chain, trusting());
    assert.equal(words.toString('hex'), `050102${login}05010001${to('10.0.0.9', 80)}`);
  });

  test('never get anything behind a CONNECT, whatever is known of them', async () => {
    const chain = (port: number): string => `http://127.0.0.1:${port},http://10.0.0.1:3128`;
    const words = (await firstWords(chain, trusting())).toString('latin1');
    assert.match(words, /^CONNECT 10\.0\.0\.1:3128 HTTP\/1\.1\r\n/);
    assert.equal(words.split('\r\n\r\n').length, 2, words);
    assert.ok(words.endsWith('\r\n\r\n'));
  });

  test('are told one by one while nobody of them is asked early', async () => {
    await using scope = createScope();
    const hops = await openHops({ scheme: 'http' }, { scheme: 'socks5h', fault: { play: 'silence', at: 'request' } });
    for (const hop of hops) scope.use(hop);
    const { signal, abort } = createAborter();
    let passed: (hop: number) => void = () => undefined;
    const first = new Promise<number>((resolve) => (passed = resolve));
    const dialer = {
      ...{ door: freeDoor(), early: trusting(() => false) },
      onHop: ({ hop }: HopTiming): void => {
        passed(hop);
      },
    };
    const dialling = failureOf(dial(routeOf(chainOf(hops)), parseEndpoint('target.test:80'), dialer, { signal }));
    assert.equal(await first, 1);
    abort(fail('stopped'));
    assert.equal((await dialling).code, 'stopped');
  });

  test('carry a session, and each is told once', async () => {
    await using scope = createScope();
    const target = scope.use(await openTarget(echo));
    const hops = await openHops(
      ...(['socks5h', 'socks4a', 'socks5h', 'http'] as const).map((scheme): HopScript => ({ scheme })),
    );
    for (const hop of hops) scope.use(hop);
    const early = trusting();
    const { tunnel, timings } = await dialThrough(chainOf(hops), target.name, { early });
    tunnel.stream.write('there and back');
    assert.equal((await hear(tunnel.stream, 14)).toString(), 'there and back');
    discard(tunnel);
    assert.deepEqual(
      timings.map(({ hop }) => hop),
      [1, 2, 3, 4],
    );
    assert.deepEqual([early.losers.length, hops.map(({ visits }) => visits.length)], [0, [1, 1, 1, 1]]);
  });
});

const chains: readonly (readonly [string, readonly HopScript[], number])[] = [
  ['behind its greeting', [{ scheme: 'socks5h', fault: { play: 'forget', at: 'greeting' } }], 1],
  [
    'behind its greeting, as hop 2',
    [{ scheme: 'socks4a' }, { scheme: 'socks5h', fault: { play: 'forget', at: 'greeting' } }, { scheme: 'socks5h' }],
    2,
  ],
  [
    'behind its login',
    [
      { scheme: 'socks5h', login: { user: 'a', password: 'b' }, fault: { play: 'forget', at: 'auth' } },
      { scheme: 'socks4a' },
    ],
    1,
  ],
  [
    'behind its request',
    [{ scheme: 'socks4a', fault: { play: 'forget', at: 'request' } }, { scheme: 'socks5h' }, { scheme: 'http' }],
    1,
  ],
];

describe('a hop that loses what comes early', { concurrency: true }, () => {
  for (const [where, scripts, loser] of chains) {
    test(`${where} costs a second dial, and no session`, async () => {
      await using scope = createScope();
      const target = scope.use(await openTarget(echo));
      const hops = await openHops(...scripts);
      for (const hop of hops) scope.use(hop);
      const early = trusting();
      const { tunnel, timings } = await dialThrough(chainOf(hops), target.name, { early, within: millis(10_000) });
      tunnel.stream.write('whole');
      assert.equal((await hear(tunnel.stream, 5)).toString(), 'whole');
      discard(tunnel);
      assert.deepEqual(
        timings.map(({ hop }) => hop),
        scripts.map((_, index) => index + 1),
      );
      assert.equal(target.calls.length, 1);
      const lost = hops[loser - 1]?.port ?? 0;
      assert.deepEqual(
        early.losers.map((id) => Number(/:(\d+)/.exec(id.replace(/^\w+:\/\/(?:[^@]*@)?[\d.]+/, ''))?.[1])),
        [lost],
      );
    });
  }

  test('is not suspected of what a hop says: a refusal is final, and named as ever', async () => {
    await using scope = createScope();
    const hops = await openHops(
      { scheme: 'socks5h' },
      { scheme: 'socks5h', resolve: () => undefined },
      { scheme: 'http' },
    );
    for (const hop of hops) scope.use(hop);
    const early = trusting();
    const error = await failureOf(dialThrough(chainOf(hops), 'target.test:80', { early }));
    assert.match(edgeOf(error), /^onward-\w+ 2>3 request$/);
    assert.deepEqual([early.losers.length, hops.map(({ visits }) => visits.length)], [0, [1, 1, 0]]);
  });

  test('is not blamed where it is ill in any case: the blame is that of asking one after the other', async () => {
    await using scope = createScope();
    const hops = await openHops(
      { scheme: 'socks5h' },
      { scheme: 'socks5h', fault: { play: 'cut', after: 2, how: 'fin' } },
    );
    for (const hop of hops) scope.use(hop);
    const early = trusting();
    const error = await failureOf(dialThrough(chainOf(hops), 'target.test:80', { early }));
    assert.equal(edgeOf(error), 'hop-closed 1>2 request');
    assert.deepEqual([early.losers.length, hops[1]?.visits.length], [0, 2]);
  });

  test('is not taken for one where the target takes as long either way', async () => {
    await using scope = createScope();
    const target = scope.use(await openTarget(echo));
    const hops = await openHops({ scheme: 'socks5h', fault: { play: 'drip', every: 700 } });
    for (const hop of hops) scope.use(hop);
    const early = trusting();
    const { tunnel } = await dialThrough(chainOf(hops), target.name, { early, within: millis(30_000) });
    discard(tunnel);
    assert.deepEqual([early.losers.length, hops[0]?.visits.length], [0, 2]);
  });
});
