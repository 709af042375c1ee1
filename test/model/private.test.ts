import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hostOfBytes, parseHost } from '../../src/model/address.js';
import { KaskadeError } from '../../src/model/error.js';
import { privateKind } from '../../src/model/private.js';
import { createChance } from '../kit/wire.js';

/** What becomes of a target as it is written: refused as a name, a kind of private place, or `public`. */
const kindOf = (text: string): string => {
  try {
    return privateKind(parseHost(text)) ?? 'public';
  } catch (thrown) {
    if (thrown instanceof KaskadeError) return thrown.code;
    throw thrown;
  }
};

const assertKinds = (rows: Readonly<Record<string, readonly string[]>>): void => {
  for (const [kind, spellings] of Object.entries(rows)) {
    for (const text of spellings) assert.equal(kindOf(text), kind, JSON.stringify(text));
  }
};

test('loopback is recognised in every spelling that some resolver understands', () => {
  assertKinds({
    loopback: [
      ...[
        '127.0.0.1',
        '127.1',
        '127.0.1',
        '127.255.255.254',
        '2130706433',
        '0x7f000001',
        '0X7F000001',
        '0x7f.1',
        '0x7f.0x0.0x0.0x1',
      ],
      ...['0177.0.0.1', '0177.1', '017700000001', '00177.0.0.01', '127.0.0.1.', '127.1.', '0x7f000001.', '127.0.0.0x1'],
      ...[
        '１２７.０.０.１',
        '１２７。１',
        '①②⑦.⓪.⓪.①',
        '１２７｡0｡0｡1',
        '𝟏𝟐𝟕.𝟎.𝟎.𝟏',
        '127.0.0.1\u00ad',
        '0ｘ7f.1',
        '２１３０７０６４３３',
      ],
      ...[
        '::1',
        '[::1]',
        '0:0:0:0:0:0:0:1',
        '0000::0001',
        '::0.0.0.1',
        '::ffff:127.0.0.1',
        '::FFFF:7F00:1',
        '[::ffff:127.0.0.1]',
        '::127.0.0.1',
      ],
      ...[
        '::ffff:0:127.0.0.1',
        '64:ff9b::127.0.0.1',
        '64:ff9b::7f00:1',
        '2002:7f00:1::',
        '2002:7f00:0001::1',
        '2a00::5efe:127.0.0.1',
        '2a00::200:5efe:127.0.0.1',
      ],
    ],
    'a local name': [
      ...[
        'localhost',
        'LOCALHOST',
        'localhost.',
        'LocalHost.',
        'foo.localhost',
        'foo.bar.localhost.',
        'ⓛⓞⓒⓐⓛⓗⓞⓢⓣ',
        'ｌｏｃａｌｈｏｓｔ',
        'local\u00adhost',
      ],
      ...[
        'localhost.localdomain',
        'localhost4.localdomain4',
        'localhost6.localdomain6',
        'ℓocalhost',
        'foo。localhost',
        'LOCALHOST。',
      ],
    ],
    'bad-name': [
      ...[
        'localhost..',
        '.localhost',
        'localhost\0',
        'localhost\0.evil.test',
        '127.0.0.1\0',
        '127.0.0.1\0.evil.test',
        '127.0.0.1 ',
        ' 127.0.0.1',
        '127.0.0.1\n',
      ],
      ...[
        '127.0.0.1%00',
        'localhost%00',
        '127.0.0.1#',
        '127.0.0.1/',
        '127%2e0.0.1',
        '127.0.0.1:80',
        '[127.0.0.1]',
        '[localhost]',
        '::1%lo',
        '::1%25lo',
        '[::1%1]',
      ],
      ...[
        '::ffff:0177.0.0.1',
        '::ffff:0x7f.1',
        '::127.1',
        '::ffff:2130706433',
        '127.0.0.1..',
        '127..1',
        '0x7f.0x0.0x0.0x1.0x0',
        '127.0.0.256',
        '0177.0.0.09',
        '：：１',
      ],
    ],
  });
});

test('this network, private, link-local, shared, multicast and reserved IPv4 is recognised, carried by IPv6 too', () => {
  const carry = (address: string): readonly string[] => {
    const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number);
    const groups = `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
    const carried = ['::ffff:', '::ffff:0:', '64:ff9b::', '::'].map((prefix) => `${prefix}${address}`);
    return [
      address,
      `${address}.`,
      String(((a * 256 + b) * 256 + c) * 256 + d),
      ...carried,
      `2002:${groups}::1`,
      `2a00::5efe:${groups}`,
    ];
  };
  const rows = {
    unspecified: ['0.0.0.2', '0.1.2.3', '0.255.255.255'],
    private: ['10.0.0.1', '10.255.255.255', '172.16.0.1', '172.31.255.255', '192.168.0.1', '192.168.255.255'],
    'link local': ['169.254.0.1', '169.254.169.254', '169.254.170.2'],
    'carrier grade nat': ['100.64.0.1', '100.100.100.200', '100.127.255.255'],
    multicast: ['224.0.0.1', '239.255.255.250'],
    broadcast: ['255.255.255.255'],
    reserved: [
      '192.0.0.192',
      '192.0.2.1',
      '192.88.99.1',
      '198.18.0.1',
      '198.19.255.255',
      '198.51.100.1',
      '203.0.113.1',
      '240.0.0.1',
      '255.255.255.254',
    ],
    'cloud metadata': ['168.63.129.16'],
  };
  assertKinds(Object.fromEntries(Object.entries(rows).map(([kind, addresses]) => [kind, addresses.flatMap(carry)])));
  assertKinds({
    unspecified: ['0.0.0.0', '0', '0x', '00', '0.0', '::', '::ffff:0.0.0.0', '64:ff9b::', '2002::', '[::]'],
  });
});

test('IPv6 that is not public is recognised: link-local, unique local, multicast, documentation, translation, tunnels', () => {
  assertKinds({
    'link local': ['fe80::1', 'FE80::1', 'febf::1', '[fe80::a00:27ff:fe00:1]'],
    'unique local': ['fc00::1', 'fd00:ec2::254', 'fd20:ce::254', 'fdff:ffff::1'],
    'deprecated site local': ['fec0::1', 'feff::1'],
    multicast: ['ff02::1', 'ff0e::1', 'ff02::fb'],
    discard: ['100::1'],
    translated: [
      '64:ff9b:1::',
      '64:ff9b:1::7f00:1',
      '64:ff9b:1:7f00:0:100::',
      '64:ff9b:1:ffff::8.8.8.8',
      '64:ff9b:1:a00:0:100::1',
      '64:ff9b:1:fffe:c0:a800:100:0',
    ],
    teredo: ['2001::1', '2001:0:4136:e378:8000:63bf:3fff:fdd2', '2001:0:808:808:0:0:80ff:fffe'],
    reserved: [
      ...[
        '2001:db8::1',
        '3fff::1',
        '2001:1::1',
        '::8.8.8.8',
        '::2:0:0',
        '1::1',
        '64:ff9b:0:1::808:808',
        '64:ff9b:2::1',
        '::ffff:0:8.8.8.8',
        '4000::1',
        '8000::1',
        'e000::1',
        'f000::1',
        'fe00::1',
        '200::1',
        '400::',
      ],
    ],
    benchmarking: ['2001:2::1'],
    orchid2: ['2001:20::1'],
    unspecified: ['::ff', '::2', '::0.0.0.255'],
    'segment routing': ['5f00::1'],
  });
});

test('names that never mean a public host are recognised, in any case and with a trailing dot', () => {
  assertKinds({
    'a local name': [
      'printer.local',
      'metadata.google.internal',
      'METADATA.GOOGLE.INTERNAL.',
      'host.docker.internal',
      'kubernetes.default.svc.cluster.local',
      'nas.lan',
      'router.home',
      'x.home.arpa',
      'home.arpa',
      'dc.corp',
      'wiki.intranet',
      'local.',
      'ｎａｓ.ｌａｎ',
    ],
    'a name without a dot': [
      'metadata',
      'router',
      'com',
      'ai.',
      'a',
      'ip6-localhost',
      'ip6-loopback',
      'localhost6',
      'xn--p1ai',
      '_',
    ],
  });
});

test('public targets pass, whatever they look like', () => {
  const label = 'a'.repeat(63);
  assertKinds({
    public: [
      ...[
        'example.org',
        'EXAMPLE.org.',
        '_dmarc.example.org',
        'a_b.example',
        'bücher.example',
        'xn--bcher-kva.example',
        '例え.テスト',
        `${label}.com`,
      ],
      ...[
        `${label}.${label}.${label}.${'b'.repeat(57)}.com`,
        'localhost.example.org',
        'local.host',
        'notlocalhost.com',
        'mylocal.org',
        'foolocalhost.de',
        'home.example',
        'lan.party',
        'internal.example.org',
      ],
      ...[
        '2gyzyx6.onion',
        'a.test',
        '127.0.0.1.nip.io',
        '10.example',
        '1e100.net',
        '0x7f.example',
        'fe80.example',
        'localhost-x.org',
        'corp.com',
        'arpa.example',
        'x.arpa',
      ],
      ...[
        '8.8.8.8',
        '1.1.1.1',
        '0x08080808',
        '134744072',
        '9.255.255.255',
        '11.0.0.0',
        '126.255.255.255',
        '128.0.0.1',
        '172.15.255.255',
        '172.32.0.0',
        '192.167.255.255',
        '192.169.0.0',
      ],
      ...[
        '169.253.255.255',
        '169.255.0.0',
        '100.63.255.255',
        '100.128.0.0',
        '223.255.255.255',
        '168.63.129.15',
        '168.63.129.17',
        '198.17.255.255',
        '198.20.0.0',
        '1.0.0.0',
        '203.0.114.1',
      ],
      ...[
        '2606:4700::1111',
        '2a00:1450:4001::8',
        '2001:4860:4860::8888',
        '2001:200::1',
        '2003::1',
        '3ffe::1',
        '::ffff:8.8.8.8',
        '64:ff9b::8.8.8.8',
        '2002:808:808::1',
        '2a00::5efe:8.8.8.8',
        '2a00::100:5efe:7f00:1',
      ],
    ],
  });
});

test('names of more than 253 characters are refused, with and without trailing dot', () => {
  const name = `${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(61)}`;
  assert.equal(kindOf(name), 'public');
  assertKinds({ 'bad-name': [`${name}d`, `e${name}`, `${name}d.`, `x.${name}`] });
});

test('the kind of an address does not depend on how it is written: 20,000 random ones', () => {
  const chance = createChance(0x707269);
  const prefixes = [
    '',
    '00000000000000000000ffff',
    '0064ff9b0000000000000000',
    '0064ff9b0001',
    '2002',
    '20010000',
    'fe80',
    '000000000000000000000000',
    '2a00',
  ];
  for (let round = 0; round < 20_000; round += 1) {
    const bytes = chance.bytes(chance.below(4) === 0 ? 4 : 16);
    if (bytes.length === 16) Buffer.from(chance.pick(prefixes), 'hex').copy(bytes);
    const host = hostOfBytes(bytes);
    assert.ok(host.kind !== 'name');
    const kind = privateKind(host);
    if (host.kind === 'ipv4') {
      for (const text of [
        `0x${bytes.toString('hex')}`,
        String(bytes.readUInt32BE(0)),
        `::ffff:${host.address}`,
        `64:ff9b::${host.address}`,
      ]) {
        assert.equal(privateKind(parseHost(text)), kind, text);
      }
    } else {
      const long = bytes.toString('hex').replace(/(....)(?!$)/g, '$1:');
      for (const text of [long, long.toUpperCase(), `[${host.address}]`])
        assert.equal(privateKind(parseHost(text)), kind, text);
    }
  }
});
