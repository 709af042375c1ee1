import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { FormatName } from '../../../src/book/format/format.js';
import { hopUrl } from '../../../src/book/write/url.js';
import { writeList, writers } from '../../../src/book/write/index.js';
import { type ExportFormat, leftOutReasons } from '../../../src/book/write/writer.js';
import { type Hop, labelHop, parseHop } from '../../../src/model/hop.js';
import { readPieces } from '../format/stage.js';

const formats: Readonly<Record<ExportFormat, FormatName>> = {
  txt: 'lines',
  json: 'json',
  jsonl: 'jsonl',
  csv: 'csv',
  proxychains: 'proxychains',
  clash: 'clash',
};
const names = Object.keys(writers) as readonly ExportFormat[];

const word = fc
  .oneof(
    fc.stringMatching(/^[a-z0-9._-]{1,12}$/),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }),
    fc.constantFrom(
      'a:b',
      'p@ss',
      '50%',
      'a/b?c#d',
      ' x ',
      '"q"',
      "it's",
      'a,b;c|d',
      '\t',
      '=1+1',
      '- a',
      '*x',
      '&y',
      '\u0085',
      '\u2028',
      '~',
      'null',
      '0123',
      '{}',
      '#',
      '日本',
    ),
  )
  .filter((text) => !/[\r\n\0]/.test(text) && !/\p{Cs}/u.test(text));

const place = fc.tuple(
  fc.oneof(
    fc.tuple(fc.integer({ min: 11, max: 99 }), fc.nat(255), fc.nat(255), fc.nat(255)).map((bytes) => bytes.join('.')),
    fc.stringMatching(/^[a-z][a-z0-9]{0,10}$/).map((label) => `${label}.example.com`),
    fc.nat(0xfff0).map((group) => `[2606:4700::${(group + 1).toString(16)}]`),
  ),
  fc.integer({ min: 1, max: 65_535 }),
);

const userinfo = fc.option(fc.tuple(word, fc.option(word)), { freq: 3 });
const scheme = fc.constantFrom(
  'http',
  'https',
  'https?verify=no',
  'http?mode=forward',
  'https?pin=sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=',
  'socks4a',
  'socks5h',
);

const hop: fc.Arbitrary<Hop> = fc.tuple(scheme, place, userinfo).map(([spoken, [host, port], login]) => {
  const [name = '', options] = spoken.split('?');
  const user = name.startsWith('http') ? login?.[0].replaceAll(':', '.') : login?.[0];
  const password = name === 'socks4a' || typeof login?.[1] !== 'string' ? '' : `:${encodeURIComponent(login[1])}`;
  return parseHop(
    `${name}://${user === undefined ? '' : `${encodeURIComponent(user)}${password}@`}${host}:${port}${options === undefined ? '' : `?${options}`}`,
  );
});

const hopsOf = (text: string, format: ExportFormat): readonly string[] =>
  readPieces([text], { format: formats[format] }).map((reading) =>
    reading.kind === 'proxy'
      ? `${hopUrl(reading.hop, true)}${reading.assumed ? ' assumed' : ''}`
      : JSON.stringify(reading),
  );

const written = (hops: readonly Hop[], format: ExportFormat, logins: 'with' | 'without') => {
  const { text, counts } = writeList(
    hops.map((each) => ({ hop: each })),
    format,
    logins,
  );
  return { text: [...text].join(''), counts };
};

for (const format of names) {
  test(`what is exported as ${format} is imported as the same proxies, but those it says it left out`, () => {
    fc.assert(
      fc.property(fc.array(hop, { maxLength: 8 }), (hops) => {
        const { text, counts } = written(hops, format, 'with');
        const kept = hops.filter((each) => 'text' in writers[format].row({ hop: each }, true));
        assert.deepEqual(
          hopsOf(text, format),
          kept.map((each) => hopUrl(each, true)),
        );
        assert.equal(counts.written, kept.length);
        assert.equal(
          [...counts.left.values()].reduce((sum, each) => sum + each, 0),
          hops.length - kept.length,
        );
        if (format !== 'proxychains' && format !== 'clash')
          assert.equal(kept.length, hops.length, 'it can say everything');
      }),
      { numRuns: 400 },
    );
  });

  test(`an export as ${format} is known by its shape, and without logins has none of them`, () => {
    fc.assert(
      fc.property(fc.array(hop, { minLength: 1, maxLength: 5 }), (hops) => {
        const secret = hops.map((each) =>
          parseHop(
            hopUrl(each, false).replace(
              '://',
              '://Tr0ub4d:'.slice(0, 3) + (each.scheme === 'socks4a' ? 'Tr0ub4d@' : 'Tr0ub4d:x9y8z7@'),
            ),
          ),
        );
        const { text } = written(secret, format, 'without');
        assert.doesNotMatch(text, /Tr0ub4d|x9y8z7/);
        const bare = secret.filter((each) => 'text' in writers[format].row({ hop: each }, false));
        if (bare.length > 0)
          assert.deepEqual(
            readPieces([text]).map((reading) => reading.kind === 'proxy' && hopUrl(reading.hop, true)),
            bare.map((each) => hopUrl(each, false)),
          );
      }),
      { numRuns: 100 },
    );
  });
}

test('each format leaves out exactly what it cannot say, with the reason', () => {
  const urls = [
    'http://8.8.8.8:80',
    'https://8.8.8.8:443',
    'socks4a://8.8.8.8:1080',
    'socks5h://a.example.com:1080',
    'socks5h://[2606:4700::1]:1080',
    'https://8.8.4.4:443?verify=no',
    'http://8.8.8.8:81?mode=forward',
    'http://us%20er:x@8.8.8.8:82',
    'https://8.8.8.8:444?pin=sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=',
  ];
  const leftOut = (format: ExportFormat) =>
    urls.flatMap((url) => {
      const row = writers[format].row({ hop: parseHop(url) }, true);
      return 'left' in row ? [`${labelHop(parseHop(url))} ${row.left}`] : [];
    });
  assert.deepEqual(leftOut('txt'), []);
  assert.deepEqual(leftOut('json'), []);
  assert.deepEqual(leftOut('csv'), []);
  assert.deepEqual(leftOut('proxychains'), [
    ...['https://8.8.8.8:443 scheme', 'socks5h://a.example.com:1080 name', 'socks5h://[2606:4700::1]:1080 ipv6'],
    ...[
      'https://8.8.4.4:443?verify=no scheme',
      'http://8.8.8.8:81 forward-mode',
      'http://8.8.8.8:82 login',
      'https://8.8.8.8:444?pin=… scheme',
    ],
  ]);
  assert.deepEqual(leftOut('clash'), [
    'socks4a://8.8.8.8:1080 scheme',
    'http://8.8.8.8:81 forward-mode',
    'https://8.8.8.8:444?pin=… verification',
  ]);
  for (const reason of Object.values(leftOutReasons)) assert.match(reason, /^the /);
  assert.match(writers.proxychains.limits, /numeric IPv4/);
});

test('proxies of one place are written sorted by what is written, and once each', () => {
  const hops = ['http://b:2@8.8.8.8:80', 'http://8.8.8.8:80', 'http://a:1@8.8.8.8:80'].map(parseHop);
  const orders = [hops, [...hops].reverse(), hops.slice(1)];
  const texts = orders.map((some) => written(some, 'txt', 'with').text);
  const [all = '', turned, two] = texts;
  assert.equal(all, 'http://8.8.8.8:80\nhttp://a:1@8.8.8.8:80\nhttp://b:2@8.8.8.8:80\n');
  assert.deepEqual([turned, two], [all, all.split('\n').toSpliced(2, 1).join('\n')]);
  const bare = written(hops, 'txt', 'without');
  assert.deepEqual([bare.text, bare.counts.written], ['http://8.8.8.8:80\n', 1]);
});

test('a login without a user name comes back from every format that can hold it', () => {
  const [url, one] = ['http://:token@8.8.8.8:80', [parseHop('http://:token@8.8.8.8:80')]];
  for (const format of names.filter((name) => name !== 'proxychains'))
    assert.deepEqual(hopsOf(written(one, format, 'with').text, format), [url], format);
  assert.equal(written(one, 'proxychains', 'with').counts.left.get('login'), 1);
});

test('columns keep what was assumed and the country', () => {
  for (const format of ['json', 'csv'] as const) {
    const { text } = writeList(
      [{ hop: parseHop('http://8.8.8.8:80'), assumed: true, country: 'US' }],
      format,
      'without',
    );
    const [reading] = readPieces([[...text].join('')]);
    assert.deepEqual(reading, {
      kind: 'proxy',
      line: 2,
      hop: parseHop('http://8.8.8.8:80'),
      assumed: true,
      hearsay: { country: 'US' },
    });
  }
});

test('import, export and import again change nothing', () => {
  const text = '8.8.8.8:80\n8.8.4.4:81:user:pass\nsocks5://a.example.com:1080\nrubbish\n10.0.0.1:80\n8.8.8.8:80\n';
  const hops = readPieces([text]).flatMap((reading) => (reading.kind === 'proxy' ? [reading.hop] : []));
  const once = written(hops, 'txt', 'with').text;
  const again = readPieces([once]).flatMap((reading) => (reading.kind === 'proxy' ? [reading.hop] : []));
  assert.equal(written(again, 'txt', 'with').text, once);
  assert.equal(again.length, 4);
});
