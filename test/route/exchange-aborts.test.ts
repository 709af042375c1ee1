/** Ends that come too early: a client that leaves takes its tunnel along, a target that breaks off is never taken for one that finished. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectRaw } from '../kit/http-client.js';
import { startHop } from '../kit/http-hop.js';
import { setStage } from '../kit/http-stage.js';
import type { Stage } from '../kit/http-stage.js';
import { readAnswers } from '../kit/http-strict.js';
import { answering, plainAnswer } from '../kit/http-target.js';
import type { Wire } from '../kit/http-wire.js';
import { startHouse } from '../kit/house.js';

const get = 'GET http://a.test/ HTTP/1.1\r\nHost: a.test\r\n\r\n';
const upload = 'POST http://a.test/ HTTP/1.1\r\nHost: a.test\r\nContent-Length: 1000000\r\n\r\nbegun';

/** Waits for the end of every tunnel; of some rounds at least one must take less than so many ms, whatever else the machine does. */
const emptiesWithin = async (limit: number, stage: Pick<Stage, 'hop'>, leave: () => Promise<void>): Promise<void> => {
  const times: number[] = [];
  while (times.length < 5 && Math.min(...times) >= limit) {
    await leave();
    const began = performance.now();
    await stage.hop.empty();
    times.push(performance.now() - began);
  }
  assert.ok(Math.min(...times) < limit, `${times.join(', ')} ms`);
};

test('a client that breaks off before its tunnel is open ends the dial at once', async () => {
  const asked: (() => void)[] = [];
  await using hop = await startHop(() => {
    asked.shift()?.();
    return new Promise(() => undefined);
  });
  await using house = await startHouse(`http://127.0.0.1:${hop.port}`);
  for (const request of [get, upload, 'CONNECT a.test:443 HTTP/1.1\r\nHost: a.test:443\r\n\r\n']) {
    await emptiesWithin(50, { hop }, async () => {
      const reached = new Promise<void>((resolve) => asked.push(resolve));
      const client = await connectRaw(house.port);
      client.send(request);
      await reached;
      client.reset();
    });
  }
  assert.deepEqual(house.controller.snapshot.sessions, []);
});

/** A target that begins a long answer and goes on with it. */
const streaming = (wire: Wire): void => {
  void wire.text('\r\n\r\n').then(() => {
    wire.send('HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\nbegun');
    const more = setInterval(() => {
      wire.send(Buffer.alloc(1_000));
    }, 5);
    wire.socket.on('close', () => {
      clearInterval(more);
    });
  });
};

const leavings: readonly (readonly [how: string, leave: (client: Wire) => void])[] = [
  ['breaks off', (client) => client.reset()],
  ['closes', (client) => client.socket.destroy()],
];
for (const [how, leave] of leavings) {
  test(`a client that ${how} in the middle of an answer ends its tunnel`, async () => {
    await using stage = await setStage(streaming);
    await emptiesWithin(50, stage, async () => {
      const client = await stage.client();
      client.send(get);
      await client.text('begun');
      leave(client);
    });
  });

  test(`a client that ${how} in the middle of its body ends its tunnel`, async () => {
    await using stage = await setStage(() => undefined);
    await emptiesWithin(50, stage, async () => {
      const client = await stage.client();
      client.send(upload);
      await (await stage.target.connection(stage.target.connections.length)).text('begun');
      leave(client);
    });
    assert.match(stage.target.connections[0]?.seen().toString() ?? '', /\r\n\r\nbegun$/);
  });
}

test('a client that breaks off while it waits for an answer ends its tunnel', async () => {
  await using stage = await setStage(() => undefined);
  await emptiesWithin(50, stage, async () => {
    const client = await stage.client();
    client.send(get);
    await (await stage.target.connection(stage.target.connections.length)).text('\r\n\r\n');
    client.reset();
  });
});

const halves: readonly (readonly [framing: string, half: string])[] = [
  ['sized', 'Content-Length: 10\r\n\r\nhalf'],
  ['chunked', 'Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n'],
  ['until the end', '\r\nhalf'],
];
for (const [framing, half] of halves) {
  test(`an answer (${framing}) whose target breaks off is cut for every client`, async () => {
    await using stage = await setStage((wire) => {
      void wire.text('\r\n\r\n').then(() => {
        wire.socket.write(`HTTP/1.1 200 OK\r\n${half}`, () => {
          wire.reset();
        });
      });
    });
    for (const version of ['1.0', '1.1']) {
      const client = await stage.client();
      client.send(get.replace('1.1', version));
      assert.equal(await client.ended, 'reset');
      assert.deepEqual(readAnswers(client.seen(), ['GET']).messages, []);
    }
    await stage.hop.empty();
  });
}

test('a target that breaks off before it answers is told as a missing answer', async () => {
  await using stage = await setStage((wire) => {
    void wire.text('\r\n\r\n').then(() => {
      wire.reset();
    });
  });
  const client = await stage.client();
  for (const request of [get, get.replace('GET', 'DELETE'), upload]) {
    const answer = await client.ask(request);
    assert.deepEqual([answer.status, answer.field('x-kaskade-failure')], [502, 'answer-missing; hop=target']);
  }
});

test('a house that closes ends everything: dials, uploads, answers, idle clients and kept tunnels', async () => {
  await using stage = await setStage((wire, number) => {
    if (number === 0) answering(() => plainAnswer('kept'))(wire);
    else if (number === 1) streaming(wire);
  });
  const [idle, reading, writing, waiting] = await Promise.all(Array.from({ length: 4 }, stage.client));
  assert.ok(idle && reading && writing && waiting);
  await idle.ask(get);
  reading.send(get.replaceAll('a.test', 'b.test'));
  await reading.text('begun');
  writing.send(upload);
  waiting.send(get.replaceAll('a.test', 'c.test'));
  await stage.target.connection(3);
  await stage.house.close();
  await stage.hop.empty();
  await Promise.all([idle.ended, reading.ended, writing.ended, waiting.ended]);
  assert.deepEqual(readAnswers(reading.seen(), ['GET']).messages, []);
  assert.deepEqual(stage.house.controller.snapshot.sessions, []);
});

test('hundreds of clients that leave at any moment leave nothing behind', async () => {
  await using stage = await setStage(answering(() => plainAnswer('x'.repeat(50_000))));
  const client = await stage.client();
  await client.ask(get);
  const texts = [get, get + get, upload, get.slice(0, 20), 'CONNECT a.test:443 HTTP/1.1\r\n\r\n'];
  for (let round = 0; round < 40; round += 1) {
    const clients = await Promise.all(Array.from({ length: 10 }, stage.client));
    for (const [at, one] of clients.entries()) one.send(texts[at % texts.length] ?? '');
    for (let turns = 0; turns < round % 8; turns += 1) await new Promise(setImmediate);
    for (const [at, one] of clients.entries()) {
      if (at % 2 === 0) one.reset();
      else one.socket.destroy();
    }
  }
  assert.equal((await client.ask(get)).status, 200);
  client.socket.destroy();
  await stage.house.close();
  await stage.hop.empty();
  assert.deepEqual(stage.house.controller.snapshot.sessions, []);
});
