import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  type BodyReader,
  Broken,
  type Framing,
  readBody,
  writeChunk,
  writeLastChunk,
} from '../../src/wire/http-body.js';
import type { Field } from '../../src/wire/http-head.js';
import { assertCutsDoNotMatter, storm } from '../kit/wire.js';

const text = (value: string): Buffer => Buffer.from(value, 'latin1');

interface Reading {
  readonly data: string;
  readonly used: number;
  readonly ends: number;
  readonly trailers: readonly Field[];
  readonly whole: boolean;
  readonly broken: string | undefined;
}

/** Reads a body that arrives in pieces, and stops where the reader says that it is over. */
const read = (framing: Framing, bytes: Buffer, cuts: readonly number[] = []): Reading => {
  const data: Buffer[] = [];
  let [used, ends] = [0, 0];
  let trailers: readonly Field[] = [];
  const sink = {
    data: (piece: Buffer): void => {
      assert.equal(ends, 0, 'nothing comes behind the end');
      assert.ok(piece.length > 0, 'an empty piece would be an end of chunks');
      data.push(Buffer.from(piece));
    },
    end: (fields: readonly Field[]): void => {
      ends += 1;
      trailers = fields;
    },
  };
  const reader = readBody(framing, sink);
  const broken = feed(reader, bytes, cuts, (count) => (used += count));
  const whole = broken === undefined && reader.close();
  return { data: Buffer.concat(data).toString('latin1'), used, ends, trailers, whole, broken };
};

const feed = (
  reader: BodyReader,
  bytes: Buffer,
  cuts: readonly number[],
  count: (used: number) => void,
): string | undefined => {
  try {
    let from = 0;
    for (const to of [...cuts, bytes.length]) {
      const used = reader.push(bytes.subarray(from, to));
      count(used);
      if (used < to - from) return undefined;
      from = to;
    }
    return undefined;
  } catch (thrown) {
    if (thrown instanceof Broken) return thrown.message;
    throw thrown;
  }
};

const chunked = { kind: 'chunked' } as const;
const valid = text('5\r\nhello\r\n6;a=b;c="d e"\r\n world\r\n0000\r\nX-Sum: 1\r\nx: \r\n\r\n');
const tail = text('HTTP/1.1 200 OK\r\n\r\n');

test('chunks are joined, extensions dropped, trailers kept, and what follows is left alone', () => {
  const trailers = [
    { name: 'X-Sum', value: '1' },
    { name: 'x', value: '' },
  ];
  assert.deepEqual(read(chunked, Buffer.concat([valid, tail])), {
    data: 'hello world',
    used: valid.length,
    ends: 1,
    trailers,
    whole: true,
    broken: undefined,
  });
});

test('a chunked body comes out the same however its bytes are cut', () => {
  const bytes = Buffer.concat([valid, tail]);
  assertCutsDoNotMatter(bytes.length, (cuts) => read(chunked, bytes, cuts));
  for (const broken of ['5\r\nhelloX\r\n', '5\nhello\r\n', 'g\r\n', '0\r\nX : y\r\n\r\n']) {
    assertCutsDoNotMatter(broken.length, (cuts) => read(chunked, text(broken), cuts).broken);
  }
});

test('a chunked body that is cut off is not whole and has not ended', () => {
  for (let length = 0; length < valid.length; length += 1) {
    const { whole, ends, broken } = read(chunked, valid.subarray(0, length));
    assert.deepEqual([whole, ends, broken], [false, 0, undefined], `${length} bytes`);
  }
});

test('what is no chunk is broken', () => {
  const cases = [
    ...[
      '\r\n',
      'x\r\n',
      '0x5\r\nhello\r\n',
      '-5\r\n',
      '+5\r\n',
      ' 5\r\nhello\r\n',
      '5 5\r\n',
      '5,\r\n',
      '5\0\r\n',
      '5;\x01\r\n',
      '5;\x7f\r\n',
    ],
    ...[
      '5\nhello\n0\n\n',
      '5\r\nhello\n',
      '5\r\nhello\r0\r\n',
      '5\r\nhell\r\n0\r\n\r\n',
      '5\r\nhello!\r\n',
      '5\r\r\nhello\r\n',
      '5;a\rb\r\n',
      '\n',
    ],
    ...['0\r\nX\r\n\r\n', '0\r\n X: y\r\n\r\n', '0\r\nX: y\n\r\n', '0\r\nX: \0\r\n\r\n', '0\r\n: y\r\n\r\n', '0\r\n\n'],
    ...['10000000000000\r\n', 'ffffffffffffffff\r\n', '10000000000000005\r\n', '00000000000000\r\n', '1e\0\r\n'],
  ];
  for (const bytes of cases) assert.notEqual(read(chunked, text(bytes)).broken, undefined, JSON.stringify(bytes));
});

test('sizes up to 2^52 are counted exactly, larger ones are broken', () => {
  assert.equal(read(chunked, text('fffffffffffff\r\nabc')).data, 'abc');
  assert.equal(read(chunked, text('FfF  \t\r\nabc')).data, 'abc', 'old servers fill up with blanks');
  assert.equal(read(chunked, text('10000000000000\r\nabc')).broken, 'a chunk size');
});

test('an endless size, extension, trailer line or row of trailers ends within its limit', () => {
  const flood = (start: string, filler: string): number => {
    const bytes = text(start + filler.repeat(200_000 / filler.length));
    const cuts = Array.from({ length: Math.floor(bytes.length / 512) }, (_, at) => at * 512);
    const { broken, used } = read(chunked, bytes, cuts);
    assert.notEqual(broken, undefined, start + filler);
    return used;
  };
  for (const filler of ['1', 'A', '0', '\t']) assert.ok(flood('', filler) <= 4096);
  for (const filler of ['A', ' ', ';', '"']) assert.ok(flood('5;', filler) <= 4096 + 2);
  assert.ok(flood('0\r\nX: ', 'y') <= 4096 + 8);
  assert.ok(flood('0\r\n', 'X: y\r\n') <= 6 * 300);
  assert.ok(flood('0\r\n', `X: ${'y'.repeat(4000)}\r\n`) <= 70_000);
});

test('a sized body ends at its last byte, one of no size at once', () => {
  const sized = (length: number): Framing => ({ kind: 'sized', length });
  assertCutsDoNotMatter(10, (cuts) => read(sized(5), text('helloworld'), cuts));
  const { data, used, ends, whole } = read(sized(5), text('helloworld'));
  assert.deepEqual([data, used, ends, whole], ['hello', 5, 1, true]);
  assert.deepEqual(read(sized(0), text('x')).used, 0);
  assert.equal(read({ kind: 'none' }, text('x')).ends, 1);
  assert.deepEqual(read(sized(6), text('hello')), {
    data: 'hello',
    used: 5,
    ends: 0,
    trailers: [],
    whole: false,
    broken: undefined,
  });
});

test('a body until the close takes everything and ends once', () => {
  assertCutsDoNotMatter(10, (cuts) => read({ kind: 'until-close' }, text('helloworld'), cuts));
  let ends = 0;
  const reader = readBody({ kind: 'until-close' }, { data: () => assert.fail('no data came'), end: () => (ends += 1) });
  assert.equal(reader.push(Buffer.alloc(0)), 0);
  assert.deepEqual([reader.close(), reader.close(), ends], [true, true, 1]);
});

test('a body that was written in chunks is read as the same bytes', () => {
  const pieces = fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { maxLength: 10 });
  fc.assert(
    fc.property(pieces, fc.nat({ max: 500 }), (parts, cut) => {
      const trailers = [{ name: 'X-A', value: 'b c' }];
      const bytes = Buffer.concat([
        ...parts.flatMap((part) => writeChunk(Buffer.from(part))),
        writeLastChunk(trailers),
        tail,
      ]);
      const reading = read(chunked, bytes, [Math.min(cut, bytes.length)]);
      assert.equal(reading.data, Buffer.concat(parts).toString('latin1'));
      assert.deepEqual([reading.trailers, reading.used, reading.whole], [trailers, bytes.length - tail.length, true]);
    }),
  );
});

test('100,000 random and damaged bodies end whole, Broken, or unfinished', () => {
  const weather = storm(0x4342, [valid, text('1\r\nx\r\n0\r\n\r\n'), text('fffffff;a\r\nxyz')], (bytes, { below }) => {
    const { broken, whole, used } = read(chunked, bytes, [below(bytes.length + 1)]);
    assert.ok(used <= bytes.length);
    if (broken !== undefined) return 'error';
    return whole ? 'result' : 'incomplete';
  });
  assert.ok(weather.result > 1000 && weather.error > 1000 && weather.incomplete > 1000, JSON.stringify(weather));
});
