import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  checkPort,
  excerpt,
  hostText,
  labelEndpoint,
  parseEndpoint,
  parseHost,
  parseHostBytes,
  parsePort,
} from '../../src/model/address.js';
import type { Port } from '../../src/model/brand.js';
import { codeThrown, endpoints, storm, costsLessThan } from '../kit/wire.js';

const refused = (text: string): boolean => codeThrown(() => parseHost(text)) === 'bad-name';

test('names pass as they are written, with underscores, trailing dot and punycode, up to 63 and 253 characters', () => {
  const label = 'a'.repeat(63);
  const longest = `${label}.${label}.${label}.${'b'.repeat(61)}`;
  const names = [
    ...[
      'a',
      'localhost',
      'Example.ORG',
      'example.org.',
      '_dmarc.example.org',
      'a_b.test',
      'a-b.test',
      'xn--bcher-kva.example',
    ],
    ...[
      '1a.test',
      '1.2.3.4a',
      'a.1b',
      '0xg',
      '0x7f.example',
      'r3---sn-4g5e.example',
      '3com.com',
      'test.0x1g',
      `${label}.test`,
      longest,
      `${longest}.`,
    ],
  ];
  for (const name of names) assert.deepEqual(parseHost(name), { kind: 'name', name });
  assert.equal(longest.length, 253);
  assert.ok(
    refused(`b${longest}`) && refused(`b${longest}.`) && refused(`${label}a.test`) && refused(`${'a.'.repeat(127)}ab`),
  );
});

test('letters of other scripts become IDNA, and lookalikes become what they look like', () => {
  const rows: readonly (readonly [string, string])[] = [
    ['bücher.example', 'xn--bcher-kva.example'],
    ['BÜCHER.example', 'xn--bcher-kva.example'],
    ['bu\u0308cher.example', 'xn--bcher-kva.example'],
    ['例え.テスト', 'xn--r8jz45g.xn--zckzah'],
    ['ⓔⓧⓐⓜⓟⓛⓔ。org', 'example.org'],
    ['a_ü.test', 'xn--a_-hka.test'],
    ['exa\u00admple.org', 'example.org'],
    ['１２７。０．０．１', '127.0.0.1'],
    ['①②⑦.1', '127.0.0.1'],
  ];
  for (const [text, host] of rows) {
    if (text !== 'a_ü.test') assert.equal(hostText(parseHost(text)), host, text);
    assert.deepEqual(parseHostBytes(Buffer.from(text)), parseHost(text));
  }
});

test('a name of other scripts is never cut, unescaped or cleaned into another one', () => {
  for (const strange of [
    '/x',
    '?x',
    '#x',
    '\\x',
    ':80',
    '@b',
    '%2e',
    '%00',
    '\t',
    '\n',
    '\r',
    ' ',
    '\0',
    '|',
    '^',
    '[',
    '<',
    '"',
    '`',
    '{',
    '\x7f',
    '&',
    '=',
    '*',
    '+',
    ',',
    '!',
  ]) {
    for (const text of [`é.test${strange}`, `é${strange}.test`, `${strange}é.test`])
      assert.ok(refused(text), JSON.stringify(text));
  }
  for (const text of [
    'a\u2100b.test',
    'é..test',
    '.é',
    '\u200b',
    '\ud800a',
    'a\ufffdb',
    'é'.repeat(70),
    'é.'.repeat(130),
  ]) {
    assert.ok(refused(text), JSON.stringify(text));
  }
});

test('what is no host is bad-name', () => {
  const none = [
    ...[
      '',
      '.',
      '..',
      'a..b',
      '.a',
      'a..',
      '-a',
      'a-',
      'a.-b',
      'a-.b',
      '*',
      '*.a',
      'a b',
      ' a',
      'a ',
      'a\0',
      'a\n',
      'a\r\nb',
      'a\tb',
    ],
    ...[
      'a/b',
      'a@b',
      'a#b',
      'a?b',
      'a,b',
      'a;b',
      'a:b',
      'a%b',
      'a\\b',
      "a'b",
      'a"b',
      'a<b',
      'a|b',
      'a~b',
      'a+b',
      'a=b',
      'a(b',
      'a!b',
      'a$b',
      'a&b',
    ],
    ...[
      '[',
      ']',
      '[]',
      '[a]',
      '[1.2.3.4]',
      '[::1',
      '::1]',
      '[[::1]]',
      '[::1]]',
      '[é]',
      '1.2.3.4.5',
      '256.1.1.1',
      '1.2.3.256',
      '1.2.65536',
      '1.16777216',
    ],
    ...[
      '4294967296',
      '0x100000000',
      '040000000000',
      '09',
      '1.2.3.08',
      '1.2.3.0x',
      '0x7f.0.0.0x1g.1',
      '1..2',
      'a.1',
      'a.0x1',
      'test.09',
      '99999999999999999999',
    ],
  ].filter((text) => text !== '1.2.3.0x');
  for (const text of none) assert.ok(refused(text), JSON.stringify(text));
  assert.equal(
    codeThrown(() => parseHostBytes(Buffer.from([0x61, 0xff]))),
    'bad-name',
  );
  assert.equal(
    codeThrown(() => parseHostBytes(Buffer.from([0xc0, 0xae]))),
    'bad-name',
    'an overlong dot',
  );
});

test('ports are decimal, 1 to 65535, without sign, blank or leading zero', () => {
  for (const text of ['1', '80', '65535']) assert.equal(parsePort(text), Number(text));
  for (const text of [
    '0',
    '65536',
    '99999',
    '4294967376',
    '+80',
    '-80',
    '80 ',
    ' 80',
    '080',
    '0x50',
    '8e1',
    '80.0',
    '',
    '٨٠',
    '８０',
    '80\n',
    '1_0',
  ]) {
    assert.equal(parsePort(text), undefined, JSON.stringify(text));
  }
  for (const value of [0, -1, 65536, 1.5, Number.NaN, Number.POSITIVE_INFINITY])
    assert.equal(checkPort(value), undefined);
  assert.equal(checkPort(65535), 65535);
});

test('an endpoint is host:port with IPv6 in brackets; only a default lets the port be missing', () => {
  const none = [
    ...[
      'a',
      'a:',
      ':80',
      '',
      ':',
      '::1',
      '::1:80',
      '[::1]',
      '[::1]:',
      '[::1]80',
      '[::1]:80:80',
      '[]:80',
      'a:80:80',
      'a:0',
      'a:65536',
      'a:4294967376',
    ],
    ...[
      'a:+80',
      'a:80 ',
      'a: 80',
      'a:080',
      'a,b:80',
      'a#b:80',
      'a@b:80',
      'a\0b:80',
      'a:8\0',
      'a:80\n',
      '\n:80',
      'a:80/',
      'a/b:80',
      '2001:db8::1:80',
    ],
  ];
  for (const text of none)
    assert.equal(
      codeThrown(() => parseEndpoint(text)),
      'bad-name',
      JSON.stringify(text),
    );
  assert.equal(labelEndpoint(parseEndpoint('a', 81 as Port)), 'a:81');
  assert.equal(labelEndpoint(parseEndpoint('[::1]', 81 as Port)), '[::1]:81');
  assert.equal(
    codeThrown(() => parseEndpoint('a:', 81 as Port)),
    'bad-name',
  );
  assert.equal(labelEndpoint(parseEndpoint('A.test:80')), 'A.test:80');
});

test('an endpoint that was written is read as the same one', () => {
  fc.assert(
    fc.property(endpoints, (endpoint) => {
      assert.deepEqual(parseEndpoint(labelEndpoint(endpoint)), endpoint);
    }),
    { numRuns: 1000 },
  );
});

test('an excerpt is printable ASCII of at most 80 characters and a mark', () => {
  assert.equal(excerpt('a\x1b[31mé\u202e\n'), 'a?[31m???');
  assert.equal(excerpt('x'.repeat(81)), `${'x'.repeat(80)}…`);
  assert.equal(excerpt('x'.repeat(80)), 'x'.repeat(80));
});

test('a megabyte of anything is refused for less than 1.5 s of CPU time', () => {
  for (const filler of [
    'a',
    '1',
    '.',
    ':',
    '0:',
    'a.',
    '1.',
    '-',
    '_',
    '[',
    ']',
    'é',
    '\0',
    '0x',
    '::',
    '%',
    'x-',
    '\ud800',
    '①',
    '\u0308',
  ]) {
    const text = filler.repeat(1_000_000 / filler.length);
    for (const long of [text, `${text}!`, `a:${text}`, `é${text}`, `[${text}]`]) {
      assert.ok(
        costsLessThan(1_500, () => codeThrown(() => parseHost(long))),
        filler,
      );
      assert.ok(
        costsLessThan(1_500, () => codeThrown(() => parseEndpoint(long))),
        filler,
      );
      assert.ok(
        costsLessThan(1_500, () => codeThrown(() => parseEndpoint(`${long}:80`))),
        filler,
      );
    }
  }
});

test('100,000 random and damaged endpoints are read or bad-name', () => {
  const valid = ['www.example.org:443', '[2001:db8::1]:80', '1.2.3.4:1', 'bücher.example:65535'].map((text) =>
    Buffer.from(text),
  );
  const weather = storm(0x6570, valid, (bytes) => {
    const text = bytes.toString('utf8');
    const code = codeThrown(() =>
      assert.deepEqual(parseEndpoint(labelEndpoint(parseEndpoint(text))), parseEndpoint(text)),
    );
    assert.match(code, /^(?:none|bad-name)$/);
    return code === 'none' ? 'result' : 'error';
  });
  assert.ok(weather.result > 1000 && weather.error > 1000, JSON.stringify(weather));
});
