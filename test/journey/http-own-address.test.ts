/** The program's own addresses as targets, in every spelling that some resolver takes for them: refused, and no hop is asked. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setStage } from '../kit/http-stage.js';

const ipv4 = [
  ...['127.0.0.1', '127.0.0.2', '127.255.255.254', '127.1', '127.0.1', '0177.0.0.1', '0177.0.0.01', '0x7f.0.0.1'],
  ...[
    '0X7F.0x0.0x0.0x1',
    '0x7f000001',
    '0x7F.1',
    '2130706433',
    '017700000001',
    '00000000177.0.0.1',
    '127.0x1',
    '127.0.0.1.',
  ],
  ...['127.000.000.001', '127.65535', '127.16777215', '0', '0.0.0.0', '0.0.0', '0x0', '00', '0.1', '0.0.0.1'],
  ...[
    '10.0.0.1',
    '169.254.169.254',
    '0xa9fea9fe',
    '192.168.1.1',
    '172.16.0.1',
    '100.64.0.1',
    '224.0.0.1',
    '255.255.255.255',
  ],
];
const names = [
  ...[
    'localhost',
    'LOCALHOST',
    'LocalHost',
    'localhost.',
    'a.localhost',
    'localhost.localdomain',
    'ip6-localhost',
    'printer',
  ],
  ...['router.local', 'kaskade.internal', 'metadata.google.internal', 'host.home.arpa'],
];
const ipv6 = [
  ...[
    '[::1]',
    '[::]',
    '[0:0:0:0:0:0:0:1]',
    '[0000:0000:0000:0000:0000:0000:0000:0001]',
    '[::0001]',
    '[0::1]',
    '[::127.0.0.1]',
  ],
  ...[
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::FFFF:7F00:0001]',
    '[0:0:0:0:0:ffff:127.0.0.1]',
    '[64:ff9b::127.0.0.1]',
  ],
  ...[
    '[64:ff9b::7f00:1]',
    '[2002:7f00:1::]',
    '[2002:7f00:0001::1]',
    '[fe80::1]',
    '[fc00::1]',
    '[fd12:3456::1]',
    '[ff02::1]',
  ],
  ...['[::ffff:0.0.0.0]', '[::ffff:a00:1]', '[::ffff:0:127.0.0.1]', '[fec0::1]', '[64:ff9b:1::7f00:1]'],
];
/** Spellings that are no host at all; some resolvers or URL parsers read loopback out of them. */
const nonsense = [
  ...[
    '127.0.0.1%00.evil.test',
    '127.0.0.1%2e',
    '[::1%25lo]',
    '[::1%lo]',
    '::1',
    '127.0.0.1\\@evil.test',
    'evil.test@127.0.0.1',
  ],
  ...[
    '127.0.0.1.evil..test',
    '127.0.0.256',
    '0x7f.0.0.0x100',
    '127.0.0.08',
    '[127.0.0.1]',
    '[]',
    '',
    '127.0.0.1:80:80',
    '1.2.3.4.5',
  ],
];

test('every spelling of this machine and its networks is refused, to GET and to CONNECT', async () => {
  await using stage = await setStage(undefined, { rules: { private: 'refuse' } });
  const all = [...ipv4, ...names, ...ipv6];
  assert.ok(all.length >= 60, String(all.length));
  for (const host of all) {
    for (const [request, method] of both(host, stage.house.port)) {
      const client = await stage.client();
      const answer = await client.ask(Buffer.from(request, 'latin1'), method);
      assert.deepEqual([answer.status, answer.field('x-kaskade-failure')], [403, 'target-private'], request);
      client.socket.destroy();
    }
  }
  assert.deepEqual(stage.hop.heads, []);
});

test('what is no host is refused as such, whatever some resolver would read out of it', async () => {
  await using stage = await setStage(undefined, { rules: { private: 'refuse' } });
  for (const host of nonsense) {
    for (const [request, method] of both(host, stage.house.port)) {
      const client = await stage.client();
      const answer = await client.ask(Buffer.from(request, 'latin1'), method);
      assert.equal(answer.status, 400, request);
      client.socket.destroy();
    }
  }
  assert.deepEqual(stage.hop.heads, []);
});

test('public targets are not refused, and names go to the hop as names', async () => {
  await using stage = await setStage(undefined, { rules: { private: 'refuse' } });
  const client = await stage.client();
  const publics = [
    'example.org',
    '1.1.1.1',
    '[2606:4700::1111]',
    'localhost.example.org',
    '127.0.0.1.nip.io',
    'xn--bcher-kva.example',
  ];
  for (const host of publics) {
    assert.equal((await client.ask(`GET http://${host}/ HTTP/1.1\r\nHost: ${host}\r\n\r\n`)).status, 200, host);
  }
  assert.deepEqual(
    stage.hop.asked(),
    publics.map((host) => `${host}:80`),
  );
});

/** A plain request and a tunnel to the listener's own port on that host. */
const both = (host: string, port: number): readonly (readonly [request: string, method: string])[] => [
  [`GET http://${host}:${port}/ HTTP/1.1\r\nHost: ${host}:${port}\r\n\r\n`, 'GET'],
  [`CONNECT ${host}:${port} HTTP/1.1\r\nHost: ${host}:${port}\r\n\r\n`, 'CONNECT'],
];
