import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Endpoint, type Host, hostText, parseHostBytes } from '../../src/model/address.js';
import type { Port } from '../../src/model/brand.js';
import { KaskadeError } from '../../src/model/error.js';
import { type Hop, parseHop } from '../../src/model/hop.js';
import type { Login } from '../../src/wire/client-request.js';
import { askConnect, basic } from '../../src/wire/http-connect-client.js';
import { answerConnect } from '../../src/wire/http-connect-server.js';
import { askSocks4 } from '../../src/wire/socks4-client.js';
import { answerSocks4 } from '../../src/wire/socks4-server.js';
import { askSocks5 } from '../../src/wire/socks5-client.js';
import { answerSocks5 } from '../../src/wire/socks5-server.js';
import { converse, resultOf, storm } from '../kit/wire.js';

const port = 443 as Port;
const open: Login = { required: false, check: () => true };
const oneRequest = /^CONNECT ([\x21-\x7e]+:443) HTTP\/1\.1\r\nHost: \1\r\n\r\n$/;

const hostOrNone = (bytes: Buffer): Host | undefined => {
  try {
    return parseHostBytes(bytes);
  } catch (thrown) {
    if (thrown instanceof KaskadeError && thrown.code === 'bad-name') return undefined;
    throw thrown;
  }
};

/** Asserts that a hop of any kind sees one request for exactly this host, and nothing behind it. */
const assertOneRequest = (host: Host): void => {
  assert.match(hostText(host), /^[a-z0-9._:-]{1,254}$/i);
  const onward: Endpoint = { host, port };
  const [connect] = askConnect(onward);
  assert.match(connect?.ask.toString('latin1') ?? '', oneRequest);
  const seen = [
    converse(answerConnect(open), Buffer.concat(askConnect(onward).map(({ ask }) => ask))),
    converse(answerSocks4(open), Buffer.concat(askSocks4(onward).map(({ ask }) => ask))),
    converse(answerSocks5(open), Buffer.concat(askSocks5(onward).map(({ ask }) => ask))),
  ];
  for (const talk of seen) {
    assert.deepEqual(resultOf(talk), { user: '', target: onward });
    assert.equal(talk.tail.length, 0);
  }
};

test('every byte at every place of a host gives a hop one request for one host, or no request at all', () => {
  let passed = 0;
  for (const written of ['ab.example', '1.2.3.4', '2001:db8::1', 'é.test']) {
    const base = Buffer.from(written);
    for (let at = 0; at <= base.length; at += 1) {
      for (let byte = 0; byte <= 0xff; byte += 1) {
        const inserted = Buffer.concat([base.subarray(0, at), Buffer.from([byte]), base.subarray(at)]);
        const replaced = Buffer.concat([base.subarray(0, at), Buffer.from([byte]), base.subarray(at + 1)]);
        for (const bytes of [inserted, replaced]) {
          const host = hostOrNone(bytes);
          if (host === undefined) continue;
          passed += 1;
          assertOneRequest(host);
        }
      }
    }
  }
  assert.ok(passed > 2000, String(passed));
});

test('CR, LF, NUL, space and everything that ends a host elsewhere is refused at every place of a host', () => {
  for (const written of ['ab.example', 'é.test', '１２７.0.0.1']) {
    const letters = Array.from(written);
    for (const strange of [
      '\r',
      '\n',
      '\0',
      ' ',
      '\t',
      '/',
      '?',
      '#',
      '@',
      '\\',
      '%',
      ':',
      ',',
      '<',
      '|',
      '\x7f',
      '\x80',
      '\u2028',
      '／',
      '＠',
      '％',
      '：',
      '\ufffd',
    ]) {
      for (let at = 0; at <= letters.length; at += 1) {
        const text = [...letters.slice(0, at), strange, ...letters.slice(at)].join('');
        assert.equal(hostOrNone(Buffer.from(text)), undefined, JSON.stringify(text));
      }
    }
  }
});

test('100,000 random and damaged hosts give one request or bad-name', () => {
  const valid = [
    'www.example.org',
    'ⓛⓞⓒⓐⓛⓗⓞⓢⓣ',
    'bücher.example',
    '::ffff:1.2.3.4',
    '[2001:db8::1]',
    '0x7f.1',
    'xn--bcher-kva.test.',
  ];
  const weather = storm(
    0x4833,
    valid.map((text) => Buffer.from(text)),
    (bytes, { below }) => {
      const host = hostOrNone(bytes);
      if (host === undefined) return 'error';
      assert.match(hostText(host), /^[a-z0-9._:-]{1,254}$/i);
      if (below(8) === 0) assertOneRequest(host);
      return 'result';
    },
  );
  assert.ok(weather.result > 1000 && weather.error > 1000, JSON.stringify(weather));
});

const hopOrNone = (url: string): Hop | undefined => {
  try {
    return parseHop(url);
  } catch (thrown) {
    if (thrown instanceof KaskadeError && thrown.code === 'bad-hop') return undefined;
    throw thrown;
  }
};

/** Asserts that the hop reads exactly these credentials, in one frame. */
const assertOneLogin = ({ scheme, credentials }: Hop): void => {
  const [user, password] = [credentials?.user.reveal() ?? '', credentials?.password.reveal() ?? ''];
  const onward: Endpoint = { host: { kind: 'name', name: 'a.test' }, port };
  const seen: string[] = [];
  const login: Login = { required: true, check: (...pair) => seen.push(...pair) > 0 };
  const bytes = (exchanges: readonly { readonly ask: Buffer }[]): Buffer =>
    Buffer.concat(exchanges.map(({ ask }) => ask));
  const talk = {
    http: () => converse(answerConnect(login), bytes(askConnect(onward, basic(user, password)))),
    https: () => converse(answerConnect(login), bytes(askConnect(onward, basic(user, password)))),
    socks5h: () => converse(answerSocks5(login), bytes(askSocks5(onward, { user, password }))),
    socks4a: () => converse(answerSocks4(open), bytes(askSocks4(onward, user))),
  }[scheme]();
  assert.deepEqual(resultOf(talk), { user, target: onward });
  assert.equal(talk.tail.length, 0);
  if (scheme !== 'socks4a') assert.deepEqual(seen, [user, password]);
};

test('every byte at every place of a user name and a password gives a hop one login, or no hop at all', () => {
  let passed = 0;
  for (const scheme of ['http', 'socks5', 'socks4']) {
    for (let byte = 0; byte <= 0xff; byte += 1) {
      const letter = String.fromCharCode(byte);
      for (const written of [letter, encodeURIComponent(letter), `%${byte.toString(16).padStart(2, '0')}`]) {
        for (let at = 0; at <= 2; at += 1) {
          const text = 'ab'.slice(0, at) + written + 'ab'.slice(at);
          for (const userinfo of [text, `${text}:x`, `x:${text}`]) {
            const hop = hopOrNone(`${scheme}://${userinfo}@h.test`);
            if (hop === undefined) continue;
            passed += 1;
            assert.equal(hostText(hop.endpoint.host), 'h.test');
            assertOneLogin(hop);
          }
        }
      }
    }
  }
  assert.ok(passed > 5000, String(passed));
});
