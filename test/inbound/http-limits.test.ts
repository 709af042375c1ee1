/** How long and how big the listener lets a client be that speaks HTTP. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { millis } from '../../src/model/brand.js';
import { setStage } from '../kit/http-stage.js';
import { answering, plainAnswer } from '../kit/http-target.js';
import type { Wire } from '../kit/http-wire.js';
import { standstill } from '../kit/leak.js';

const get = (path = '/', more = ''): string => `GET http://a.test${path} HTTP/1.1\r\nHost: a.test\r\n${more}\r\n`;
const quick = { handshake: millis(200), idle: millis(600) };

/** A GET whose head has exactly so many bytes. */
const headOf = (bytes: number): string => {
  const bare = get('/', 'X: \r\n').length;
  return get('/', `X: ${'x'.repeat(bytes - bare)}\r\n`);
};

test('a head of 64 KiB is served, and one byte more is refused with 431 and the end', async () => {
  await using stage = await setStage();
  const client = await stage.client();
  assert.equal((await client.ask(headOf(65_536))).status, 200);
  assert.equal((await client.ask(headOf(65_536))).status, 200);
  for (const before of ['', get()]) {
    const big = await stage.client();
    if (before !== '') await big.ask(before);
    const answer = await big.ask(headOf(65_537));
    assert.deepEqual([answer.status, answer.field('x-kaskade-failure')], [431, 'header-too-large']);
    assert.equal(await big.ended, 'fin');
  }
  assert.equal(stage.target.seen().includes('x'.repeat(65_400)), true);
});

test('200 fields are served, and one more is refused with 431 and the end', async () => {
  await using stage = await setStage();
  const fields = (count: number): string => get('/', 'X: y\r\n'.repeat(count - 1));
  const client = await stage.client();
  assert.equal((await client.ask(fields(200))).status, 200);
  const answer = await client.ask(fields(201));
  assert.deepEqual([answer.status, answer.field('x-kaskade-failure')], [431, 'header-too-large']);
  assert.equal(await client.ended, 'fin');
});

const floods: readonly (readonly [what: string, begin: string, more: string])[] = [
  ['request line', 'GET http://a.test/', 'x'.repeat(65_536)],
  ['name', `${get().slice(0, -2)}X`, 'x'.repeat(65_536)],
  ['value', `${get().slice(0, -2)}X: `, ' '.repeat(65_536)],
  ['row of fields', get().slice(0, -2), 'X: y\r\n'.repeat(10_000)],
  ['CONNECT', 'CONNECT a.test:443 HTTP/1.1\r\nX: ', 'x'.repeat(65_536)],
];
for (const [what, begin, more] of floods) {
  test(`an endless ${what} is refused at 64 KiB`, async () => {
    await using stage = await setStage();
    const client = await stage.client();
    client.send(begin);
    const flood = setInterval(() => {
      client.send(more);
    }, 1);
    try {
      assert.equal((await client.answer()).status, 431);
      await client.ended;
    } finally {
      clearInterval(flood);
    }
    assert.deepEqual(stage.hop.heads, []);
  });
}

test('a head that does not come to its end is refused with 408 when its time is over, however it drips', async () => {
  await using stage = await setStage(undefined, { limits: quick });
  for (const begin of ['GET http://a.test/ HTTP/1.1\r\nHost: a.t', 'GET', `${get()}GET http://a.te`]) {
    const client = await stage.client();
    const began = performance.now();
    client.send(begin);
    const drip = setInterval(() => {
      client.send('x');
    }, 20);
    try {
      if (begin.startsWith(get())) assert.equal((await client.answer()).status, 200);
      const answer = await client.answer();
      assert.deepEqual([answer.status, answer.field('x-kaskade-failure')], [408, 'handshake-timeout']);
      assert.equal(await client.ended, 'fin');
    } finally {
      clearInterval(drip);
    }
    const took = performance.now() - began;
    assert.ok(took > 150 && took < 1_500, `${took} ms`);
  }
});

test('a client that says nothing is closed when its time is over', async () => {
  await using stage = await setStage(undefined, { limits: quick });
  const client = await stage.client();
  await client.ended;
  assert.equal(client.seen().length, 0);
});

test('a connection may be idle between requests for longer than a head may take, and is closed without a word then', async () => {
  await using stage = await setStage(undefined, { limits: quick });
  const client = await stage.client();
  assert.equal((await client.ask(get('/1'))).status, 200);
  await new Promise((resolve) => setTimeout(resolve, 300));
  client.send(get('/2').slice(0, 20));
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal((await client.ask(get('/2').slice(20))).status, 200);
  const heard = client.seen().length;
  const began = performance.now();
  assert.equal(await client.ended, 'fin');
  assert.ok(performance.now() - began > 400);
  assert.equal(client.seen().length, heard);
});

test('a body that stops coming ends with 408, and its tunnel too', async () => {
  await using stage = await setStage(undefined, { limits: quick });
  const client = await stage.client();
  const answer = await client.ask('POST http://a.test/ HTTP/1.1\r\nHost: a.test\r\nContent-Length: 10\r\n\r\nhalf');
  assert.deepEqual([answer.status, answer.field('connection')], [408, 'close']);
  await stage.hop.empty();
  assert.match(stage.target.seen().toString(), /\r\n\r\nhalf$/);
});

test('an answer that does not come ends with 504, and one that stops coming is cut', async () => {
  await using stage = await setStage(
    (wire) => {
      void wire.text('/stops').then(
        () => {
          wire.send('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf');
        },
        () => undefined,
      );
    },
    { limits: quick },
  );
  const client = await stage.client();
  const answer = await client.ask(get('/never'));
  assert.deepEqual([answer.status, answer.field('x-kaskade-failure')], [504, 'answer-timeout; hop=target']);
  client.send(get('/stops'));
  await client.text('half');
  assert.equal(await client.ended, 'reset');
  await stage.hop.empty();
});

test('a client that does not take its answer is cut when its time is over', async () => {
  await using stage = await setStage(endless, { limits: quick });
  const client = await stage.client();
  client.socket.pause();
  client.send(get());
  await stage.target.connection(0);
  await stage.hop.empty();
  client.socket.resume();
  await client.ended;
  assert.equal(client.seen().subarray(-5).equals(Buffer.from('0\r\n\r\n')), false);
});

/** A target whose answers have no end. */
const endless = (wire: Wire): void => {
  const piece = Buffer.alloc(64 * 1024);
  const pump = (): void => {
    while (!wire.socket.destroyed && wire.socket.write(piece));
  };
  wire.socket.on('drain', pump);
  void wire.text('\r\n\r\n').then(() => {
    wire.send('HTTP/1.1 200 OK\r\n\r\n');
    pump();
  });
};

test('a client that pipelines without reading is held up, and costs no memory', async () => {
  const body = 'x'.repeat(100_000);
  let answered = 0;
  await using stage = await setStage(
    answering(() => {
      answered += 1;
      return plainAnswer(body);
    }),
  );
  const client = await stage.client();
  client.socket.pause();
  const requests = Buffer.from(get().repeat(10_000));
  const before = process.memoryUsage().rss;
  let sent = 0;
  while (sent < 50_000_000 && client.socket.writableLength === 0) {
    client.send(requests);
    sent += requests.length;
    await new Promise(setImmediate);
  }
  await standstill(() => answered);
  assert.ok(answered < 1_000, `${answered} answers`);
  assert.ok(sent < 50_000_000);
  const grown = (process.memoryUsage().rss - before) / 1_000_000;
  assert.ok(grown < 200, `${grown} MB`);
});
