/** Lists from the web: by the way that was said and no other, taken whole or not at all, and the last good one kept. */

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createServer as createHttpServer, request as httpRequest } from 'node:http';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { labelEndpoint } from '../../src/model/address.js';
import { millis } from '../../src/model/brand.js';
import { asKaskadeError, fail } from '../../src/model/error.js';
import { createBookDesk } from '../../src/engine/book-desk.js';
import type { Outlets } from '../../src/engine/book-url.js';
import type { ImportOptions, UrlInput } from '../../src/engine/controller.js';
import { freshBook, idsOf } from '../kit/book.js';
import { openHop } from '../kit/hops.js';
import { backTo, holdings } from '../kit/leak.js';
import { answer, openListHost, redirect, versioned } from '../kit/list-host.js';
import { createScope } from '../kit/scope.js';

type Context = Parameters<typeof freshBook>[0];

const many = (count: number, first = 0): string =>
  Array.from(
    { length: count },
    (_, index) => `http://8.8.${Math.floor((first + index) / 250)}.${((first + index) % 250) + 1}:80\n`,
  ).join('');

/** A desk whose cascades end at one host of lists, under whatever name. */
const openScene = async (context: Context, outlets: Partial<Outlets> = {}) => {
  const scope = createScope();
  context.after(() => scope[Symbol.asyncDispose]());
  const host = scope.use(await openListHost());
  const { book, pass } = freshBook(context);
  const asked: string[] = [];
  let direct = false;
  const desk = createBookDesk(() => book, {
    throughCascade: (target, name = 'in use') => {
      asked.push(`${name} ${labelEndpoint(target)}`);
      return Promise.resolve(connect({ host: '127.0.0.1', port: host.port }));
    },
    mayGoDirect: () => direct,
    allowDirect: () => {
      direct = true;
    },
    environment: {},
    ...outlets,
  });
  const take = (path: string, more: Partial<UrlInput> = {}, options: ImportOptions = {}): Promise<string> =>
    desk
      .import({ kind: 'url', url: path.startsWith('http') ? path : `http://lists.example${path}`, ...more }, options)
      .then(({ added, unchanged }) => (unchanged === true ? 'unchanged' : `${added} added`))
      .catch((thrown: unknown) => `${asKaskadeError(thrown).code}: ${asKaskadeError(thrown).failure.note ?? ''}`);
  const source = () => desk.sources()[0];
  return { scope, host, book, pass, desk, asked, take, source, isDirect: () => direct };
};

test('a list is fetched through the cascade in use or the one that is named, and its source knows the way', async (context) => {
  const { host, asked, take, desk, book } = await openScene(context);
  host.says('/all.txt?key=1', answer(many(3)));
  assert.equal(await take('/all.txt?key=1', { way: 'cascade swiss', every: millis(3_600_000) }), '3 added');
  assert.equal(await take('/all.txt?key=1'), '0 added');
  assert.deepEqual(asked, ['swiss lists.example:80', 'swiss lists.example:80']);
  const [source, ...others] = desk.sources();
  assert.deepEqual(others, []);
  assert.deepEqual(
    [source?.name, source?.kind, source?.place, source?.way, source?.proxies, source?.every],
    ['lists.example/all.txt', 'url', 'http://lists.example/all.txt?…', 'cascade swiss', 3, 3_600_000],
  );
  assert.ok((source?.nextFetch ?? 0) > Date.now());
  assert.equal(idsOf(book).length, 3);
  assert.ok(
    desk
      .list({ filter: '', sort: 'address', descending: false, limit: 9, offset: 0 })
      .every(({ shelf }) => shelf === 'quarantine'),
  );
  assert.equal(await take('/all.txt?key=1', { every: millis(0) }), '0 added');
  assert.deepEqual([desk.sources()[0]?.every, desk.sources()[0]?.nextFetch], [undefined, undefined]);
});

test('a list whose URL makes a long name is fetched again under it', async (context) => {
  const { host, take, desk, source } = await openScene(context);
  const path = `/${'long/'.repeat(30)}all.txt`;
  host.says(path, answer(many(3)));
  assert.equal(await take(path), '3 added');
  const name = source()?.name ?? '';
  assert.ok(name.length > 64);
  assert.equal((await desk.refresh(name)).source, name);
});

test('a page, an empty list and one that has lost more than half leave the last good one as it is, and say so', async (context) => {
  const { host, take, source, book, pass } = await openScene(context);
  const base = holdings();
  host.says('/list', answer(many(100)));
  assert.equal(await take('/list'), '100 added');
  host.says('/list', answer(`<!doctype html><p>${many(100)}`));
  assert.equal(await take('/list'), 'list-not-a-list: it is a web page');
  host.says('/list', answer('# nothing today\n'));
  assert.equal(await take('/list'), 'list-not-a-list: no proxy is in it');
  host.says('/list', answer(many(49)));
  assert.equal(await take('/list'), 'list-shrunk: 49 of 100 are left');
  assert.match(source()?.trouble ?? '', /lost more than half .*49 of 100/);
  host.says('/list', answer(many(49), { 'Content-Length': '999999' }));
  assert.equal(await take('/list'), 'list-unreachable: it ends before its end');
  assert.equal(source()?.proxies, 100);
  assert.equal(idsOf(book, 'source=lists.example/list').length, 100);
  host.says('/list', answer(many(50)));
  pass(1_000);
  assert.equal(await take('/list'), '0 added');
  assert.deepEqual([source()?.proxies, source()?.dropped, source()?.trouble], [50, 50, undefined]);
  host.says('/list', answer(many(5)));
  pass(1_000);
  assert.equal(await take('/list', {}, { shrunk: true }), '0 added');
  assert.equal(source()?.proxies, 5);
  await backTo(base);
});

test('a list that has not changed is not sent again, but over another way it is', async (context) => {
  const { host, take, asked, source } = await openScene(context);
  host.says('/list', versioned(many(3)));
  assert.equal(await take('/list'), '3 added');
  host.says('/broken', answer('', {}, '503 Busy'));
  assert.equal(await take('/list'), 'unchanged');
  assert.equal(await take('/list', { way: 'cascade swiss' }), '0 added');
  assert.equal(await take('/list'), 'unchanged');
  assert.deepEqual(
    asked.map((each) => each.split(' ')[0]),
    ['in', 'in', 'swiss', 'swiss'],
  );
  assert.equal(source()?.proxies, 3);
});

test('directly only with the consent of the user, which is remembered, and never to what is not public behind a public name', async (context) => {
  const resolved: string[] = [];
  const { host, take, asked, isDirect } = await openScene(context, {
    resolve: (name) => {
      resolved.push(name.kind === 'name' ? name.name : name.address);
      return Promise.resolve(['192.0.43.8', '127.0.0.1'].slice(1));
    },
  });
  const url = host.says('/list', answer(many(3)));
  const base = holdings();
  assert.equal(await take(url, { way: 'direct' }), 'consent-needed: ');
  assert.deepEqual([resolved, host.asked.length, isDirect()], [[], 0, false]);
  assert.equal(
    await take(`http://lists.example:${host.port}/list`, { way: 'direct', consent: true }),
    'list-refused: lists.example leads to an address that is not public',
  );
  assert.equal(isDirect(), true);
  assert.equal(host.asked.length, 0);
  // Who writes an address of this machine means it.
  assert.equal(await take(url, { way: 'direct' }), '3 added');
  host.says('/away', redirect(`http://lists.example:${host.port}/list`));
  assert.equal(await take(url.replace('/list', '/away'), { way: 'direct' }), '0 added');
  assert.deepEqual([asked, resolved], [[], ['lists.example', '127.0.0.1', '127.0.0.1', 'lists.example']]);
  await backTo(base);
});

test('by a proxy, by the environment and by a PAC file the host sees that proxy only, and a name is looked up there', async (context) => {
  const dead = 'http://127.0.0.1:1';
  const environment: Record<string, string> = {};
  const { host, take, scope } = await openScene(context, { environment });
  host.says('/list', answer(many(3)));
  const hops = await Promise.all([
    openHop({ scheme: 'http' }),
    openHop({ scheme: 'socks5h' }),
    openHop({ scheme: 'socks4a' }),
  ]);
  for (const hop of hops) scope.use(hop);
  const url = `http://lists.example:${host.port}/list`;
  const [, socks5, socks4] = hops;
  const script = join(freshBook(context).folder, 'proxy.pac');
  writeFileSync(script, `function FindProxyForURL() { return "SOCKS5 127.0.0.1:${socks5.port}" }`);
  environment['http_proxy'] = socks5.url.replace('socks5h', 'socks5');
  for (const [text, hop] of [
    [`proxy ${socks5.url}`, socks5],
    [`proxy ${socks4.url}`, socks4],
    ['environment', socks5],
    [`pac ${script}`, socks5],
  ] as const) {
    const seen = hop.visits.length;
    assert.match(await take(url, { way: text }), /added$/, text);
    assert.deepEqual(
      hop.visits.slice(seen).map(({ asked: each }) => each?.host),
      ['lists.example'],
      text,
    );
  }
  const reached = host.asked.length;
  // What the variables say is for this way alone, and where they say nothing nothing goes out.
  environment['http_proxy'] = dead;
  assert.match(await take(url, { way: 'environment' }), /^list-unreachable: ECONNREFUSED/);
  delete environment['http_proxy'];
  assert.match(await take(url, { way: 'environment' }), /^list-refused: the environment names no proxy/);
  environment['no_proxy'] = '*';
  assert.match(await take(url, { way: 'environment' }), /^list-refused: the environment names no proxy/);
  assert.match(await take(url, { way: `proxy ${dead}` }), /^list-unreachable: ECONNREFUSED/);
  assert.equal(host.asked.length, reached);
});

test('a web proxy gets the request itself for a plain list, and its name is looked up there', async (context) => {
  const { host, take, scope } = await openScene(context);
  host.says('/list', answer(many(3)));
  const asked: string[] = [];
  const proxy = createHttpServer((request, response) => {
    asked.push(`${request.method ?? ''} ${request.url ?? ''}`);
    const onward = httpRequest({ host: '127.0.0.1', port: host.port, path: '/list', headers: request.headers });
    onward.on('response', (answered) => {
      response.writeHead(answered.statusCode ?? 0, answered.headers);
      answered.pipe(response);
    });
    onward.end();
  });
  await new Promise<void>((resolve) => {
    proxy.listen(0, '127.0.0.1', resolve);
  });
  scope.defer(
    () =>
      new Promise<void>(
        (resolve) =>
          void proxy.close(() => {
            resolve();
          }),
      ),
  );
  const way = `proxy http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  assert.equal(await take('http://lists.example/list', { way }), '3 added');
  assert.deepEqual(asked, ['GET http://lists.example/list']);
  assert.match(host.asked[0]?.head ?? '', /\r\nuser-agent: Mozilla\/5\.0\r\n/i);
});

test('a proxy that refuses a secure list, or answers without end, is told of as that', async (context) => {
  const { take, scope } = await openScene(context);
  const says = async (bytes: Buffer, again: boolean): Promise<string> => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      const more = (): void => {
        while (!socket.destroyed && socket.write(bytes) && again);
      };
      socket.once('data', more);
      if (again) socket.on('drain', more);
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    scope.defer(
      () =>
        new Promise<void>((resolve) =>
          server.close(() => {
            resolve();
          }),
        ),
    );
    return `proxy http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  const refusal = await says(Buffer.from('HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n'), false);
  assert.equal(await take('https://lists.example/list', { way: refusal }), 'list-unreachable: the proxy answers 403');
  const endless = await says(Buffer.concat([Buffer.from('HTTP/1.1 200 OK\r\n'), Buffer.alloc(60_000, 'x')]), true);
  assert.equal(
    await take('https://lists.example/list', { way: endless }),
    'list-unreachable: the proxy answers without end',
  );
});

test('what keeps a cascade from being taken is the trouble of the source, and fetching is tried ever later', async (context) => {
  let down = false;
  const scene = await openScene(context);
  const { host, source, book } = scene;
  host.says('/list', answer(many(3)));
  const desk = createBookDesk(() => book, {
    throughCascade: () =>
      down ? Promise.reject(fail('cascade-down')) : Promise.resolve(connect({ host: '127.0.0.1', port: host.port })),
    ...{ mayGoDirect: () => false, allowDirect: () => undefined, environment: {} },
  });
  await desk.import({ kind: 'url', url: 'http://lists.example/list', every: millis(3_600_000) });
  down = true;
  const waits: number[] = [];
  for (let count = 0; count < 3; count += 1) {
    await assert.rejects(desk.refresh('lists.example/list'), { failure: { code: 'cascade-down' } });
    waits.push(((source()?.nextFetch ?? 0) - Date.now()) / 3_600_000);
  }
  for (const [nth, wait] of waits.entries()) assert.ok(Math.abs(wait / 2 ** (nth + 1) - 1) < 0.11, `${wait}`);
  assert.deepEqual([source()?.proxies, source()?.every], [3, 3_600_000]);
  assert.match(source()?.trouble ?? '', /\w/);
  down = false;
  await desk.refresh('lists.example/list');
  assert.equal(source()?.trouble, undefined);
});

test('what was said of how a list is to be read holds when it is read again', async (context) => {
  const { host, desk, book } = await openScene(context);
  host.says('/list', answer('10.0.0.1:3128\n10.0.0.2:3128\n'));
  await desk.import({ kind: 'url', url: 'http://lists.example/list' }, { scheme: 'http', privates: true });
  host.says('/list', answer('10.0.0.3:3128\n10.0.0.2:3128\n'));
  await desk.refresh('lists.example/list');
  assert.deepEqual([...idsOf(book)].sort(), ['http://10.0.0.1:3128', 'http://10.0.0.2:3128', 'http://10.0.0.3:3128']);
});
