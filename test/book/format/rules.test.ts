import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Rejection } from '../../../src/model/book.js';
import { type Host, hostText, parseHost } from '../../../src/model/address.js';
import { privateKind } from '../../../src/model/private.js';
import { cleanText } from '../../../src/book/format/clean.js';
import { isHost, isReserved, readHost } from '../../../src/book/format/host.js';
import { reasons } from '../../../src/book/format/reasons.js';
import { files } from '../corpus/files.js';
import { lineCases, notation } from '../corpus/lines.js';
import { fileBytes, readAll, readPieces, source } from './stage.js';

/** RFC 6890 and the registries after it, as lists must refuse them: first and last addresses. */
const special = [
  ...['0.0.0.0', '0.255.255.255', '10.0.0.0', '10.255.255.255', '100.64.0.0', '100.127.255.255', '127.0.0.0'],
  ...['127.255.255.255', '169.254.0.0', '169.254.255.255', '172.16.0.0', '172.31.255.255', '192.0.0.0', '192.0.0.255'],
  ...['192.0.2.0', '192.0.2.255', '192.88.99.0', '192.88.99.255', '192.168.0.0', '192.168.255.255', '198.18.0.0'],
  ...[
    '198.19.255.255',
    '198.51.100.0',
    '198.51.100.255',
    '203.0.113.0',
    '203.0.113.255',
    '224.0.0.0',
    '255.255.255.255',
  ],
  ...['[::]', '[::1]', '[::ffff:0:0]', '[::ffff:ffff:ffff]', '[64:ff9b::]', '[64:ff9b::ffff:ffff]', '[64:ff9b:1::]'],
  ...['[64:ff9b:1:ffff:ffff:ffff:ffff:ffff]', '[100::]', '[100::ffff:ffff:ffff:ffff]', '[2001::]'],
  ...[
    '[2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff]',
    '[2001:db8::]',
    '[2001:db8:ffff:ffff:ffff:ffff:ffff:ffff]',
    '[3fff::]',
  ],
  ...['[3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff]', '[5f00::]', '[5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff]', '[fc00::]'],
  ...['[fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]', '[fe80::]', '[febf:ffff::1]', '[ff00::]', '[ffff:ffff::1]'],
];

/** Their public neighbours. */
const plain = [
  ...['1.0.0.0', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0', '126.255.255.255', '128.0.0.0'],
  ...['169.253.255.255', '169.255.0.0', '172.15.255.255', '172.32.0.0', '191.255.255.255', '192.0.1.0', '192.0.3.0'],
  ...[
    '192.88.98.255',
    '192.88.100.0',
    '192.167.255.255',
    '192.169.0.0',
    '198.17.255.255',
    '198.20.0.0',
    '198.51.99.255',
  ],
  ...[
    '198.51.101.0',
    '203.0.112.255',
    '203.0.114.0',
    '223.255.255.255',
    '[2001:200::1]',
    '[2001:db7::1]',
    '[2606:4700::1]',
  ],
];

test('every reserved range of RFC 6890 and after is refused at both ends, and its public neighbours are not', () => {
  for (const text of special) assert.equal(isReserved(parseHost(text)), true, text);
  for (const text of plain) assert.equal(isReserved(parseHost(text)), false, text);
});

test('the short way to a public IPv4 address agrees with the long one', () => {
  const address = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255)).map((bytes) => bytes.join('.'));
  fc.assert(
    fc.property(address, (text) => {
      const host: Host = { kind: 'ipv4', address: text };
      assert.equal(isReserved(host), privateKind(host) !== undefined);
    }),
    { numRuns: 5000 },
  );
});

test('a host of a list is one that the funnel for targets reads in the same way, and never a number', () => {
  const text = fc.oneof(
    fc.stringMatching(/^[0-9a-fx.:[\]-]{1,20}$/),
    fc.stringMatching(/^[a-z0-9._-]{1,30}$/),
    fc.string(),
  );
  fc.assert(
    fc.property(text, (written) => {
      const read = readHost(written);
      if (!isHost(read)) return;
      const target = parseHost(written);
      assert.equal(hostText(target).toLowerCase().replace(/\.$/, ''), hostText(read));
      assert.ok(read.kind !== 'ipv4' || read.address === written, 'an address is the text itself');
    }),
    { numRuns: 5000 },
  );
});

/** Hosts, ports, marks and rubbish, thrown together. */
const fragment = fc.oneof(
  fc.constantFrom(
    '8.8.8.8',
    '45.12.7.9',
    'proxy1.example.com',
    'a.b',
    '[2606:4700::1111]',
    '999.1.1.1',
    '127.1',
    '1.2.3.0/24',
    '0177.0.0.1',
    'localhost',
  ),
  fc.constantFrom(
    ':',
    ':',
    ' ',
    '\t',
    ',',
    ';',
    '|',
    '@',
    '@',
    '.',
    '-',
    '/',
    '#',
    ' # ',
    '://',
    '"',
    '=',
    '=>',
    '<',
    '>',
    '(',
    ')',
    '_',
    '\u200b',
    '\u00a0',
    '%',
  ),
  fc.constantFrom('80', '8080', '1080', '0', '65536', '080', '80a', '24', '1'),
  fc.constantFrom('http://', 'socks5://', 'user', 'pass', 'US', 'x', 'socks4', '14:30', '2023-01-02', 'xn--', 'é', '1'),
);
const line = fc.array(fragment, { minLength: 1, maxLength: 9 }).map((parts) => parts.join(''));

test('no host is read that does not stand in the line between marks that no host can hold', () => {
  fc.assert(
    fc.property(line, (text) => {
      for (const reading of readPieces([text], { format: 'lines' })) {
        if (reading.kind !== 'proxy') continue;
        const host = hostText(reading.hop.endpoint.host);
        const escaped = host.replaceAll('.', '\\.');
        const around = new RegExp(`(?:^|[^\\p{L}\\p{N}._%-])${escaped}\\.?(?:$|[^\\p{L}\\p{N}._%-])`, 'iu');
        if (host.startsWith('xn--') || host.includes('.xn--')) continue;
        assert.match(text.normalize('NFC'), around);
        assert.match(text, new RegExp(`(?:^|\\D)${reading.hop.endpoint.port}(?:\\D|$)`));
      }
    }),
    { numRuns: 20_000 },
  );
});

test('a line gives one reading or, being a remark, a heading or blank, none', () => {
  fc.assert(
    fc.property(line, (text) => {
      const readings = readPieces([text], { format: 'lines' });
      assert.ok(
        readings.length === 1 ||
          (readings.length === 0 &&
            /^[\s\u200b]*$|^[\s\u200b]*(?:#|;|\/\/)|^[\s\u200b]*[-=[*~]|[-=\]*~:][\s\u200b]*$/.test(text)),
        text,
      );
    }),
    { numRuns: 5000 },
  );
});

test('the order of lines does not matter', () => {
  const lines = lineCases()
    .filter(({ expected }) => expected !== '-')
    .map((each) => each.line);
  const read = (some: readonly string[]) =>
    readPieces([some.join('\n')], { format: 'lines' })
      .map(notation)
      .sort();
  const usual = read(lines);
  assert.ok(usual.length >= 400);
  fc.assert(
    fc.property(fc.shuffledSubarray(lines, { minLength: lines.length }), (shuffled) =>
      assert.deepEqual(read(shuffled), usual),
    ),
    { numRuns: 20 },
  );
});

test('text may be cut into pieces anywhere, in every format', async () => {
  for (const name of Object.keys(files)) {
    if (/utf16|\.gz|deep|long/.test(name)) continue;
    const text = fileBytes(name)
      .toString('utf8')
      .replace(/^\ufeff/, '');
    const whole = readPieces([text], { name });
    const step = text.length <= 600 ? 1 : 7;
    for (let at = 0; at <= text.length; at += step) {
      const cut = readPieces([text.slice(0, at), text.slice(at)], { name });
      if (cut.length !== whole.length || at % 16 === 0) assert.deepEqual(cut, whole, `${name} cut at ${at}`);
    }
    assert.deepEqual(readPieces(text.match(/[^]/gu) ?? [], { name }), whole, name);
  }
});

test('a rejection shows at most 120 printable characters, and never a login', async () => {
  for (const name of Object.keys(files)) {
    const { readings } = await readAll(source(fileBytes(name)), { name });
    for (const reading of readings) {
      if (reading.kind !== 'rejected') continue;
      assert.ok(
        reading.text.length <= 120 &&
          /^[^\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]*$/.test(reading.text),
        name,
      );
      assert.doesNotMatch(reading.text, /secret\d|hidden|lamer/, `${name}: ${reading.text}`);
    }
  }
  const secret = 'Tr0ub4dor';
  const lines = [
    ...[
      `http://user:${secret}@10.0.0.1:80`,
      `10.0.0.1:80:user:${secret}`,
      `user:${secret}:10.0.0.1:80`,
      `10.0.0.1:80@user:${secret}`,
    ],
    ...[
      `socks4://user:${secret}@8.8.8.8:1080`,
      `user:${secret}@nowhere`,
      `8.8.8.8:0:user:${secret}`,
      `user:${secret}:8.8.8.8:0`,
    ],
    ...[
      `http://user:pa/${secret}@8.8.8.8:80`,
      `http://user:${secret}#@8.8.8.8:80`,
      `{"ip":"8.8.8.8","password":"${secret}"`,
    ],
    ...[
      `8.8.8.8:80@user:${secret} and more text here`,
      `trojan://${secret}@8.8.8.8:443`,
      `tg://proxy?server=a&secret=${secret}`,
    ],
    ...[
      `pass: ${secret}`,
      `8.8.8.8:80:8.8.4.4:81:${secret}`,
      `ss://${secret}@8.8.8.8`,
      `http://${secret}:x@[::1]:80`,
      `user:${secret}`,
      ...[
        `alice:${secret}`,
        `alice:${secret}:8.8.8.8`,
        `8.8.8.8:alice:${secret}`,
        `8.8.8.8:80 alice ${secret}`,
        `8.8.8.8 alice ${secret}`,
      ],
      ...[
        `gate.example.com:0:alice:a.${secret}.c`,
        `8.8.8.8:99999\t${secret}`,
        `8.8.8.8 0 ${secret}`,
        `alice:${secret} 8.8.8.8 80`,
        `socks5 8.8.8.8 99999 bob ${secret}`,
        `bob ${secret} 8.8.8.8`,
      ],
    ],
  ];
  for (const text of lines) {
    const [reading] = readPieces([text], { format: 'lines' });
    assert.equal(reading?.kind, 'rejected', text);
    assert.ok(!JSON.stringify(reading).includes(secret), `${text} shows ${JSON.stringify(reading)}`);
  }
  assert.doesNotMatch(cleanText(`http://${secret}:${'x'.repeat(9000)}@10.0.0.1:80`), /Tr0ub4dor/);
  assert.equal(cleanText('x'.repeat(500)).length, 120);
  assert.equal(cleanText('\u001b]0;title\u0007 \u202egnp'), '?]0;title? ?gnp');
});

test('every reason has one sentence and a remedy', () => {
  const sentences = Object.values(reasons).map(({ sentence }) => sentence);
  assert.equal(new Set(sentences).size, sentences.length);
  for (const { sentence, remedy } of Object.values(reasons)) {
    assert.match(sentence, /^[A-Z].*\.$/);
    assert.match(remedy, /^[A-Z].*\.$/);
  }
});

test('every reason that reading alone can find is found by some line or file of the corpus', async () => {
  const found = new Set<string>();
  for (const { line: text } of lineCases())
    for (const reading of readPieces([text], { format: 'lines' }))
      if (reading.kind === 'rejected') found.add(reading.why);
  for (const { rejected } of Object.values(files)) for (const why of Object.keys(rejected)) found.add(why);
  const later: readonly Rejection[] = ['own-address', 'blocked'];
  assert.deepEqual(
    [...found].sort(),
    Object.keys(reasons)
      .filter((why) => !later.some((each) => each === why))
      .sort(),
  );
});
