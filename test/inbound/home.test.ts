/** The listener's own page and /proxy.pac: for a browser that asks this very port, and nobody else. */

import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { setStage } from '../kit/http-stage.js';
import { watchWire } from '../kit/http-wire.js';
import { connectRaw } from '../kit/http-client.js';
import { startHouse } from '../kit/house.js';

test('GET / and /proxy.pac answer on the own loopback address and on localhost, with the port', async () => {
  await using stage = await setStage();
  for (const host of [
    `127.0.0.1:${stage.house.port}`,
    `localhost:${stage.house.port}`,
    `LOCALHOST:${stage.house.port}`,
  ]) {
    const client = await stage.client();
    const page = await client.ask(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    assert.deepEqual([page.status, page.field('content-type')], [200, 'text/html; charset=utf-8']);
    assert.match(page.text, /SOCKS5/);
    assert.match(page.text, /Cascade in use: test\./);
    const pac = await client.ask(`GET /proxy.pac HTTP/1.1\r\nHost: ${host}\r\nSec-Fetch-Site: none\r\n\r\n`);
    assert.equal(pac.field('content-type'), 'application/x-ns-proxy-autoconfig');
    assert.doesNotMatch(pac.text, /DIRECT/);
    assert.match(pac.text, new RegExp(`"PROXY 127\\.0\\.0\\.1:${stage.house.port}"`));
    const head = await client.ask(`HEAD / HTTP/1.1\r\nHost: ${host}\r\nOrigin: http://${host.toLowerCase()}\r\n\r\n`);
    assert.deepEqual([head.status, head.field('content-length')], [200, page.field('content-length')]);
  }
  assert.deepEqual(stage.hop.heads, []);
});

test('an IPv6 listener answers on its own address', async () => {
  await using stage = await setStage();
  await using house = await startHouse(`http://127.0.0.1:${stage.hop.port}`, { host: '::1' });
  const wire = watchWire(connect({ host: '::1', port: house.port }));
  try {
    wire.send(`GET /proxy.pac HTTP/1.1\r\nHost: [::1]:${house.port}\r\n\r\n`);
    await wire.text(`"PROXY [::1]:${house.port}"`);
  } finally {
    wire.socket.destroy();
  }
});

/** What must get 421; `here` stands for the own address. */
const strangers: readonly (readonly [what: string, request: string])[] = [
  ['another host', 'GET / HTTP/1.1\r\nHost: evil.test\r\n\r\n'],
  ['a name that means loopback to a resolver', 'GET / HTTP/1.1\r\nHost: localtest.me:PORT\r\n\r\n'],
  ['a name under localhost', 'GET / HTTP/1.1\r\nHost: evil.localhost:PORT\r\n\r\n'],
  ['another address of loopback', 'GET / HTTP/1.1\r\nHost: 127.0.0.2:PORT\r\n\r\n'],
  ['0.0.0.0', 'GET / HTTP/1.1\r\nHost: 0.0.0.0:PORT\r\n\r\n'],
  ['IPv6', 'GET / HTTP/1.1\r\nHost: [::1]:PORT\r\n\r\n'],
  ['another port', 'GET / HTTP/1.1\r\nHost: 127.0.0.1:1\r\n\r\n'],
  ['no port', 'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'],
  ['no Host', 'GET / HTTP/1.1\r\n\r\n'],
  ['no Host in HTTP/1.0', 'GET / HTTP/1.0\r\n\r\n'],
  ['two Hosts', 'GET / HTTP/1.1\r\nHost: here\r\nHost: here\r\n\r\n'],
  ['user information in Host', 'GET / HTTP/1.1\r\nHost: u@here\r\n\r\n'],
  ['another path', 'GET /index.html HTTP/1.1\r\nHost: here\r\n\r\n'],
  ['a query', 'GET /?x HTTP/1.1\r\nHost: here\r\n\r\n'],
  ['a path of two slashes', 'GET //evil.test/ HTTP/1.1\r\nHost: here\r\n\r\n'],
  ['POST', 'POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 2\r\n\r\nhi'],
  ['OPTIONS', 'OPTIONS / HTTP/1.1\r\nHost: here\r\nAccess-Control-Request-Method: GET\r\n\r\n'],
  ['an asterisk', 'OPTIONS * HTTP/1.1\r\nHost: here\r\n\r\n'],
  ['TRACE', 'TRACE / HTTP/1.1\r\nHost: here\r\n\r\n'],
  ['a strange Origin', 'GET / HTTP/1.1\r\nHost: here\r\nOrigin: http://evil.test\r\n\r\n'],
  ['Origin null', 'GET /proxy.pac HTTP/1.1\r\nHost: here\r\nOrigin: null\r\n\r\n'],
  ['a cross-site fetch', 'GET / HTTP/1.1\r\nHost: here\r\nSec-Fetch-Site: cross-site\r\n\r\n'],
  ['a same-site fetch', 'GET /proxy.pac HTTP/1.1\r\nHost: here\r\nSec-Fetch-Site: same-site\r\n\r\n'],
  [
    'a WebSocket',
    'GET / HTTP/1.1\r\nHost: here\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nOrigin: http://evil.test\r\n\r\n',
  ],
  ['a command in a path', 'GET /config/set HTTP/1.1\r\nHost: here\r\n\r\n'],
];

test('everybody else gets 421, the end, and no fact about the program', async () => {
  await using stage = await setStage();
  const { port } = stage.house;
  const shapes = new Set<string>();
  for (const [what, request] of strangers) {
    const client = await stage.client();
    const answer = await client.ask(request.replaceAll('here', `127.0.0.1:${port}`).replaceAll('PORT', String(port)));
    assert.equal(answer.status, 421, what);
    assert.equal(await client.ended, 'fin', what);
    shapes.add(client.seen().toString('latin1'));
  }
  assert.deepEqual(
    [...shapes],
    ['HTTP/1.1 421 Misdirected Request\r\nContent-Length: 0\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n'],
  );
  assert.deepEqual(stage.hop.heads, []);
});

test('a listener that wants a login has no page', async () => {
  await using stage = await setStage(undefined, { login: { required: true, check: () => true } });
  const client = await connectRaw(stage.house.port);
  using _ = client;
  assert.equal((await client.ask(`GET / HTTP/1.1\r\nHost: 127.0.0.1:${stage.house.port}\r\n\r\n`)).status, 421);
});

test('the page never is behind the proxy: the same address as a target goes to the rules', async () => {
  await using stage = await setStage(undefined, { rules: { private: 'refuse' } });
  const client = await stage.client();
  const here = `127.0.0.1:${stage.house.port}`;
  const answer = await client.ask(`GET http://${here}/ HTTP/1.1\r\nHost: ${here}\r\n\r\n`);
  assert.deepEqual([answer.status, answer.field('x-kaskade-failure')], [403, 'target-private']);
});
