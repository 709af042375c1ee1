import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Framing } from '../../src/wire/http-body.js';
import { type Asked, connectionField, frameAnswer, interimHead } from '../../src/wire/http-answer-head.js';
import type { Field } from '../../src/wire/http-head.js';
import type { ResponseHead } from '../../src/wire/http-response.js';

const fieldsOf = (...lines: readonly string[]): readonly Field[] =>
  lines.map((line) => ({ name: line.replace(/:.*/, ''), value: line.replace(/^[^:]*: ?/, '') }));

const answer = (framing: Framing, ...lines: readonly string[]): ResponseHead => ({
  version: '1.1',
  status: 200,
  reason: 'Fine',
  fields: fieldsOf(...lines),
  framing,
});

const lines = (bytes: Buffer): readonly string[] => bytes.toString('latin1').slice(0, -4).split('\r\n');

/** What a client gets: the head's lines, and how the body behind it goes. */
const framed = (head: ResponseHead, version: Asked['version'], lasting = true): readonly unknown[] => {
  const { bytes, chunked, lasting: lasts } = frameAnswer(head, { version, lasting });
  return [...lines(bytes), { chunked, lasts }];
};

const sized: Framing = { kind: 'sized', length: 2 };

test('a length goes on as it is, and the connection lasts if the client wants it', () => {
  const head = answer(sized, 'A: b', 'content-LENGTH: 2', 'Connection: x', 'X: y', 'Trailer: T');
  assert.deepEqual(framed(head, '1.1'), [
    'HTTP/1.1 200 Fine',
    'A: b',
    'content-LENGTH: 2',
    { chunked: false, lasts: true },
  ]);
  assert.deepEqual(framed(head, '1.1', false).slice(-2), ['Connection: close', { chunked: false, lasts: false }]);
  assert.deepEqual(framed(head, '1.0').slice(-2), ['Connection: keep-alive', { chunked: false, lasts: true }]);
});

test('chunks stay chunks for 1.1, and end with the connection for 1.0', () => {
  const head = answer({ kind: 'chunked' }, 'transfer-encoding: Chunked', 'Trailer: T', 'A: b');
  assert.deepEqual(framed(head, '1.1'), [
    'HTTP/1.1 200 Fine',
    'transfer-encoding: Chunked',
    'Trailer: T',
    'A: b',
    { chunked: true, lasts: true },
  ]);
  assert.deepEqual(framed(head, '1.0'), [
    'HTTP/1.1 200 Fine',
    'A: b',
    'Connection: close',
    { chunked: false, lasts: false },
  ]);
});

test('a body without an end becomes chunks for 1.1, and ends with the connection for 1.0', () => {
  const head = answer({ kind: 'until-close' }, 'A: b');
  assert.deepEqual(framed(head, '1.1').slice(2), ['Transfer-Encoding: chunked', { chunked: true, lasts: true }]);
  assert.deepEqual(framed(head, '1.0').slice(2), ['Connection: close', { chunked: false, lasts: false }]);
});

test('an answer without a body names no coding, and may name a length', () => {
  const head = answer({ kind: 'none' }, 'Transfer-Encoding: chunked', 'Content-Length: 7');
  assert.deepEqual(framed(head, '1.1').slice(1), ['Content-Length: 7', { chunked: false, lasts: true }]);
});

test('an interim answer has its own fields only, and a 101 what names the new protocol', () => {
  const head = {
    ...answer({ kind: 'none' }, 'Upgrade: websocket', 'Connection: Upgrade, X', 'X: y', 'L: m'),
    status: 101,
  };
  assert.deepEqual(lines(interimHead(head)), ['HTTP/1.1 101 Fine', 'L: m']);
  assert.deepEqual(lines(interimHead(head, ['upgrade', 'connection'])), [
    'HTTP/1.1 101 Fine',
    'Upgrade: websocket',
    'Connection: Upgrade, X',
    'L: m',
  ]);
});

test('a client is told of its connection what its version does not take for granted', () => {
  assert.deepEqual(connectionField({ version: '1.1', lasting: true }), []);
  assert.deepEqual(connectionField({ version: '1.0', lasting: true }), fieldsOf('Connection: keep-alive'));
  assert.deepEqual(connectionField({ version: '1.1', lasting: false }), fieldsOf('Connection: close'));
});
