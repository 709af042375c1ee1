/** Lists from hosts that lie, dawdle or go on for ever: each costs bounded time and bytes, and is refused in plain words. */

import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { labelEndpoint } from '../../../src/model/address.js';
import { millis } from '../../../src/model/brand.js';
import { asKaskadeError, fail } from '../../../src/model/error.js';
import { explain } from '../../../src/model/failure.js';
import {
  type Answer,
  type FetchLimits,
  type Version,
  fetchList,
  parseListUrl,
  usualLimits,
} from '../../../src/book/fetch/fetch.js';
import { type Road, streamRoad } from '../../../src/book/fetch/road.js';
import { readList } from '../../../src/book/read.js';
import { type ListHost, type Saying, answer, openListHost, redirect, versioned } from '../../kit/list-host.js';
import { backTo, holdings } from '../../kit/leak.js';

const never = { signal: new AbortController().signal };

/** Every name leads to the host, as an exit might see it. */
const roadTo = (host: ListHost, asked: string[] = []): Road =>
  streamRoad((endpoint) => {
    asked.push(labelEndpoint(endpoint));
    return Promise.resolve(connect({ host: '127.0.0.1', port: host.port }));
  });

/** The same for https URLs, without the TLS. */
const plainRoadTo = (host: ListHost): Road => ({
  request: (url, options) =>
    Promise.resolve(httpRequest({ ...options, host: '127.0.0.1', port: host.port, path: url.pathname, agent: false })),
  close: () => undefined,
});

interface Wish {
  readonly url?: string;
  readonly known?: Version;
  readonly limits?: Partial<FetchLimits>;
  readonly road?: (host: ListHost) => Road;
}

/** Fetches `/list` of a host that says one thing; gives the text, or the refusal as it is printed. */
const fetched = async (saying: Saying, wish: Wish = {}): Promise<string> => {
  await using host = await openListHost();
  host.says('/list', saying);
  const url = parseListUrl(wish.url ?? 'http://lists.example/list');
  try {
    return await textOf(
      await fetchList(
        {
          ...{ url, road: (wish.road ?? roadTo)(host), known: wish.known ?? {} },
          limits: { ...usualLimits, ...wish.limits },
        },
        never,
      ),
    );
  } catch (thrown) {
    const { code } = asKaskadeError(thrown);
    return `${code}: ${explain(asKaskadeError(thrown).failure).sentence}`;
  }
};

const textOf = async (got: Answer): Promise<string> => {
  if (got.kind === 'unchanged') return 'unchanged';
  const chunks: Buffer[] = [];
  for await (const chunk of got.chunks) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
};

test('a list comes as it is, and nothing in the request tells who asks, with which program, on which system', async () => {
  await using host = await openListHost();
  host.says(
    '/list?key=1',
    answer('http://8.8.8.8:80\n', { ETag: '"one"', 'Last-Modified': 'Thu, 26 Nov 2026 10:00:00 GMT' }),
  );
  const asked: string[] = [];
  const base = holdings();
  const url = parseListUrl('http://lists.example/list?key=1#top');
  const got = await fetchList({ url, road: roadTo(host, asked), known: {}, limits: usualLimits }, never);
  assert.equal(await textOf(got), 'http://8.8.8.8:80\n');
  assert.deepEqual(got.kind === 'list' && got.version, { etag: '"one"', modified: 'Thu, 26 Nov 2026 10:00:00 GMT' });
  assert.deepEqual(asked, ['lists.example:80']);
  assert.deepEqual(host.asked[0]?.head.split('\r\n'), [
    'GET /list?key=1 HTTP/1.1',
    ...['Host: lists.example', 'User-Agent: Mozilla/5.0', 'Accept: */*', 'Accept-Encoding: gzip', 'Connection: close'],
  ]);
  await host[Symbol.asyncDispose]();
  await backTo(base);
});

test('what the host said of its version is told to it the next time, and to no other host that it points to', async () => {
  await using host = await openListHost();
  host.says('/list', versioned('http://8.8.8.8:80\n'));
  const fetchOnce = (path: string, known: Version) =>
    fetchList(
      { url: parseListUrl(`http://lists.example${path}`), road: roadTo(host), known, limits: usualLimits },
      never,
    );
  const first = await fetchOnce('/list', {});
  await textOf(first);
  const version = first.kind === 'list' ? first.version : {};
  assert.equal((await fetchOnce('/list', version)).kind, 'unchanged');
  host.says('/away', redirect('http://other.example/list'));
  assert.equal(await textOf(await fetchOnce('/away', version)), 'http://8.8.8.8:80\n');
  assert.equal(host.asked.at(-1)?.head.includes('If-None-Match'), false);
  assert.equal(host.asked.at(-2)?.head.includes('If-None-Match'), true);
});

test('answers that are no lists are refused by what they say they are', async () => {
  assert.match(
    await fetched(answer('', {}, '404 Not Found')),
    /^list-refused: .*\(what was asked for is answered with 404\)/,
  );
  assert.match(
    await fetched(answer('', {}, '500 \x1b[2J')),
    /^list-refused: .*\(what was asked for is answered with 500\)/,
  );
  assert.match(await fetched(answer('x', { 'Content-Type': 'image/jpeg' })), /^list-not-a-list: .*image\/jpeg/);
  const escaped = await fetched(answer('x', { 'Content-Type': 'application/pdf\x9b31m; evil' }));
  assert.match(await fetched(answer('x', { 'Content-Type': 'text/plain\x1b[2J' })), /^list-refused: .*not HTTP/);
  assert.match(escaped, /^list-not-a-list: .*application\/pdf\)/);
  assert.match(await fetched(answer('x', { 'Content-Encoding': 'br' })), /^list-refused: .*packed/);
  assert.match(await fetched(answer('', {}, '304 Not Modified')), /^list-refused: .*304/);
  assert.match(await fetched((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n')), /^list-refused: .*not HTTP/);
  assert.equal(await fetched(answer('text', { 'Content-Type': 'text/html' })), 'text');
});

test('a body that ends before its end is no list, by length and by chunks', async () => {
  const cut = /^list-unreachable: .*\(it ends before its end\)/;
  assert.match(await fetched(answer('http://8.8.8.8:80\n', { 'Content-Length': '100' })), cut);
  const chunked = { 'Transfer-Encoding': 'chunked' };
  const { 'Content-Length': _none, ...head } = { 'Content-Length': '', ...chunked };
  const saying: Saying = (socket) =>
    socket.end(
      `HTTP/1.1 200 OK\r\n${Object.entries(head)
        .map(([name, text]) => `${name}: ${text}\r\n`)
        .join('')}\r\n5\r\nhello\r\n`,
    );
  assert.match(await fetched(saying), cut);
});

test('an answer that says nothing of its end is known as one, and its last line is not taken on trust', async () => {
  const kinds = {
    length: answer('8.8.8.8:80'),
    chunks: 'Transfer-Encoding: chunked\r\n\r\na\r\n8.8.8.8:80\r\n0\r\n\r\n',
    gzip: 'Content-Encoding: gzip\r\n\r\n',
    nothing: '\r\n8.8.8.8:80',
  };
  const seen: Record<string, boolean> = {};
  for (const [kind, what] of Object.entries(kinds)) {
    await using host = await openListHost();
    host.says('/list', typeof what === 'string' ? (socket) => socket.end(`HTTP/1.1 200 OK\r\n${what}`) : what);
    const url = parseListUrl('http://lists.example/list');
    const got = await fetchList({ url, road: roadTo(host), known: {}, limits: usualLimits }, never);
    assert.ok(got.kind === 'list');
    seen[kind] = got.endless;
    got.close();
  }
  assert.deepEqual(seen, { length: false, chunks: false, gzip: false, nothing: true });
});

test('what dawdles, and what never ends, is cut off', async () => {
  const drip: Saying = (socket) => {
    socket.write('HTTP/1.1 200 OK\r\n\r\n');
    const timer = setInterval(() => socket.write('.'), 5);
    socket.on('close', () => {
      clearInterval(timer);
    });
  };
  assert.match(await fetched(drip, { limits: { whole: millis(150) } }), /^list-unreachable: .*nothing more came/);
  const mute: Saying = () => undefined;
  assert.match(await fetched(mute, { limits: { idle: millis(50) } }), /^list-unreachable: .*nothing more came/);
  const flood: Saying = (socket) => {
    const more = (): void => {
      while (!socket.destroyed && socket.write(Buffer.alloc(65_536, 'x')));
    };
    socket.write('HTTP/1.1 200 OK\r\n\r\n');
    socket.on('drain', more);
    more();
  };
  assert.match(await fetched(flood, { limits: { bytes: 2_000_000 } }), /^list-refused: .*more than 2000000 bytes/);
  const heads: Saying = (socket) => {
    const more = (): void => {
      while (!socket.destroyed && socket.write(`X-More: ${'x'.repeat(8_000)}\r\n`));
    };
    socket.write('HTTP/1.1 200 OK\r\n');
    socket.on('drain', more);
    more();
  };
  assert.match(await fetched(heads), /^list-refused: .*headers are endless/);
});

test('redirects are followed five times, never away from https, never to something that is no web page, never inward', async () => {
  assert.match(await fetched(redirect('/list')), /^list-refused: .*redirects more than 5 times/);
  for (const away of ['file:///etc/passwd', 'ftp://lists.example/list', 'javascript:alert(1)', 'http://'])
    assert.match(await fetched(redirect(away)), /^list-refused: .*no web page/, away);
  for (const inward of [
    'http://127.0.0.1/list',
    'http://[::1]/',
    'http://10.0.0.1/',
    'http://localhost/',
    'http://2130706433/',
    'http://[::ffff:7f00:1]/',
    'http://router/',
  ])
    assert.match(await fetched(redirect(inward)), /^list-refused: .*not public/, inward);
  const secure = { url: 'https://lists.example/list', road: plainRoadTo };
  assert.match(await fetched(redirect('http://lists.example/list'), secure), /^list-refused: .*from https to http/);
  assert.match(await fetched(redirect('/list'), secure), /^list-refused: .*more than 5 times/);
});

test('a list that unpacks to far more than it was is no list', async () => {
  await using host = await openListHost();
  host.says('/list', answer(gzipSync(Buffer.alloc(64 * 2 ** 20)), { 'Content-Encoding': 'gzip' }));
  const got = await fetchList(
    { url: parseListUrl('http://lists.example/list'), road: roadTo(host), known: {}, limits: usualLimits },
    never,
  );
  assert.ok(got.kind === 'list');
  const read = async (): Promise<void> => {
    const { batches } = await readList(got.chunks, {}, never);
    for await (const batch of batches) assert.ok(batch.length >= 0);
  };
  await assert.rejects(read, {
    failure: { code: 'list-unreadable', note: 'it unpacks to more than 200 times its size' },
  });
});

test('what cannot be reached is told with the reason of the road, and what is called off with its own', async () => {
  const closed: Road = streamRoad(() => Promise.reject(fail('no-route-fits')));
  const url = parseListUrl('http://lists.example/list');
  await assert.rejects(fetchList({ url, road: closed, known: {}, limits: usualLimits }, never), {
    failure: { code: 'no-route-fits' },
  });
  await using host = await openListHost();
  host.says('/list', () => undefined);
  const stop = new AbortController();
  const going = fetchList({ url, road: roadTo(host), known: {}, limits: usualLimits }, { signal: stop.signal });
  setImmediate(() => {
    stop.abort(fail('interrupted'));
  });
  await assert.rejects(going, { failure: { code: 'interrupted' } });
});

test('only web pages without a login are places of lists', () => {
  for (const text of [
    'file:///etc/passwd',
    'lists.example',
    'ftp://lists.example/',
    'http://',
    'http://bob:secret@lists.example/',
  ])
    assert.throws(
      () => parseListUrl(text),
      (thrown) =>
        asKaskadeError(thrown).code === 'bad-usage' &&
        !JSON.stringify(asKaskadeError(thrown).failure).includes('secret'),
      text,
    );
});
