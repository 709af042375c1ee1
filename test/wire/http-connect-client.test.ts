import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseEndpoint } from '../../src/model/address.js';
import { KaskadeError } from '../../src/model/error.js';
import { longestAnswer } from '../../src/wire/exchange.js';
import { askConnect, basic } from '../../src/wire/http-connect-client.js';
import {
  answerOf,
  assertCutsDoNotMatter,
  byteByByte,
  codeOf,
  endOf,
  plainly,
  storm,
  costsLessThan,
} from '../kit/wire.js';

const target = parseEndpoint('www.example.org:443');
const ask = () => askConnect(target);
const named = () => askConnect(target, basic('ann', 'p:w'));
const bytesOf = (...lines: string[]): Buffer => Buffer.from([...lines, '', ''].join('\r\n'), 'latin1');

const tail = Buffer.from([0x16, 0x03, 0x03, 0x0d, 0x0a, 0x0d, 0x0a, 0x48]);
const simple = bytesOf('HTTP/1.1 200 OK');
const chatty = Buffer.concat([
  bytesOf('HTTP/1.1 100 Continue', 'X: y'),
  bytesOf('HTTP/1.1 102 Processing'),
  bytesOf('HTTP/1.0 200 Connection established', 'Proxy-agent: x', 'Content-Length: 5', 'Transfer-Encoding: chunked'),
]);
const refusing = bytesOf('HTTP/1.1 403 Forbidden', 'Content-Length: 3');

test('what is asked is one request line, Host, and the login where there is one', () => {
  assert.equal(
    ask()[0]?.ask.toString('latin1'),
    'CONNECT www.example.org:443 HTTP/1.1\r\nHost: www.example.org:443\r\n\r\n',
  );
  assert.equal(
    askConnect(parseEndpoint('[2001:DB8::1]:80'), basic('é', 'p:w'))[0]?.ask.toString('latin1'),
    'CONNECT [2001:db8::1]:80 HTTP/1.1\r\nHost: [2001:db8::1]:80\r\nProxy-Authorization: Basic w6k6cDp3\r\n\r\n',
  );
});

test('any 2xx opens the tunnel at its blank line: bodies it announces do not exist, interim answers are passed over', () => {
  for (const answer of [simple, chatty, bytesOf('HTTP/1.1 200'), bytesOf('HTTP/1.1 200 '), bytesOf('HTTP/1.0 299 x')]) {
    const talk = answerOf(ask(), Buffer.concat([answer, tail]));
    assert.equal(talk.end.kind, 'result');
    assert.deepEqual(talk.tail, tail);
  }
});

test('answers come out the same however their bytes are cut', () => {
  for (const answer of [simple, chatty, refusing]) {
    const bytes = Buffer.concat([answer, tail]);
    assertCutsDoNotMatter(bytes.length, (cuts) => plainly(answerOf(ask(), bytes, cuts)));
  }
});

test('an answer that is cut off is waited for at every length', () => {
  for (const answer of [simple, chatty]) {
    for (let length = 0; length < answer.length; length += 1) {
      assert.equal(answerOf(ask(), answer.subarray(0, length)).end.kind, 'incomplete', `${length} bytes`);
    }
  }
});

test('every status that is no tunnel is told as what it means, with its status line as the note', () => {
  const meant = new Map<number, string>([
    ...[404, 502, 503].map((status) => [status, 'onward-unreachable'] as const),
    ...[408, 504].map((status) => [status, 'onward-timeout'] as const),
    ...[401, 407].map((status) => [status, 'hop-auth-missing'] as const),
    [501, 'onward-denied'],
  ]);
  for (let status = 300; status <= 999; status += 1) {
    const talk = answerOf(ask(), bytesOf(`HTTP/1.1 ${status} Nope`));
    assert.equal(codeOf(talk), meant.get(status) ?? (status < 500 ? 'onward-denied' : 'onward-failed'), String(status));
  }
  assert.equal(codeOf(answerOf(named(), bytesOf('HTTP/1.1 407 x'))), 'hop-auth-refused');
  assert.equal(codeOf(answerOf(named(), bytesOf('HTTP/1.0 401 tinyproxy says so'))), 'hop-auth-refused');
});

test('the reason of a refusal is not repeated: it may be the login that was sent', () => {
  const { end } = answerOf(ask(), bytesOf('HTTP/1.1 403 dXNlcjpwYXNzd29yZA=='));
  assert.ok(end.kind === 'error' && end.error instanceof KaskadeError);
  assert.equal(end.error.failure.note, 'HTTP 403');
});

test('what is not a proper HTTP/1.x answer is garbled, as early as that can be told', () => {
  const garbled = [
    ...[
      '\x05\x00',
      'HTTP/2 200\r\n\r\n',
      'HTTQ',
      'http/1.1 200 OK\r\n\r\n',
      '<html>',
      'SSH-2.0',
      '\r\nHTTP/1.1 200 OK\r\n\r\n',
      ' HTTP',
      '\0',
    ],
    ...[
      'HTTP/1.1 20 OK',
      'HTTP/1.1 2000 OK',
      'HTTP/1.1 099 OK',
      'HTTP/1.2 200 OK',
      'HTTP/1.1  200 OK',
      'HTTP/1.1 200OK',
      'HTTP/1.1\t200 OK',
      'HTTP/1.1 +20 OK',
      'HTTP/1.1 2e1 OK',
    ].map((line) => `${line}\r\n\r\n`),
    ...['X', 'X : y', ' X: y', ': y', 'X\0: y', 'X: \0', 'X: \x1b', 'X:\ry', 'X: y\nZ: y'].map(
      (field) => `HTTP/1.1 200 OK\r\n${field}\r\n\r\n`,
    ),
    'HTTP/1.1 200 OK\n\n',
    'HTTP/1.1 200 OK\nX: y',
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n',
    `HTTP/1.1 200 OK\r\n${'X: y\r\n'.repeat(201)}\r\n`,
  ];
  for (const answer of garbled)
    assert.equal(codeOf(answerOf(ask(), Buffer.from(answer, 'latin1'))), 'hop-garbled', JSON.stringify(answer));
});

test('an endless header ends at 64 KiB, an endless row of interim answers at 16', () => {
  const head = Buffer.concat([Buffer.from('HTTP/1.1 200 OK\r\nX: ', 'latin1'), Buffer.alloc(longestAnswer, 0x41)]);
  assert.equal(answerOf(ask(), head.subarray(0, longestAnswer)).end.kind, 'incomplete');
  assert.equal(codeOf(answerOf(ask(), head.subarray(0, longestAnswer + 1))), 'hop-oversized');
  const interim = bytesOf('HTTP/1.1 100 Continue');
  const flood = (times: number) =>
    answerOf(ask(), Buffer.concat([...Array.from({ length: times }, () => interim), simple, tail]));
  assert.deepEqual(flood(16).tail, tail);
  assert.equal(codeOf(flood(17)), 'hop-oversized');
  const long = Buffer.concat([
    bytesOf('HTTP/1.1 100 C', `X: ${'y'.repeat(60_000)}`),
    bytesOf('HTTP/1.1 200 OK', `X: ${'y'.repeat(6_000)}`),
  ]);
  assert.equal(codeOf(answerOf(ask(), long)), 'hop-oversized', 'all interim answers together count');
});

test('an answer of 64 KiB that comes byte by byte costs less than 1.5 s of CPU time, whatever is in it', () => {
  for (const filler of ['A', '\r', '\r\n\r', 'a: b\r\n']) {
    const text = `HTTP/1.1 200 OK\r\nX: ${filler.repeat(longestAnswer)}`.slice(0, longestAnswer);
    const bytes = Buffer.from(text, 'latin1');
    assert.ok(
      costsLessThan(1_500, () => answerOf(ask(), bytes, byteByByte(bytes.length))),
      JSON.stringify(filler),
    );
  }
});

test('100,000 random and damaged answers end in a tunnel, a KaskadeError or a wait', () => {
  const weather = storm(0x4343, [simple, chatty, refusing], (bytes) => endOf(answerOf(ask(), bytes)));
  assert.ok(weather.result > 1000 && weather.error > 1000 && weather.incomplete > 1000, JSON.stringify(weather));
});
