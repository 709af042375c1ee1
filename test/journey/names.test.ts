/** Which names are looked up: that of the first hop, and no other. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, clientProtocols, dialUp } from '../kit/clients.js';
import { startChild } from '../kit/child.js';
import { hear, hearUntil } from '../kit/ear.js';
import { openHop, openHops } from '../kit/hops.js';
import { createScope } from '../kit/scope.js';
import { type Habit, echo, openTarget } from '../kit/target.js';

const certificateName = 'hop.lan';

test('only the name of the first hop is looked up; the others go as names to the hop before them', async () => {
  await using scope = createScope();
  const target = scope.use(await openTarget(echo));
  const child = scope.use(await startChild({ names: { [certificateName]: '127.0.0.1' } }));
  for (const scheme of ['http', 'https', 'socks4a', 'socks5h'] as const) {
    const [first, second, third] = await openHops(
      { scheme, host: certificateName },
      { scheme: 'socks4a', host: 'second.test' },
      { scheme: 'http', host: 'third.test' },
    );
    assert.ok(first !== undefined && second !== undefined && third !== undefined);
    for (const hop of [first, second, third]) scope.use(hop);
    const before = (await child.report()).lookups.length;
    const port = await child.start([first.url, second.url, third.url].join(','));
    for (const protocol of clientProtocols.filter((each) => each !== 'socks4')) {
      const { socket, ok } = await ask(port, { protocol, target: target.name });
      assert.ok(ok);
      socket.write('ping');
      assert.equal((await hear(socket, 4)).toString(), 'ping');
      socket.destroy();
    }
    assert.deepEqual(first.visits[0]?.asked, { host: 'second.test', port: second.port, kind: 'name' });
    assert.deepEqual(second.visits[0]?.asked, { host: 'third.test', port: third.port, kind: 'name' });
    assert.deepEqual(third.visits[0]?.asked, { host: 'target.test', port: target.port, kind: 'name' });
    const { lookups, connects, crashes } = await child.report();
    assert.deepEqual(new Set(lookups.slice(before)), new Set([certificateName]));
    assert.deepEqual(new Set(connects.slice(-3)), new Set([`${certificateName}:${first.port}`]));
    assert.deepEqual(crashes, []);
    await child.stop(port);
  }
});

test('a plain http request looks no name up either', async () => {
  await using scope = createScope();
  const page: Habit = ({ socket }) => {
    socket.on('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n'));
  };
  const target = scope.use(await openTarget(page));
  const hop = scope.use(await openHop({ scheme: 'socks5h', host: certificateName }));
  const child = scope.use(await startChild({ names: { [certificateName]: '127.0.0.1' } }));
  const port = await child.start(hop.url);
  const socket = await dialUp(port);
  socket.write(`GET http://${target.name}/ HTTP/1.1\r\nHost: ${target.name}\r\n\r\n`);
  assert.match(await hearUntil(socket, '\r\n\r\n'), /^HTTP\/1\.1 200 /);
  socket.destroy();
  assert.deepEqual(hop.visits[0]?.asked, { host: 'target.test', port: target.port, kind: 'name' });
  assert.deepEqual((await child.report()).lookups, [certificateName]);
});

test('names that nobody can have are refused and not looked up', async () => {
  await using scope = createScope();
  const hop = scope.use(await openHop({ scheme: 'http' }));
  const child = scope.use(await startChild());
  const port = await child.start(hop.url);
  const long = `${'a'.repeat(60)}.`.repeat(4);
  for (const protocol of ['socks5', 'socks4a', 'connect'] as const) {
    for (const name of [`${long}${'b'.repeat(11)}`, 'two words', 'a_b..c', '-', 'x'.repeat(64)]) {
      const { socket, ok } = await ask(port, { protocol, target: `${name}:80` });
      assert.ok(!ok, name);
      socket.destroy();
    }
  }
  assert.deepEqual(hop.visits, []);
  const { lookups, connects } = await child.report();
  assert.deepEqual([lookups, connects], [[], []]);
});

test('a first hop whose name is not known is told so, and nothing else is tried', async () => {
  await using scope = createScope();
  const child = scope.use(await startChild());
  const port = await child.start('socks5h://nowhere.test:1080,http://second.test:3128');
  const { socket, text } = await ask(port, { protocol: 'connect', target: 'target.test:443' });
  assert.match(text, /^HTTP\/1\.1 502 [^]*X-Kaskade-Failure: hop-name-unknown; hop=1\r\n/);
  socket.destroy();
  const { lookups, connects } = await child.report();
  assert.deepEqual([lookups, connects], [['nowhere.test'], ['nowhere.test:1080']]);
});

test('the watch notices connections and names: what it is shown on purpose', async () => {
  await using scope = createScope();
  const child = scope.use(await startChild());
  await child.control();
  const { lookups, connects } = await child.report();
  assert.equal(connects.length, 2);
  assert.deepEqual(lookups, ['control.test', 'control.test', 'control.test']);
});
