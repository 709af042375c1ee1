import assert from 'node:assert/strict';
import { isIPv6 } from 'node:net';
import { test } from 'node:test';
import { addressBytes, hostOfBytes, hostText, parseHost } from '../../src/model/address.js';
import { codeThrown, createChance, storm } from '../kit/wire.js';

const refused = (text: string): boolean => codeThrown(() => parseHost(text)) === 'bad-name';

test('numbers that only some resolvers read as an address become that address', () => {
  const rows = [
    ...[
      '127.0.0.1',
      '127.1',
      '127.0.1',
      '2130706433',
      '0x7f000001',
      '0x7F.1',
      '0177.0.0.1',
      '017700000001',
      '0x7f.0.0.0x1',
      '127.0.0.1.',
      '127.0x1.',
      '0177.0x0.00.01',
    ],
  ];
  for (const text of rows) assert.deepEqual(parseHost(text), { kind: 'ipv4', address: '127.0.0.1' }, text);
  assert.equal(hostText(parseHost('4294967295')), '255.255.255.255');
  assert.equal(hostText(parseHost('0')), '0.0.0.0');
  assert.equal(hostText(parseHost('0x')), '0.0.0.0');
  assert.equal(hostText(parseHost('1.2.3')), '1.2.0.3');
});

test('IPv6 addresses are read as RFC 4291 has them, and written as RFC 5952 wants', () => {
  const rows: readonly (readonly [string, string])[] = [
    ['::', '::'],
    ['::1', '::1'],
    ['[::1]', '::1'],
    ['2001:DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:db8::0:1', '2001:db8::1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['0:0:0:0:0:0:0:1', '::1'],
    ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
    ['::1.2.3.4', '::102:304'],
    ['::ffff:1.2.3.4', '::ffff:102:304'],
    ['64:ff9b::1.2.3.4', '64:ff9b::102:304'],
    ['1:2:3:4:5:6:1.2.3.4', '1:2:3:4:5:6:102:304'],
  ];
  for (const [text, address] of rows) assert.deepEqual(parseHost(text), { kind: 'ipv6', address }, text);
});

test('what is no IPv6 address, or has a zone, is bad-name', () => {
  const none = [
    ...[
      ':',
      ':::',
      '1',
      '1:2',
      '::1::',
      '1::2::3',
      '1:2:3:4:5:6:7',
      '1:2:3:4:5:6:7:8:9',
      ':1:2:3:4:5:6:7:8',
      '1:2:3:4:5:6:7:8:',
      '12345::',
      '::g',
      '::-1',
      '1:2:3:4:5:6:7:8::',
    ],
    ...[
      'fe80::1%eth0',
      'fe80::1%25eth0',
      '[fe80::1%lo]',
      '::1%',
      '::1 ',
      ' ::1',
      '::1\0',
      '::1\n',
      '::1/64',
      '::1.2.3',
      '::1.2.3.4.5',
      '::1.2.3.256',
      '::01.2.3.4',
      '::0x1.2.3.4',
    ],
    ...[
      '::ffff:0177.0.0.1',
      '::ffff:127.1',
      '1.2.3.4::',
      '::1.2.3.4:5',
      '1:2:3:4:5:6:7:1.2.3.4',
      '::1.2.3.4%1',
      '::ffff:1.2.3.4.',
      '::１',
      '0x1::',
      `${'0:'.repeat(40)}1`,
    ],
  ].filter((text) => text !== '1');
  for (const text of none) assert.ok(refused(text), JSON.stringify(text));
});

test('text is an IPv6 address exactly where the system says so: 100,000 damaged ones', () => {
  const valid = ['2001:db8::1', '::ffff:1.2.3.4', '1:2:3:4:5:6:7:8', '::', 'fe80::1:0:0:1', '1::2:3:4:5:6:1.2.3.4'].map(
    (text) => Buffer.from(text),
  );
  const weather = storm(0x3634, valid, (bytes) => {
    const text = bytes.toString('latin1');
    if (!text.includes(':') || text.startsWith('[')) return 'incomplete';
    const legal = isIPv6(text) && !text.includes('%');
    assert.equal(
      codeThrown(() => parseHost(text)),
      legal ? 'none' : 'bad-name',
      JSON.stringify(text),
    );
    if (legal) assert.equal(`[${hostText(parseHost(text))}]`, new URL(`http://[${text}]`).hostname);
    return legal ? 'result' : 'error';
  });
  assert.ok(weather.result > 1000 && weather.error > 1000, JSON.stringify(weather));
});

test('text is an IPv4 address exactly where a URL parser says so, and then the same one: 100,000 damaged ones', () => {
  const valid = ['127.0.0.1', '0x7f.1', '0177.0.0.1', '2130706433', '1.2.3.4.', '0x', '192.0x2.01', '1.65535.3'].map(
    (text) => Buffer.from(text),
  );
  const weather = storm(0x3432, valid, (bytes) => {
    const text = bytes.toString('latin1');
    if (!/^[0-9a-fx.]+$/i.test(text)) return 'incomplete';
    const other = URL.canParse(`http://${text}`) ? new URL(`http://${text}`).hostname : undefined;
    const own = codeThrown(() => parseHost(text)) === 'none' ? parseHost(text) : undefined;
    if (own?.kind === 'ipv4') assert.equal(own.address, other, text);
    else assert.ok(other === undefined || !/^\d+\.\d+\.\d+\.\d+$/.test(other), `${text} is ${other ?? ''}`);
    return own === undefined ? 'error' : 'result';
  });
  assert.ok(weather.result > 1000 && weather.error > 1000, JSON.stringify(weather));
});

test('addresses keep their bits: 10,000 times for IPv4 and IPv6', () => {
  const chance = createChance(7);
  for (let round = 0; round < 10_000; round += 1) {
    for (const size of [4, 16]) {
      const host = hostOfBytes(chance.bytes(size));
      assert.ok(host.kind !== 'name');
      assert.deepEqual(parseHost(host.address), host);
      assert.deepEqual(hostOfBytes(addressBytes(host)), host);
    }
  }
});
