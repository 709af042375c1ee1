import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { decode } from '../../src/book/decode.js';
import { createLineCut } from '../../src/book/cut-lines.js';
import { readList } from '../../src/book/read.js';
import { KaskadeError, fail } from '../../src/model/error.js';
import { createAborter } from '../../src/net/signal.js';
import { notation } from './corpus/lines.js';
import { files } from './corpus/files.js';
import { fileBytes, never, readAll, source } from './format/stage.js';

const textOf = async (...chunks: readonly Buffer[]): Promise<string> => {
  let text = '';
  for await (const piece of decode(source(...chunks), never)) text += piece;
  return text;
};

const codeOf = async (work: Promise<unknown>): Promise<string | undefined> => {
  try {
    await work;
  } catch (thrown) {
    return thrown instanceof KaskadeError ? thrown.code : String(thrown);
  }
  return undefined;
};

test('UTF-8 and UTF-16 are read with and without a mark, and gzip once', async () => {
  const text = '8.8.8.8:80\r\nbücher.example:3128\n𝟖\n';
  const big = Buffer.from(text, 'utf16le').swap16();
  assert.equal(await textOf(Buffer.from(text)), text);
  assert.equal(await textOf(Buffer.from(`\ufeff${text}`)), text);
  assert.equal(await textOf(Buffer.from(`\ufeff${text}`, 'utf16le')), text);
  assert.equal(await textOf(Buffer.from(text, 'utf16le')), text);
  assert.equal(await textOf(Buffer.from([0xfe, 0xff]), big), text);
  assert.equal(await textOf(big), text);
  assert.equal(await textOf(gzipSync(text)), text);
  assert.equal(await textOf(gzipSync(Buffer.from(`\ufeff${text}`, 'utf16le'))), text);
  assert.equal(await textOf(Buffer.from([0x41, 0xff, 0x42])), 'A\ufffdB');
  assert.equal(await textOf(), '');
});

test('what is packed in another way, or twice, is no list, and is named', async () => {
  const noteOf = async (...bytes: readonly Buffer[]): Promise<string | undefined> => {
    try {
      await textOf(...bytes);
    } catch (thrown) {
      return thrown instanceof KaskadeError ? thrown.failure.note : String(thrown);
    }
    return undefined;
  };
  const heads = {
    zip: '504b0304',
    xz: 'fd377a585a00',
    bzip2: '425a68393141592653',
    Zstandard: '28b52ffd',
    '7z': '377abcaf271c',
  };
  for (const [name, head] of Object.entries(heads))
    assert.equal(await noteOf(Buffer.from(`${head}0400080008`, 'hex')), `it is packed as ${name}: unpack it first`);
  const twice = gzipSync(gzipSync('8.8.8.8:80'));
  assert.equal(await noteOf(twice), 'it is packed twice, as gzip in gzip: unpack it first');
  assert.equal(await noteOf(Buffer.from('BZh-proxy.example:80')), undefined);
  for (const byte of heads.xz.match(/../g) ?? []) assert.equal(await noteOf(Buffer.from(byte, 'hex')), undefined);
});

test('the last line of a text whose end is not told is not read, unless it has an end of its own', async () => {
  const notations = async (text: string, endless: boolean) =>
    (await readAll(source(Buffer.from(text)), { endless })).readings.map(notation);
  assert.deepEqual(await notations('8.8.8.8:80\n8.8.4.4:80', true), ['http? 8.8.8.8:80', '!broken-record']);
  assert.deepEqual(await notations('8.8.8.8:80\n8.8.4.4:80\n', true), ['http? 8.8.8.8:80', 'http? 8.8.4.4:80']);
  assert.deepEqual(await notations('8.8.8.8:80\n8.8.4.4:80', false), ['http? 8.8.8.8:80', 'http? 8.8.4.4:80']);
});

test('every file of the corpus gives the same readings cut at any byte, and byte by byte', async () => {
  for (const name of Object.keys(files)) {
    const bytes = fileBytes(name);
    if (bytes.length > 4096) continue;
    const whole = await readAll(source(bytes), { name });
    const single = Array.from(bytes, (byte) => Buffer.of(byte));
    assert.deepEqual(await readAll(source(...single), { name }), whole, name);
    if (!/utf16|bom|gz|nul|nel|cr|latin/.test(name)) continue;
    for (let at = 1; at < bytes.length; at += 1)
      assert.deepEqual(
        await readAll(source(bytes.subarray(0, at), bytes.subarray(at)), { name }),
        whole,
        `${name} cut at ${at}`,
      );
  }
});

test('CR, LF, CRLF, NEL and the separators of Unicode end a line, also where a piece ends; blank lines count', () => {
  const text = 'a\nb\rc\r\nd\u0085e\u2028f\u2029\n\r\n\r\rg';
  const cut = (pieces: readonly string[]) => {
    const lines: string[] = [];
    const reader = { line: (line: string, number: number) => void lines.push(`${number}${line}`), end: () => {} };
    const cutter = createLineCut(reader, { tooLong: (number) => lines.push(`${number} too long`) });
    for (const piece of pieces) cutter.text(piece);
    cutter.end();
    return lines;
  };
  assert.deepEqual(cut([text]), ['1a', '2b', '3c', '4d', '5e', '6f', '7', '8', '9', '10', '11g']);
  for (let at = 0; at <= text.length; at += 1) assert.deepEqual(cut([text.slice(0, at), text.slice(at)]), cut([text]));
  assert.deepEqual(cut(text.match(/[^]/g) ?? []), cut([text]));
  const long = `x\n${'y'.repeat(65_537)}\nz`;
  assert.deepEqual(cut([long]), ['1x', '2 too long', '3z']);
  assert.deepEqual(cut(long.match(/[^]{1,1000}/g) ?? []), ['1x', '2 too long', '3z']);
  assert.deepEqual(cut(['y'.repeat(65_536)])[0]?.length, 65_537);
});

test('a line of 50 MB is skipped, counted, and held by nobody', async () => {
  const chunk = Buffer.alloc(65_536, 'x');
  let most = 0;
  async function* endless(): AsyncGenerator<Buffer> {
    yield Buffer.from('8.8.8.8:80\n');
    const before = process.memoryUsage().heapUsed;
    for (let sent = 0; sent < 50 * 2 ** 20; sent += chunk.length) {
      most = Math.max(most, process.memoryUsage().heapUsed - before);
      yield chunk;
    }
    yield Buffer.from('\n8.8.4.4:80\n');
  }
  const { readings } = await readAll(endless());
  assert.deepEqual(
    readings.map((reading) => `${reading.line} ${notation(reading)}`),
    ['1 http? 8.8.8.8:80', '2 !too-long', '3 http? 8.8.4.4:80'],
  );
  assert.ok(most < 40 * 2 ** 20, `${most} bytes more in the heap`);
});

test('gzip that is cut, damaged or grows beyond measure is an error, and no list', async () => {
  const packed = gzipSync(Buffer.from('8.8.8.8:80\n'.repeat(5000)));
  const damaged = Buffer.from(packed);
  damaged.fill(0, 20, 60);
  assert.equal(await codeOf(readAll(source(packed.subarray(0, packed.length - 9)))), 'list-unreadable');
  assert.equal(await codeOf(readAll(source(damaged))), 'list-unreadable');
  const bomb = gzipSync(Buffer.alloc(12 * 2 ** 20, '8.8.8.8:80\n'));
  assert.equal(await codeOf(readAll(source(bomb))), 'list-unreadable');
  const bounds = { most: 1000, ratio: 1000, free: 0 };
  assert.equal(await codeOf(readAll(source(Buffer.alloc(1001, '\n')), { bounds })), 'list-unreadable');
  assert.equal(await codeOf(readAll(source(Buffer.alloc(1000, '\n')), { bounds })), undefined);
});

test('a list that is called off ends with the reason, and its source is closed', async () => {
  const { signal, abort } = createAborter();
  let closed = false;
  async function* endless(): AsyncGenerator<Buffer> {
    try {
      for (;;) yield Buffer.alloc(65_536, '8.8.8.8:80\n');
    } finally {
      closed = true;
    }
  }
  const { batches } = await readList(endless(), {}, { signal });
  const work = (async () => {
    for await (const batch of batches) if (batch.length > 0) abort(fail('interrupted'));
  })();
  assert.equal(await codeOf(work), 'interrupted');
  assert.equal(closed, true);
});

test('a reader that stops early closes the source', async () => {
  let closed = false;
  async function* endless(): AsyncGenerator<Buffer> {
    try {
      for (;;) yield Buffer.alloc(65_536, '8.8.8.8:80\n');
    } finally {
      closed = true;
    }
  }
  const { batches } = await readList(endless(), {}, never);
  for await (const batch of batches) if (batch.length > 0) break;
  assert.equal(closed, true);
});
