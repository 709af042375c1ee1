import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Head, hasBareLf, listOf, parseField, parseHead, valuesOf, writeHead } from '../../src/wire/http-head.js';
import { storm, costsLessThan } from '../kit/wire.js';

const parse = (text: string): Head | undefined => parseHead(Buffer.from(text, 'latin1'));
const under = (line: string): Head | undefined => parse(`GET / HTTP/1.1\r\n${line}\r\n\r\n`);

test('a head keeps the order, the case and the repetition of its fields, and drops the blanks around values', () => {
  assert.deepEqual(parse('GET / HTTP/1.1\r\nhOsT:a\r\nX:  b c\t \r\nx:\r\nX: \xff\r\n\r\n'), {
    start: 'GET / HTTP/1.1',
    fields: [
      { name: 'hOsT', value: 'a' },
      { name: 'X', value: 'b c' },
      { name: 'x', value: '' },
      { name: 'X', value: '\xff' },
    ],
  });
  assert.deepEqual(parse('\r\n\r\n'), { start: '', fields: [] });
});

test('whatever two readers may see differently is no head: folded lines, blanks before the colon, bare CR or LF, empty names', () => {
  const broken = [
    ...[
      ' X: y',
      '\tX: y',
      'X : y',
      'X\t: y',
      'X',
      ': y',
      ':',
      '',
      ' ',
      'X: a\nY: b',
      'X: a\rY: b',
      'X: \r',
      '\rX: y',
      '\nX: y',
    ],
    ...[
      'X: \0',
      'X\0: y',
      'X: \x01',
      'X: \x7f',
      'X\x80: y',
      'X(: y',
      'X"y: z',
      'X/y: z',
      'X{y: z',
      'X@y: z',
      'X[y: z',
      'X,y: z',
      'X;y: z',
    ],
  ];
  for (const line of broken) assert.equal(under(line), undefined, JSON.stringify(line));
  for (const start of ['GET /\0 HTTP/1.1', 'GET / HTTP/1.1\n', '\rGET / HTTP/1.1', 'GET /\x7f HTTP/1.1']) {
    assert.equal(parse(`${start}\r\n\r\n`), undefined, JSON.stringify(start));
  }
});

test('every byte at every place of a field line gives that byte back or no head at all', () => {
  const line = 'Ab-c: d e';
  for (let at = 0; at <= line.length; at += 1) {
    for (let byte = 0; byte <= 0xff; byte += 1) {
      const head = under(line.slice(0, at) + String.fromCharCode(byte) + line.slice(at));
      if (head === undefined) continue;
      assert.equal(head.fields.length, 1);
      assert.doesNotMatch(
        JSON.stringify(writeHead(head).toString('latin1').split('\r\n').slice(0, -2)),
        /\\r|\\n|\\u00/,
      );
    }
  }
});

test('200 fields are a head, 201 are none', () => {
  assert.equal(parse(`a b c\r\n${'X: y\r\n'.repeat(200)}\r\n`)?.fields.length, 200);
  assert.equal(parse(`a b c\r\n${'X: y\r\n'.repeat(201)}\r\n`), undefined);
});

test('a head that was written is read as the same one', () => {
  const name = fc.stringMatching(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,20}$/);
  const value = fc.stringMatching(/^(?:[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]{0,20}[\x21-\x7e\x80-\xff])?)?$/);
  const start = fc.stringMatching(/^[\t\x20-\x7e\x80-\xff]{0,40}$/);
  fc.assert(
    fc.property(
      start,
      fc.array(fc.record({ name, value }, { noNullPrototype: true }), { maxLength: 20 }),
      (line, fields) => {
        assert.deepEqual(parseHead(writeHead({ start: line, fields })), { start: line, fields });
      },
    ),
  );
});

test('what is read of a damaged head is written and read as the same: 100,000 times', () => {
  const valid = [
    'GET / HTTP/1.1\r\nHost: a\r\nX:  y \r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\nSet-Cookie: a\r\n\r\n',
  ].map((text) => Buffer.from(text, 'latin1'));
  const weather = storm(0x4844, valid, (bytes) => {
    const head = parseHead(bytes);
    if (head === undefined) return 'error';
    assert.deepEqual(parseHead(writeHead(head)), head);
    return 'result';
  });
  assert.ok(weather.result > 1000 && weather.error > 1000, JSON.stringify(weather));
});

test('names are compared without case, lists are split at commas over all their lines', () => {
  const fields = [
    { name: 'Connection', value: 'Close, ,X-A\t' },
    { name: 'X', value: 'y' },
    { name: 'CONNECTION', value: 'x-b' },
  ];
  assert.deepEqual(valuesOf(fields, 'connection'), ['Close, ,X-A\t', 'x-b']);
  assert.deepEqual(listOf(fields, 'Connection'), ['close', 'x-a', 'x-b']);
  assert.deepEqual(
    listOf([{ name: 'TE', value: '\xa0chunked' }], 'te'),
    ['\xa0chunked'],
    'only space and tab are blanks',
  );
  assert.deepEqual(valuesOf(fields, '__proto__'), []);
});

test('a bare LF is seen wherever it arrives', () => {
  const bytes = Buffer.from('a\r\nb\nc', 'latin1');
  assert.equal(hasBareLf(bytes, 0), true);
  assert.equal(hasBareLf(bytes.subarray(0, 4), 0), false);
  for (let from = 0; from <= 4; from += 1) assert.equal(hasBareLf(bytes, from), true);
  assert.equal(hasBareLf(bytes, 5), false);
  assert.equal(hasBareLf(Buffer.from('\n'), 0), true);
  assert.equal(hasBareLf(Buffer.from('a\r\n\nb'), 0), true);
  assert.equal(hasBareLf(Buffer.from('a\r\n\r\nb'), 0), false);
});

test('a megabyte of blanks, colons or line ends is read for less than 1.5 s of CPU time', () => {
  const million = 1_000_000;
  for (const filler of [' ', '\t', ':', 'a', '\r\n', ': ', 'a: b\r\n', '\r']) {
    const text = `X: x${filler.repeat(million / filler.length)}x`;
    assert.ok(
      costsLessThan(1_500, () => parseField(text)),
      JSON.stringify(filler),
    );
    assert.ok(
      costsLessThan(1_500, () => under(text)),
      JSON.stringify(filler),
    );
    assert.ok(
      costsLessThan(1_500, () => hasBareLf(Buffer.from(text), 0)),
      JSON.stringify(filler),
    );
    assert.ok(
      costsLessThan(1_500, () => listOf([{ name: 'x', value: text }], 'x')),
      JSON.stringify(filler),
    );
  }
  assert.ok(costsLessThan(1_500, () => listOf([{ name: 'x', value: ', '.repeat(million / 2) }], 'x')));
});
