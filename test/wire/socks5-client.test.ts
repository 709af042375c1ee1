import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseEndpoint } from '../../src/model/address.js';
import { askSocks5 } from '../../src/wire/socks5-client.js';
import { answerOf, assertCutsDoNotMatter, codeOf, endOf, plainly, storm } from '../kit/wire.js';

const target = parseEndpoint('www.example.org:443');
const plain = () => askSocks5(target);
const named = () => askSocks5(target, { user: 'ann', password: 'p:w' });
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

const tail = Buffer.from('SSH-2.0-a banner of a server that speaks first', 'latin1');
const byAddress = hex('0500 05000001 01020304 0102');
const byName = hex('0502 0100 05000003 03612e62 0102');
const byIpv6 = hex('0502 0100 05000004 20010db8000000000000000000000001 0102');
const refusing = hex('0500 05050001 00000000 0000');

test('what is asked is the greeting, the login and the request of RFC 1928 and RFC 1929', () => {
  assert.deepEqual(
    plain().map(({ phase, ask }) => [phase, ask.toString('hex')]),
    [
      ['greeting', '050100'],
      ['request', `050100030f${Buffer.from('www.example.org').toString('hex')}01bb`],
    ],
  );
  assert.deepEqual(
    askSocks5(parseEndpoint('[2001:db8::1]:1'), { user: 'é', password: '' }).map(({ phase, ask }) => [
      phase,
      ask.toString('hex'),
    ]),
    [
      ['greeting', '050102'],
      ['auth', '0102c3a900'],
      ['request', '0501000420010db80000000000000000000000010001'],
    ],
  );
  assert.equal(askSocks5(parseEndpoint('8.8.4.4:65535'))[1]?.ask.toString('hex'), '0501000108080404ffff');
});

test('answers with an address of any kind are read to their last byte, and what follows stays in the stream', () => {
  for (const [make, answer] of [
    [plain, byAddress],
    [named, byName],
    [named, byIpv6],
  ] as const) {
    const talk = answerOf(make(), Buffer.concat([answer, tail]));
    assert.equal(talk.end.kind, 'result');
    assert.deepEqual(talk.tail, tail);
  }
});

test('answers come out the same however their bytes are cut', () => {
  for (const [make, answer] of [
    [plain, byAddress],
    [named, byName],
    [named, byIpv6],
    [plain, refusing],
  ] as const) {
    const bytes = Buffer.concat([answer, tail]);
    assertCutsDoNotMatter(bytes.length, (cuts) => plainly(answerOf(make(), bytes, cuts)));
  }
});

test('an answer that is cut off is waited for at every length', () => {
  for (const [make, answer] of [
    [plain, byAddress],
    [named, byName],
    [named, byIpv6],
  ] as const) {
    for (let length = 0; length < answer.length; length += 1) {
      assert.equal(answerOf(make(), answer.subarray(0, length)).end.kind, 'incomplete', `${length} bytes`);
    }
  }
});

test('a bound name of 0 and of 255 bytes is read to its end', () => {
  for (const length of [0, 1, 255]) {
    const answer = Buffer.concat([
      hex('0500 05000003'),
      Buffer.from([length]),
      Buffer.alloc(length, 0x61),
      hex('0102'),
    ]);
    assert.deepEqual(answerOf(plain(), Buffer.concat([answer, tail])).tail, tail);
    assert.equal(answerOf(plain(), answer.subarray(0, -1)).end.kind, 'incomplete');
  }
});

test('each reply code is told as what it means for the edge to the next place', () => {
  const codes = ['onward-failed', 'onward-denied', 'onward-unreachable', 'onward-unreachable', 'onward-refused'];
  const meant = [...codes, 'onward-timeout', 'onward-denied', 'onward-denied'];
  for (let reply = 1; reply <= 0xff; reply += 1) {
    const answer = Buffer.concat([hex('0500'), Buffer.from([0x05, reply, 0, 1, 0, 0, 0, 0, 0, 0])]);
    const talk = answerOf(plain(), answer);
    assert.equal(codeOf(talk), meant[reply - 1] ?? 'onward-failed', `reply ${reply}`);
    assert.equal(
      codeOf(answerOf(plain(), answer.subarray(0, 4))),
      codeOf(talk),
      'a refusal counts when it is cut short',
    );
  }
});

test('a hop that wants a login, refuses one, or speaks something else is named as what it is', () => {
  const cases: readonly (readonly [() => ReturnType<typeof plain>, string, string])[] = [
    [plain, '05ff', 'hop-auth-missing'],
    [named, '05ff', 'hop-auth-refused'],
    [named, '0502 0101', 'hop-auth-refused'],
    [named, '0502 01ff', 'hop-auth-refused'],
    [plain, '0502', 'hop-garbled'],
    [named, '0500', 'hop-garbled'],
    [plain, '0501', 'hop-garbled'],
    [plain, '04', 'hop-garbled'],
    [plain, '00', 'hop-garbled'],
    [plain, '485454502f', 'hop-garbled'],
    [named, '0502 05', 'hop-garbled'],
    [named, '0502 0500', 'hop-garbled'],
    [plain, '0500 04', 'hop-garbled'],
    [plain, '0500 050000 00', 'hop-garbled'],
    [plain, '0500 050000 02', 'hop-garbled'],
    [plain, '0500 050000 09', 'hop-garbled'],
    [plain, '0500 050000 ff', 'hop-garbled'],
  ];
  for (const [make, answer, code] of cases) assert.equal(codeOf(answerOf(make(), hex(answer))), code, answer);
});

test('no answer can make the reader wait for more than 262 bytes', () => {
  for (const filler of [0x00, 0x05, 0x41, 0x39, 0xff]) {
    for (const start of ['', '0500', '0502', '05000500000', '0500050000', '050005000003', '05000500000300']) {
      const answer = Buffer.concat([hex(start), Buffer.alloc(400, filler)]);
      for (const make of [plain, named]) assert.notEqual(answerOf(make(), answer).end.kind, 'incomplete');
    }
  }
});

test('100,000 random and damaged answers end in success, a KaskadeError or a wait', () => {
  const weather = storm(0x5055, [byAddress, byName, byIpv6, refusing], (bytes, { below }) =>
    endOf(answerOf(below(2) === 0 ? plain() : named(), bytes)),
  );
  assert.ok(weather.result > 1000 && weather.error > 1000 && weather.incomplete > 1000, JSON.stringify(weather));
});
