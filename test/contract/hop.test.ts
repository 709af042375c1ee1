/** What every hop protocol must do: one suite, run for each row of the table. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inspect } from 'node:util';
import { millis } from '../../src/model/brand.js';
import { fail } from '../../src/model/error.js';
import type { FailureCode } from '../../src/model/failure.js';
import { hopProtocols } from '../../src/hop/index.js';
import { discard } from '../../src/route/pool.js';
import { dialThrough, edgeOf, failureOf } from '../kit/dials.js';
import { hear } from '../kit/ear.js';
import type { Fault, Stage } from '../kit/faults.js';
import { type HopScript, chainOf, openHop, openHops } from '../kit/hops.js';
import { backTo, holdings, until } from '../kit/leak.js';
import { type Login, type TestScheme, httpAnswer, speeches, testSchemes } from '../kit/speech.js';
import { banner, echo, openTarget, sink } from '../kit/target.js';

const login: Login = { user: 'canary-user', password: 'p:a@s/s%canary' };

/** The answers that a protocol has, in order. */
const stagesOf = (scheme: TestScheme, known: Login | undefined): readonly Stage[] => {
  if (scheme !== 'socks5h') return ['request'];
  return known === undefined ? ['greeting', 'request'] : ['greeting', 'auth', 'request'];
};

/** A refusal in the protocol's own words, and what it is called. */
interface Refusal {
  readonly what: string;
  readonly at?: Stage;
  readonly bytes: Buffer;
  readonly code: FailureCode;
  /** Whose edge: the hop's own, or the one between the hop and the target. */
  readonly edge: 'own' | 'onward';
}

const onward = (what: string, bytes: Buffer, code: FailureCode): Refusal => ({ what, bytes, code, edge: 'onward' });
const own = (what: string, bytes: Buffer, code: FailureCode, at?: Stage): Refusal => ({
  ...{ what, bytes, code, edge: 'own' },
  ...(at === undefined ? {} : { at }),
});

const socks5 = (code: number): Buffer => Buffer.from([5, code, 0, 1, 0, 0, 0, 0, 0, 0]);
const socks4 = (code: number): Buffer => Buffer.from([0, code, 0, 0, 0, 0, 0, 0]);

const httpRefusals: readonly Refusal[] = [
  onward('301', httpAnswer(301), 'onward-denied'),
  onward('400', httpAnswer(400), 'onward-denied'),
  onward('403', httpAnswer(403), 'onward-denied'),
  onward('404', httpAnswer(404), 'onward-unreachable'),
  onward('405', httpAnswer(405), 'onward-denied'),
  own('407', httpAnswer(407), 'hop-auth-missing'),
  onward('408', httpAnswer(408), 'onward-timeout'),
  onward('429', httpAnswer(429), 'onward-denied'),
  onward('500', httpAnswer(500), 'onward-failed'),
  onward('501', httpAnswer(501), 'onward-denied'),
  onward('502', httpAnswer(502), 'onward-unreachable'),
  onward('503', httpAnswer(503), 'onward-unreachable'),
  onward('504', httpAnswer(504), 'onward-timeout'),
  onward('599', httpAnswer(599), 'onward-failed'),
  own('a page instead of an answer', Buffer.from('<html>no</html>\r\n\r\n'), 'hop-garbled'),
  own('HTTP/2', Buffer.from('HTTP/2.0 200 OK\r\n\r\n'), 'hop-garbled'),
  own('a status of two digits', Buffer.from('HTTP/1.1 20 OK\r\n\r\n'), 'hop-garbled'),
  own('a status of zero', Buffer.from('HTTP/1.1 000 OK\r\n\r\n'), 'hop-garbled'),
  own('lines without CR', Buffer.from('HTTP/1.1 200 OK\n\n'), 'hop-garbled'),
  own('a folded line', Buffer.from('HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n'), 'hop-garbled'),
  own('a change of protocol', httpAnswer(101), 'hop-garbled'),
  own('SOCKS5', Buffer.from([5, 0]), 'hop-garbled'),
  own('a TLS alert', Buffer.from('15030300020228', 'hex'), 'hop-garbled'),
  own('interim answers without end', Buffer.concat(Array<Buffer>(40).fill(httpAnswer(100))), 'hop-oversized'),
  own('a header over 64 KiB', httpAnswer(200, 'OK', `A: ${'b'.repeat(70_000)}\r\n`), 'hop-oversized'),
];

const refusals: Readonly<Record<TestScheme, readonly Refusal[]>> = {
  http: httpRefusals,
  https: httpRefusals,
  socks4a: [
    onward('5B', socks4(0x5b), 'onward-failed'),
    own('5C', socks4(0x5c), 'hop-auth-refused'),
    own('5D', socks4(0x5d), 'hop-auth-refused'),
    own('an unknown code', socks4(0x00), 'hop-garbled'),
    own('version 4 in the reply', Buffer.from([4, 0x5a, 0, 0, 0, 0, 0, 0]), 'hop-garbled'),
    own('HTTP', httpAnswer(400), 'hop-garbled'),
    own('SOCKS5', Buffer.from([5, 0]), 'hop-garbled'),
  ],
  socks5h: [
    onward('01', socks5(1), 'onward-failed'),
    onward('02', socks5(2), 'onward-denied'),
    onward('03', socks5(3), 'onward-unreachable'),
    onward('04', socks5(4), 'onward-unreachable'),
    onward('05', socks5(5), 'onward-refused'),
    onward('06', socks5(6), 'onward-timeout'),
    onward('07', socks5(7), 'onward-denied'),
    onward('08', socks5(8), 'onward-denied'),
    onward('09, which no RFC knows', socks5(9), 'onward-failed'),
    onward('FF', socks5(0xff), 'onward-failed'),
    onward('a refusal of two bytes', Buffer.from([5, 4]), 'onward-unreachable'),
    own('an unknown address type', Buffer.from([5, 0, 0, 9, 0, 0, 0, 0, 0, 0]), 'hop-garbled'),
    own('another version in the reply', Buffer.from([4, 0, 0, 1, 0, 0, 0, 0, 0, 0]), 'hop-garbled'),
    own('another version in the greeting', Buffer.from([4, 0]), 'hop-garbled', 'greeting'),
    own('a method that was not offered', Buffer.from([5, 1]), 'hop-garbled', 'greeting'),
    own('no method at all', Buffer.from([5, 0xff]), 'hop-auth-missing', 'greeting'),
    own('HTTP', httpAnswer(400), 'hop-garbled', 'greeting'),
  ],
};

/** An answer with which every protocol may end, as the fault that gives it. */
const answering = (bytes: Buffer, at: Stage = 'request', then: 'hold' | 'fin' = 'hold'): Fault => ({
  ...{ play: 'answer', at, bytes, then },
});

for (const scheme of testSchemes) {
  describe(`a hop that speaks ${scheme}`, () => {
    test('is a row of the table', () => {
      assert.ok(hopProtocols[scheme].schemes.includes(scheme));
    });

    for (const known of [undefined, login]) {
      const kind = known === undefined ? 'without login' : 'with login';
      const script: HopScript = { scheme, ...(known === undefined ? {} : { login: known }) };

      test(`reaches a target by its name (${kind})`, async () => {
        await using target = await openTarget(banner('220 hello\r\n'));
        await using hop = await openHop(script);
        const { tunnel } = await dialThrough(hop.url, target.name);
        assert.equal((await hear(tunnel.stream, 11)).toString(), '220 hello\r\n');
        tunnel.stream.write('and back');
        assert.equal((await hear(tunnel.stream, 8)).toString(), 'and back');
        const [visit] = hop.visits;
        assert.deepEqual(visit?.asked, { host: 'target.test', port: target.port, kind: 'name' });
        assert.equal(target.calls[0]?.link, visit.onward);
        discard(tunnel);
      });

      test(`keeps what comes in the same segment as the last answer (${kind})`, async () => {
        await using target = await openTarget(banner('and the target'));
        await using hop = await openHop({ ...script, fault: { play: 'tail', bytes: Buffer.from('the hop ') } });
        const { tunnel } = await dialThrough(hop.url, target.name);
        assert.equal((await hear(tunnel.stream, 22)).toString(), 'the hop and the target');
        discard(tunnel);
      });

      test(`may answer one byte at a time (${kind})`, async () => {
        await using target = await openTarget(echo);
        await using hop = await openHop({ ...script, fault: { play: 'drip', every: 1 } });
        const { tunnel } = await dialThrough(hop.url, target.name);
        tunnel.stream.write('echo');
        assert.equal((await hear(tunnel.stream, 4)).toString(), 'echo');
        discard(tunnel);
      });

      for (const how of ['fin', 'rst'] as const) {
        test(`is blamed when it ${how === 'fin' ? 'hangs up' : 'resets the connection'} at any byte (${kind})`, async () => {
          const base = holdings();
          {
            await using target = await openTarget(sink);
            for (let after = 0; after < answerSizeOf(scheme, known); after += 1) {
              await using hop = await openHop({ ...script, fault: { play: 'cut', after, how } });
              const edge = edgeOf(await failureOf(dialThrough(hop.url, target.name)));
              // A reset that arrives together with the bytes before it is seen as an end (libuv reads POLLHUP so).
              const code = how === 'fin' ? 'closed' : '(?:closed|reset)';
              assert.match(edge, new RegExp(`^hop-${code} 0>1 ${phaseAt(scheme, known, after)}$`), `after ${after}`);
            }
          }
          await backTo(base);
        });
      }

      for (const at of ['accept', ...stagesOf(scheme, known)] as const) {
        test(`leaves no socket when the dial is given up in its silence at ${at} (${kind})`, async () => {
          await using hop = await openHop({ ...script, fault: { play: 'silence', at } });
          const base = holdings();
          const stop = new AbortController();
          const dialling = failureOf(dialThrough(hop.url, 'target.test:9', { signal: stop.signal }));
          await until(() => hop.visits.length === 1, 'a visit');
          await until(() => hop.sockets.size > 0, 'a socket');
          for (let turns = 0; turns < 20; turns += 1) await new Promise(setImmediate);
          stop.abort(fail('stopped'));
          const late = setTimeout(() => undefined, 50);
          assert.equal((await dialling).code, 'stopped');
          assert.ok(late.hasRef(), 'not within 50 ms');
          clearTimeout(late);
          await backTo(base);
        });

        test(`is blamed with the phase when it says nothing at ${at} (${kind})`, async () => {
          await using hop = await openHop({ ...script, fault: { play: 'silence', at } });
          const phase = at === 'accept' ? firstPhase(scheme) : at;
          const error = await failureOf(dialThrough(hop.url, 'target.test:9', { within: millis(60) }));
          assert.equal(edgeOf(error), `hop-timeout 0>1 ${phase}`);
        });
      }
    }

    for (const { what, bytes, code, edge, at = 'request' } of refusals[scheme]) {
      for (const then of ['hold', 'fin'] as const) {
        test(`answers ${what} and ${then === 'hold' ? 'waits' : 'hangs up'}: ${code}`, async () => {
          const base = holdings();
          {
            await using hop = await openHop({ scheme, fault: answering(bytes, at, then) });
            const expected = edge === 'own' ? `0>1 ${at}` : `1>target ${at}`;
            assert.equal(edgeOf(await failureOf(dialThrough(hop.url, 'target.test:9'))), `${code} ${expected}`);
          }
          await backTo(base);
        });
      }
    }

    test('is not followed without end', async () => {
      const begin = scheme.startsWith('http') ? Buffer.from('HTTP/1.1 200 OK\r\nA: ') : Buffer.alloc(0);
      const fault: Fault = { play: 'endless', at: 'request', bytes: begin, filler: Buffer.alloc(1000, 'x') };
      await using hop = await openHop({ scheme, fault });
      const expected = scheme.startsWith('http') ? 'hop-oversized' : 'hop-garbled';
      assert.equal(edgeOf(await failureOf(dialThrough(hop.url, 'target.test:9'))), `${expected} 0>1 request`);
    });

    test('is told the right way when it wants a login, or does not welcome this one', async () => {
      const name = 'target.test:9';
      await using hop = await openHop({ scheme, login });
      const [scheme1, rest] = [hop.url.slice(0, hop.url.indexOf('://')), hop.url.slice(hop.url.indexOf('@') + 1)];
      const missing = (await failureOf(dialThrough(`${scheme1}://${rest}`, name))).code;
      assert.equal(missing, scheme === 'socks4a' ? 'hop-auth-refused' : 'hop-auth-missing');
      const other = scheme === 'socks4a' ? 'other' : 'canary-user:wrong';
      assert.equal((await failureOf(dialThrough(`${scheme1}://${other}@${rest}`, name))).code, 'hop-auth-refused');
    });

    test('never has its login printed', async () => {
      const faults: readonly (Fault | undefined)[] = [
        undefined,
        ...stagesOf(scheme, login).flatMap((at): Fault[] => [
          { play: 'silence', at },
          answering(Buffer.from(`${login.user} ${login.password} you said\r\n\r\n`), at),
        ]),
        ...refusals[scheme].map(({ bytes, at }) => answering(bytes, at)),
        { play: 'cut', after: 1, how: 'rst' },
        { play: 'cut', after: 1, how: 'fin' },
      ];
      let heard = 0;
      for (const fault of faults) {
        await using hop = await openHop({ scheme, login, ...(fault === undefined ? {} : { fault }) });
        const error = await failureOf(dialThrough(hop.url, 'target.test:9', { within: millis(60) }));
        const printed = [inspect(error, { depth: 9, showHidden: true }), JSON.stringify(error), error.message];
        const all = [...printed, JSON.stringify(error.failure), String(error.stack)].join('\n');
        const known = [login.user, login.password, encodeURIComponent(login.password)];
        const coded = Buffer.from(`${login.user}:${login.password}`).toString('base64');
        for (const secret of [...known, coded]) assert.ok(!all.includes(secret), `${secret} in ${all}`);
        heard += hop.visits[0]?.heard.length ?? 0;
      }
      assert.ok(heard > 0, 'the login was sent at least');
    });

    const places: readonly (readonly [string, readonly TestScheme[]])[] = [
      ['first', [scheme, 'socks5h', 'http']],
      ['middle', ['http', scheme, 'socks4a']],
      ['last', ['socks4a', 'https', scheme]],
      ['every', [scheme, scheme, scheme]],
    ];
    for (const [place, schemes] of places) {
      test(`works as the ${place} hop of three`, async () => {
        const base = holdings();
        {
          await using target = await openTarget(banner('220 hello\r\n'));
          const hops = await openHops(...schemes.map((each): HopScript => ({ scheme: each, login })));
          await using first = hops[0];
          await using second = hops[1];
          await using third = hops[2];
          const { tunnel, timings } = await dialThrough(chainOf(hops), target.name);
          assert.equal((await hear(tunnel.stream, 11)).toString(), '220 hello\r\n');
          assert.equal(first?.visits[0]?.onward, second?.visits[0]?.link);
          assert.equal(second?.visits[0]?.onward, third?.visits[0]?.link);
          assert.equal(third?.visits[0]?.onward, target.calls[0]?.link);
          assert.deepEqual(third?.visits[0]?.asked, { host: 'target.test', port: target.port, kind: 'name' });
          assert.deepEqual(
            timings.map(({ hop }) => hop),
            [1, 2, 3],
          );
          discard(tunnel);
        }
        await backTo(base);
      });
    }

    for (const [address, asked] of [
      ['203.0.113.9', '203.0.113.9'],
      ['[2001:db8::9]', scheme === 'socks5h' ? '2001:0db8:0000:0000:0000:0000:0000:0009' : '2001:db8::9'],
    ] as const) {
      test(`is asked for ${address} as it is`, async () => {
        await using target = await openTarget(sink);
        await using hop = await openHop({ scheme });
        const { tunnel } = await dialThrough(hop.url, `${address}:${target.port}`);
        assert.deepEqual(hop.visits[0]?.asked, { host: asked, port: target.port, kind: 'address' });
        discard(tunnel);
      });
    }
  });
}

const answerSizeOf = (scheme: TestScheme, known: Login | undefined): number =>
  stagesOf(scheme, known).slice(1).length * 2 + speeches[scheme].yes.length;

/** The phase in which the answer byte at this offset is waited for. */
const phaseAt = (scheme: TestScheme, known: Login | undefined, offset: number): Stage => {
  if (scheme !== 'socks5h' || offset >= (known === undefined ? 2 : 4)) return 'request';
  return offset < 2 ? 'greeting' : 'auth';
};

const firstPhase = (scheme: TestScheme): string =>
  ({ http: 'request', https: 'tls', socks4a: 'request', socks5h: 'greeting' })[scheme];

test('every row of the table is tested', () => {
  assert.deepEqual(Object.keys(hopProtocols).sort(), Object.keys(speeches).sort());
});
