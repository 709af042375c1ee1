import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  type Endpoint,
  addressBytes,
  hostOfBytes,
  labelEndpoint,
  parseEndpoint,
  parseHost,
} from '../../src/model/address.js';
import { fail } from '../../src/model/error.js';
import { explain, failureCodes } from '../../src/model/failure.js';
import type { ClientRequest, Login } from '../../src/wire/client-request.js';
import type { Conversation } from '../../src/wire/conversation.js';
import type { Exchange } from '../../src/wire/exchange.js';
import { askConnect, basic } from '../../src/wire/http-connect-client.js';
import { answerConnect, connected } from '../../src/wire/http-connect-server.js';
import { askSocks4 } from '../../src/wire/socks4-client.js';
import { answerSocks4, socks4Reply } from '../../src/wire/socks4-server.js';
import { askSocks5 } from '../../src/wire/socks5-client.js';
import { answerSocks5, socks5Reply } from '../../src/wire/socks5-server.js';
import { answerOf, codeOf, converse, createChance, endpoints, resultOf } from '../kit/wire.js';

interface Pair {
  readonly ask: (onward: Endpoint, user: string, password: string) => readonly Exchange[];
  readonly answer: (login: Login) => Conversation<ClientRequest>;
  readonly granted: Buffer;
}

const socks5: Pair = {
  ask: (onward, user, password) => askSocks5(onward, { user, password }),
  answer: answerSocks5,
  granted: socks5Reply(),
};
const socks4: Pair = { ask: askSocks4, answer: answerSocks4, granted: socks4Reply() };
const http: Pair = {
  ask: (onward, user, password) => askConnect(onward, basic(user, password)),
  answer: answerConnect,
  granted: connected,
};

const open: Login = { required: false, check: () => true };
const early = Buffer.from('bytes of the client', 'latin1');
const banner = Buffer.from('bytes of the target', 'latin1');

/** Lets both halves talk, and asserts that the server sees what the client asked and the client what the server granted. */
const assertUnderstood = ({ ask, answer, granted }: Pair, onward: Endpoint, user: string, password: string): void => {
  const exchanges = ask(onward, user, password);
  const seen: string[] = [];
  const login: Login = { required: false, check: (...pair) => seen.push(...pair) > 0 };
  const server = converse(answer(login), Buffer.concat([...exchanges.map((exchange) => exchange.ask), early]));
  assert.deepEqual(resultOf(server), { user, target: onward });
  assert.deepEqual(server.tail, early);
  if (seen.length > 0) assert.deepEqual(seen, [user, password]);
  const client = answerOf(exchanges, Buffer.concat([server.sent, granted, banner]));
  assert.equal(resultOf(client), exchanges.length);
  assert.deepEqual(client.tail, banner);
};

const texts = fc
  .oneof(
    fc.constantFrom('', 'x', 'é', '日本', '😀', 'p:w@/?#% ', 'a'.repeat(255), 'ü'.repeat(127)),
    fc.string({ unit: 'binary', maxLength: 60 }),
  )
  .filter((text) => Buffer.byteLength(text) <= 255);

test('SOCKS5: the server sees exactly the endpoint, user name and password that the client asked with', () => {
  fc.assert(
    fc.property(endpoints, texts, texts, (onward, user, password) => assertUnderstood(socks5, onward, user, password)),
    {
      numRuns: 2000,
    },
  );
});

test('SOCKS4a: the server sees exactly the endpoint and user name that the client asked with', () => {
  const users = texts.filter((text) => !text.includes('\0'));
  fc.assert(
    fc.property(endpoints, users, (onward, user) => assertUnderstood(socks4, onward, user, '')),
    { numRuns: 2000 },
  );
  for (const last of [0, 1, 255]) assertUnderstood(socks4, parseEndpoint(`0.0.0.${last}:80`), 'ann', '');
});

test('HTTP CONNECT: the server sees exactly the endpoint, user name and password that the client asked with', () => {
  const users = texts.filter((text) => !text.includes(':'));
  fc.assert(
    fc.property(endpoints, users, texts, (onward, user, password) => {
      assertUnderstood(http, onward, user, password);
    }),
    { numRuns: 2000 },
  );
});

test('10,000 random IPv6 addresses keep their bits from bytes to text to a SOCKS5 request and back', () => {
  const chance = createChance(0x6970);
  for (let round = 0; round < 10_000; round += 1) {
    const bytes = chance.bytes(16);
    for (let zeros = chance.below(4); zeros > 0; zeros -= 1) bytes.fill(0, chance.below(16), chance.below(17));
    const host = hostOfBytes(bytes);
    assert.ok(host.kind === 'ipv6');
    assert.equal(
      new URL(`http://[${host.address}]/`).hostname,
      `[${host.address}]`,
      'another reader writes it the same',
    );
    assert.deepEqual(parseHost(host.address), host);
    assert.deepEqual(addressBytes({ kind: 'ipv6', address: host.address }), bytes);
    const [, request] = askSocks5({ host, port: parseEndpoint('a:443').port });
    assert.deepEqual(request?.ask.subarray(4, 20), bytes);
  }
});

const target = parseEndpoint('www.example.org:443');

test('each failure that a SOCKS5 server answers with is read as the same kind of failure one hop further out', () => {
  const same = ['onward-refused', 'onward-timeout', 'onward-unreachable', 'onward-denied', 'onward-failed'] as const;
  for (const code of failureCodes) {
    const talk = answerOf(askSocks5(target), Buffer.concat([Buffer.from([5, 0]), socks5Reply(fail(code)), banner]));
    assert.match(codeOf(talk), /^onward-(?:failed|denied|unreachable|refused|timeout)$/, code);
    const kept = same.find((known) => known === code);
    if (kept !== undefined) assert.equal(codeOf(talk), kept);
  }
});

test('each failure that a SOCKS4 server answers with is onward-failed, since SOCKS4 says no more', () => {
  for (const code of failureCodes)
    assert.equal(codeOf(answerOf(askSocks4(target), socks4Reply(fail(code)))), 'onward-failed');
});

test('each failure that an HTTP server answers with is a login or an edge that did not hold', () => {
  for (const code of failureCodes) {
    const { http: status } = explain({ code });
    const talk = answerOf(
      askConnect(target),
      Buffer.from(`HTTP/1.1 ${status} x\r\nContent-Length: 0\r\n\r\n`, 'latin1'),
    );
    assert.match(codeOf(talk), /^(?:onward-(?:failed|denied|unreachable|timeout)|hop-auth-missing)$/, code);
  }
});

test('a login that the server refuses is read by the client as refused, in both protocols that have one', () => {
  const strict: Login = { required: true, check: () => false };
  const exchanges = askSocks5(target, { user: 'ann', password: 'x' });
  const server = converse(answerSocks5(strict), Buffer.concat(exchanges.map(({ ask }) => ask)));
  assert.equal(codeOf(server), 'auth-required');
  assert.equal(codeOf(answerOf(exchanges, server.sent)), 'hop-auth-refused');
  const bare = converse(answerSocks5(strict), Buffer.concat(askSocks5(target).map(({ ask }) => ask)));
  assert.equal(codeOf(answerOf(askSocks5(target), bare.sent)), 'hop-auth-missing');
});

test('a chain of names as long as names may be is asked for whole', () => {
  const name = `${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(61)}`;
  for (const host of [name, `${name}.`]) {
    const onward = parseEndpoint(`${host}:443`);
    for (const pair of [socks5, socks4, http]) assertUnderstood(pair, onward, 'ann', '');
    assert.equal(
      labelEndpoint(resultOf(converse(answerConnect(open), askConnect(onward)[0]?.ask ?? early)).target),
      `${host}:443`,
    );
  }
});
