/** A listener that wants a login: every request of a connection is checked, and every wrong one is told the same. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HouseOptions } from '../kit/house.js';
import { setStage } from '../kit/http-stage.js';

const login: HouseOptions['login'] = {
  required: true,
  check: (user, password) => user === 'me' && password === 'pass',
};
const basic = (pair: string): string => `Proxy-Authorization: Basic ${Buffer.from(pair).toString('base64')}\r\n`;
const get = (field = ''): string => `GET http://a.test/ HTTP/1.1\r\nHost: a.test\r\n${field}\r\n`;
const tunnel = (field = ''): string => `CONNECT a.test:443 HTTP/1.1\r\nHost: a.test:443\r\n${field}\r\n`;

const wrong: readonly (readonly [what: string, field: string])[] = [
  ['nothing', ''],
  ['a wrong password', basic('me:wrong')],
  ['a wrong user', basic('you:pass')],
  ['no password', basic('me')],
  ['nothing at all in it', basic(':')],
  ['another scheme', 'Proxy-Authorization: Bearer bWU6cGFzcw==\r\n'],
  ['no scheme', 'Proxy-Authorization: bWU6cGFzcw==\r\n'],
  ['letters that are no base64', 'Proxy-Authorization: Basic bWU6cG!zcw==\r\n'],
  ['the field of origins', 'Authorization: Basic bWU6cGFzcw==\r\n'],
  ['a wrong one before the right one', `${basic('me:wrong')}${basic('me:pass')}`],
];

test('a wrong login is told 407 with Proxy-Authenticate, the same each time, and nothing is sent onward', async () => {
  await using stage = await setStage(undefined, { login });
  for (const request of [get, tunnel]) {
    const shapes = new Set<string>();
    for (const [what, field] of wrong) {
      const client = await stage.client();
      const answer = await client.ask(request(field), 'GET');
      assert.equal(answer.status, 407, what);
      assert.match(answer.field('proxy-authenticate') ?? '', /^Basic realm="/);
      assert.equal(answer.field('x-kaskade-failure'), 'auth-required');
      shapes.add(client.seen().toString('latin1'));
    }
    assert.equal(shapes.size, 1);
  }
  assert.deepEqual(stage.hop.heads, []);
});

test('every request of a connection is checked, CONNECT behind others too, and the right login goes nowhere', async () => {
  await using stage = await setStage(undefined, { login });
  const client = await stage.client();
  assert.equal((await client.ask(get(basic('me:pass')))).status, 200);
  assert.equal((await client.ask(get())).status, 407);
  assert.equal((await client.ask(get(basic('me:pass')))).status, 200);
  assert.equal((await client.ask(get(basic('me:wrong')))).status, 407);
  assert.equal((await client.ask(tunnel(), 'GET')).status, 407);
  assert.equal(await client.ended, 'fin');
  assert.doesNotMatch(stage.target.seen().toString() + stage.hop.heads.join(''), /authorization|bWU6/i);
  const other = await stage.client();
  assert.equal((await other.ask(tunnel(basic('me:pass')))).status, 200);
});

test('a refused request with a body ends its connection, so that the body is not read as a request', async () => {
  await using stage = await setStage(undefined, { login });
  const client = await stage.client();
  const inside = get(basic('me:pass'));
  const answer = await client.ask(
    `POST http://a.test/ HTTP/1.1\r\nHost: a.test\r\nContent-Length: ${inside.length}\r\n\r\n${inside}`,
  );
  assert.deepEqual([answer.status, answer.field('connection')], [407, 'close']);
  assert.equal(await client.ended, 'fin');
  assert.deepEqual(stage.hop.heads, []);
});

test('without a login wanted, the user name is the identity, and a malformed one is nobody', async () => {
  await using stage = await setStage();
  const client = await stage.client();
  for (const field of [basic('somebody:x'), basic('somebody'), 'Proxy-Authorization: Digest x\r\n', '']) {
    assert.equal((await client.ask(get(field))).status, 200);
  }
  assert.equal(stage.target.connections.length, 2);
});
