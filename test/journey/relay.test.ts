/** What TCP promises holds through a cascade: half-close, reset, order, back-pressure, early and late bytes, counts. */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { describe, test } from 'node:test';
import { millis } from '../../src/model/brand.js';
import type { KaskadeEvent } from '../../src/model/event.js';
import type { SessionState } from '../../src/model/session.js';
import { ask, clientProtocols, connectRequest, dialUp } from '../kit/clients.js';
import { hear, hearAll } from '../kit/ear.js';
import { type HopScript, chainOf, openHops } from '../kit/hops.js';
import { type House, type HouseOptions, startHouse } from '../kit/house.js';
import { backTo, holdings, until } from '../kit/leak.js';
import { createScope } from '../kit/scope.js';
import type { TestScheme } from '../kit/speech.js';
import {
  type Habit,
  type Target,
  banner,
  echo,
  openTarget,
  patternBytes,
  patternHash,
  pour,
  resetAfter,
  sink,
  source,
  summary,
} from '../kit/target.js';

/** A target, hops before it, a house before those, and a client with an open tunnel. */
interface Scene {
  readonly house: House;
  readonly target: Target;
  readonly client: Socket;
}

const setScene = async (
  schemes: readonly TestScheme[],
  { habit, early, ...options }: { readonly habit: Habit; readonly early?: Buffer } & HouseOptions,
  act: (scene: Scene) => Promise<void>,
): Promise<void> => {
  const base = holdings();
  {
    await using scope = createScope();
    const target = scope.use(await openTarget(habit));
    const hops = await openHops(...schemes.map((scheme): HopScript => ({ scheme })));
    for (const hop of hops) scope.use(hop);
    const house = scope.use(await startHouse(chainOf(hops), options));
    const wish = { protocol: 'socks5', target: target.name, ...(early === undefined ? {} : { early }) } as const;
    const { socket, ok } = await ask(house.port, wish);
    scope.defer(() => void socket.destroy());
    assert.ok(ok);
    await act({ house, target, client: socket });
  }
  await backTo(base);
};

const chains: readonly (readonly TestScheme[])[] = [
  ['http'],
  ['https'],
  ['socks4a'],
  ['socks5h'],
  ['https', 'https'],
  ['socks5h', 'https', 'http'],
];

/** How the last session ended, once it has. */
const endOf = async (house: House): Promise<SessionState & { readonly phase: 'closed' }> => {
  const fits = (event: KaskadeEvent): event is SessionEvent =>
    event.kind === 'session' && /^(?:closed|failed)$/.test(event.session.state.phase);
  const { state } = (await house.event(fits)).session;
  assert.ok(state.phase === 'closed', JSON.stringify(state));
  return state;
};

type SessionEvent = Extract<KaskadeEvent, { kind: 'session' }>;

for (const schemes of chains) {
  describe(`through ${schemes.join(', ')}`, () => {
    test('a client that has finished still gets its answer', async () => {
      await setScene(schemes, { habit: summary }, async ({ client }) => {
        client.end('all of it');
        const { bytes, how } = await hearAll(client);
        assert.equal(bytes.toString(), `${createHash('sha256').update('all of it').digest('hex')} 9`);
        assert.equal(how, 'end');
      });
    });

    test('a target that has finished still gets what the client sends', async () => {
      const habit: Habit = (call) => {
        sink(call);
        call.socket.end('bye');
      };
      await setScene(schemes, { habit }, async ({ client, target }) => {
        assert.equal((await hearAll(client)).bytes.toString(), 'bye');
        client.end(patternBytes(1, 300_000));
        const call = await target.call(0);
        await until(() => call.ended !== undefined, 'the end');
        assert.deepEqual([call.ended, call.received], ['end', 300_000]);
        assert.equal(call.hash.digest('hex'), patternHash(1, 300_000));
      });
    });

    test('a reset by the target is a reset for the client', async () => {
      for (let round = 0; round < 10; round += 1) {
        await setScene(schemes, { habit: resetAfter(round * 7_777) }, async ({ client }) => {
          client.write('go');
          assert.equal((await hearAll(client)).how, 'reset', `after ${round * 7_777} bytes`);
        });
      }
    });

    test('a reset by the client is a reset for the target', async () => {
      for (let round = 0; round < 10; round += 1) {
        await setScene(schemes, { habit: sink }, async ({ client, target }) => {
          const bytes = Buffer.alloc(round * 777, 'x');
          await new Promise<void>((resolve) => client.write(bytes, () => resolve()));
          const call = await target.call(0);
          client.resetAndDestroy();
          await until(() => call.ended !== undefined, 'the end');
          assert.equal(call.ended, 'reset', `after ${bytes.length} bytes`);
        });
      }
    });

    test('what a client sends behind its request arrives', async () => {
      await setScene(schemes, { habit: echo, early: Buffer.from('early bird') }, async ({ client }) => {
        assert.equal((await hear(client, 10)).toString(), 'early bird');
      });
    });

    test('a target that speaks first is heard first', async () => {
      await setScene(schemes, { habit: banner('220 hello\r\n'), early: Buffer.from('HELO') }, async ({ client }) => {
        assert.equal((await hear(client, 15)).toString(), '220 hello\r\nHELO');
      });
    });

    test('a target that sends and hangs up at once loses nothing', async () => {
      await setScene(schemes, { habit: source(3, 1_000_003) }, async ({ client }) => {
        const { bytes, how } = await hearAll(client);
        assert.equal(how, 'end');
        assert.equal(createHash('sha256').update(bytes).digest('hex'), patternHash(3, 1_000_003));
      });
    });

    test('single bytes go back and forth without delay', async () => {
      await setScene(schemes, { habit: echo }, async ({ client }) => {
        const began = performance.now();
        for (let round = 0; round < 100; round += 1) {
          client.write(Buffer.from([round]));
          assert.equal((await hear(client, 1))[0], round);
        }
        // Nagle and delayed acknowledgements together would take 40 ms a round.
        assert.ok(performance.now() - began < 2_000);
      });
    });

    test('the bytes of a session are counted, and its end is named', async () => {
      await setScene(schemes, { habit: source(4, 500_000) }, async ({ client, house }) => {
        client.write(Buffer.alloc(1_234));
        await hearAll(client);
        client.end(Buffer.alloc(4_321));
        const { traffic, because } = await endOf(house);
        assert.deepEqual([traffic, because], [{ up: 5_555, down: 500_000 }, 'target']);
        assert.deepEqual(house.controller.snapshot.totals.traffic, { up: 5_555, down: 500_000 });
      });
    });

    test('a session in which nothing moves is ended', async () => {
      const limits = { idleTunnels: millis(80) };
      await setScene(schemes, { habit: sink, limits }, async ({ client, house, target }) => {
        await hearAll(client);
        assert.equal((await endOf(house)).because, 'idle');
        const call = await target.call(0);
        await until(() => call.ended !== undefined, 'the end');
      });
    });
  });
}

for (const schemes of [['socks5h'], ['http', 'https', 'socks5h']] as const) {
  test(`64 MB each way at once arrive whole through ${schemes.join(', ')}`, async () => {
    const size = 64 * 1024 * 1024;
    await setScene(schemes, { habit: source(5, size) }, async ({ client, house, target }) => {
      const hash = createHash('sha256');
      let received = 0;
      client.on('data', (chunk: Buffer) => {
        hash.update(chunk);
        received += chunk.length;
      });
      pour(client, 6, size);
      await once(client, 'close');
      const call = await target.call(0);
      await until(() => call.ended !== undefined, 'the end');
      assert.deepEqual([received, call.received], [size, size]);
      assert.deepEqual([hash.digest('hex'), call.hash.digest('hex')], [patternHash(5, size), patternHash(6, size)]);
      assert.deepEqual((await endOf(house)).traffic, { up: size, down: size });
    });
  });
}

for (const schemes of chains) {
  for (const early of ['', 'all of it']) {
    const what = early === '' ? 'before it has said anything' : 'with its first bytes';
    test(`a client that finishes ${what}, before its tunnel is open, has finished for the target too, through ${schemes.join(', ')}`, async () => {
      await using scope = createScope();
      const target = scope.use(await openTarget(summary));
      const slow = { fault: { play: 'drip', every: 3 } } as const;
      const hops = await openHops(...schemes.map((scheme): HopScript => ({ scheme, ...slow })));
      for (const hop of hops) scope.use(hop);
      const house = scope.use(await startHouse(chainOf(hops)));
      const client = await dialUp(house.port);
      client.end(Buffer.concat([connectRequest(target.name), Buffer.from(early)]));
      const { bytes, how } = await hearAll(client);
      const answer = `${createHash('sha256').update(early).digest('hex')} ${early.length}`;
      assert.equal(how, 'end');
      assert.equal(bytes.toString(), `HTTP/1.1 200 Connection established\r\n\r\n${answer}`);
    });
  }
}

for (const protocol of clientProtocols) {
  test(`early bytes and a banner keep their order with ${protocol}`, async () => {
    await using target = await openTarget(banner('first '));
    const hops = await openHops({ scheme: 'http' }, { scheme: 'socks5h' });
    await using scope = createScope();
    for (const hop of hops) scope.use(hop);
    await using house = await startHouse(chainOf(hops));
    const name = protocol === 'socks4' ? `127.0.0.1:${target.port}` : target.name;
    const { socket } = await ask(house.port, { protocol, target: name, early: Buffer.from('second') });
    assert.equal((await hear(socket, 12)).toString(), 'first second');
    socket.destroy();
  });
}
