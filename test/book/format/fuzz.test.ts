import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FormatName } from '../../../src/book/format/format.js';
import { formats } from '../../../src/book/format/index.js';
import { isReserved } from '../../../src/book/format/host.js';
import type { Reading } from '../../../src/model/book.js';
import { parseHost } from '../../../src/model/address.js';
import { createChance } from '../../kit/wire.js';
import { files } from '../corpus/files.js';
import { lineCases } from '../corpus/lines.js';
import { fileBytes, readPieces } from './stage.js';

/** Inputs a format: 200,000 with KASKADE_LONG=1, or as many as KASKADE_FUZZ says. */
const runs = Number(process.env['KASKADE_FUZZ'] ?? (process.env['KASKADE_LONG'] === '1' ? 200_000 : 500));

/** Stack traces of the errors that parsers of others throw cost more than all parsing. */
Error.stackTraceLimit = 0;

const chance = createChance(20_261_126);
const { below, pick } = chance;

/** What grammars stumble over. */
const sharp = [
  ...[
    '\n',
    '\r',
    '\t',
    ' ',
    '"',
    "'",
    '`',
    '\\',
    '{',
    '}',
    '[',
    ']',
    '(',
    ')',
    ',',
    ';',
    ':',
    '|',
    '@',
    '#',
    '/',
    '*',
    '&',
    '%',
    '-',
    '- ',
    '? ',
    '=',
    '<',
    '>',
  ],
  ...[
    '/*',
    '*/',
    '//',
    '://',
    '<<: *a',
    '&a ',
    '*a',
    '\u0000',
    '\u0085',
    '\u2028',
    '\ufeff',
    '\u200b',
    '\u202e',
    '\ud800',
    '\ufffd',
    '８',
    '😀',
    '🇺🇸',
    'е',
  ],
  ...[
    'null',
    '{}',
    '[]',
    '""',
    '\\u0000',
    '__proto__',
    'proxies:',
    '[ProxyList]',
    'PROXY ',
    'DIRECT',
    'socks5://',
    '8.8.8.8:80',
    '[::1]:80',
    '1.2.3.0/24',
    '0',
    '-1',
    '1e9',
    '::',
  ],
];

const seedsOf = (format: FormatName): readonly string[] => {
  const own = Object.entries(files).filter(
    ([name, expected]) => expected.format === format && !/deep|utf16|\.gz|long/.test(name),
  );
  const texts = own.map(([name]) => fileBytes(name).toString('utf8'));
  return format === 'lines' ? [...texts, ...lineCases().map(({ line }) => line)] : texts;
};

const mutate = (seed: string): string => {
  const from = below(Math.max(1, seed.length - 400));
  let text = below(10) < 7 ? seed.slice(0, 600) : seed.slice(from, from + 600);
  for (let change = below(6); change >= 0; change -= 1) {
    const at = below(text.length + 1);
    const end = at + below(12);
    const kind = below(4);
    if (kind === 0) text = text.slice(0, at) + text.slice(end);
    else if (kind === 1) text = text.slice(0, at) + pick(sharp) + text.slice(at);
    else if (kind === 2) text = text.slice(0, at) + pick(sharp).repeat(1 + below(20)) + text.slice(end);
    else text = text.slice(0, end) + text.slice(at);
  }
  return text;
};

const told = (reading: Reading): string => JSON.stringify(reading);

const assertSound = (reading: Reading, lines: number): void => {
  assert.ok(Number.isInteger(reading.line) && reading.line >= 1 && reading.line <= lines + 1);
  if (reading.kind === 'rejected') {
    assert.ok(reading.text.length <= 120);
    assert.doesNotMatch(reading.text, /[\x00-\x1f\x7f-\x9f\u202a-\u202e]/);
  } else if (reading.kind === 'proxy') {
    const { host, port } = reading.hop.endpoint;
    assert.ok(port >= 1 && port <= 65_535);
    assert.equal(isReserved(host), false);
    assert.deepEqual(parseHost(host.kind === 'name' ? host.name : host.address), host);
  }
};

for (const { name: format } of formats) {
  test(`damaged input in the format ${format} gives sound readings, the same however it is cut, and never a crash`, () => {
    const seeds = seedsOf(format);
    for (let run = 0; run < runs; run += 1) {
      const text = mutate(pick(seeds));
      const lines = text.split(/\r\n|[\n\r\u0085\u2028\u2029]/).length;
      try {
        const readings = readPieces([text], { format });
        for (const reading of readings) assertSound(reading, lines);
        const at = below(text.length + 1);
        assert.deepEqual(readPieces([text.slice(0, at), text.slice(at)], { format }).map(told), readings.map(told));
      } catch (thrown) {
        throw new Error(`${format}: ${JSON.stringify(text)}`, { cause: thrown });
      }
    }
  });
}

/** One unit of hostile text, to be repeated to any length. */
const hostile = [
  ...[
    ':',
    '@',
    ' ',
    '.',
    '1.',
    'a.',
    '-',
    '[',
    '[[',
    '{"a":',
    '{"ip":"8.8.8.8",',
    '["',
    '"',
    '""',
    '"a",',
    "'",
    '`',
    '(',
    '((',
    '<',
    '#',
    '/*',
    '//',
    '\\',
    '\\"',
  ],
  ...[
    '- ',
    '? ',
    '- - ',
    '&a ',
    '*a ',
    '&a *a ',
    '{',
    '{a: ',
    '[a, ',
    '🇺🇸',
    '- 1. ',
    '1) ',
    '🇺🇸 1. ',
    '1:',
    'a:',
    '::',
    '=',
    '= ',
    ';',
    '; ',
    'PROXY a:1;',
    '%',
    '%2',
    '0x',
    '0x.',
    '\u200b',
    '\u00a0',
    '\u200b ',
  ],
  ...[
    '8.8.8.8:80 ',
    '8.8.8.8:80,',
    '8.8.8.8:80\n',
    '"\n',
    '{"ip":\n',
    '"a\n',
    '- &a [*a]\n',
    'a,"b\n',
    '\r',
    'x',
    'pass=',
    'auth',
    'user ',
    'user: ',
    'http://',
    'socks5 ',
    'xn--',
    'é',
    'а',
    'еa',
    '\ufeff',
  ],
];

const prefixes: Readonly<Partial<Record<FormatName, string>>> = {
  clash: 'proxies:\n  - ',
  csv: 'ip,port\n8.8.8.8,"',
  json: '[',
  'sing-box': '{"outbounds":[',
  pac: '"',
  proxychains: '[ProxyList]\nsocks5 ',
  settings: 'http_proxy=',
};

/** Microseconds of work, the least of some rounds. */
const cost = (text: string, format: FormatName, rounds: number): number => {
  const spent = Array.from({ length: rounds }, () => {
    const before = process.cpuUsage();
    readPieces([text], { format });
    const { user, system } = process.cpuUsage(before);
    return user + system;
  });
  return Math.min(...spent);
};

test('hostile text of four times the length costs about four times the work, not sixteen', () => {
  const steep: string[] = [];
  for (const { name: format } of formats) {
    for (const unit of hostile) {
      const sized = (length: number): string => (prefixes[format] ?? '') + unit.repeat(Math.ceil(length / unit.length));
      if (cost(sized(48_000), format, 1) < 20_000) continue;
      const large = cost(sized(48_000), format, 2);
      const small = cost(sized(12_000), format, 2);
      if (large > 10 * small + 20_000)
        steep.push(`${format} ${JSON.stringify(unit)}: ${small} µs and then ${large} µs`);
    }
  }
  assert.deepEqual(steep, []);
});
