/** What an HTTP client is told when a request fails: a status, X-Kaskade-Failure, a page, and whether its connection goes on. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { millis } from '../../src/model/brand.js';
import { connectRaw } from '../kit/http-client.js';
import { startHop, startHopTo } from '../kit/http-hop.js';
import { setStage } from '../kit/http-stage.js';
import { answering, plainAnswer, startTarget } from '../kit/http-target.js';
import { type House, startHouse } from '../kit/house.js';

const plain = 'GET http://a.test/ HTTP/1.1\r\nHost: a.test\r\n\r\n';
const tunnel = 'CONNECT a.test:443 HTTP/1.1\r\nHost: a.test:443\r\n\r\n';

/** What a hop says to CONNECT, and what the client is told of it by X-Kaskade-Failure and status. */
const refusals: readonly (readonly [say: string, plain: string, tunnel: string])[] = [
  ['HTTP/1.1 403 Forbidden\r\n\r\n', '502 plain-http-denied; hop=1', '502 onward-denied; hop=1'],
  ['HTTP/1.1 404 Not Found\r\n\r\n', '502 onward-unreachable; hop=target', '502 onward-unreachable; hop=target'],
  ['HTTP/1.1 407 No\r\n\r\n', '502 hop-auth-missing; hop=1', '502 hop-auth-missing; hop=1'],
  ['HTTP/1.1 500 Oh\r\n\r\n', '502 onward-failed; hop=1', '502 onward-failed; hop=1'],
  ['HTTP/1.1 503 No\r\n\r\n', '502 onward-unreachable; hop=target', '502 onward-unreachable; hop=target'],
  ['HTTP/1.1 504 Late\r\n\r\n', '504 onward-timeout; hop=target', '504 onward-timeout; hop=target'],
  ['SSH-2.0-OpenSSH_9.6\r\n', '502 hop-garbled; hop=1', '502 hop-garbled; hop=1'],
  ['', '502 hop-closed; hop=1', '502 hop-closed; hop=1'],
];

test('every refusal of a hop is told with its status, its code and who is meant, to GET and to CONNECT', async () => {
  for (const [say, ofPlain, ofTunnel] of refusals) {
    await using hop = await startHop(() => ({ say }));
    await using house = await startHouse(`http://127.0.0.1:${hop.port}`);
    assert.equal(await told(house, plain), ofPlain, say);
    assert.equal(await told(house, tunnel), ofTunnel, say);
  }
});

const told = async (house: House, request: string): Promise<string> => {
  using client = await connectRaw(house.port);
  const answer = await client.ask(request, 'GET');
  assert.equal(answer.field('content-type'), 'text/html; charset=utf-8');
  assert.match(answer.text, /^<!doctype html>/);
  assert.ok(answer.text.length < 1_200);
  return `${answer.status} ${answer.field('x-kaskade-failure') ?? ''}`;
};

test('the hop that is meant is counted from 1, and the target is called the target', async () => {
  await using last = await startHop(() => ({ say: 'HTTP/1.1 407 No\r\n\r\n' }));
  await using first = await startHopTo(last.port);
  await using house = await startHouse(`http://127.0.0.1:${first.port},http://127.0.0.1:${last.port}`);
  assert.equal(await told(house, plain), '502 hop-auth-missing; hop=2');
  assert.equal(await told(house, tunnel), '502 hop-auth-missing; hop=2');
  assert.deepEqual([...new Set(first.asked())], [`127.0.0.1:${last.port}`]);
});

test('a hop that is not there, and one that never answers', async () => {
  const gone = await startHopTo(1);
  await gone.close();
  await using nowhere = await startHouse(`http://127.0.0.1:${gone.port}`);
  assert.equal(await told(nowhere, plain), '502 hop-unreachable; hop=1');
  await using silent = await startHop(() => new Promise(() => undefined));
  await using waiting = await startHouse(`http://127.0.0.1:${silent.port}`, { limits: { dial: millis(100) } });
  assert.equal(await told(waiting, plain), '504 hop-timeout; hop=1');
  assert.equal(await told(waiting, tunnel), '504 hop-timeout; hop=1');
  await silent.empty();
});

test('what a hop or a client wrote is shown as text', async () => {
  await using hop = await startHop(() => ({ say: 'HTTP/1.1 500 <script>alert("x")</script>&\x1b[31m\r\n\r\n' }));
  await using house = await startHouse(`http://127.0.0.1:${hop.port}`);
  using client = await connectRaw(house.port);
  const answer = await client.ask(plain);
  assert.match(answer.text, /&lt;script&gt;alert\(&quot;x&quot;\)&lt;\/script&gt;&amp;\?\[31m|not its protocol/);
  assert.doesNotMatch(client.seen().toString('latin1'), /<script|\x1b/);
  using other = await connectRaw(house.port);
  await other.ask('GET http://<b>x</b>/ HTTP/1.1\r\nHost: <b>x</b>\r\n\r\n');
  assert.doesNotMatch(other.seen().toString('latin1'), /<b>/);
});

test('a hop that forbids plain requests is told with the two ways out', async () => {
  await using hop = await startHop(() => ({ say: 'HTTP/1.1 403 Forbidden\r\n\r\n' }));
  await using house = await startHouse(`http://127.0.0.1:${hop.port}`);
  using client = await connectRaw(house.port);
  const { text } = await client.ask(plain);
  assert.match(text, /another proxy as the last hop/);
  assert.match(text, /\?mode=forward/);
});

test('HEAD gets the head of a failure and no body, and the connection goes on', async () => {
  await using hop = await startHop(() => ({ say: 'HTTP/1.1 503 No\r\n\r\n' }));
  await using house = await startHouse(`http://127.0.0.1:${hop.port}`);
  using client = await connectRaw(house.port);
  for (const method of ['HEAD', 'GET', 'HEAD', 'OPTIONS', 'DELETE']) {
    const answer = await client.ask(plain.replace('GET', method));
    assert.equal(answer.status, 502);
    assert.equal(answer.body.length > 0, method !== 'HEAD');
  }
});

test('a connection goes on behind 502, 504 and 403 where the request was read whole, and else ends', async () => {
  await using target = await startTarget(answering(() => plainAnswer('ok')));
  const says: Record<string, string> = {
    'b.test:80': 'HTTP/1.1 503 No\r\n\r\n',
    'c.test:80': 'HTTP/1.1 504 No\r\n\r\n',
  };
  await using hop = await startHop((authority) => {
    const say = says[authority];
    return say === undefined ? { port: target.port } : { say };
  });
  await using house = await startHouse(`http://127.0.0.1:${hop.port}`);
  using client = await connectRaw(house.port);
  const seen: number[] = [];
  for (const name of ['a.test', 'b.test', 'a.test', 'c.test', 'a.test:25', 'a.test']) {
    seen.push((await client.ask(plain.replaceAll('a.test', name))).status);
  }
  assert.deepEqual(seen, [200, 502, 200, 504, 403, 200]);
  const post = 'POST http://b.test/ HTTP/1.1\r\nHost: b.test\r\nContent-Length: 4\r\n\r\nbody';
  const refused = await client.ask(`${post}GET http://a.test/behind HTTP/1.1\r\nHost: a.test\r\n\r\n`);
  assert.deepEqual([refused.status, refused.field('connection')], [502, 'close']);
  assert.equal(await client.ended, 'fin');
  assert.doesNotMatch(target.seen().toString(), /behind/);
});

test('failures of HTTP/1.0 clients end or keep the connection as they asked', async () => {
  await using hop = await startHop(() => ({ say: 'HTTP/1.1 503 No\r\n\r\n' }));
  await using house = await startHouse(`http://127.0.0.1:${hop.port}`);
  using keeping = await connectRaw(house.port);
  const old = plain.replace('HTTP/1.1', 'HTTP/1.0');
  const kept = await keeping.ask(old.replace('\r\n\r\n', '\r\nConnection: keep-alive\r\n\r\n'));
  assert.equal(kept.field('connection'), 'keep-alive');
  assert.equal((await keeping.ask(old)).field('connection'), 'close');
  assert.equal(await keeping.ended, 'fin');
});

test('a house that is full says so and closes', async () => {
  await using stage = await setStage(undefined, { limits: { sessions: 2 } });
  const first = await stage.client();
  assert.equal((await first.ask(plain)).status, 200);
  for (const request of [plain, tunnel]) {
    const second = await stage.client();
    const answer = await second.ask(request, 'GET');
    assert.equal(answer.status, 503);
    assert.match(answer.field('x-kaskade-failure') ?? '', /^too-many-/);
    assert.equal(await second.ended, 'fin');
    second.finish();
    await second.closed;
  }
  assert.equal((await first.ask(plain)).status, 200);
});

test('a request that comes while the program stops is refused', async () => {
  await using stage = await setStage();
  const client = await stage.client();
  assert.equal((await client.ask(plain)).status, 200);
  const holding = await stage.client();
  holding.send(tunnel);
  await holding.text('200 Connection established');
  const stopped = stage.house.controller.stop(millis(5_000));
  const answer = await client.ask(plain);
  assert.deepEqual([answer.status, answer.field('x-kaskade-failure')], [503, 'stopped']);
  holding.socket.destroy();
  await stopped;
});
