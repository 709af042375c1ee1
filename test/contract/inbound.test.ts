/** What every protocol of the listener must do: one suite, run for each row of the table. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { millis } from '../../src/model/brand.js';
import { type ClientProtocol, type Wish, ask, clientProtocols, dialUp, tell } from '../kit/clients.js';
import { hear, hearAll, hearUntil } from '../kit/ear.js';
import { type HopScript, openHop } from '../kit/hops.js';
import type { House } from '../kit/house.js';
import { until } from '../kit/leak.js';
import { sessionsOf, withScene } from '../kit/scenes.js';
import { type Login, httpAnswer } from '../kit/speech.js';
import { type Habit, sink } from '../kit/target.js';

/** Codes with which each protocol says a failure: the SOCKS5 reply and the HTTP status. */
const failures: readonly (readonly [string, HopScript, number, number, string])[] = [
  ['hop-closed', { scheme: 'http', fault: { play: 'cut', after: 0, how: 'fin' } }, 1, 502, 'hop-closed; hop=1'],
  ['hop-timeout', { scheme: 'http', fault: { play: 'silence', at: 'request' } }, 1, 504, 'hop-timeout; hop=1'],
  ['hop-auth-missing', answers('http', httpAnswer(407)), 1, 502, 'hop-auth-missing; hop=1'],
  ['hop-garbled', answers('http', Buffer.from('no HTTP at all')), 1, 502, 'hop-garbled; hop=1'],
  ['onward-failed', answers('socks5h', reply(1)), 1, 502, 'onward-failed; hop=1'],
  ['onward-denied', answers('socks5h', reply(2)), 2, 502, 'onward-denied; hop=1'],
  ['onward-unreachable', answers('socks5h', reply(4)), 4, 502, 'onward-unreachable; hop=target'],
  ['onward-refused', answers('socks5h', reply(5)), 5, 502, 'onward-refused; hop=target'],
  ['onward-timeout', answers('socks5h', reply(6)), 6, 504, 'onward-timeout; hop=target'],
];

function answers(scheme: HopScript['scheme'], bytes: Buffer): HopScript {
  return { scheme, fault: { play: 'answer', at: 'request', bytes, then: 'hold' } };
}

function reply(code: number): Buffer {
  return Buffer.from([5, code, 0, 1, 0, 0, 0, 0, 0, 0]);
}

/** Passwords of the listener, as the engine is given them. */
const only = (login: Login) => ({
  required: true,
  check: (user: string, password: string): boolean =>
    user.startsWith(login.user) && (password === login.password || login.password === ''),
});

const resultOf = async (house: House, wish: Wish) => {
  const { socket, ok, code, text } = await ask(house.port, wish);
  socket.destroy();
  return { ok, code, text };
};

/** The beginning of a request that is never finished. */
const beginnings: Readonly<Record<ClientProtocol, readonly Buffer[]>> = {
  socks5: [
    Buffer.from([5]),
    Buffer.from([5, 1, 0]),
    Buffer.from([5, 1, 2, 1, 3, 0x61]),
    Buffer.from([5, 1, 0, 5, 1, 0]),
  ],
  socks4: [Buffer.from([4]), Buffer.from([4, 1, 0, 80, 127, 0])],
  socks4a: [Buffer.from([4, 1, 0, 80, 0, 0, 0, 1, 0x61])],
  connect: [Buffer.from('C'), Buffer.from('CONNECT a'), Buffer.from('CONNECT a:1 HTTP/1.1\r\nHost: a\r\n')],
};

for (const protocol of clientProtocols) {
  describe(`a client that speaks ${protocol}`, () => {
    for (const slowly of [false, true]) {
      test(`reaches its target when it speaks ${slowly ? 'byte by byte' : 'at once'}`, async () => {
        await withScene({}, async ({ house, hop, target, nameFor }) => {
          const early = Buffer.from('early ');
          const { socket, ok } = await ask(house.port, { protocol, target: nameFor(protocol), slowly, early });
          assert.ok(ok);
          socket.write('and late');
          assert.equal((await hear(socket, 14)).toString(), 'early and late');
          assert.equal(hop.visits[0]?.onward, target.calls[0]?.link);
          const asked = protocol === 'socks4' ? '127.0.0.1' : 'target.test';
          assert.equal(hop.visits[0]?.asked?.host, asked);
          socket.destroy();
        });
      });
    }

    test('is known by its name, and may pick a stored cascade with it', async () => {
      await using other = await openHop({ scheme: 'http' });
      await withScene({ named: { second: other.url } }, async ({ house, hop, nameFor }) => {
        const target = nameFor(protocol);
        for (const user of ['alice', 'bob+second']) {
          const { ok } = await resultOf(house, { protocol, target, login: { user, password: 'any' } });
          assert.ok(ok);
        }
        assert.deepEqual([hop.visits.length, other.visits.length], [1, 1]);
        const known = new Set(sessionsOf(house).map(({ identity, cascade }) => `${identity} ${cascade ?? 'none yet'}`));
        assert.deepEqual([...known], ['alice test', 'bob second']);
      });
    });

    test('is refused when it picks a cascade that is not there', async () => {
      await withScene({}, async ({ house, hop, nameFor }) => {
        const login = { user: 'alice+nowhere', password: 'any' };
        const { ok, code, text } = await resultOf(house, { protocol, target: nameFor(protocol), login });
        assert.ok(!ok);
        if (protocol === 'socks5') assert.equal(code, 1);
        if (protocol === 'connect') assert.match(text, /^HTTP\/1\.1 502 [^]*X-Kaskade-Failure: cascade-unknown\r\n/);
        assert.deepEqual(hop.visits, []);
      });
    });

    test('is refused without the right password where one is wanted', async () => {
      const login = { user: 'alice', password: 'right' };
      await withScene({ login: only(login) }, async ({ house, hop, nameFor }) => {
        const wish = { protocol, target: nameFor(protocol) };
        for (const attempt of [wish, { ...wish, login: { user: 'alice', password: 'wrong' } }]) {
          const { ok, code, text } = await resultOf(house, attempt);
          assert.ok(!ok);
          if (protocol === 'socks5') assert.equal(code, -1);
          if (protocol === 'connect') {
            assert.equal(code, 407);
            assert.match(text, /\r\nProxy-Authenticate: Basic /);
          }
        }
        assert.deepEqual(hop.visits, []);
        const { ok } = await resultOf(house, { ...wish, login });
        // SOCKS4 has no password: where one is wanted it is always refused.
        assert.equal(ok, !protocol.startsWith('socks4'));
      });
    });

    for (const [code, hop, socks5, http, header] of failures) {
      test(`is told of ${code} in its own words`, async () => {
        await withScene({ hop, limits: { dial: millis(80) } }, async ({ house, nameFor }) => {
          const { ok, code: said, text } = await resultOf(house, { protocol, target: nameFor(protocol) });
          assert.ok(!ok);
          if (protocol === 'socks5') assert.equal(said, socks5);
          if (protocol.startsWith('socks4')) assert.equal(said, 0x5b);
          if (protocol === 'connect') {
            assert.equal(said, http);
            assert.equal(/^X-Kaskade-Failure: (.*)\r$/m.exec(text)?.[1], header);
          }
          const { state } = sessionsOf(house).at(-1) ?? {};
          assert.ok(state?.phase === 'failed' && state.failure.code === code, JSON.stringify(state));
        });
      });
    }

    test('is refused where the target is not allowed, and nothing is sent onward', async () => {
      const rules = { private: 'refuse' as const };
      await withScene({ rules }, async ({ house, hop }) => {
        for (const target of ['127.0.0.1:80', '10.0.0.1:80', '192.0.2.1:25', '169.254.169.254:80']) {
          const { ok, code } = await resultOf(house, { protocol, target });
          assert.ok(!ok, target);
          if (protocol === 'socks5') assert.equal(code, 2);
          if (protocol === 'connect') assert.equal(code, 403);
        }
        assert.deepEqual(hop.visits, []);
      });
    });

    test('is let go when it does not finish its request in time', async () => {
      await withScene({ limits: { handshake: millis(60) } }, async ({ house }) => {
        const waits = beginnings[protocol].map(async (bytes) => {
          const socket = await dialUp(house.port);
          socket.write(bytes);
          const { bytes: said } = await hearAll(socket);
          if (protocol === 'connect' && bytes.length > 8) assert.match(said.toString(), /^HTTP\/1\.1 408 /);
          socket.destroy();
        });
        await Promise.all(waits);
      });
    });

    test('is let go when it hangs up or resets in the middle of its request', async () => {
      await withScene({}, async ({ house, hop }) => {
        for (const bytes of beginnings[protocol]) {
          for (const how of ['end', 'resetAndDestroy'] as const) {
            const socket = await dialUp(house.port);
            await new Promise<void>((resolve) =>
              socket.write(bytes, () => {
                resolve();
              }),
            );
            socket[how]();
            if (how === 'end') await hearAll(socket);
            socket.destroy();
          }
        }
        assert.deepEqual(hop.visits, []);
        assert.deepEqual(house.controller.snapshot.totals.served, 0);
      });
    });

    test('may hold half of all sessions from one address, and no more than all', async () => {
      await withScene({ habit: sink, limits: { sessions: 8 } }, async ({ house, nameFor }) => {
        const wish = { protocol, target: nameFor(protocol) };
        const held: Awaited<ReturnType<typeof ask>>[] = [];
        for (const from of ['127.0.0.2', '127.0.0.3']) {
          for (let count = 0; count < 4; count += 1) held.push(await ask(house.port, { ...wish, from }));
          if (from === '127.0.0.3') continue;
          const { ok, code, text } = await resultOf(house, { ...wish, from });
          assert.ok(!ok);
          if (protocol === 'socks5') assert.equal(code, 1);
          if (protocol === 'connect')
            assert.match(text, /^HTTP\/1\.1 503 [^]*X-Kaskade-Failure: too-many-from-client\r\n/);
        }
        assert.ok(held.every(({ ok }) => ok));
        const { ok, text } = await resultOf(house, { ...wish, from: '127.0.0.4' });
        assert.ok(!ok);
        if (protocol === 'connect') assert.match(text, /X-Kaskade-Failure: too-many-sessions\r\n/);
        const [first] = held;
        first?.socket.resetAndDestroy();
        await until(() => house.controller.snapshot.sessions.length === 7, 'room for one');
        const again = await ask(house.port, { ...wish, from: '127.0.0.2' });
        assert.ok(again.ok);
        for (const { socket } of [...held, again]) socket.destroy();
      });
    });
  });
}

describe('a client that speaks plain http', () => {
  const page: Habit = ({ socket }) => {
    socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npage'));
    socket.on('end', () => socket.end());
  };
  const fetchOf = (target: string, fields = ''): Buffer =>
    Buffer.from(`GET http://${target}/a HTTP/1.1\r\nHost: ${target}\r\n${fields}\r\n`, 'latin1');
  const basicOf = (login: Login): string =>
    `Proxy-Authorization: Basic ${Buffer.from(`${login.user}:${login.password}`).toString('base64')}\r\n`;

  for (const slowly of [false, true]) {
    test(`gets its page when it speaks ${slowly ? 'byte by byte' : 'at once'}`, async () => {
      await withScene({ habit: page }, async ({ house, hop, target }) => {
        const socket = await dialUp(house.port);
        await tell(socket, fetchOf(target.name), slowly);
        assert.match(await hearUntil(socket, '\r\n\r\n'), /^HTTP\/1\.1 200 OK\r\n/);
        assert.equal((await hear(socket, 4)).toString(), 'page');
        assert.equal(hop.visits[0]?.onward, target.calls[0]?.link);
        socket.destroy();
      });
    });
  }

  test('is known by its name, may pick a cascade, and is refused an unknown one', async () => {
    await using other = await openHop({ scheme: 'http' });
    await withScene({ habit: page, named: { second: other.url } }, async ({ house, hop, target }) => {
      const said: string[] = [];
      for (const user of ['alice', 'bob+second', 'carol+nowhere']) {
        const socket = await dialUp(house.port);
        socket.write(fetchOf(target.name, basicOf({ user, password: 'any' })));
        said.push((await hearUntil(socket, '\r\n\r\n')).slice(9, 12));
        socket.destroy();
      }
      assert.deepEqual(said, ['200', '200', '502']);
      assert.deepEqual([hop.visits.length, other.visits.length], [1, 1]);
    });
  });

  test('is refused without the right password where one is wanted', async () => {
    const login = { user: 'alice', password: 'right' };
    await withScene({ habit: page, login: only(login) }, async ({ house, hop, target }) => {
      for (const fields of ['', basicOf({ user: 'alice', password: 'wrong' })]) {
        const socket = await dialUp(house.port);
        socket.write(fetchOf(target.name, fields));
        assert.match(await hearUntil(socket, '\r\n\r\n'), /^HTTP\/1\.1 407 [^]*\r\nProxy-Authenticate: Basic /);
        socket.destroy();
      }
      assert.deepEqual(hop.visits, []);
    });
  });

  for (const [code, hop, , status, header] of failures) {
    test(`is told of ${code} in its own words`, async () => {
      await withScene({ hop, limits: { dial: millis(80) } }, async ({ house, target }) => {
        const socket = await dialUp(house.port);
        socket.write(fetchOf(target.name));
        const text = await hearUntil(socket, '\r\n\r\n');
        assert.equal(text.slice(9, 12), String(status));
        assert.equal(/^X-Kaskade-Failure: (.*)\r$/m.exec(text)?.[1], header);
        socket.destroy();
      });
    });
  }
});
