/** Plain requests over one client connection: versions, keep-alive, pipelining, bodies, trailers, interim answers. */

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { test } from 'node:test';
import { connectRaw } from '../kit/http-client.js';
import { startHop } from '../kit/http-hop.js';
import { readRequests } from '../kit/http-strict.js';
import { setStage } from '../kit/http-stage.js';
import { answering, plainAnswer, startTarget } from '../kit/http-target.js';
import type { Wire } from '../kit/http-wire.js';
import { startHouse } from '../kit/house.js';

const get = (path: string, more = ''): string => `GET http://a.test${path} HTTP/1.1\r\nHost: a.test\r\n${more}\r\n`;
const hash = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** A target that sends each of these texts when the client's bytes hold the mark of that place. */
const scripted =
  (...steps: readonly (readonly [mark: string, say: string])[]) =>
  (wire: Wire): void => {
    void (async () => {
      for (const [mark, say] of steps) {
        await wire.text(mark);
        wire.send(say);
      }
    })().catch(() => undefined);
  };

test('one client connection carries requests to different hosts, one after the other', async () => {
  await using a = await startTarget(answering(() => plainAnswer('from a')));
  await using b = await startTarget(answering(() => plainAnswer('from b')));
  await using hop = await startHop((authority) => ({ port: authority.startsWith('a.') ? a.port : b.port }));
  await using house = await startHouse(`http://127.0.0.1:${hop.port}`);
  using client = await connectRaw(house.port);
  for (const name of ['a', 'b', 'a', 'b']) {
    const answer = await client.ask(`GET http://${name}.test/${name} HTTP/1.1\r\nHost: ${name}.test\r\n\r\n`);
    assert.equal(answer.text, `from ${name}`);
    assert.equal(answer.field('connection'), undefined);
  }
  assert.deepEqual([...new Set(hop.asked())].sort(), ['a.test:80', 'b.test:80']);
  assert.match(a.seen().toString(), /^GET \/a HTTP\/1\.1\r\n/);
  assert.doesNotMatch(a.seen().toString(), /b\.test/);
});

test('a client of HTTP/1.0 gets one answer and the end, or goes on where it asked to', async () => {
  await using stage = await setStage();
  const once10 = await stage.client();
  const answer = await once10.ask('GET http://a.test/ HTTP/1.0\r\nHost: a.test\r\n\r\n');
  assert.equal(answer.field('connection'), 'close');
  assert.equal(await once10.ended, 'fin');
  const staying = await stage.client();
  for (const field of ['Connection', 'Proxy-Connection', 'Connection']) {
    const next = await staying.ask(`GET http://a.test/ HTTP/1.0\r\nHost: a.test\r\n${field}: Keep-Alive\r\n\r\n`);
    assert.equal(next.text, 'ok');
    assert.equal(next.field('connection'), 'keep-alive');
  }
});

test('a client of HTTP/1.0 without Host has its target named to the target', async () => {
  await using stage = await setStage();
  const client = await stage.client();
  await client.ask('GET http://a.test:8080/x HTTP/1.0\r\nAccept: */*\r\n\r\n');
  assert.equal(stage.target.seen().toString(), 'GET /x HTTP/1.0\r\nHost: a.test:8080\r\nAccept: */*\r\n\r\n');
  assert.deepEqual(stage.hop.asked(), ['a.test:8080']);
});

test('a client that says close gets its answer and the end', async () => {
  await using stage = await setStage();
  for (const field of ['Connection: close', 'Proxy-Connection: close', 'Connection: foo, Close']) {
    const client = await stage.client();
    const answer = await client.ask(get('/', `${field}\r\n`));
    assert.equal(answer.field('connection'), 'close');
    assert.equal(await client.ended, 'fin');
  }
  assert.doesNotMatch(stage.target.seen().toString(), /close/i);
});

test('pipelined requests are answered in order, and none is sent on before the one before it is answered', async () => {
  const order: string[] = [];
  await using stage = await setStage((wire) => {
    wire.socket.on('data', (piece: Buffer) => {
      const path = /^[A-Z]+ (\S+)/.exec(piece.toString('latin1'))?.[1] ?? '';
      order.push(`asked ${path}`);
      setTimeout(() => {
        order.push(`answered ${path}`);
        wire.send(plainAnswer(path));
      }, 20);
    });
  });
  const client = await stage.client();
  const post = 'POST http://a.test/2 HTTP/1.1\r\nHost: a.test\r\nContent-Length: 4\r\n\r\nbody';
  client.send([get('/1'), post, get('/3'), get('/4')].join(''));
  for (const [path, method] of [
    ['/1', 'GET'],
    ['/2', 'POST'],
    ['/3', 'GET'],
    ['/4', 'GET'],
  ]) {
    assert.equal((await client.answer(method)).text, path);
  }
  const paths = ['/1', '/2', '/3', '/4'];
  assert.deepEqual(
    order,
    paths.flatMap((path) => [`asked ${path}`, `answered ${path}`]),
  );
});

test('100 pipelined requests cut into single bytes are answered in order', async () => {
  await using stage = await setStage(answering(({ start }) => plainAnswer(start)));
  const client = await stage.client();
  const bytes = Buffer.from(Array.from({ length: 100 }, (_, at) => get(`/${at}`)).join(''));
  for (let at = 0; at < 300; at += 1) {
    client.send(bytes.subarray(at, at + 1));
    await new Promise(setImmediate);
  }
  client.send(bytes.subarray(300));
  for (let at = 0; at < 100; at += 1) assert.equal((await client.answer()).text, `GET /${at} HTTP/1.1`);
  assert.equal(stage.target.connections.length, 1);
});

test('blank lines before a request line are read over', async () => {
  await using stage = await setStage();
  const client = await stage.client();
  await client.ask(get('/1'));
  assert.equal((await client.ask(`\r\n\r\n${get('/2')}`)).text, 'ok');
});

for (const framing of ['sized', 'chunked'] as const) {
  test(`10 MB go up and come down ${framing}, byte for byte`, async () => {
    const up = randomBytes(10 * 1024 * 1024);
    const down = randomBytes(10 * 1024 * 1024);
    await using stage = await setStage(
      answering(({ start, body }) => {
        if (start.startsWith('POST')) assert.equal(hash(body), hash(up));
        return frame('HTTP/1.1 200 OK\r\n', down, framing);
      }),
    );
    const client = await stage.client();
    const answer = await client.ask(frame('POST http://a.test/ HTTP/1.1\r\nHost: a.test\r\n', up, framing));
    assert.equal(hash(answer.body), hash(down));
    assert.equal(answer.framing, framing);
    assert.equal((await client.ask(get('/next'), 'GET')).status, 200);
  });
}

/** A message with a body in one length, or in chunks of odd sizes. */
const frame = (head: string, body: Buffer, framing: 'sized' | 'chunked'): Buffer => {
  if (framing === 'sized') return Buffer.concat([Buffer.from(`${head}Content-Length: ${body.length}\r\n\r\n`), body]);
  const pieces: Buffer[] = [Buffer.from(`${head}Transfer-Encoding: chunked\r\n\r\n`)];
  for (let at = 0, size = 1; at < body.length; at += size, size = (size * 7 + 13) % 70_001) {
    const piece = body.subarray(at, at + size);
    if (piece.length > 0) pieces.push(Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n'));
  }
  return Buffer.concat([...pieces, Buffer.from('0\r\n\r\n')]);
};

test('trailers pass both ways', async () => {
  const answer =
    'HTTP/1.1 200 OK\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 1\r\nx-b:  c\r\n\r\n';
  await using stage = await setStage(answering(() => answer));
  const client = await stage.client();
  const got = await client.ask(
    'POST http://a.test/ HTTP/1.1\r\nHost: a.test\r\nTrailer: Up\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nUp: yes\r\n\r\n',
  );
  assert.deepEqual(got.trailers, ['X-Sum: 1', 'x-b: c']);
  assert.equal(got.field('trailer'), 'X-Sum');
  const [sent] = readRequests(stage.target.seen()).messages;
  assert.deepEqual(sent?.trailers, ['Up: yes']);
  assert.equal(sent.body.toString(), 'abc');
});

test('a client of HTTP/1.0 gets chunked answers as plain bytes until the end, without trailers', async () => {
  const chunked =
    'HTTP/1.1 200 OK\r\nTrailer: X\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n3\r\nand\r\n0\r\nX: 1\r\n\r\n';
  await using stage = await setStage(answering(() => chunked));
  const client = await stage.client();
  const answer = await client.ask('GET http://a.test/ HTTP/1.0\r\nHost: a.test\r\nConnection: keep-alive\r\n\r\n');
  assert.equal(answer.text, 'okand');
  assert.deepEqual(answer.lines, ['Connection: close']);
});

test('answers that end with their connection reach both versions whole', async () => {
  await using stage = await setStage((wire) => {
    void wire.text('\r\n\r\n').then(() => wire.socket.end('HTTP/1.1 200 OK\r\nX: y\r\n\r\nall of it'));
  });
  const client = await stage.client();
  for (const path of ['/1', '/2']) {
    const answer = await client.ask(get(path));
    assert.equal(answer.text, 'all of it');
    assert.equal(answer.framing, 'chunked');
  }
  const old = await stage.client();
  const answer = await old.ask('GET http://a.test/ HTTP/1.0\r\nHost: a.test\r\n\r\n');
  assert.deepEqual([answer.text, answer.framing], ['all of it', 'until-close']);
});

test('answers of HTTP/1.0 targets are taken, and their connections not kept', async () => {
  await using stage = await setStage(answering(() => 'HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok'));
  const client = await stage.client();
  for (const path of ['/1', '/2']) assert.equal((await client.ask(get(path))).text, 'ok');
  assert.equal(stage.target.connections.length, 2);
});

test('HEAD, 204 and 304 have no body, whatever their fields say, and the connection goes on', async () => {
  const says: Record<string, string> = {
    '/head': 'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nETag: "x"\r\n\r\n',
    '/head-chunked': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n',
    '/head-bare': 'HTTP/1.1 200 OK\r\n\r\n',
    '/204': 'HTTP/1.1 204 No Content\r\n\r\n',
    '/304': 'HTTP/1.1 304 Not Modified\r\nContent-Length: 77\r\n\r\n',
  };
  await using stage = await setStage(answering(({ start }) => says[start.split(' ')[1] ?? ''] ?? plainAnswer('end')));
  const client = await stage.client();
  for (const path of ['/head', '/head-chunked', '/head-bare']) {
    const answer = await client.ask(get(path).replace('GET', 'HEAD'));
    assert.equal(answer.status, 200);
    if (path === '/head') assert.equal(answer.field('content-length'), '1000');
  }
  for (const path of ['/204', '/304']) assert.equal((await client.ask(get(path))).status, Number(path.slice(1)));
  assert.equal((await client.ask(get('/end'))).text, 'end');
  assert.equal(stage.target.connections.length, 1);
});

test('interim answers pass to 1.1 clients in order, and not to 1.0 clients', async () => {
  const interim =
    'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\nConnection: x\r\nX: 1\r\n\r\n';
  await using stage = await setStage(answering(() => interim + plainAnswer('ok')));
  const client = await stage.client();
  const answer = await client.ask(get('/'));
  assert.deepEqual(
    answer.interim.map(({ start, lines }) => [start, ...lines]),
    [['HTTP/1.1 100 Continue'], ['HTTP/1.1 103 Early Hints', 'Link: </a.css>; rel=preload']],
  );
  const old = await stage.client();
  assert.deepEqual((await old.ask('GET http://a.test/ HTTP/1.0\r\nHost: a.test\r\n\r\n')).interim, []);
});

const expecting = 'POST http://a.test/ HTTP/1.1\r\nHost: a.test\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n';

test('a client that expects 100 gets it from the target, and nothing from us before', async () => {
  await using stage = await setStage(
    scripted(['\r\n\r\n', 'HTTP/1.1 100 Continue\r\n\r\n'], ['body', plainAnswer('done')]),
  );
  const client = await stage.client();
  client.send(expecting);
  await client.text('100 Continue');
  assert.match(stage.target.seen().toString(), /\r\nExpect: 100-continue\r\n/);
  client.send('body');
  const answer = await client.answer('POST');
  assert.equal(answer.text, 'done');
  assert.equal(answer.interim.length, 1);
});

test('a client that expects 100 and sends its body without is served as well', async () => {
  await using stage = await setStage(answering(({ body }) => plainAnswer(body.toString())));
  const client = await stage.client();
  client.send(expecting);
  await (await stage.target.connection(0)).text('Expect');
  assert.equal((await client.ask('body', 'POST')).text, 'body');
});

test('a final answer without the body being read ends the connection, so that no body is read as a request', async () => {
  await using stage = await setStage(scripted(['Expect', 'HTTP/1.1 417 No\r\nContent-Length: 2\r\n\r\nno']));
  const client = await stage.client();
  const answer = await client.ask(expecting, 'POST');
  assert.deepEqual([answer.status, answer.field('connection'), answer.text], [417, 'close', 'no']);
  client.send(get('/smuggled'));
  assert.equal(await client.ended, 'fin');
  assert.doesNotMatch(stage.target.seen().toString(), /smuggled/);
  assert.equal(stage.target.connections.length, 1);
});

test('an early answer to a big body reaches the client whole', async () => {
  await using stage = await setStage(
    scripted(['\r\n\r\n', 'HTTP/1.1 413 Too big\r\nContent-Length: 7\r\n\r\ntoo big']),
  );
  const client = await stage.client();
  client.send('POST http://a.test/ HTTP/1.1\r\nHost: a.test\r\nContent-Length: 50000000\r\n\r\n');
  const answer = client.answer('POST');
  const flood = setInterval(() => {
    client.send(Buffer.alloc(64 * 1024));
  }, 1);
  try {
    assert.equal((await answer).text, 'too big');
  } finally {
    clearInterval(flood);
  }
});

test('an answer may run beside the body that it answers', async () => {
  await using stage = await setStage(
    scripted(
      ['one', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nONE\r\n'],
      ['two', '3\r\nTWO\r\n'],
      ['0\r\n\r\n', '0\r\n\r\n'],
    ),
  );
  const client = await stage.client();
  client.send('POST http://a.test/ HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n');
  await client.text('ONE');
  client.send('3\r\ntwo\r\n');
  await client.text('TWO');
  client.send('0\r\n\r\n');
  assert.equal((await client.answer('POST')).text, 'ONETWO');
});

test('a head reaches the client before there is any body', async () => {
  await using stage = await setStage(
    scripted(['\r\n\r\n', 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n']),
  );
  const client = await stage.client();
  client.send(get('/events'));
  await client.text('text/event-stream');
  (await stage.target.connection(0)).send('data: 1\n\n');
  await client.text('data: 1');
});

test('a client that says that it will send no more still gets its answers, then the end', async () => {
  await using stage = await setStage((wire) => {
    void wire.text('\r\n\r\n').then(() => setTimeout(() => wire.socket.end(plainAnswer('late')), 50));
  });
  const client = await stage.client();
  client.send(get('/1') + get('/2'));
  client.finish();
  assert.equal((await client.answer()).text, 'late');
  assert.equal((await client.answer()).text, 'late');
  assert.equal(await client.ended, 'fin');
});

test('a slow client of a closing answer gets it to the last byte', async () => {
  const body = randomBytes(6 * 1024 * 1024);
  await using stage = await setStage((wire) => {
    void wire.text('\r\n\r\n').then(() => {
      wire.send('HTTP/1.1 200 OK\r\n\r\n');
      wire.socket.end(body);
    });
  });
  const client = await stage.client();
  client.socket.pause();
  const answer = client.ask('GET http://a.test/ HTTP/1.0\r\nHost: a.test\r\n\r\n');
  await new Promise((resolve) => setTimeout(resolve, 2_300));
  client.socket.resume();
  assert.equal(hash((await answer).body), hash(body));
});

test('a CONNECT behind other requests opens its tunnel when they are answered', async () => {
  await using stage = await setStage((wire) => {
    wire.socket.on('data', (piece: Buffer) => {
      wire.send(piece.includes('GET ') ? plainAnswer('plain') : `echo ${piece.toString()}`);
    });
  });
  const client = await stage.client();
  client.send(`${get('/1')}${get('/2')}CONNECT b.test:443 HTTP/1.1\r\nHost: b.test:443\r\n\r\nearly`);
  assert.equal((await client.answer()).text, 'plain');
  assert.equal((await client.answer()).text, 'plain');
  await client.text('200 Connection established\r\n\r\necho early');
  assert.deepEqual(stage.hop.asked(), ['a.test:80', 'b.test:443']);
  client.finish();
  await once((await stage.target.connection(1)).socket, 'end');
});
