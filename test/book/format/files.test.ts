import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { formats } from '../../../src/book/format/index.js';
import type { Reading, Rejection } from '../../../src/model/book.js';
import { files } from '../corpus/files.js';
import { corpus, notation } from '../corpus/lines.js';
import { fileBytes, readAll, readPieces, source } from './stage.js';

const count = (readings: readonly Reading[], kind: Reading['kind']): number =>
  readings.filter((reading) => reading.kind === kind).length;

const reasonsOf = (readings: readonly Reading[]): Partial<Record<Rejection, number>> => {
  const sums: Partial<Record<Rejection, number>> = {};
  for (const reading of readings) if (reading.kind === 'rejected') sums[reading.why] = (sums[reading.why] ?? 0) + 1;
  return sums;
};

const told = async (name: string): Promise<readonly string[]> =>
  (await readAll(source(fileBytes(name)), { name })).readings.map((reading) => `${reading.line} ${notation(reading)}`);

test('every file of the corpus is known by its shape, and its counts are those written down', async () => {
  const names = readdirSync(`${corpus}files`).sort();
  assert.deepEqual(names, Object.keys(files).sort());
  assert.ok(names.length >= 30);
  for (const name of names) {
    const { format, readings } = await readAll(source(fileBytes(name)), { name });
    const ranges = count(readings, 'range');
    const found = {
      format,
      proxies: count(readings, 'proxy'),
      ...(ranges > 0 && { ranges }),
      rejected: reasonsOf(readings),
    };
    assert.deepEqual(found, files[name], name);
  }
});

test('every format has files, and each is read the same when the format is named', async () => {
  for (const { name: format } of formats) {
    const own = Object.entries(files).filter(([, expected]) => expected.format === format);
    assert.ok(own.length > 0, format);
    for (const [name] of own) {
      const detected = await readAll(source(fileBytes(name)), { name });
      assert.deepEqual(await readAll(source(fileBytes(name)), { name, format }), detected, name);
    }
  }
});

test('sections, the name of the file and the user say what bare addresses speak, in this order of weight', async () => {
  assert.deepEqual(await told('sections.txt'), [
    ...['2 http 45.12.7.9:8080', '3 http 5.188.3.77:3128', '6 socks4a 91.200.14.2:80', '9 socks5h 185.26.197.13:1080'],
    ...['10 socks5h 77.88.8.1:8888', '11 socks5h 64.225.8.82:9050'],
  ]);
  assert.ok((await told('socks5.txt')).every((line) => line.includes('socks5h ')));
  const schemes = (name: string): string => readPieces(['8.8.8.8:80'], { name }).map(notation).join();
  assert.equal(schemes('https://list.example/lists/socks4/all.txt?x=1'), 'socks4a 8.8.8.8:80');
  assert.equal(schemes('/srv/lists/my_socks5_list.txt'), 'socks5h 8.8.8.8:80');
  assert.equal(schemes('http://list.example/all.txt'), 'http? 8.8.8.8:80', "the list's own scheme says nothing");
  assert.equal(schemes('https.txt'), 'http? 8.8.8.8:80', 'https in a name is no TLS to the proxy');
  assert.equal(schemes('http.txt'), 'http 8.8.8.8:80');
  assert.equal(schemes('socks4-socks5.txt'), 'http? 8.8.8.8:80', 'two words say nothing');
  assert.equal(schemes('mysocks5list.txt'), 'http? 8.8.8.8:80', 'a part of a word says nothing');
  const hinted = readPieces(['[SOCKS4]\n8.8.8.8:80\nhttp://8.8.4.4:80\nsocks://8.8.4.4:81'], {
    name: 'http.txt',
    scheme: 'socks5h',
  });
  assert.deepEqual(hinted.map(notation), ['socks5h 8.8.8.8:80', 'http 8.8.4.4:80', 'socks5h 8.8.4.4:81']);
  assert.deepEqual(readPieces(['# from http://list.example\n8.8.8.8:80']).map(notation), ['http? 8.8.8.8:80']);
});

test('records of JSON, YAML and tables give protocol, login, hearsay and line', async () => {
  assert.deepEqual(await told('records.json'), [
    '2 http 45.12.7.9:8080 c=US x=45.12.7.10',
    '19 socks5h 5.188.3.77:1080 u=user p=secret x=5.188.3.77',
    '27 socks4a 91.200.14.2:4145',
  ]);
  assert.deepEqual(await told('geonode.json'), [
    '1 http 45.12.7.9:8080 c=US a=elite',
    '1 socks4a 5.188.3.77:1080 c=RU a=anonymous',
    '1 socks5h 5.188.3.77:1080 c=RU a=anonymous',
    '1 !bad-port',
  ]);
  assert.deepEqual((await told('clash.yaml')).slice(0, 3), [
    '4 http 45.12.7.9:8080',
    '5 socks5h 5.188.3.77:1080 u=user p=0123',
    '12 https gate.example.com:8443',
  ]);
  assert.deepEqual(await told('clash-anchors.yaml'), [
    '5 socks5h 45.12.7.9:1080',
    '6 socks5h 5.188.3.77:1080',
    '9 !broken-record',
  ]);
  assert.deepEqual(await told('table.tsv'), [
    '2 http 45.12.7.9:8080 u=user p=secret',
    '3 socks5h 5.188.3.77:1080',
    '4 socks5h gate.example.com:22225 u=user2 p=secret2',
  ]);
  assert.deepEqual(await told('quoted.csv'), [
    '2 http? 45.12.7.9:8080 c=US',
    '3 http? 5.188.3.77:3128 c=RU',
    '5 !bad-port',
    '6 !reserved',
  ]);
  assert.deepEqual(await told('by-protocol.json'), [
    '3 http 45.12.7.9:8080',
    '4 http 5.188.3.77:3128',
    '7 socks5h 91.200.14.2:1080',
  ]);
  assert.deepEqual(await told('proto.json'), ['1 http? 5.188.3.77:3128'], 'a field __proto__ is a field like others');
});

test('a PAC script is read for its literal strings and never run; what it puts together is no address', async () => {
  assert.deepEqual(await told('proxy.pac'), [
    ...['5 http 45.12.7.9:8080', '5 socks5h 5.188.3.77:1080', '5 !direct', '6 https gate.example.com:443'],
    ...['6 socks4a 91.200.14.2:1080', '7 !direct', '8 !no-address', '8 !not-a-proxy', '8 !ambiguous', '8 !reserved'],
    '8 http 64.225.8.82:80',
  ]);
  const evil =
    'function FindProxyForURL() { globalThis.ran = true; while (true) {} }\nglobalThis.ran = true; "PROXY 8.8.8.8:80"';
  assert.deepEqual(readPieces([evil]).map(notation), ['http 8.8.8.8:80']);
  assert.equal('ran' in globalThis, false);
});

test('ranges are ranges in a block list only, with their host bits cleared, and never expanded', async () => {
  assert.deepEqual(await told('drop.txt'), [
    '3 range 1.10.16.0/20',
    '4 range 2.56.192.0/22',
    '5 range 5.134.128.0/19',
    '6 range 2a06:e480::/29',
  ]);
  assert.deepEqual((await told('cidrs.netset')).slice(0, 8), [
    ...[
      '2 range 1.2.3.0/24',
      '3 range 1.2.3.0/24',
      '4 range 5.6.7.8/32',
      '5 range 8.8.8.8/32',
      '6 range 2001:db8::/32',
    ],
    ...['7 !bad-octets', '8 !range', '9 !range'],
  ]);
  const cidrs = ['1.2.3.0/24', '8.8.8.8:80', 'socks5://1.2.3.0/24:1080'].join('\n');
  assert.deepEqual(readPieces([cidrs]).map(notation), ['!range', 'http? 8.8.8.8:80', '!range']);
  assert.deepEqual(readPieces(['1.2.3.0/24'], { format: 'lines' }).map(notation), ['!range']);
  assert.deepEqual(readPieces(['1.2.3.0/24'], { format: 'blocklist' }).map(notation), ['range 1.2.3.0/24']);
});

test('private addresses and localhost are taken where the user allows them, words without a dot are not', () => {
  const text = '10.0.0.1:80\nlocalhost:3128\nproxy:3128\n[::1]:1080\nsocks5://127.0.0.1:1080';
  const read = (privates: 'refuse' | 'allow') => readPieces([text], { privates }).map(notation);
  assert.deepEqual(read('refuse'), ['!reserved', '!single-label', '!single-label', '!reserved', '!reserved']);
  assert.deepEqual(read('allow'), [
    'http? 10.0.0.1:80',
    'http? localhost:3128',
    '!single-label',
    'http? [::1]:1080',
    'socks5h 127.0.0.1:1080',
  ]);
});

test('one stray quote, one cut record or one broken line costs that record only', async () => {
  assert.deepEqual(await told('stray-quote.csv'), [
    '2 !broken-record',
    '3 http? 5.188.3.77:3128',
    '4 http? 91.200.14.2:80',
  ]);
  assert.deepEqual(
    (await told('fate0.list')).map((line) => line.slice(0, 16)),
    ['1 http 45.12.7.9', '2 http? 5.188.3.', '3 !broken-record', '4 http 51.158.99'],
  );
  const broken = (await told('broken.json')).filter((line) => !line.includes('!'));
  assert.deepEqual(broken, ['2 http? 45.12.7.9:8080', '4 http? 91.200.14.2:80', '7 http? 77.88.8.1:8888']);
  assert.deepEqual(await told('cut.json'), ['2 http? 45.12.7.9:8080', '3 http? 5.188.3.77:3128', '4 !broken-record']);
});

test('a JSON record over 64 KiB is too long, what holds records may have any length, and pieces change nothing', () => {
  const junk = 'x'.repeat(70_000);
  const many = Array.from({ length: 3000 }, (_, index) => `{"ip":"45.12.${index >> 8}.${index & 255}","port":80}`);
  const texts = [
    `[{"ip":"8.8.8.8","port":80,"junk":"${junk}"},{"ip":"8.8.4.4","port":80}]`,
    `{"url":"https://list.example","proxies":[${many.join(',\n')}]}`,
    `{"a":{"b":{"proxies":["8.8.8.8:80",${many.join(',')}]}}}`,
    `["${junk}","8.8.8.8:80"]`,
    `{"ip":"8.8.8.8","port":80,"junk":["${junk}"]}`,
  ];
  const counts = texts.map((text) => {
    const readings = readPieces([text], { format: 'json' });
    assert.deepEqual(readPieces(text.match(/[^]{1,997}/g) ?? [], { format: 'json' }), readings);
    return [count(readings, 'proxy'), reasonsOf(readings)];
  });
  assert.deepEqual(counts, [
    [1, { 'too-long': 1 }],
    [3000, {}],
    [3001, {}],
    [1, { 'too-long': 1 }],
    [0, { 'too-long': 2 }],
  ]);
});
