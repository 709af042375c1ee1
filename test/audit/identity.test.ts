/** The search for what is the user's: found in every form and wrapping, and never where it is not. */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { crc32, deflateRawSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { yourFacts } from '../../src/audit/identity/facts.js';
import { base32 } from '../../src/audit/identity/forms.js';
import { createSearch, searchBinary } from '../../src/audit/identity/search.js';

const address = '198.51.100.7';
const bytes = Buffer.from([198, 51, 100, 7]);
const text = Buffer.from(address);
const six = '2001:db8:51a:7::42';
const machine = '2001:db8:51a:9:2021:22ff:fe23:2425';
const facts = yourFacts({ sure: [address, six, machine], other: ['192.168.1.23'], names: ['marlene-pc', 'root'] });
const search = createSearch(facts);
const find = (line: string) => search(Buffer.from(line, 'latin1'));
const hash = (name: string): string => createHash(name).update(text).digest('hex');

const masked = (plain: string): string =>
  Buffer.from(Buffer.from(plain, 'latin1').map((byte) => byte ^ 0x5a)).toString('hex');

const idOf = (namespace: string): string => {
  const id = createHash('sha1')
    .update(Buffer.from(namespace.replaceAll('-', ''), 'hex'))
    .update(text)
    .digest()
    .subarray(0, 16);
  id[6] = ((id[6] ?? 0) & 0x0f) | 0x50;
  id[8] = ((id[8] ?? 0) & 0x3f) | 0x80;
  return id.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
};

const wholes: Readonly<Record<string, string>> = {
  'as text': `X-Forwarded-For: ${address}`,
  'in a list': `X-Forwarded-For: 192.0.2.1,${address};q=1`,
  'with a port': `Forwarded: for="${address}:4711"`,
  'with zeros': 'X-A: 198.051.100.007',
  'with dashes': 'Via: 1.1 dsl-198-51-100-7.isp.example',
  'as a number': `X-Id: ${bytes.readUInt32BE(0)}`,
  'in hexadecimal': 'X-Node: c6336407',
  'in hexadecimal with a prefix': 'X-Node: 0xC6336407',
  'in hexadecimal with dots': 'X-Node: c6.33.64.07',
  'in octal': 'X-Node: 0306.063.0144.07',
  reversed: 'X-Ptr: 7.100.51.198.in-addr.arpa',
  'mapped to IPv6': 'Forwarded: for="[::ffff:198.51.100.7]"',
  'mapped to IPv6, in groups': 'Forwarded: for="[::ffff:c633:6407]"',
  'as 6to4': 'X-A: 2002:c633:6407::1',
  'as NAT64': 'X-A: 64:ff9b::c633:6407',
  'with percent signs': 'X-A: %31%39%38%2e%35%31%2e%31%30%30%2e%37',
  'in base64': `Via: 1.1 gw (${text.toString('base64')})`,
  'in base64, inside of more': `X-T: ${Buffer.from(`ip=${address};t=99`).toString('base64')}`,
  'in base64 twice': `X-T: ${Buffer.from(text.toString('base64')).toString('base64')}`,
  'in base64url of the bytes': `X-T: ${bytes.toString('base64url')}`,
  'in base32': `X-T: ${base32(text)}`,
  'in base32 of the bytes': `X-T: ${base32(bytes)}`,
  'in base16 of the text': `X-T: ${text.toString('hex')}`,
  'hashed by md5': `ETag: ${hash('md5')}`,
  'hashed by sha1': `X-U: ${hash('sha1').toUpperCase()}`,
  'hashed by sha256': `X-U: ${hash('sha256')}`,
  'hashed by sha512': `X-U: ${hash('sha512')}`,
  'hashed with the line end of a shell': `X-U: ${createHash('md5').update(`${address}\n`).digest('hex')}`,
  'hashed as bytes': `X-U: ${createHash('sha1').update(bytes).digest('base64')}`,
  'as half of a hash': `X-U: u-${hash('md5').slice(0, 16)}`,
  'as a checksum': `X-U: ${crc32(text).toString(16).padStart(8, '0')}`,
  'as a number, lowest byte first': `Cookie: BIGipServer=${bytes.readUInt32LE(0)}.36895.0000`,
  'in hexadecimal, lowest byte first': 'X-Node: 076433c6',
  'in hexadecimal, byte by byte': 'X-Node: \\xc6\\x33\\x64\\x07',
  'in base36': `X-Id: ${bytes.readUInt32BE(0).toString(36)}`,
  'in base58': 'X-Id: 64qoyG',
  'in binary': 'X-Bits: 11000110001100110110010000000111',
  backwards: 'X-A: 7.001.15.891',
  'with commas': 'X-A: 198,51,100,7',
  'with blanks': 'X-A: 198 51 100 7',
  'in entities of HTML': 'X-A: &#49;&#57;&#56;&#46;&#53;&#49;&#46;&#49;&#48;&#48;&#46;&#55;',
  'in escapes of scripts': 'X-A: \\u0031\\u0039\\u0038.51.100.\\x37',
  'as quoted-printable': 'X-A: =31=39=38=2E51.100.7',
  'in base64 behind other letters': `X-T: u_${text.toString('base64url')}`,
  'in base64 of the bytes, inside of more': `X-T: ${Buffer.concat([Buffer.alloc(10), Buffer.from([255, 255]), bytes]).toString('base64')}`,
  'in base64 of a message': `X-T: ${Buffer.concat([Buffer.from([8, 150, 1, 18, text.length]), text, Buffer.from([24, 1])]).toString('base64')}`,
  'packed in base64': `X-T: ${gzipSync(JSON.stringify({ ip: address })).toString('base64')}`,
  'packed without a header in base64': `X-T: ${deflateRawSync(JSON.stringify({ ip: address })).toString('base64')}`,
  'at the end of an id': 'X-Request-Id: 0e37df36-f698-11e6-8dd4-0000c6336407',
  'as an id made of a name': `X-Request-Id: ${idOf('6ba7b811-9dad-11d1-80b4-00c04fd430c8')}`,
  'as a hash in the shape of an id': `X-Request-Id: ${hash('md5').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')}`,
  'as a quarter of a hash': `X-U: ${hash('sha1').slice(0, 8)}`,
  'as a piece of a hash': `X-U: ${hash('sha1').slice(10, 22)}`,
  'as a piece of a hash in base64': `X-U: ${createHash('sha256').update(text).digest('base64').slice(0, 12)}`,
  'hashed by sha3': `X-U: ${hash('sha3-256')}`,
  'hashed twice': `X-U: ${createHash('md5').update(hash('md5')).digest('hex')}`,
  'masked with one byte': `X-T: ${masked(address)}`,
  'masked behind another one that begins alike': `X-Forwarded-For: ${address}7\nX-T: ${masked(address)}`,
  'masked with one byte, in base64': `X-T: ${Buffer.from(text.map((byte) => byte ^ 0x2a)).toString('base64')}`,
  'shifted by 47': `X-T: ${Buffer.from(text.map((byte) => byte + 47)).toString('latin1')}`,
  'with every bit turned': 'X-T: 39cc9bf8',
  'with other digits': 'X-T: 209.62.211.8',
  'with letters for digits': 'X-T: bji.fb.baa.h',
  'in words': 'X-T: one-nine-eight-dot-five-one-dot-one-zero-zero-dot-seven',
  'in cookies': 'Cookie: a=198; b=51; c=100; d=7',
  'in numbered parts': 'X-T: 1:198 2:51 3:100 4:7',
  'in parts, backwards': 'X-T: {"d":7,"c":100,"b":51,"a":198}',
  'in names of fields': 'X-198-51: 100\nX-Z: 7',
  'in a folded field': 'X-T: 198.51\n .100.7',
  'in hexadecimal parts': 'X-T: a=c6&b=33&c=64&d=07',
  'in hexadecimal with commas': 'X-T: 0xc6, 0x33, 0x64, 0x7',
  'in hexadecimal with blanks': 'X-T: c6 33 64 07',
  'as a number with its port': `X-T: ${(BigInt(bytes.readUInt32BE(0)) << 16n) | 443n}`,
  'as a number with a fraction': `X-T: ${bytes.readUInt32BE(0)}.25`,
  'as a number below zero': `X-T: ${bytes.readInt32BE(0)}`,
  'reversed in a name': 'Via: 1.1 host-7-100-51-198.dyn.example',
  'in base62': 'X-Id: 3d2RAl',
  'in base85': 'X-Id: `\\V-1',
  'in base85 of RFC 1924': 'X-Id: F*!IcH8CzRFfcAR',
  'the half of an IPv6 address that is the machine’s': 'X-Node: 2021:22ff:fe23:2425',
  'IPv6 as text': `X-Real-IP: ${six}`,
  'IPv6 in full': 'X-Real-IP: 2001:0db8:051a:0007:0000:0000:0000:0042',
  'IPv6 without colons': 'X-Real-IP: 20010db8051a00070000000000000042',
  'the address in the own network': 'X-Lan: 192.168.1.23',
  'the name of the machine': 'Via: 1.0 MARLENE-PC (proxy)',
};

describe('what is yours', () => {
  for (const [how, line] of Object.entries(wholes)) {
    it(`is found ${how}`, () => {
      const found = find(line);
      assert.ok(
        found.some(({ reach, fact }) => reach === 'whole' && fact.of === 'you'),
        line,
      );
    });
  }

  for (const line of [
    'X-Net: 198.51.100.0/24',
    'X-Net: 198.51.100.x',
    'X-Net: 198.51.100',
    'X-Net: 198.51.0.0/16',
    'X-Net: 2001:db8:51a::/48',
    'X-Net: 2001:db8:51a:7::/64',
    'X-Net: 2001:db8:51a:7',
    'X-Net: net-198-51-100.example',
    'X-Net: c6336400',
    `X-Net: ${bytes.readUInt32BE(0) - 7}`,
    `X-Net: ${createHash('md5').update('198.51.100').digest('hex')}`,
  ])
    it(`is found in part: ${line}`, () => {
      const found = find(line);
      assert.ok(found.length > 0);
      assert.ok(found.every(({ reach }) => reach === 'prefix'));
    });

  it('is found as bytes in a binary header', () => {
    assert.equal(searchBinary(Buffer.concat([Buffer.from('\r\n\r\n\0\r\nQUIT\n!'), bytes]), facts).length, 1);
  });

  const others = [
    'X-Forwarded-For: 198.51.100.70',
    'X-Forwarded-For: 198.51.100.77',
    'X-Forwarded-For: 98.51.100.7',
    'X-Forwarded-For: 1198.51.100.7',
    'X-Version: 198.51.100.7.4',
    'X-Id: 33252000071',
    'X-Node: ac6336407',
    'Via: 1.1 marlene-pc2',
    'Via: 1.1 root (proxy)',
    'X-A: 192.168.1.230',
    'X-A: 2001:db8:51a:7::421',
    'X-T: a=198; b=51; c=100; d=70',
    'X-T: 1:198 2:51 3:99 4:7',
    'X-T: 198.51.100.7.4-rc1',
    `X-T: ${masked('198.51.100.77')}`,
    'X-Request-Id: 0e37df36-f698-11e6-8dd4-0000c6336408',
  ];
  for (const line of others)
    it(`is not seen in ${line}`, () => {
      assert.deepEqual(
        find(line).filter(({ reach }) => reach === 'whole'),
        [],
      );
    });

  it('is not seen in any other address, however it is written', () => {
    const octet = fc.integer({ min: 0, max: 255 });
    fc.assert(
      fc.property(fc.tuple(octet, octet, octet, octet), (octets) => {
        const other = octets.join('.');
        fc.pre(octets[0] !== 198 || octets[1] !== 51);
        const raw = Buffer.from(octets);
        const lines = [
          other,
          raw.toString('hex'),
          raw.toString('base64'),
          Buffer.from(other).toString('base64'),
          String(raw.readUInt32BE(0)),
        ];
        assert.deepEqual(
          lines.flatMap((line) => find(`X-A: ${line}`)),
          [],
        );
      }),
      { numRuns: 2_000 },
    );
  });

  it('is not seen in small numbers, where its network ends with zeros', () => {
    for (const sure of ['127.0.0.1', '172.16.0.9', '16.0.0.0'])
      for (const number of ['127', '4268', '16', '0', '1.0.0.127.9', '65535', '81.35.249.127'])
        assert.deepEqual(
          createSearch(yourFacts({ sure: [sure], other: [], names: [] }))(Buffer.from(`X-A: ${number}`)),
          [],
        );
  });

  it('takes bounded time over hostile text', () => {
    const before = performance.now();
    for (const piece of [
      'A'.repeat(300_000),
      '1.'.repeat(150_000),
      'QUFB'.repeat(60_000),
      '%41'.repeat(90_000),
      '::'.repeat(100_000),
    ])
      search(Buffer.from(piece));
    assert.ok(performance.now() - before < 20_000);
  });
});
