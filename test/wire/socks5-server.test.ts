import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hostText } from '../../src/model/address.js';
import { fail } from '../../src/model/error.js';
import { failureCodes } from '../../src/model/failure.js';
import type { Login } from '../../src/wire/client-request.js';
import { answerSocks5, socks5Reply } from '../../src/wire/socks5-server.js';
import { assertCutsDoNotMatter, codeOf, converse, createChance, endOf, plainly, resultOf, storm } from '../kit/wire.js';

const open: Login = { required: false, check: () => true };
const closed: Login = { required: true, check: (user, password) => user === 'änn' && password === 'p:w' };

const hello = (...methods: number[]): Buffer => Buffer.from([0x05, methods.length, ...methods]);
const field = (text: Buffer | string): Buffer => {
  const bytes = Buffer.from(text);
  return Buffer.concat([Buffer.from([bytes.length]), bytes]);
};
const login = (user: Buffer | string, password: string): Buffer =>
  Buffer.concat([Buffer.from([0x01]), field(user), field(password)]);
const ask = (type: number, host: Buffer, port = 443, command = 0x01): Buffer =>
  Buffer.concat([Buffer.from([0x05, command, 0x00, type]), host, Buffer.from([port >> 8, port & 0xff])]);
const name = (text: Buffer | string): Buffer => field(text);

const tail = Buffer.from('SSH-2.0-bytes of the client', 'latin1');
const simple = Buffer.concat([hello(0x00), ask(0x03, name('www.example.org'))]);
const full = Buffer.concat([hello(0x00, 0x02), login('änn', 'p:w'), ask(0x04, Buffer.alloc(16, 0x20))]);
const failing = Buffer.concat([hello(0x00), ask(0x03, name('a b'))]);

test('a client without credentials is heard, and what it sends behind its request stays in the stream', () => {
  const talk = converse(answerSocks5(open), Buffer.concat([simple, tail]));
  assert.deepEqual(resultOf(talk), {
    user: '',
    target: { host: { kind: 'name', name: 'www.example.org' }, port: 443 },
  });
  assert.equal(talk.sent.toString('hex'), '0500');
  assert.deepEqual(talk.tail, tail);
});

test('a client with credentials is taken by its user name even where none is required', () => {
  const talk = converse(answerSocks5(open), Buffer.concat([full, tail]));
  assert.equal(resultOf(talk).user, 'änn');
  assert.equal(talk.sent.toString('hex'), '05020100');
  assert.deepEqual(talk.tail, tail);
});

test('the handshake comes out the same however its bytes are cut', () => {
  for (const whole of [simple, full, failing]) {
    const bytes = Buffer.concat([whole, tail]);
    assertCutsDoNotMatter(bytes.length, (cuts) => plainly(converse(answerSocks5(open), bytes, cuts)));
  }
});

test('every handshake that is cut off early is waited for, with nothing asked for beyond 255 bytes', () => {
  for (let length = 0; length < full.length; length += 1) {
    const talk = converse(answerSocks5(open), full.subarray(0, length));
    assert.equal(talk.end.kind, 'incomplete', `${length} bytes`);
    assert.ok(talk.most <= 255);
  }
});

test('a login that is required is asked for, and a wrong one is refused before the request is read', () => {
  const right = converse(answerSocks5(closed), full);
  assert.equal(resultOf(right).user, 'änn');
  for (const [user, password] of [
    ['änn', 'wrong'],
    ['', ''],
    ['Änn', 'p:w'],
    ['änn', 'p:w\0'],
    ['x'.repeat(255), 'y'.repeat(255)],
  ]) {
    const talk = converse(answerSocks5(closed), Buffer.concat([hello(0x02), login(user ?? '', password ?? ''), tail]));
    assert.equal(codeOf(talk), 'auth-required');
    assert.equal(talk.sent.toString('hex'), '05020101');
    assert.deepEqual(talk.tail, tail);
  }
});

test('a client that offers no login where one is required, or no method at all, is answered FF', () => {
  const cases: readonly (readonly [Login, Buffer, string])[] = [
    [closed, hello(0x00), 'auth-required'],
    [closed, hello(), 'auth-required'],
    [open, hello(), 'bad-request'],
    [open, hello(0x01, 0x80, 0xff), 'bad-request'],
  ];
  for (const [who, bytes, code] of cases) {
    const talk = converse(answerSocks5(who), bytes);
    assert.equal(codeOf(talk), code);
    assert.equal(talk.sent.toString('hex'), '05ff');
  }
});

test('the login step cannot be skipped: a request in its place is refused', () => {
  const talk = converse(answerSocks5(closed), Buffer.concat([hello(0x02), ask(0x01, Buffer.alloc(4, 9))]));
  assert.equal(codeOf(talk), 'bad-request');
  assert.equal(talk.sent.toString('hex'), '05020101');
});

test('a user name of 0, 1 and 255 bytes arrives as it is', () => {
  for (const user of ['', 'x', 'é'.repeat(127), 'z'.repeat(255)]) {
    const talk = converse(
      answerSocks5(open),
      Buffer.concat([hello(0x02), login(user, ''), ask(0x01, Buffer.alloc(4, 9))]),
    );
    assert.equal(resultOf(talk).user, user);
  }
});

test('two user names of different bytes never become one identity: what is not UTF-8 is refused', () => {
  for (const user of [Buffer.from([0xff]), Buffer.from([0xfe]), Buffer.from([0xc3]), Buffer.from([0xed, 0xa0, 0x80])]) {
    const talk = converse(answerSocks5(open), Buffer.concat([hello(0x02), login(user, 'p')]));
    assert.equal(codeOf(talk), 'bad-request');
    assert.equal(talk.sent.toString('hex'), '05020101');
  }
});

test('every request that cannot be met is answered with the reply that RFC 1928 has for it', () => {
  const ip = Buffer.from([8, 8, 8, 8]);
  const cases: readonly (readonly [Buffer, string, number])[] = [
    [ask(0x01, ip, 443, 0x02), 'unsupported-command', 0x07],
    [ask(0x01, ip, 443, 0x03), 'unsupported-command', 0x07],
    [ask(0x01, ip, 443, 0xf0), 'unsupported-command', 0x07],
    [ask(0x01, ip, 0), 'bad-request', 0x01],
    [ask(0x02, ip), 'unsupported-address', 0x08],
    [ask(0x00, ip), 'unsupported-address', 0x08],
    [ask(0xff, ip), 'unsupported-address', 0x08],
    [ask(0x03, name('')), 'bad-name', 0x01],
    [ask(0x03, name('evil.test\r\nHost: x')), 'bad-name', 0x01],
    [ask(0x03, name('127.0.0.1\0.evil.test')), 'bad-name', 0x01],
    [ask(0x03, name(Buffer.from([0x61, 0xff]))), 'bad-name', 0x01],
    [ask(0x03, name('a'.repeat(64))), 'bad-name', 0x01],
    [Buffer.from([0x04, 0x01, 0x00, 0x01, ...ip, 1, 1]), 'bad-request', 0x01],
  ];
  for (const [request, code, reply] of cases) {
    const talk = converse(answerSocks5(open), Buffer.concat([hello(0x00), request]));
    assert.equal(codeOf(talk), code);
    assert.equal(talk.sent.toString('hex'), `0500${Buffer.from([5, reply, 0, 1, 0, 0, 0, 0, 0, 0]).toString('hex')}`);
  }
});

test('the reply to a request is ten bytes with the code of the failure table and says nothing of any address', () => {
  assert.equal(socks5Reply().toString('hex'), '05000001000000000000');
  for (const code of failureCodes) assert.match(socks5Reply(fail(code)).toString('hex'), /^050[1-8]0001000000000000$/);
});

test('100,000 random and damaged handshakes end in a request, a KaskadeError or a wait', () => {
  const weather = storm(0x5053, [simple, full, failing], (bytes) => {
    const talk = converse(answerSocks5(open), bytes);
    assert.ok(talk.most <= 255);
    return endOf(talk);
  });
  assert.ok(weather.result > 1000 && weather.error > 1000 && weather.incomplete > 1000, JSON.stringify(weather));
});

test('endless digits or letters end a handshake within 1 KiB', () => {
  const chance = createChance(1);
  for (const filler of [0x41, 0x30, 0x05, 0x00, 0xff, chance.below(256)]) {
    for (const start of [
      Buffer.alloc(0),
      hello(0x00),
      hello(0x02),
      Buffer.concat([hello(0x00), Buffer.from([5, 1, 0, 3])]),
    ]) {
      const talk = converse(answerSocks5(open), Buffer.concat([start, Buffer.alloc(70_000, filler)]));
      assert.notEqual(talk.end.kind, 'incomplete');
      assert.ok(talk.tail.length > 69_000);
    }
  }
});

test('a name that spells an address becomes that address, so that rules see what a hop would', () => {
  const talk = converse(answerSocks5(open), Buffer.concat([hello(0x00), ask(0x03, name('0x7f.1'))]));
  assert.equal(hostText(resultOf(talk).target.host), '127.0.0.1');
});
