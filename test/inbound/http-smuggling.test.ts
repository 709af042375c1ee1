/** Requests that two readers may see differently: they are refused, or the target sees exactly what was accepted. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brokenBodies, chunkedPost, damagedRequests, refusedHeads } from '../kit/http-corpus.js';
import { startOracle } from '../kit/http-oracle.js';
import { type Stage, setStage } from '../kit/http-stage.js';
import { type Message, readRequests, tryRequests, valuesIn } from '../kit/http-strict.js';
import { answering, plainAnswer } from '../kit/http-target.js';
import type { Wire } from '../kit/http-wire.js';

const closing = answering(() => plainAnswer('ok', ['Connection: close']));

/** Sends bytes, waits until every connection for them has ended, and returns what the target saw, connection by connection. */
const provoke = async (stage: Stage, bytes: Buffer): Promise<readonly Wire[]> => {
  const before = stage.target.connections.length;
  const client = await stage.client();
  client.send(bytes);
  client.finish();
  await client.ended;
  await client.closed;
  await stage.hop.empty();
  const found = stage.target.connections.slice(before);
  await Promise.all(found.map((wire) => wire.ended));
  return found;
};

test('shapes that two readers see differently are refused with 400 and the end, and nothing is sent onward', async () => {
  await using stage = await setStage();
  for (const [name, text] of refusedHeads) {
    const client = await stage.client();
    client.send(Buffer.from(`${text}GET http://a.test/behind HTTP/1.1\r\nHost: a.test\r\n\r\n`, 'latin1'));
    const answer = await client.answer();
    assert.equal(answer.status, 400, name);
    assert.match(answer.field('x-kaskade-failure') ?? '', /^bad-(?:request|name)$/, name);
    assert.equal(answer.field('connection'), 'close', name);
    assert.equal(await client.ended, 'fin', name);
    assert.equal((await client.answer().catch(() => undefined))?.status, undefined, name);
    assert.deepEqual(stage.hop.heads, [], name);
  }
});

test('they are refused behind a sound request as well', async () => {
  await using stage = await setStage(closing);
  for (const [name, text] of refusedHeads) {
    const sound = 'POST http://a.test/first HTTP/1.1\r\nHost: a.test\r\nContent-Length: 2\r\n\r\nhi';
    const client = await stage.client();
    client.send(Buffer.from(sound + text, 'latin1'));
    assert.equal((await client.answer('POST')).status, 200, name);
    assert.equal((await client.answer()).status, 400, name);
    assert.equal(await client.ended, 'fin', name);
  }
  assert.equal(stage.target.connections.length, refusedHeads.length);
  for (const wire of stage.target.connections) assert.equal(readRequests(wire.seen()).messages.length, 1);
});

test('a body whose chunks break gets 400, and the target no end of it', async () => {
  await using stage = await setStage(closing);
  for (const [name, text] of brokenBodies) {
    const before = stage.target.connections.length;
    const client = await stage.client();
    client.send(Buffer.from(chunkedPost(text), 'latin1'));
    const answer = await client.answer('POST');
    assert.equal(answer.status, 400, name);
    assert.equal(answer.field('x-kaskade-failure'), 'bad-request', name);
    assert.equal(await client.ended, 'fin', name);
    await stage.hop.empty();
    for (const wire of stage.target.connections.slice(before)) {
      await wire.ended;
      assert.deepEqual(readRequests(wire.seen()).messages, [], name);
      const completed = readRequests(Buffer.concat([wire.seen(), Buffer.from('0\r\n\r\n')]));
      assert.equal(completed.messages.length, wire.seen().length === 0 ? 0 : 1, name);
    }
  }
});

test('extensions of chunks stay here', async () => {
  await using stage = await setStage(closing);
  const body = `5;a=b;c="d e"\r\nhello\r\n1 ;${'x'.repeat(4000)}\r\n!\r\n000;z\r\n\r\n`;
  const [wire] = await provoke(stage, Buffer.from(chunkedPost(body)));
  const [request] = readRequests(wire?.seen() ?? Buffer.alloc(0)).messages;
  assert.equal(request?.body.toString(), 'hello!');
});

test('thousands of damaged requests: the target sees exactly what a strict reader finds in the client, or nothing', async () => {
  await using stage = await setStage(closing);
  const cases = damagedRequests().filter((_, at) => at % 3 === 0);
  let accepted = 0;
  for (const { name, bytes } of cases) {
    const client = tryRequests(bytes).messages;
    const wires = await provoke(stage, bytes);
    const seen = wires.flatMap((wire) => [...readRequests(wire.seen()).messages]);
    assert.ok(seen.length <= client.length, `${name}: ${seen.length} requests onward, ${client.length} in the client`);
    for (const [at, request] of seen.entries()) assert.deepEqual(essence(request), essence(client[at]), name);
    for (const [at, wire] of wires.entries()) {
      const { messages, rest } = readRequests(wire.seen());
      assert.ok(messages.length === 1 ? rest.length === 0 : at === wires.length - 1, name);
    }
    accepted += seen.length;
  }
  assert.ok(cases.length >= 2_400, `${cases.length} cases`);
  assert.ok(accepted > cases.length / 5, `${accepted} requests accepted`);
});

test("Node's own parser sees the same requests in what was accepted", async () => {
  await using stage = await setStage(closing);
  await using oracle = await startOracle();
  let compared = 0;
  for (const { name, bytes } of damagedRequests().filter((_, at) => at % 11 === 0)) {
    const wires = await provoke(stage, bytes);
    const seen = wires.flatMap((wire) => [...readRequests(wire.seen()).messages]);
    if (seen.length === 0) continue;
    const opinions = await oracle.read(bytes);
    for (const [at, request] of seen.entries()) {
      const opinion = opinions[at];
      if (opinion === undefined && isStricter(bytes, request)) break;
      assert.ok(opinion !== undefined, `${name}: Node found ${opinions.length} requests, ${seen.length} went onward`);
      const { method, target, fields } = opinion;
      const read = { start: `${method} ${target} HTTP/1.1`, lines: fields, body: opinion.body };
      assert.deepEqual({ ...essence(request), version: '' }, { ...essence(read), version: '' }, name);
      compared += 1;
    }
  }
  assert.ok(compared > 150, `${compared} compared`);
});

/** Node knows a list of methods where we take any in capitals; it refuses a tab behind a length, and extensions of chunks that have no name. */
const isStricter = (bytes: Buffer, { start }: Message): boolean =>
  !/^(?:GET|POST|HEAD|PUT|OPTIONS) /.test(start) ||
  /^Content-Length:.*\t|^[0-9a-f]+[\t ]*(?![0-9a-f]*\r)[^\r\n]*\r$/im.test(bytes.toString('latin1'));

const hopByHop = /^(?:connection|keep-alive|proxy-[a-z-]+|te|transfer-encoding|upgrade|http2-settings):/i;

/** What must be the same on both sides: everything but the form of the target and what is for the next hop only. */
const essence = (message: Pick<Message, 'start' | 'lines' | 'body'> | undefined) => {
  const { start = '', lines = [], body = Buffer.alloc(0) } = message ?? {};
  const [method = '', target = '', version = ''] = start.split(' ');
  const path = target.replace(/^[a-z]+:\/\/[^/?#]*/i, '');
  const fields = lines
    .filter((line) => !hopByHop.test(line))
    .map(
      (line) =>
        `${line.slice(0, line.indexOf(':'))}: ${valuesIn([line], line.slice(0, line.indexOf(':')).toLowerCase())[0] ?? ''}`,
    );
  return { method, path: path.startsWith('/') ? path : `/${path}`, version, fields, body: body.toString('latin1') };
};
