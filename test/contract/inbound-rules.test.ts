/** What the listener does with everybody, whatever they speak. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { inboundProtocols } from '../../src/inbound/index.js';
import { connectRequest, dialUp, socks4Request, socks5Request } from '../kit/clients.js';
import { hearAll } from '../kit/ear.js';
import { noticesOf, withScene } from '../kit/scenes.js';

test('every protocol of the table is tested', () => {
  assert.deepEqual(
    inboundProtocols.map(({ name }) => name),
    ['socks5', 'socks4', 'connect', 'http'],
  );
});

test('BIND and UDP ASSOCIATE are answered as not supported', async () => {
  await withScene({}, async ({ house, hop, target }) => {
    for (const command of [2, 3]) {
      const socket = await dialUp(house.port);
      socket.write(Buffer.concat([Buffer.from([5, 1, 0]), socks5Request(target.name, command)]));
      const { bytes } = await hearAll(socket);
      assert.deepEqual([...bytes.subarray(0, 4)], [5, 0, 5, 7]);
      socket.destroy();
    }
    const socket = await dialUp(house.port);
    socket.write(socks4Request(target.name, '', 2));
    assert.deepEqual([...(await hearAll(socket)).bytes.subarray(0, 2)], [0, 0x5b]);
    socket.destroy();
    assert.deepEqual(hop.visits, []);
  });
});

test('a TLS hello and garbage are closed, with one counted notice', async () => {
  await withScene({}, async ({ house, hop }) => {
    const hello = Buffer.from('1603010200010001fc0303', 'hex');
    const strange = [hello, Buffer.from([0]), Buffer.from([6, 1]), Buffer.from('get / http/1.1\r\n\r\n'), hello];
    for (const bytes of strange) {
      const socket = await dialUp(house.port);
      socket.write(bytes);
      assert.equal((await hearAll(socket)).bytes.length, 0);
      socket.destroy();
    }
    assert.deepEqual(
      noticesOf(house).map(({ topic, count }) => `${topic} ${count}`),
      [1, 2, 3, 4, 5].map((count) => `not-a-proxy-request ${count}`),
    );
    assert.match(noticesOf(house)[0]?.text ?? '', /TLS/);
    assert.deepEqual(hop.visits, []);
  });
});

test('a client that only connects and hangs up leaves nothing behind, and no notice', async () => {
  await withScene({}, async ({ house }) => {
    for (const how of ['end', 'resetAndDestroy', 'destroy'] as const) {
      const socket = await dialUp(house.port);
      socket[how]();
      if (!socket.closed) await once(socket.resume(), 'close');
    }
    assert.deepEqual(noticesOf(house), []);
  });
});

test('requests that break the rules are refused and nothing is sent onward', async () => {
  await withScene({}, async ({ house, hop }) => {
    const broken = [
      Buffer.from([5, 1, 0, 5, 1, 0, 9, 1, 2, 3, 4, 0, 80]),
      Buffer.from([5, 1, 0, 5, 1, 0, 1, 127, 0, 0, 1, 0, 0]),
      Buffer.from([5, 1, 0, 5, 1, 0, 3, 0, 0, 80]),
      Buffer.from([5, 1, 9]),
      Buffer.from([4, 1, 0, 0, 127, 0, 0, 1, 0]),
      socks4Request('bad name.test:80'),
      socks5Request('127.0.0.1\0.evil.test:80'),
      Buffer.concat([Buffer.from([5, 1, 0]), socks5Request('line\r\nbreak:80')]),
      connectRequest('user@host.test:80'),
      connectRequest('host.test:0'),
      connectRequest('host.test:65536'),
      connectRequest('host.test'),
      Buffer.from('CONNECT host.test:80 HTTP/1.1\nHost: a\n\n\r\n\r\n'),
    ];
    for (const bytes of broken) {
      const socket = await dialUp(house.port);
      socket.write(bytes);
      await hearAll(socket);
      socket.destroy();
    }
    assert.deepEqual(hop.visits, []);
  });
});
