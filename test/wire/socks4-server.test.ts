import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fail } from '../../src/model/error.js';
import { failureCodes } from '../../src/model/failure.js';
import type { Login } from '../../src/wire/client-request.js';
import { answerSocks4, socks4Reply } from '../../src/wire/socks4-server.js';
import { assertCutsDoNotMatter, codeOf, converse, endOf, plainly, resultOf, storm } from '../kit/wire.js';

const open: Login = { required: false, check: () => true };

const ask = (address: readonly number[], user: Buffer | string, name?: Buffer | string): Buffer =>
  Buffer.concat([
    Buffer.from([0x04, 0x01, 0x01, 0xbb, ...address]),
    Buffer.from(user),
    Buffer.from([0x00]),
    ...(name === undefined ? [] : [Buffer.from(name), Buffer.from([0x00])]),
  ]);

const granted = '005a000000000000';
const rejected = '005b000000000000';
const tail = Buffer.from('GET / HTTP/1.0\r\n', 'latin1');
const byAddress = ask([93, 184, 216, 34], 'ann');
const byName = ask([0, 0, 0, 7], '', 'www.example.org');
const failing = ask([0, 0, 0, 7], 'ann', 'a b');

test('SOCKS4 asks for an address, SOCKS4a for a name, and what follows stays in the stream', () => {
  const address = converse(answerSocks4(open), Buffer.concat([byAddress, tail]));
  assert.deepEqual(resultOf(address), {
    user: 'ann',
    target: { host: { kind: 'ipv4', address: '93.184.216.34' }, port: 443 },
  });
  assert.deepEqual(address.tail, tail);
  assert.equal(address.sent.length, 0);
  const name = converse(answerSocks4(open), Buffer.concat([byName, tail]));
  assert.deepEqual(resultOf(name), {
    user: '',
    target: { host: { kind: 'name', name: 'www.example.org' }, port: 443 },
  });
  assert.deepEqual(name.tail, tail);
});

test('the request comes out the same however its bytes are cut', () => {
  for (const whole of [byAddress, byName, failing]) {
    const bytes = Buffer.concat([whole, tail]);
    assertCutsDoNotMatter(bytes.length, (cuts) => plainly(converse(answerSocks4(open), bytes, cuts)));
  }
});

test('0.0.0.0 is an address and 0.0.0.1 to 0.0.0.255 announce a name', () => {
  assert.deepEqual(resultOf(converse(answerSocks4(open), ask([0, 0, 0, 0], ''))).target.host, {
    kind: 'ipv4',
    address: '0.0.0.0',
  });
  for (const last of [1, 2, 255]) {
    const talk = converse(answerSocks4(open), ask([0, 0, 0, last], '', 'x.test'));
    assert.deepEqual(resultOf(talk).target.host, { kind: 'name', name: 'x.test' });
  }
  assert.deepEqual(resultOf(converse(answerSocks4(open), ask([0, 0, 1, 1], ''))).target.host, {
    kind: 'ipv4',
    address: '0.0.1.1',
  });
});

test('everything that is refused has been answered 5B before it is thrown', () => {
  const cases: readonly (readonly [Buffer, string])[] = [
    [Buffer.from([4, 2, 0, 80, 1, 2, 3, 4, 0]), 'unsupported-command'],
    [Buffer.from([4, 0, 0, 80, 1, 2, 3, 4, 0]), 'unsupported-command'],
    [Buffer.from([4, 1, 0, 0, 1, 2, 3, 4, 0]), 'bad-request'],
    [ask([0, 0, 0, 1], '', ''), 'bad-name'],
    [ask([0, 0, 0, 1], '', 'evil.test\r\nX: y'), 'bad-name'],
    [ask([0, 0, 0, 1], '', Buffer.from([0xc3, 0x28])), 'bad-name'],
    [ask([1, 2, 3, 4], Buffer.from([0xff])), 'bad-request'],
    [ask([1, 2, 3, 4], 'u'.repeat(256)), 'bad-request'],
    [ask([0, 0, 0, 1], 'u', 'n'.repeat(256)), 'bad-request'],
  ];
  for (const [bytes, code] of cases) {
    const talk = converse(answerSocks4(open), bytes);
    assert.equal(codeOf(talk), code);
    assert.equal(talk.sent.toString('hex'), rejected);
  }
});

test('a user name of 255 bytes is taken', () => {
  assert.equal(resultOf(converse(answerSocks4(open), ask([1, 2, 3, 4], 'u'.repeat(255)))).user.length, 255);
});

test('a required login is refused, since SOCKS4 has no password', () => {
  const talk = converse(answerSocks4({ required: true, check: () => true }), byAddress);
  assert.equal(codeOf(talk), 'auth-required');
  assert.equal(talk.sent.toString('hex'), rejected);
});

test('the bytes behind a NUL in a name are not part of it and stay in the stream', () => {
  const talk = converse(answerSocks4(open), ask([0, 0, 0, 1], '', 'good.test\0evil.test'));
  assert.deepEqual(resultOf(talk).target.host, { kind: 'name', name: 'good.test' });
  assert.equal(talk.tail.toString('latin1'), 'evil.test\0');
});

test('a reply is eight bytes: 5A for a tunnel, 5B for every failure', () => {
  assert.equal(socks4Reply().toString('hex'), granted);
  for (const code of failureCodes) assert.equal(socks4Reply(fail(code)).toString('hex'), rejected);
});

test('endless text ends within 300 bytes', () => {
  for (const start of ['0401005001020304', '0401005000000001', '040100500000000100']) {
    for (const filler of [0x41, 0x39]) {
      const talk = converse(
        answerSocks4(open),
        Buffer.concat([Buffer.from(start, 'hex'), Buffer.alloc(70_000, filler)]),
      );
      assert.equal(codeOf(talk), 'bad-request');
      assert.ok(talk.tail.length > 69_700);
    }
  }
});

test('100,000 random and damaged requests end in a request, a KaskadeError or a wait', () => {
  const weather = storm(0x5054, [byAddress, byName, failing], (bytes) => {
    const talk = converse(answerSocks4(open), bytes);
    assert.ok(talk.most <= 7);
    return endOf(talk);
  });
  assert.ok(weather.result > 1000 && weather.error > 1000 && weather.incomplete > 1000, JSON.stringify(weather));
});
