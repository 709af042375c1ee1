/** What the target sees of a plain request: the client's own bytes, in origin form, without what was meant for a proxy. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setStage } from '../kit/http-stage.js';
import { answering, plainAnswer } from '../kit/http-target.js';

const raw = 'x\x80\xe9\xff';

/** Sends a request and returns what the target saw of it. */
const seenOf = async (request: string): Promise<string> => {
  await using stage = await setStage();
  const client = await stage.client();
  const answer = await client.ask(request);
  assert.equal(answer.status, 200, answer.text);
  return stage.target.seen().toString('latin1');
};

test('order, case, doubles, blanks inside values and bytes above 7F stay as the client wrote them', async () => {
  const fields = [
    'hOSt: a.test',
    'Accept: text/html,application/xhtml+xml;q=0.9,*/*;q=0.8',
    'X-Twice: 1',
    'cookie: a=b; c="d  e"',
    'x-twice: 2',
    'Cookie: f=g',
    `X-Raw: ${raw}`,
    'Empty: ',
    'Authorization: Basic dTpw',
    'X-Forwarded-For: 203.0.113.7',
    'Via: 1.1 the-clients-own',
    "!#$%&'*+-.^_`|~09: token",
    'Priority: u=1, i',
    'User-Agent: test/1.0 (x; y)',
  ];
  assert.equal(
    await seenOf(`GET http://a.test/p/a%20th;x?q=1&r[]=2 HTTP/1.1\r\n${fields.join('\r\n')}\r\n\r\n`),
    `GET /p/a%20th;x?q=1&r[]=2 HTTP/1.1\r\n${fields.join('\r\n')}\r\n\r\n`,
  );
});

const targets: readonly (readonly [method: string, target: string, path: string])[] = [
  ['GET', 'http://a.test', '/'],
  ['GET', 'http://a.test?q', '/?q'],
  ['GET', 'http://a.test/?', '/?'],
  ['GET', 'HTTP://A.TEST:80/x', '/x'],
  ['GET', 'http://a.test//x/../y/./z', '//x/../y/./z'],
  ['OPTIONS', 'http://a.test', '*'],
  ['OPTIONS', 'http://a.test/', '/'],
  ['OPTIONS', 'http://a.test?q', '/?q'],
  ['PROPFIND', 'http://a.test/dav', '/dav'],
  ['M-SEARCH', 'http://a.test/dav', '/dav'],
];
for (const [method, target, path] of targets) {
  test(`${method} ${target} becomes ${method} ${path}`, async () => {
    assert.equal(
      await seenOf(`${method} ${target} HTTP/1.1\r\nHost: a.test\r\n\r\n`),
      `${method} ${path} HTTP/1.1\r\nHost: a.test\r\n\r\n`,
    );
  });
}

test('nothing is added, and of what is for a proxy nothing goes on', async () => {
  const forProxies = [
    'Proxy-Authorization: Basic aWRlbnRpdHk6c2VjcmV0',
    'Proxy-Connection: keep-alive',
    'Connection: keep-alive, X-Hop, TE',
    'Keep-Alive: timeout=5',
    'X-Hop: secret',
    'TE: trailers, deflate',
    'Upgrade: h2c',
    'HTTP2-Settings: AAMA',
    'Proxy-Authenticate: Basic realm="x"',
    'Proxy-Authentication-Info: x',
    'proxy-authorization: Basic dHdvOnNlY3JldA==',
  ];
  assert.equal(
    await seenOf(`GET http://a.test/ HTTP/1.1\r\nHost: a.test\r\n${forProxies.join('\r\n')}\r\nA: b\r\n\r\n`),
    'GET / HTTP/1.1\r\nHost: a.test\r\nA: b\r\n\r\n',
  );
});

test('what Connection names stays here, but nothing that the other end needs', async () => {
  const kept = [
    'Host: a.test',
    'Authorization: Basic dTpw',
    'Cookie: a=b',
    'Content-Type: text/plain',
    'Content-Length: 2',
    'Cache-Control: no-cache',
    'If-None-Match: "x"',
    'Accept-Encoding: gzip',
    'Range: bytes=0-1',
    'Origin: http://a.test',
    'Expect: 100-continue',
    'User-Agent: x',
    'Referer: http://a.test/',
    'Sec-Fetch-Mode: cors',
  ];
  const names = kept.map((field) => field.replace(/:.*/, '')).join(' ,, ');
  assert.equal(
    await seenOf(
      `POST http://a.test/ HTTP/1.1\r\nConnection: ${names}\r\n${kept.join('\r\n')}\r\nX-Secret: 1\r\nconnection: x-secret, x-none\r\n\r\nhi`,
    ),
    `POST / HTTP/1.1\r\n${kept.join('\r\n')}\r\n\r\nhi`,
  );
});

test('what Connection names in an answer stays here too', async () => {
  const answer =
    'HTTP/1.1 200 Fine, thanks\r\nserver: X/1\r\nConnection: X-Hop, Keep-Alive, Set-Cookie\r\nKeep-Alive: timeout=1\r\nX-Hop: 1\r\n' +
    `Set-Cookie: a=b\r\nset-cookie: c=d\r\nProxy-Authenticate: Basic\r\nProxy-Connection: close\r\nUpgrade: h2c\r\nX-Raw: ${raw}\r\n` +
    'Via: 1.1 the-targets-own\r\nDate: x\r\nContent-Length: 2\r\n\r\nok';
  await using stage = await setStage(answering(() => Buffer.from(answer, 'latin1')));
  const client = await stage.client();
  const got = await client.ask('GET http://a.test/ HTTP/1.1\r\nHost: a.test\r\n\r\n');
  assert.equal(got.start, 'HTTP/1.1 200 Fine, thanks');
  assert.deepEqual(got.lines, [
    'server: X/1',
    'Set-Cookie: a=b',
    'set-cookie: c=d',
    `X-Raw: ${raw}`,
    'Via: 1.1 the-targets-own',
    'Date: x',
    'Content-Length: 2',
  ]);
});

test('trailers that would frame, route or log in are no trailers', async () => {
  const evil = 'Transfer-Encoding: chunked\r\nConnection: z\r\nProxy-Authorization: Basic x\r\n';
  await using stage = await setStage(
    answering(() => `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n${evil}X: y\r\n\r\n`),
  );
  const client = await stage.client();
  const got = await client.ask(
    `POST http://a.test/ HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n${evil}X: y\r\n\r\n`,
  );
  assert.deepEqual(got.trailers, ['X: y']);
  assert.match(stage.target.seen().toString(), /\r\n\r\n0\r\nX: y\r\n\r\n$/);
});

test('each hop and the target see only what is theirs of the client and of the program', async () => {
  await using stage = await setStage(answering(() => plainAnswer('ok')));
  const client = await stage.client();
  await client.ask(
    'GET http://a.test/secret-path HTTP/1.1\r\nHost: a.test\r\nProxy-Authorization: Basic aWRlbnRpdHk6c2VjcmV0\r\nCookie: secret-cookie\r\n\r\n',
  );
  const all = stage.hop.heads.join('') + stage.target.seen().toString();
  assert.doesNotMatch(all, /kaskade|identity|aWRlbnRpdHk|127\.0\.0\.1|via|forwarded|user-agent/i);
  assert.deepEqual(stage.hop.heads, ['CONNECT a.test:80 HTTP/1.1\r\nHost: a.test:80\r\n\r\n']);
});
