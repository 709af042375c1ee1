/** The dial itself: its times, its deadlines, and what is left when it is given up at any moment. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type Socket, connect } from 'node:net';
import { describe, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { millis } from '../../src/model/brand.js';
import { fail } from '../../src/model/error.js';
import { discard } from '../../src/route/pool.js';
import { dialThrough, edgeOf, failureOf } from '../kit/dials.js';
import { type HopScript, chainOf, openHop, openHops } from '../kit/hops.js';
import { backTo, holdings } from '../kit/leak.js';
import { createScope } from '../kit/scope.js';
import type { TestScheme } from '../kit/speech.js';
import { echo, openTarget } from '../kit/target.js';

/** A port whose queue of connections is full, since nobody accepts any: the next connection hangs. */
const openFullPort = async () => {
  const worker = new Worker(
    `const { parentPort } = require('node:worker_threads');
     const server = require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
       parentPort.postMessage(server.address().port);
       Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
     });`,
    { eval: true },
  );
  const [port] = (await once(worker, 'message')) as [number];
  const queued: Socket[] = [];
  for (let connected = true; connected; ) {
    const socket = connect(port, '127.0.0.1').on('error', () => undefined);
    queued.push(socket);
    connected = await Promise.race([
      once(socket, 'connect').then(() => true),
      new Promise<false>((resolve) => setTimeout(resolve, 200, false)),
    ]);
  }
  return {
    port,
    [Symbol.asyncDispose]: async () => {
      for (const socket of queued) socket.destroy();
      await worker.terminate();
    },
  };
};

const mixes: readonly (readonly TestScheme[])[] = [
  ['http'],
  ['https', 'socks5h'],
  ['socks4a', 'https', 'https'],
  ['socks5h', 'http', 'socks4a', 'https'],
  ['http', 'socks5h', 'https', 'socks4a', 'http', 'socks5h', 'https', 'socks4a'],
];

describe('the times of a dial', () => {
  for (const schemes of mixes) {
    test(`through ${schemes.join(', ')} are told hop by hop`, async () => {
      await using scope = createScope();
      const target = scope.use(await openTarget(echo));
      const hops = await openHops(...schemes.map((scheme): HopScript => ({ scheme })));
      for (const hop of hops) scope.use(hop);
      const began = performance.now();
      const { tunnel, timings } = await dialThrough(chainOf(hops), target.name);
      const took = performance.now() - began;
      discard(tunnel);
      assert.deepEqual(
        timings.map(({ hop }) => hop),
        schemes.map((_, index) => index + 1),
      );
      for (const { hop, label, connect: joined, exchange } of timings) {
        const scheme = schemes[hop - 1];
        assert.ok(label.startsWith(`${scheme ?? ''}://127.0.0.1:${hops[hop - 1]?.port ?? 0}`), label);
        assert.equal(
          joined !== undefined,
          hop === 1 || scheme === 'https',
          `${label} has ${joined ?? 'no'} time to connect`,
        );
        assert.ok(exchange >= 0 && (joined ?? 0) >= 0);
      }
      const sum = timings.reduce((all, { connect: joined, exchange }) => all + (joined ?? 0) + exchange, 0);
      assert.ok(sum <= took, `${sum} of ${took} ms`);
    });
  }

  test('a hop that is slow has the longest time', async () => {
    await using scope = createScope();
    const target = scope.use(await openTarget(echo));
    for (const slow of [1, 2, 3]) {
      const hops = await openHops(
        ...(['socks5h', 'https', 'http'] as const).map((scheme, index): HopScript => {
          return { scheme, ...(index + 1 === slow ? { fault: { play: 'drip', every: 20 } } : {}) };
        }),
      );
      for (const hop of hops) scope.use(hop);
      const { tunnel, timings } = await dialThrough(chainOf(hops), target.name);
      discard(tunnel);
      const longest = timings.reduce((most, each) => (each.exchange > most.exchange ? each : most));
      assert.equal(longest.hop, slow);
    }
  });
});

describe('the deadline of a dial', () => {
  test('names the connection where hop 1 accepts none', async () => {
    const base = holdings();
    {
      await using port = await openFullPort();
      const error = await failureOf(
        dialThrough(`http://127.0.0.1:${port.port}`, 'target.test:80', { within: millis(200) }),
      );
      assert.equal(edgeOf(error), 'hop-timeout 0>1 tcp');
    }
    await backTo(base);
  });

  const places: readonly (readonly [TestScheme, 'accept' | 'greeting' | 'auth' | 'request', string])[] = [
    ['https', 'accept', 'tls'],
    ['https', 'request', 'request'],
    ['socks5h', 'greeting', 'greeting'],
    ['socks5h', 'auth', 'auth'],
    ['socks5h', 'request', 'request'],
    ['socks4a', 'request', 'request'],
    ['http', 'accept', 'request'],
  ];
  for (const [scheme, at, phase] of places) {
    for (const place of [1, 2, 3]) {
      test(`names hop ${place} of three and the phase ${phase} (${scheme}, silent at ${at})`, async () => {
        const base = holdings();
        {
          await using scope = createScope();
          const silent: HopScript = { scheme, login: { user: 'a', password: 'b' }, fault: { play: 'silence', at } };
          const others: readonly HopScript[] = [{ scheme: 'http' }, { scheme: 'socks5h' }];
          const hops = await openHops(...others.slice(0, place - 1), silent, ...others.slice(place - 1));
          for (const hop of hops) scope.use(hop);
          const dialling = dialThrough(chainOf(hops), 'target.test:9', { within: millis(250) });
          assert.equal(edgeOf(await failureOf(dialling)), `hop-timeout ${place - 1}>${place} ${phase}`);
        }
        await backTo(base);
      });
    }
  }
});

describe('a dial that is given up', () => {
  for (const schemes of [['http'], ['socks5h', 'https'], ['https', 'https', 'socks4a']] as const) {
    test(`at any moment leaves nothing behind, through ${schemes.join(', ')}`, async () => {
      await using scope = createScope();
      const target = scope.use(await openTarget(echo));
      const hops = await openHops(...schemes.map((scheme): HopScript => ({ scheme })));
      for (const hop of hops) scope.use(hop);
      const base = holdings();
      let completed = 0;
      for (let moment = 0; completed < 5; moment += 1) {
        const stop = new AbortController();
        const dialling = dialThrough(chainOf(hops), target.name, { signal: stop.signal });
        // Half of the moments are turns of the event loop, the others lie between two callbacks of a turn.
        if (moment % 2 === 0) for (let turns = 0; turns < moment / 2; turns += 1) await new Promise(setImmediate);
        else
          for (let ticks = 0; ticks < moment * 4; ticks += 1)
            await (ticks % 40 === 39 ? new Promise(setImmediate) : undefined);
        stop.abort(fail('stopped'));
        const dialled = await dialling.catch((thrown: unknown) => thrown);
        if (dialled instanceof Error) {
          assert.equal('code' in dialled && dialled.code, 'stopped');
        } else {
          completed += 1;
          discard((dialled as Awaited<typeof dialling>).tunnel);
        }
        await backTo(base);
      }
    });
  }

  test('before it began opens no socket', async () => {
    await using hop = await openHop({ scheme: 'http' });
    const stop = new AbortController();
    stop.abort(fail('stopped'));
    const base = holdings();
    assert.equal((await failureOf(dialThrough(hop.url, 'target.test:9', { signal: stop.signal }))).code, 'stopped');
    assert.deepEqual(hop.visits, []);
    await backTo(base, 0);
  });
});

describe('TLS to a proxy', () => {
  test('is refused where the certificate is nobody’s, and nothing was asked', async () => {
    await using hop = await openHop({ scheme: 'https', trust: 'authorities', login: { user: 'a', password: 'b' } });
    const error = await failureOf(dialThrough(hop.url, 'target.test:9'));
    assert.equal(edgeOf(error), 'hop-untrusted 0>1 tls');
    assert.deepEqual(hop.visits[0]?.heard, []);
  });

  test('is refused where the key is not the pinned one, and the message says which it is', async () => {
    await using hop = await openHop({ scheme: 'https', login: { user: 'a', password: 'b' } });
    const pinned = /sha256\/[^&]*/.exec(hop.url)?.[0] ?? '';
    const other = hop.url.replace(pinned, `sha256/${Buffer.alloc(32, 1).toString('base64')}`);
    const error = await failureOf(dialThrough(other, 'target.test:9'));
    assert.equal(edgeOf(error), 'hop-pin-mismatch 0>1 tls');
    assert.equal(error.failure.note, `it is ${pinned}`);
    assert.deepEqual(hop.visits[0]?.heard, []);
  });

  test('accepts any certificate where the user says so', async () => {
    await using target = await openTarget(echo);
    await using hop = await openHop({ scheme: 'https', trust: 'nobody' });
    discard((await dialThrough(hop.url, target.name)).tunnel);
  });

  for (const place of [1, 2]) {
    test(`is told as failed where hop ${place} speaks no TLS`, async () => {
      await using scope = createScope();
      const plain = scope.use(await openHop({ scheme: 'http', fault: { play: 'silence', at: 'request' } }));
      const talker = scope.use(await openTarget(({ socket }) => socket.write('220 I speak first\r\n')));
      const before = scope.use(await openHop({ scheme: 'socks4a' }));
      const chain = (port: number): string =>
        `${place === 1 ? '' : `${before.url},`}https://127.0.0.1:${port}?verify=no`;
      const silent = await failureOf(dialThrough(chain(plain.port), 'target.test:9', { within: millis(200) }));
      assert.equal(edgeOf(silent), `hop-timeout ${place - 1}>${place} tls`);
      const talking = await failureOf(dialThrough(chain(talker.port), 'target.test:9'));
      assert.equal(edgeOf(talking), `hop-tls-failed ${place - 1}>${place} tls`);
    });
  }

  for (const how of ['destroy', 'resetAndDestroy'] as const) {
    test(`is told as ${how === 'destroy' ? 'closed' : 'reset'} where the hop hangs up in the handshake`, async () => {
      await using target = await openTarget(({ socket }) => socket.once('data', () => socket[how]()));
      const error = await failureOf(dialThrough(`https://127.0.0.1:${target.port}?verify=no`, 'target.test:9'));
      assert.equal(edgeOf(error), `hop-${how === 'destroy' ? 'closed' : 'reset'} 0>1 tls`);
    });
  }
});
