/** A last hop with ?mode=forward: it gets plain requests in absolute form, and nothing of that concerns the hops before it. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectRaw } from '../kit/http-client.js';
import { startHopTo } from '../kit/http-hop.js';
import { readRequests } from '../kit/http-strict.js';
import { answering, plainAnswer, startTarget } from '../kit/http-target.js';
import { startHouse } from '../kit/house.js';

const login = (pair: string): string => `Basic ${Buffer.from(pair).toString('base64')}`;

test('the last hop gets the absolute form with its own login, in the client’s order, and no CONNECT', async () => {
  await using last = await startTarget(answering(() => plainAnswer('ok')));
  await using house = await startHouse(`http://u:last@127.0.0.1:${last.port}?mode=forward`);
  using client = await connectRaw(house.port);
  const answer = await client.ask(
    `GET http://A.test:80/x?y HTTP/1.1\r\nhost: a.test\r\nProxy-Authorization: ${login('me:x')}\r\nB: c\r\nVia: own\r\n\r\n`,
  );
  assert.equal(answer.text, 'ok');
  assert.equal(
    last.seen().toString(),
    `GET http://A.test/x?y HTTP/1.1\r\nhost: a.test\r\nB: c\r\nVia: own\r\nProxy-Authorization: ${login('u:last')}\r\n\r\n`,
  );
});

test('hops before it only see a tunnel to it, and neither its login nor the request', async () => {
  await using last = await startTarget(answering(() => plainAnswer('ok')));
  await using first = await startHopTo(last.port);
  const chain = `http://u:first@127.0.0.1:${first.port},http://u:last@127.0.0.1:${last.port}?mode=forward`;
  await using house = await startHouse(chain);
  using client = await connectRaw(house.port);
  for (const body of ['', 'one body']) {
    await client.ask(
      `POST http://a.test/secret HTTP/1.1\r\nHost: a.test\r\nCookie: s\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
  }
  const authority = `127.0.0.1:${last.port}`;
  const head = `CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\nProxy-Authorization: ${login('u:first')}\r\n\r\n`;
  assert.deepEqual(first.heads, [head, head]);
  assert.doesNotMatch(last.seen().toString(), new RegExp(login('u:first')));
  const sent = last.connections.flatMap((wire) => [...readRequests(wire.seen()).messages]);
  assert.deepEqual(
    sent.map(({ start, body }) => [start, body.toString()]),
    [
      ['POST http://a.test/secret HTTP/1.1', ''],
      ['POST http://a.test/secret HTTP/1.1', 'one body'],
    ],
  );
});

test('a CONNECT goes through it as a tunnel', async () => {
  await using target = await startTarget((wire) => {
    wire.socket.pipe(wire.socket);
  });
  await using hop = await startHopTo(target.port);
  await using house = await startHouse(`http://127.0.0.1:${hop.port}?mode=forward`);
  using client = await connectRaw(house.port);
  client.send('CONNECT a.test:443 HTTP/1.1\r\nHost: a.test:443\r\n\r\n');
  await client.text('200 Connection established');
  client.send('echo');
  await client.text('echo');
  assert.deepEqual(hop.asked(), ['a.test:443']);
});

test('OPTIONS of a whole host has an empty path for it', async () => {
  await using last = await startTarget(answering(() => plainAnswer('ok')));
  await using house = await startHouse(`http://127.0.0.1:${last.port}?mode=forward`);
  using client = await connectRaw(house.port);
  await client.ask('OPTIONS http://a.test HTTP/1.1\r\nHost: a.test\r\n\r\n');
  assert.match(last.seen().toString(), /^OPTIONS http:\/\/a\.test HTTP\/1\.1\r\n/);
});

test('its 407 is about the hop and its login, and never asks the client for one', async () => {
  const refusing = answering(() =>
    plainAnswer('no', ['Proxy-Authenticate: Basic realm="hop"']).replace('200 OK', '407 No'),
  );
  await using last = await startTarget(refusing);
  await using first = await startHopTo(last.port);
  for (const [user, code] of [
    ['', 'hop-auth-missing'],
    ['u:wrong@', 'hop-auth-refused'],
  ] as const) {
    await using house = await startHouse(
      `http://127.0.0.1:${first.port},http://${user}127.0.0.1:${last.port}?mode=forward`,
    );
    using client = await connectRaw(house.port);
    const answer = await client.ask('GET http://a.test/ HTTP/1.1\r\nHost: a.test\r\n\r\n');
    assert.deepEqual([answer.status, answer.field('x-kaskade-failure')], [502, `${code}; hop=2`]);
    assert.equal(answer.field('proxy-authenticate'), undefined);
    assert.match(answer.text, new RegExp(`Hop 2 of 2 \\(http://127\\.0\\.0\\.1:${last.port}\\)`));
  }
  await first.empty();
});

test('a 407 of a target through a tunnel is garbled, and asks the client for nothing', async () => {
  await using target = await startTarget(
    answering(() => plainAnswer('no', ['Proxy-Authenticate: Basic realm="give me"']).replace('200 OK', '407 No')),
  );
  await using hop = await startHopTo(target.port);
  await using house = await startHouse(`http://127.0.0.1:${hop.port}`);
  using client = await connectRaw(house.port);
  const answer = await client.ask('GET http://a.test/ HTTP/1.1\r\nHost: a.test\r\n\r\n');
  assert.deepEqual([answer.status, answer.field('x-kaskade-failure')], [502, 'answer-garbled; hop=target']);
  assert.doesNotMatch(client.seen().toString(), /give me|Proxy-Authenticate/i);
});

test('its connections are kept for the same identity and target only', async () => {
  await using last = await startTarget(answering(({ start }) => plainAnswer(start)));
  await using house = await startHouse(`http://127.0.0.1:${last.port}?mode=forward`);
  using client = await connectRaw(house.port);
  for (const [host, user] of [
    ['a.test', 'x'],
    ['a.test', 'x'],
    ['b.test', 'x'],
    ['a.test', 'y'],
  ] as const) {
    const answer = await client.ask(
      `GET http://${host}/ HTTP/1.1\r\nHost: ${host}\r\nProxy-Authorization: ${login(`${user}:p`)}\r\n\r\n`,
    );
    assert.equal(answer.text, `GET http://${host}/ HTTP/1.1`);
  }
  assert.equal(last.connections.length, 3);
});
