import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KaskadeError } from '../../src/model/error.js';
import type { Framing } from '../../src/wire/http-body.js';
import { longestHead } from '../../src/wire/http-head.js';
import { readResponse } from '../../src/wire/http-response.js';
import { assertCutsDoNotMatter, byteByByte, storm, costsLessThan } from '../kit/wire.js';

const text = (value: string): Buffer => Buffer.from(value, 'latin1');

interface Answer {
  readonly interim: readonly number[];
  readonly head: { readonly status: number; readonly framing: Framing; readonly fields: number } | undefined;
  readonly data: string;
  readonly ends: number;
  readonly used: number;
  /** The code and note of the failure while bytes came. */
  readonly broken: string | undefined;
  /** What the end of the stream made of it. */
  readonly closed: string;
}

const failed = (work: () => void): string | undefined => {
  try {
    work();
    return undefined;
  } catch (thrown) {
    if (!(thrown instanceof KaskadeError)) throw thrown;
    return `${thrown.code}: ${thrown.failure.note ?? ''}`;
  }
};

/** Reads one answer that arrives in pieces, and then the end of the stream. */
const read = (bytes: Buffer | string, method = 'GET', cuts: readonly number[] = []): Answer => {
  const whole = typeof bytes === 'string' ? text(bytes) : bytes;
  const [interim, data]: [number[], Buffer[]] = [[], []];
  let head: Answer['head'];
  let [ends, used] = [0, 0];
  const reader = readResponse(method, {
    interim: ({ status }) => interim.push(status),
    head: ({ status, framing, fields }) => {
      assert.equal(head, undefined, 'one head only');
      head = { status, framing, fields: fields.length };
    },
    data: (piece) => {
      assert.ok(head !== undefined && ends === 0 && piece.length > 0);
      data.push(Buffer.from(piece));
    },
    end: () => (ends += 1),
  });
  let from = 0;
  const broken = failed(() => {
    for (const to of [...cuts, whole.length]) {
      const taken = reader.push(whole.subarray(from, to));
      assert.ok(taken <= to - from);
      used += taken;
      if (taken < to - from) break;
      from = to;
    }
  });
  assert.equal(reader.begun(), whole.length > 0);
  const closed = broken === undefined ? (failed(reader.close) ?? 'whole') : 'broken';
  return { interim, head, data: Buffer.concat(data).toString('latin1'), ends, used, broken, closed };
};

const ok = 'HTTP/1.1 200 OK\r\n';
const next = 'HTTP/1.1 404 Not Found\r\n\r\n';
const sized = `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n${ok}Content-Length: 5\r\nX: y\r\n\r\nhello`;
const inChunks = `${ok}transfer-encoding: Chunked\r\n\r\n5\r\nhello\r\n0\r\nX: y\r\n\r\n`;
const untilClose = 'HTTP/1.0 200\r\n\r\nhello';

test('answers with a length, in chunks and until the close are read, and a pipelined next answer is left alone', () => {
  assert.deepEqual(read(sized + next), {
    interim: [100, 103],
    head: { status: 200, framing: { kind: 'sized', length: 5 }, fields: 2 },
    data: 'hello',
    ends: 1,
    used: sized.length,
    broken: undefined,
    closed: 'whole',
  });
  const second = read(inChunks + next);
  assert.deepEqual([second.data, second.used, second.ends, second.closed], ['hello', inChunks.length, 1, 'whole']);
  const third = read(untilClose);
  assert.deepEqual(
    [third.head?.framing, third.data, third.ends, third.closed],
    [{ kind: 'until-close' }, 'hello', 1, 'whole'],
  );
});

test('an answer comes out the same however its bytes are cut', () => {
  for (const bytes of [
    sized + next,
    inChunks + next,
    untilClose,
    `${ok}Content-Length: x\r\n\r\n`,
    `${inChunks.slice(0, -9)}x`,
  ]) {
    assertCutsDoNotMatter(bytes.length, (cuts) => {
      const { used, ...answer } = read(bytes, 'GET', cuts);
      return answer.broken === undefined ? { used, ...answer } : answer;
    });
  }
});

test('an answer that is cut off anywhere is missing, also right behind its head', () => {
  for (const bytes of [sized, inChunks]) {
    for (let length = 0; length < bytes.length; length += 1) {
      const { closed, ends } = read(bytes.slice(0, length));
      assert.deepEqual([closed.split(':')[0], ends], ['answer-missing', 0], `${length} bytes`);
    }
  }
});

test('answers to HEAD, 204, 304, 1xx and 101 have no body, whatever their fields say', () => {
  const fields = 'Content-Length: 5\r\n\r\n';
  const cases = [
    ['HEAD', `${ok}${fields}`],
    ['HEAD', `${ok}Transfer-Encoding: chunked\r\n\r\n`],
    ['GET', `HTTP/1.1 204 No Content\r\n${fields}`],
    ['GET', `HTTP/1.1 304 Not Modified\r\n${fields}`],
    ['GET', `HTTP/1.1 100 Continue\r\n${fields}HTTP/1.1 204 x\r\n\r\n`],
    ['GET', `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n${fields}`],
  ] as const;
  for (const [method, bytes] of cases) {
    const { used, ends, data, head, closed } = read(`${bytes}hello`, method);
    assert.deepEqual([used, ends, data, head?.framing.kind, closed], [bytes.length, 1, '', 'none', 'whole'], bytes);
  }
});

test('framing that two readers may see differently is garbled', () => {
  const framings = [
    ...[
      'Content-Length: 5\r\nContent-Length: 6',
      'Content-Length: 5\r\nContent-Length: 5',
      'Content-Length: 5, 5',
      'Content-Length: ',
    ],
    ...[
      'Content-Length: +5',
      'Content-Length: -5',
      'Content-Length: 5 5',
      'Content-Length: 0x5',
      'Content-Length: 5.0',
      'Content-Length: 5;',
    ],
    ...[
      'Content-Length: 9999999999999999',
      'Content-Length: 18446744073709551616',
      'Content-Length: \xb2',
      'Content-Length: \x005',
    ],
    ...[
      'Content-Length: 5\r\nTransfer-Encoding: chunked',
      'Transfer-Encoding: chunked\r\nContent-Length: 5',
      'TrAnSfEr-EnCoDiNg:\r\nContent-Length: 5',
    ],
    ...[
      'Transfer-Encoding:',
      'Transfer-Encoding: gzip',
      'Transfer-Encoding: gzip, chunked',
      'Transfer-Encoding: chunked, gzip',
      'Transfer-Encoding: identity',
    ],
    ...[
      'Transfer-Encoding: chunked, chunked',
      'Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked',
      'Transfer-Encoding: xchunked',
    ],
    ...[
      'Transfer-Encoding: "chunked"',
      'Transfer-Encoding: \xa0chunked',
      'Transfer-Encoding: chunked;q=1',
      'Transfer-Encoding: \x0bchunked',
    ],
    ...[
      'Transfer-Encoding : chunked',
      ' Transfer-Encoding: chunked',
      'X: y\r\n Transfer-Encoding: chunked',
      'Transfer-Encoding\r\n: chunked',
    ],
    ...[
      'X: y\nContent-Length: 5',
      'X: y\rContent-Length: 5',
      'X: \0',
      ': x',
      'Content-Length\0: 5',
      'Content-Length: 5\r',
      'X',
    ],
  ];
  for (const framing of framings) {
    assert.match(read(`${ok}${framing}\r\n\r\nhello`).broken ?? '', /^answer-garbled/, JSON.stringify(framing));
  }
  assert.match(read('HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n').broken ?? '', /^answer-garbled/);
});

test('what is not HTTP/1.x is garbled at its first wrong byte, HTTP/0.9 included', () => {
  const strange = [
    '<',
    '\0',
    'HTTP/2',
    'http',
    '\r\n',
    ' ',
    'HTTP/0.9',
    'ICY 200 OK',
    'SSH-2.0',
    '\x15\x03',
    'HTTP/1/',
  ];
  for (const bytes of strange)
    assert.match(read(bytes).broken ?? '', /^answer-garbled: not an HTTP/, JSON.stringify(bytes));
  const starts = [
    'HTTP/1.2 200 OK',
    'HTTP/1.1 099 x',
    'HTTP/1.1 20',
    'HTTP/1.1 2000',
    'HTTP/1.1 2 0',
    'HTTP/1.1  200',
    'HTTP/1.1 -20',
    'HTTP/1.11 200',
    'HTTP/1.1 200OK',
    'HTTP/1.',
  ];
  for (const start of starts) assert.match(read(`${start}\r\n\r\n`).broken ?? '', /^answer-garbled/, start);
});

test('a head whose lines end in LF alone is garbled at once, not waited for', () => {
  assert.match(read('HTTP/1.1 200 OK\nContent-Length: 5\n\nhello').broken ?? '', /^answer-garbled: a line without CR/);
  assert.match(read('HTTP/1.1 200 OK\n').broken ?? '', /^answer-garbled/);
});

test('16 interim answers are passed on, the 17th is garbled', () => {
  const interim = 'HTTP/1.1 102 Processing\r\n\r\n';
  assert.equal(read(interim.repeat(16) + sized.slice(sized.indexOf(ok))).closed, 'whole');
  assert.match(read(interim.repeat(17)).broken ?? '', /^answer-garbled: more than 16/);
  assert.match(read(interim.repeat(100_000)).broken ?? '', /^answer-garbled: more than 16/);
});

test('an endless header is garbled within 64 KiB and a piece', () => {
  for (const filler of ['A', '9', 'X: y\r\n', ' ', '\r']) {
    const bytes = text(`${ok}X: ${filler.repeat(200_000 / filler.length)}`);
    const pieces = Array.from({ length: 12 }, (_, at) => (at + 1) * 16_384);
    const { broken, used } = read(bytes, 'GET', pieces);
    assert.match(broken ?? '', /^answer-garbled/);
    assert.ok(used <= longestHead + 16_384, `${used}`);
  }
  assert.match(read(`${ok}${'X: y\r\n'.repeat(201)}\r\n`).broken ?? '', /^answer-garbled/);
  assert.equal(read(`${ok}${'X: y\r\n'.repeat(199)}Content-Length: 0\r\n\r\n`).closed, 'whole');
});

test('broken chunks, sizes without end and endless extensions are garbled', () => {
  const bodies = [
    'x\r\n',
    '5;'.padEnd(5000, 'a'),
    '10000000000000\r\n',
    'ffffffffffffffffff\r\n',
    '5\r\nhelloX\r\n',
    '5\nhello',
    '0\r\nX : y\r\n',
    '-1\r\n',
  ];
  for (const body of bodies) {
    const answer = read(`${ok}Transfer-Encoding: chunked\r\n\r\n${body}`);
    assert.match(answer.broken ?? '', /^answer-garbled/, body.slice(0, 20));
    assert.equal(answer.head?.status, 200, 'the head had come');
  }
});

test('nothing at all, and an answer without its rest, are told apart', () => {
  assert.equal(read('').closed, 'answer-missing: ');
  assert.equal(read('HTTP/1.1 200').closed, 'answer-missing: cut off');
});

test('a header of 64 KiB that comes byte by byte costs less than 1.5 s of CPU time', () => {
  for (const filler of ['A', '\r', '\r\n\r', 'a: b\r\n']) {
    const bytes = text(`${ok}X: ${filler.repeat(longestHead)}`.slice(0, longestHead));
    assert.ok(
      costsLessThan(1_500, () => read(bytes, 'GET', byteByByte(bytes.length))),
      JSON.stringify(filler),
    );
  }
});

test('100,000 random and damaged answers end whole, in a KaskadeError, or cut off', () => {
  const weather = storm(0x4854, [sized, inChunks, untilClose, `${sized}${next}`].map(text), (bytes, { below }) => {
    const { broken, closed } = read(bytes, below(8) === 0 ? 'HEAD' : 'GET', [below(bytes.length + 1)]);
    if (broken !== undefined) return 'error';
    return closed === 'whole' ? 'result' : 'incomplete';
  });
  assert.ok(weather.result > 1000 && weather.error > 1000 && weather.incomplete > 1000, JSON.stringify(weather));
});
