import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseEndpoint } from '../../src/model/address.js';
import { askSocks4 } from '../../src/wire/socks4-client.js';
import { answerOf, assertCutsDoNotMatter, codeOf, endOf, plainly, storm } from '../kit/wire.js';

const ask = () => askSocks4(parseEndpoint('www.example.org:443'), 'ann');
const tail = Buffer.from('220 a banner\r\n', 'latin1');
const granted = Buffer.from('005a010203040506', 'hex');
const rejected = Buffer.from('005b000000000000', 'hex');

test('a name goes as SOCKS4a, an IPv4 address as SOCKS4, an IPv6 address as the name it is written as', () => {
  const text = (authority: string, user?: string): string =>
    askSocks4(parseEndpoint(authority), user)[0]?.ask.toString('latin1') ?? '';
  assert.equal(text('a.test:443', 'ann'), '\x04\x01\x01\xbb\0\0\0\x01ann\0a.test\0');
  assert.equal(text('1.2.3.4:80'), '\x04\x01\0\x50\x01\x02\x03\x04\0');
  assert.equal(text('[2001:DB8:0::1]:80', 'é'), '\x04\x01\0\x50\0\0\0\x01\xc3\xa9\x002001:db8::1\0');
});

test('an IPv4 address that would announce a name in SOCKS4a goes as a name itself', () => {
  const text = (authority: string): string => askSocks4(parseEndpoint(authority))[0]?.ask.toString('latin1') ?? '';
  assert.equal(text('0.0.0.5:80'), '\x04\x01\0\x50\0\0\0\x01\x000.0.0.5\0');
  assert.equal(text('0.0.0.0:80'), '\x04\x01\0\x50\0\0\0\0\0');
  assert.equal(text('0.0.1.5:80'), '\x04\x01\0\x50\0\0\x01\x05\0');
});

test('a granted request takes eight bytes, whatever stands in them, and what follows stays in the stream', () => {
  for (const answer of [granted, Buffer.from('005affffffffffff', 'hex')]) {
    const talk = answerOf(ask(), Buffer.concat([answer, tail]));
    assert.equal(talk.end.kind, 'result');
    assert.deepEqual(talk.tail, tail);
    for (let length = 0; length < 8; length += 1) {
      assert.equal(answerOf(ask(), answer.subarray(0, length)).end.kind, 'incomplete');
    }
  }
});

test('answers come out the same however their bytes are cut', () => {
  for (const answer of [granted, rejected]) {
    const bytes = Buffer.concat([answer, tail]);
    assertCutsDoNotMatter(bytes.length, (cuts) => plainly(answerOf(ask(), bytes, cuts)));
  }
});

test('every first byte but 0 and every code but 5A is a failure, told after two bytes', () => {
  for (let version = 1; version <= 0xff; version += 1) {
    assert.equal(codeOf(answerOf(ask(), Buffer.from([version]))), 'hop-garbled');
    assert.equal(codeOf(answerOf(ask(), Buffer.from([version, 0x5a, 0, 0, 0, 0, 0, 0]))), 'hop-garbled');
  }
  const meant = new Map([
    [0x5b, 'onward-failed'],
    [0x5c, 'hop-auth-refused'],
    [0x5d, 'hop-auth-refused'],
  ]);
  for (let code = 0; code <= 0xff; code += 1) {
    if (code === 0x5a) continue;
    assert.equal(codeOf(answerOf(ask(), Buffer.from([0, code]))), meant.get(code) ?? 'hop-garbled', `code ${code}`);
  }
});

test('100,000 random and damaged answers end in success, a KaskadeError or a wait', () => {
  const weather = storm(0x5056, [granted, rejected, Buffer.concat([granted, tail])], (bytes) =>
    endOf(answerOf(ask(), bytes)),
  );
  assert.ok(weather.result > 1000 && weather.error > 1000 && weather.incomplete > 1000, JSON.stringify(weather));
});
