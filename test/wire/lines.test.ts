/** Lines of the control socket: the same whatever way they are cut, bounded, and cheap. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createLineReader } from '../../src/wire/lines.js';

const readAll = (chunks: readonly Buffer[], longest = 1_000): readonly string[] => {
  const reader = createLineReader(longest);
  return chunks.flatMap((chunk) => {
    const lines = reader.take(chunk);
    assert.notEqual(lines, 'too long');
    return lines;
  });
};

const bytesOf = (bytes: Buffer): readonly Buffer[] => [...bytes].map((byte) => Buffer.from([byte]));

test('lines come out the same whole and byte by byte, and what has no end stays inside', () => {
  const bytes = Buffer.from('{"a":1}\n\nπ ‹secret› 🙂\nno end', 'utf8');
  const lines = ['{"a":1}', '', 'π ‹secret› 🙂'];
  assert.deepEqual(readAll([bytes]), lines);
  assert.deepEqual(readAll(bytesOf(bytes)), lines);
});

test('no way of cutting changes the lines', () => {
  const texts = fc.array(fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\n', ' ')));
  const cuts = fc.array(fc.nat(200));
  fc.assert(
    fc.property(texts, cuts, (lines, sizes) => {
      const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''), 'utf8');
      const chunks: Buffer[] = [];
      let from = 0;
      for (const size of sizes) {
        chunks.push(bytes.subarray(from, from + size));
        from = Math.min(bytes.length, from + size);
      }
      chunks.push(bytes.subarray(from));
      const whole = lines.map((line) => Buffer.from(line, 'utf8').toString('utf8'));
      assert.deepEqual(readAll(chunks, 100_000), whole);
    }),
  );
});

test('a line of just the bound passes, and one byte more is too long as soon as it is there', () => {
  assert.deepEqual(readAll([Buffer.from(`${'x'.repeat(10)}\n`)], 10), ['x'.repeat(10)]);
  assert.equal(createLineReader(10).take(Buffer.from(`${'x'.repeat(11)}\n`)), 'too long');
  const reader = createLineReader(10);
  assert.deepEqual(reader.take(Buffer.alloc(10, 'x')), []);
  assert.equal(reader.take(Buffer.from('x')), 'too long', 'no end need come');
});

test('a long line in many pieces costs no more than its length', () => {
  const time = (pieces: number): number => {
    const reader = createLineReader(64 * 1024 * 1024);
    const piece = Buffer.alloc(1_024, 'x');
    const began = performance.now();
    for (let count = 0; count < pieces; count += 1) reader.take(piece);
    assert.equal(reader.take(Buffer.from('\n'))[0]?.length, pieces * piece.length);
    return performance.now() - began;
  };
  time(1_000);
  const [short, long] = [Math.max(1, time(2_000)), time(32_000)];
  assert.ok(long < 16 * short * 8, `16 times as much took ${Math.round(long / short)} times as long`);
});
