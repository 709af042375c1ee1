import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Framing } from '../../src/wire/http-body.js';
import { type RequestHead, measureRequestHead, parseRequestHead, persists } from '../../src/wire/http-request-head.js';
import { assertCutsDoNotMatter, codeThrown, costsLessThan, storm } from '../kit/wire.js';

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');
const parse = (text: string): RequestHead => parseRequestHead(latin1(text));

/** Reads a head from bytes that arrive in pieces; the result says how many of them it took. */
const read = (
  bytes: Buffer,
  cuts: readonly number[] = [],
): { readonly used: number; readonly head: RequestHead } | string => {
  let scanned = 0;
  for (const arrived of [...cuts, bytes.length]) {
    const used = measureRequestHead(bytes.subarray(0, arrived), scanned);
    scanned = arrived;
    if (used > 0) return { used, head: parseRequestHead(bytes.subarray(0, used)) };
  }
  return 'incomplete';
};

const sound = 'POST http://a.test/x HTTP/1.1\r\nhOst: a.test\r\nContent-Length: 3\r\nX:\r\n\r\n';

test('a request head is read whole, byte by byte and with a tail', () => {
  const head: RequestHead = {
    method: 'POST',
    target: 'http://a.test/x',
    version: '1.1',
    fields: [
      { name: 'hOst', value: 'a.test' },
      { name: 'Content-Length', value: '3' },
      { name: 'X', value: '' },
    ],
    framing: { kind: 'sized', length: 3 },
  };
  assert.deepEqual(read(latin1(`${sound}abc\nGET`)), { used: sound.length, head });
  assertCutsDoNotMatter(sound.length + 4, (cuts) => read(latin1(`${sound}abc\n`), cuts));
});

test('a line without CR is nonsense as soon as it is seen, and none behind the head is', () => {
  for (const text of ['GET / HTTP/1.1\n', 'GET / HTTP/1.1\r\nX: y\n\r\n\r\n', '\n', 'GET / HTTP/1.1\r\n\n']) {
    const bytes = latin1(text);
    assert.equal(
      codeThrown(() => read(bytes)),
      'bad-request',
      JSON.stringify(text),
    );
    assert.equal(
      codeThrown(() =>
        read(
          bytes,
          Array.from({ length: bytes.length }, (_, at) => at),
        ),
      ),
      'bad-request',
    );
  }
  assert.notEqual(read(latin1(`${sound}\n\n`)), 'incomplete');
});

test('64 KiB are a head and one byte more is none, complete or not', () => {
  const head = (bytes: number): Buffer => latin1(`GET / HTTP/1.1\r\nX: ${'x'.repeat(bytes - 23)}\r\n\r\n`);
  assert.equal(measureRequestHead(head(65_536), 0), 65_536);
  assert.equal(
    codeThrown(() => measureRequestHead(head(65_537), 0)),
    'header-too-large',
  );
  assert.equal(
    codeThrown(() => measureRequestHead(Buffer.alloc(65_537, 'x'), 0)),
    'header-too-large',
  );
  assert.equal(measureRequestHead(Buffer.alloc(65_536, 'x'), 0), 0);
  assert.equal(measureRequestHead(Buffer.concat([head(65_536), Buffer.alloc(9)]), 0), 65_536);
});

test('200 fields are a head, and one more is too many', () => {
  const head = (fields: number): string => `GET / HTTP/1.1\r\n${'X: y\r\n'.repeat(fields)}\r\n`;
  assert.equal(parse(head(200)).fields.length, 200);
  assert.equal(
    codeThrown(() => parse(head(201))),
    'header-too-large',
  );
});

test('request lines have a method in capitals, a target without blanks and version 1.0 or 1.1', () => {
  for (const line of [
    'M-SEARCH * HTTP/1.1',
    'VERSION_CONTROL /x HTTP/1.0',
    'CONNECT a:1 HTTP/1.1',
    `${'A'.repeat(32)} / HTTP/1.1`,
  ]) {
    assert.equal(
      codeThrown(() => parse(`${line}\r\n\r\n`)),
      'none',
      line,
    );
  }
  const wrong = [
    ...[
      'GET /',
      'GET',
      '',
      ' GET / HTTP/1.1',
      'GET  / HTTP/1.1',
      'GET / HTTP/1.1 ',
      'GET /\tHTTP/1.1',
      'GET / x HTTP/1.1',
    ],
    ...[
      'get / HTTP/1.1',
      'GeT / HTTP/1.1',
      '-GET / HTTP/1.1',
      'GE(T / HTTP/1.1',
      `${'A'.repeat(33)} / HTTP/1.1`,
      'GET1 / HTTP/1.1',
    ],
    ...[
      'GET / HTTP/0.9',
      'GET / HTTP/1.2',
      'GET / HTTP/2.0',
      'GET / HTTP/1.11',
      'GET / http/1.1',
      'GET / HTTP/1',
      'GET / HTTP/ 1.1',
    ],
    ...['GET /\x80 HTTP/1.1', 'GET /\x7f HTTP/1.1', 'GET /\0 HTTP/1.1', 'GET /\x1b HTTP/1.1'],
  ];
  for (const line of wrong)
    assert.equal(
      codeThrown(() => parse(`${line}\r\n\r\n`)),
      'bad-request',
      JSON.stringify(line),
    );
});

const framings: readonly (readonly [fields: string, framing: Framing | 'bad-request', version?: string])[] = [
  ['', { kind: 'none' }],
  ['Content-Length: 0\r\n', { kind: 'none' }],
  ['Content-Length: 007\r\n', { kind: 'sized', length: 7 }],
  ['content-length:\t5 \r\n', { kind: 'sized', length: 5 }],
  ['Content-Length: 999999999999999\r\n', { kind: 'sized', length: 999_999_999_999_999 }],
  ['Transfer-Encoding: chunked\r\n', { kind: 'chunked' }],
  ['TRANSFER-ENCODING:  ChUnKeD \r\n', { kind: 'chunked' }],
  ['Content-Length: 1000000000000000\r\n', 'bad-request'],
  ['Content-Length: 1\r\nContent-Length: 1\r\n', 'bad-request'],
  ['Content-Length: 0\r\nContent-Length: 0\r\n', 'bad-request'],
  ['Content-Length: 1, 1\r\n', 'bad-request'],
  ['Content-Length:\r\n', 'bad-request'],
  ['Content-Length: -1\r\n', 'bad-request'],
  ['Content-Length: 1 1\r\n', 'bad-request'],
  ['Content-Length: \xb2\r\n', 'bad-request'],
  ['Transfer-Encoding: chunked\r\nContent-Length: 0\r\n', 'bad-request'],
  ['Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n', 'bad-request'],
  ['Transfer-Encoding: chunked,\r\n', 'bad-request'],
  ['Transfer-Encoding: , chunked\r\n', 'bad-request'],
  ['Transfer-Encoding:\r\n', 'bad-request'],
  ['Transfer-Encoding: identity\r\n', 'bad-request'],
  ['Transfer-Encoding: gzip, chunked\r\n', 'bad-request'],
  ['Transfer-Encoding: \xa0chunked\r\n', 'bad-request'],
  ['Transfer-Encoding: chunked\r\n', 'bad-request', '1.0'],
  ['Content-Length: 4\r\n', { kind: 'sized', length: 4 }, '1.0'],
];
test('a body is framed in one way or not at all', () => {
  for (const [fields, framing, version = '1.1'] of framings) {
    const text = `POST / HTTP/${version}\r\n${fields}\r\n`;
    if (framing === 'bad-request')
      assert.equal(
        codeThrown(() => parse(text)),
        'bad-request',
        fields,
      );
    else assert.deepEqual(parse(text).framing, framing, fields);
  }
});

test('a connection lasts by its version, unless a field says otherwise', () => {
  const lasts = (version: string, ...fields: readonly string[]): boolean =>
    persists(parse(`GET / HTTP/${version}\r\n${fields.map((field) => `${field}\r\n`).join('')}\r\n`));
  assert.equal(lasts('1.1'), true);
  assert.equal(lasts('1.0'), false);
  assert.equal(lasts('1.1', 'Connection: keep-alive, X', 'Connection: CLOSE'), false);
  assert.equal(lasts('1.1', 'Proxy-Connection: close'), false);
  assert.equal(lasts('1.0', 'Connection: x, Keep-Alive'), true);
  assert.equal(lasts('1.0', 'Proxy-Connection: keep-alive'), true);
  assert.equal(lasts('1.0', 'Connection: keep-alive', 'Proxy-Connection: close'), false);
});

test('100,000 damaged heads end in a head or in a failure that the table knows', () => {
  const valid = [
    sound,
    'GET http://a.test/ HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n',
    'CONNECT a.test:443 HTTP/1.1\r\n\r\n',
  ];
  const weather = storm(
    7,
    valid.map((text) => latin1(text)),
    (bytes, chance) => {
      let found: ReturnType<typeof read> = 'incomplete';
      const code = codeThrown(() => {
        found = read(bytes, [chance.below(bytes.length + 1)]);
      });
      if (code !== 'none') return 'error';
      return found === 'incomplete' ? 'incomplete' : 'result';
    },
  );
  assert.ok(weather.result > 1_000 && weather.error > 10_000 && weather.incomplete > 1_000, JSON.stringify(weather));
});

test('a head costs time in proportion to its length', () => {
  const fields = `X:${' '.repeat(300)}y${' '.repeat(20)}\r\n`.repeat(190);
  const bytes = latin1(`GET / HTTP/1.1\r\n${fields}\r\n`);
  assert.ok(
    costsLessThan(500, () =>
      read(
        bytes,
        Array.from({ length: 600 }, (_, at) => at * 100),
      ),
    ),
  );
});
