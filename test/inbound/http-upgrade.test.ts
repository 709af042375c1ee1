/** Requests that ask for another protocol: WebSocket goes on as bytes, anything else is served as a plain request. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setStage } from '../kit/http-stage.js';
import { answering, plainAnswer } from '../kit/http-target.js';
import type { Wire } from '../kit/http-wire.js';

const handshake =
  'GET ws://a.test/chat HTTP/1.1\r\nHost: a.test\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n' +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';
const switching = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nX-Own: 1\r\n\r\n';
const frames = Buffer.from([0x81, 0x05, ...Buffer.from('hello'), 0x00, 0xff, 0x0d, 0x0a, 0x0d, 0x0a]);

/** A target that answers each head with this, and echoes everything behind it. */
const upgrading =
  (say: Buffer | string) =>
  (wire: Wire): void => {
    void wire.text('\r\n\r\n').then(() => {
      wire.send(say);
      wire.socket.on('data', (piece: Buffer) => {
        wire.send(piece);
      });
      wire.socket.on('end', () => wire.socket.end());
    });
  };

test('a WebSocket goes on as raw bytes both ways, those in the segment of the 101 first', async () => {
  await using stage = await setStage(upgrading(Buffer.concat([Buffer.from(switching), frames])));
  const client = await stage.client();
  const answer = await client.ask(handshake);
  assert.equal(answer.start, 'HTTP/1.1 101 Switching Protocols');
  assert.deepEqual(answer.lines, ['Upgrade: websocket', 'Connection: Upgrade', 'X-Own: 1']);
  client.send(frames);
  await client.until((seen) => seen.subarray(switching.length).equals(Buffer.concat([frames, frames])));
  client.send('GET http://b.test/ HTTP/1.1\r\nHost: b.test\r\n\r\n');
  await client.text('GET http://b.test/');
  assert.deepEqual(stage.hop.asked(), ['a.test:80']);
  client.finish();
  assert.equal(await client.ended, 'fin');
});

test('the target gets the WebSocket handshake as the client wrote it', async () => {
  await using stage = await setStage(upgrading(switching));
  const client = await stage.client();
  await client.ask(handshake);
  assert.equal(stage.target.seen().toString(), handshake.replace('ws://a.test/', '/'));
});

test('bytes that a client sends behind its handshake wait for the 101', async () => {
  await using stage = await setStage(upgrading(switching));
  const client = await stage.client();
  client.send(Buffer.concat([Buffer.from(handshake), frames]));
  await client.until((seen) => seen.subarray(switching.length).equals(frames));
  assert.ok(stage.target.seen().subarray(-frames.length).equals(frames));
});

test('a WebSocket behind a plain request begins when that is answered', async () => {
  await using stage = await setStage((wire) => {
    wire.socket.on('data', (piece: Buffer) => {
      wire.send(piece.includes('/chat') ? switching : piece.includes('GET /1') ? plainAnswer('first') : piece);
    });
  });
  const client = await stage.client();
  client.send(`GET http://a.test/1 HTTP/1.1\r\nHost: a.test\r\n\r\n${handshake}`);
  assert.equal((await client.answer()).text, 'first');
  assert.equal((await client.answer()).status, 101);
  client.send(frames);
  await client.until((seen) => seen.subarray(-frames.length).equals(frames));
});

test('a broken WebSocket is broken at the other end too', async () => {
  await using stage = await setStage(upgrading(switching));
  const client = await stage.client();
  await client.ask(handshake);
  (await stage.target.connection(0)).reset();
  assert.equal(await client.ended, 'reset');
  const again = await stage.client();
  await again.ask(handshake);
  again.reset();
  assert.equal(await (await stage.target.connection(1)).ended, 'reset');
  await stage.hop.empty();
});

for (const status of ['200 OK', '403 Forbidden', '426 Upgrade Required']) {
  test(`a handshake answered with ${status} leaves a plain connection, whose next host gets a tunnel of its own`, async () => {
    await using stage = await setStage(
      answering(({ start }) => plainAnswer(start).replace('200 OK', start.includes('/chat') ? status : '200 OK')),
    );
    const client = await stage.client();
    const refused = await client.ask(handshake);
    assert.equal(refused.status, Number(status.slice(0, 3)));
    const next = await client.ask('GET http://b.test/next HTTP/1.1\r\nHost: b.test\r\n\r\n');
    assert.equal(next.text, 'GET /next HTTP/1.1');
    assert.deepEqual(stage.hop.asked(), ['a.test:80', 'b.test:80']);
    assert.equal(stage.target.connections[0]?.seen().includes('next'), false);
  });
}

test('a tunnel that carried a refused handshake is never used again', async () => {
  await using stage = await setStage(answering(() => plainAnswer('no')));
  const client = await stage.client();
  await client.ask(handshake);
  await client.ask('GET http://a.test/ HTTP/1.1\r\nHost: a.test\r\n\r\n');
  assert.equal(stage.target.connections.length, 2);
});

test('frames behind a refused handshake are no request', async () => {
  await using stage = await setStage(answering(() => plainAnswer('no')));
  const client = await stage.client();
  client.send(Buffer.concat([Buffer.from(handshake), Buffer.from([0x81, 0x01, 0x0a, 0x0d, 0x0a, 0x0d, 0x0a])]));
  assert.equal((await client.answer()).text, 'no');
  assert.equal((await client.answer()).status, 400);
  assert.equal(await client.ended, 'fin');
});

const wrongSwitches: readonly (readonly [what: string, request: string, answer: string])[] = [
  ['to another protocol', handshake, switching.replace('websocket', 'h2c')],
  ['without naming one', handshake, 'HTTP/1.1 101 Switching Protocols\r\n\r\n'],
  ['that nobody asked for', 'GET http://a.test/ HTTP/1.1\r\nHost: a.test\r\n\r\n', switching],
  ['for HTTP/1.0', handshake.replace('HTTP/1.1', 'HTTP/1.0'), switching],
];
for (const [what, request, answer] of wrongSwitches) {
  test(`a change of protocol ${what} is a garbled answer`, async () => {
    await using stage = await setStage(upgrading(answer));
    const client = await stage.client();
    const got = await client.ask(request);
    assert.deepEqual([got.status, got.field('x-kaskade-failure')], [502, 'answer-garbled; hop=target']);
    await stage.hop.empty();
  });
}

const others: readonly (readonly [what: string, fields: string])[] = [
  ['h2c', 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n'],
  ['h2c and websocket', 'Connection: Upgrade\r\nUpgrade: h2c, websocket\r\n'],
  ['TLS', 'Connection: Upgrade\r\nUpgrade: TLS/1.2, HTTP/1.1\r\n'],
  ['websocket that Connection does not name', 'Upgrade: websocket\r\n'],
  ['websocket twice', 'Connection: Upgrade\r\nUpgrade: websocket\r\nUpgrade: websocket\r\n'],
];
for (const [what, fields] of others) {
  test(`an upgrade to ${what} is stripped, and the request served, with and without a body`, async () => {
    await using stage = await setStage(answering(({ body }) => plainAnswer(`got ${body.toString()}`)));
    const client = await stage.client();
    const get = await client.ask(`GET http://a.test/ HTTP/1.1\r\nHost: a.test\r\n${fields}\r\n`);
    assert.equal(get.text, 'got ');
    const post = await client.ask(
      `POST http://a.test/ HTTP/1.1\r\nHost: a.test\r\n${fields}Content-Length: 4\r\n\r\nbody`,
    );
    assert.equal(post.text, 'got body');
    const chunked = await client.ask(
      `POST http://a.test/ HTTP/1.1\r\nHost: a.test\r\n${fields}Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n`,
    );
    assert.equal(chunked.text, 'got body');
    assert.doesNotMatch(stage.target.seen().toString(), /upgrade|http2|h2c|connection/i);
  });
}

test('a WebSocket handshake with a body is served as a plain request', async () => {
  await using stage = await setStage(answering(({ body }) => plainAnswer(body.toString())));
  const client = await stage.client();
  const answer = await client.ask(handshake.replace('\r\n\r\n', '\r\nContent-Length: 2\r\n\r\nhi'));
  assert.equal(answer.text, 'hi');
  assert.doesNotMatch(stage.target.seen().toString(), /upgrade/i);
});

test('a WebSocket outlives the idle time of plain connections, and ends after that of tunnels', async () => {
  const limits = { idle: 100, idleTunnels: 500 } as const;
  await using stage = await setStage(upgrading(switching), { limits: limits as never });
  const client = await stage.client();
  await client.ask(handshake);
  const began = performance.now();
  await client.ended;
  assert.ok(performance.now() - began > 400);
});
