/** The judge: it tells every byte that arrived, signed; it bears strangers, and forgets. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type Socket, connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { connect as tlsConnect } from 'node:tls';
import { parseJudgeUrl } from '../../src/audit/judge/card.js';
import type { Judge } from '../../src/audit/judge/judge.js';
import { createKeep, tellOf } from '../../src/audit/judge/keep.js';
import { answerTo, pageNames, parsePath, pathOf } from '../../src/audit/judge/pages.js';
import { type JudgeKey, findRecord, judgeKeys, openKept, readKey } from '../../src/audit/judge/record.js';
import { probeTls } from '../../src/net/tls-probe.js';
import { judgeAt, openTestJudge } from '../kit/auditor.js';

const id = (n: number): string => n.toString(16).padStart(32, '0');

let judge: Judge;
before(async () => {
  judge = await openTestJudge();
});
after(() => judge.close());

const port = (): number => parseJudgeUrl(judge.urls[0] ?? '').endpoint.port;
const key = (): JudgeKey => readKey(judge.card.key);

const say = async (bytes: Buffer | string, at = port()): Promise<Buffer> => {
  const socket = connect({ host: judgeAt, port: at });
  socket.end(bytes);
  return read(socket);
};

const read = async (socket: Socket): Promise<Buffer> => {
  const pieces: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => pieces.push(chunk)).on('error', () => undefined);
  // A reset is an end too.
  await new Promise((resolve) => socket.once('close', resolve));
  return Buffer.concat(pieces);
};

const headIn = (answer: Buffer, n: number): string =>
  Buffer.from(findRecord(answer, id(n), key())?.head ?? '', 'base64').toString('latin1');

describe('a judge', () => {
  it('gives the head back byte by byte: order, case, spacing, repeats', async () => {
    const head = `GET /${id(1)}.txt HTTP/1.1\r\nHost: x\r\nzZ:1\r\nA:   two  \r\nzZ: 3\r\nConnection: close\r\n\r\n`;
    assert.equal(headIn(await say(head), 1), head);
  });

  it('tells the address, the connection and the request on it, and how often an id was asked for', async () => {
    const one = `GET /${id(2)}.txt HTTP/1.1\r\nHost: x\r\n\r\n`;
    const answer = await say(
      one + one.replace('HTTP/1.1', 'HTTP/1.1') + one.replace('Host: x', 'Host: x\r\nConnection: close'),
    );
    const records =
      answer
        .toString('latin1')
        .match(/[\w-]{40,}\.[\w-]{86}/g)
        ?.map((t) => findRecord(Buffer.from(t), id(2), key())) ?? [];
    assert.deepEqual(
      records.map((record) => [record?.peer, record?.request, record?.visit]),
      [
        ['127.0.0.1', 1, 1],
        ['127.0.0.1', 2, 2],
        ['127.0.0.1', 3, 3],
      ],
    );
    assert.equal(new Set(records.map((record) => record?.connection)).size, 1);
  });

  it('keeps what stands before a request apart: both versions of the PROXY protocol', async () => {
    const request = `GET /${id(3)}.txt HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`;
    const line = 'PROXY TCP4 127.0.0.1 127.0.0.2 1 2\r\n';
    const first = findRecord(await say(line + request), id(3), key());
    assert.equal(Buffer.from(first?.preamble ?? '', 'base64').toString(), line);
    const binary = Buffer.concat([Buffer.from('\r\n\r\n\0\r\nQUIT\n!\x11\0\x0c', 'latin1'), Buffer.alloc(12, 7)]);
    const second = findRecord(await say(Buffer.concat([binary, Buffer.from(request)])), id(3), key());
    assert.equal(Buffer.from(second?.preamble ?? '', 'base64').toString('hex'), binary.toString('hex'));
  });

  it('takes a request whose lines end with LF alone, and tells it as it came', async () => {
    const request = `GET /${id(17)}.txt HTTP/1.1\nHost: x\nConnection: close\n\n`;
    const record = findRecord(await say(request), id(17), key());
    assert.equal(Buffer.from(record?.head ?? '', 'base64').toString(), request);
    assert.equal(record?.preamble, undefined);
  });

  it('tells what a body was, in chunks too, and its trailers', async () => {
    const head = `POST /${id(4)}.txt HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n`;
    const record = findRecord(await say(`${head}3\r\nabc\r\n2\r\nde\r\n0\r\nX-T: 1\r\n\r\n`), id(4), key());
    assert.equal(Buffer.from(record?.body?.bytes ?? '', 'base64').toString(), 'abcde');
    assert.equal(Buffer.from(record?.trailers ?? '', 'base64').toString(), 'X-T: 1\r\n');
  });

  it('signs: one changed letter, or another key, and there is no record', async () => {
    const answer = await say(`GET /${id(5)}.txt HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    const text = answer.toString('latin1');
    const token = /[\w-]{40,}\.[\w-]{86}/.exec(text)?.[0] ?? '';
    const changed = token.replace(
      /^(.{20})(.)/,
      (_all, start: string, letter: string) => start + (letter === 'A' ? 'B' : 'A'),
    );
    assert.ok(findRecord(Buffer.from(token), id(5), key()));
    assert.equal(findRecord(Buffer.from(changed), id(5), key()), undefined);
    assert.equal(findRecord(Buffer.from(token), id(5), readKey(judgeKeys().public)), undefined);
    assert.equal(findRecord(Buffer.from(token), id(6), key()), undefined);
  });

  it('gives what it keeps of an id to who asks for it', async () => {
    await say(`GET /${id(7)}.html HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    const bodyOf = (answer: Buffer): Buffer => answer.subarray(answer.indexOf('\r\n\r\n') + 4);
    const one = await say(`GET /${id(7)}/record HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    const records = openKept(bodyOf(one), key())?.kept.get(id(7)) ?? [];
    const several = await say(
      `POST /${id(8)}/record HTTP/1.1\r\nHost: x\r\nContent-Length: 65\r\nConnection: close\r\n\r\n${id(7)}\n${id(9)}`,
    );
    const all = openKept(bodyOf(several), key())?.kept;
    assert.deepEqual([...(all?.keys() ?? [])], [id(8), id(7), id(9)]);
    assert.deepEqual([all?.get(id(7)), all?.get(id(9))], [records, []]);
    assert.equal(openKept(bodyOf(several), readKey(judgeKeys().public)), undefined);
    assert.deepEqual(
      records.map(({ page }) => page),
      ['.html'],
    );
  });

  it('tells the hash of the first flight of TLS, which who asks has too', async () => {
    const socket = connect({ host: judgeAt, port: judge.card.tls[0]?.port ?? 0, allowHalfOpen: true });
    const shown = await probeTls(socket, { alpn: ['h2', 'http/1.1'] }, new AbortController());
    shown.stream.write(`GET /${id(8)}.txt HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    const pieces: Buffer[] = [];
    shown.stream.on('data', (chunk: Buffer) => pieces.push(chunk));
    await once(shown.stream, 'end');
    const record = findRecord(Buffer.concat(pieces), id(8), key());
    assert.equal(record?.tls?.hello, shown.hello);
    assert.equal(shown.spki, judge.card.tls[0]?.spki);
    assert.equal(record.tls.alpn, 'http/1.1');
    socket.destroy();
  });

  it('tells a PROXY line before TLS', async () => {
    const socket = connect({ host: judgeAt, port: judge.card.tls[0]?.port ?? 0 });
    await once(socket, 'connect');
    socket.write('PROXY TCP4 127.0.0.1 127.0.0.2 1 2\r\n');
    const tls = tlsConnect({ socket, rejectUnauthorized: false });
    tls.write(`GET /${id(9)}.txt HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    const record = findRecord(await read(tls), id(9), key());
    assert.match(Buffer.from(record?.preamble ?? '', 'base64').toString(), /^PROXY TCP4/);
  });

  it('answers each page with the bytes that are known beforehand', async () => {
    for (const name of pageNames) {
      const expected = answerTo({ id: id(10), name });
      if (expected.content.kind !== 'known' || expected.status === 101) continue;
      const answer = await say(`GET ${pathOf({ id: id(10), name })} HTTP/1.1\r\nHost: j\r\nConnection: close\r\n\r\n`);
      const end = answer.indexOf('\r\n\r\n') + 4;
      assert.ok(answer.toString('latin1').startsWith(`HTTP/1.1 ${expected.status} ${expected.reason}\r\n`), name);
      assert.ok(answer.subarray(end).equals(expected.content.body), name);
    }
  });

  it('says no-store on everything that must not be kept', () => {
    for (const name of pageNames) {
      const { fields, status } = answerTo({ id: id(11), name });
      const control = fields.find((field) => field.name === 'Cache-Control')?.value;
      if (['/kept', '/private', '/session', '/account', '/mirror'].includes(name)) assert.notEqual(control, 'no-store');
      else if (status !== 101) assert.equal(control, 'no-store', name);
    }
  });

  for (const [what, bytes] of [
    ['a header of 200 KB', `GET / HTTP/1.1\r\nA: ${'a'.repeat(200_000)}\r\n\r\n`],
    ['a body of 1 MB', `POST /${id(12)}.txt HTTP/1.1\r\nContent-Length: 1000000\r\n\r\n${'a'.repeat(1_000_000)}`],
    ['what is no HTTP', 'SSH-2.0-OpenSSH_9.2\r\n\r\n'],
    ['a chunk that is none', `POST /${id(12)}.txt HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n`],
  ] as const)
    it(`ends ${what}`, async () => {
      const answer = await say(bytes);
      assert.ok(
        answer.length === 0 || answer.toString('latin1').startsWith('HTTP/1.1 400'),
        answer.toString('latin1', 0, 60),
      );
    });

  it('passes nothing on and repeats nothing that could be made to speak', async () => {
    const whole = await say('GET http://example.org/ HTTP/1.1\r\nHost: example.org\r\nConnection: close\r\n\r\n');
    assert.match(whole.toString(), /This is a judge/);
    const connected = await say('CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    assert.match(connected.toString(), /^HTTP\/1\.1 404/);
    const mirrored = await say(
      `GET /${id(13)}/mirror HTTP/1.1\r\nHost: x\r\nX-Forwarded-Host: <script>"\r\nConnection: close\r\n\r\n`,
    );
    assert.match(mirrored.toString(), /\r\n\r\nscript\n/);
    const moved = await say(`GET /${id(13)}/moved HTTP/1.1\r\nHost: a b/@c\r\nConnection: close\r\n\r\n`);
    assert.match(moved.toString(), /Location: https:\/\/invalid\//);
  });

  it('answers a whole URL as an origin server does: the host in it counts, and not the field (RFC 9112 §3.2.2)', async () => {
    const ask = (target: string) => say(`GET ${target} HTTP/1.1\r\nHost: field.test\r\nConnection: close\r\n\r\n`);
    const [path, url] = [await ask(`/${id(15)}/moved`), await ask(`http://url.test:81/${id(15)}/moved`)];
    assert.match(path.toString(), /Location: https:\/\/field\.test\//);
    assert.match(url.toString(), /^HTTP\/1\.1 301 [^]*Location: https:\/\/url\.test:81\//);
  });

  it('lets one source ask so much and no more', async () => {
    await using scarce = { ...(await openTestJudge({ perSecond: 2 })), [Symbol.asyncDispose]: () => scarce.close() };
    const at = parseJudgeUrl(scarce.urls[0] ?? '').endpoint.port;
    const request = `GET /${id(14)}.txt HTTP/1.1\r\nHost: x\r\n\r\n`;
    const answer = await say(request.repeat(12), at);
    assert.match(answer.toString('latin1'), /HTTP\/1\.1 429 Too Many Requests\r\nRetry-After: 10/);
  });
});

describe('what a judge remembers', () => {
  const record = (name: string) => ({
    ...{
      id: name,
      page: '.txt',
      at: 0,
      peer: '192.0.2.1',
      peerPort: 1,
      port: 1,
      connection: 1,
      request: 1,
      visit: 1,
      head: '',
    },
  });

  it('goes after its time; that somebody came again stays, without who', () => {
    let now = 0;
    const keep = createKeep(600_000, () => now);
    keep.count('a');
    keep.add(record('a'));
    assert.equal(keep.all('a').length, 1);
    now = 600_001;
    assert.deepEqual(keep.all('a'), []);
    assert.equal(keep.count('a'), 2);
    keep.add(record('a'));
    assert.deepEqual(keep.all('a'), []);
    assert.deepEqual(keep.revisits('a'), { visits: 1, first: 600_001, last: 600_001 });
  });

  it('tells when somebody came first and last, from two seconds to a week later, and nothing of who asks twice at once', () => {
    let now = 0;
    const keep = createKeep(600_000, () => now);
    const visits = [0, 1_000, 2_000, 300_000, 3 * 86_400_000];
    for (const at of visits) {
      now = at;
      keep.count('a');
      keep.add({ ...record('a'), at });
    }
    assert.deepEqual(keep.revisits('a'), { visits: 3, first: 2_000, last: 3 * 86_400_000 });
    assert.doesNotMatch(JSON.stringify(tellOf(keep, 'a', Buffer.alloc(0))), /192\.0\.2/);
    keep.count('b');
    assert.deepEqual(keep.revisits('b'), { visits: 0 });
    now = 7 * 86_400_000 + 1;
    assert.deepEqual([keep.revisits('a'), keep.revisits('c')], [undefined, undefined]);
    assert.deepEqual(keep.revisits('b'), { visits: 0 });
  });

  it('watches so many ids and no more, and lets go of the oldest', () => {
    let now = 0;
    const keep = createKeep(5, () => (now += 1), 100);
    for (let n = 0; n < 1_000; n += 1) keep.count(String(n));
    const known = Array.from({ length: 1_000 }, (_, n) => keep.revisits(String(n)) !== undefined);
    assert.equal(known.filter(Boolean).length, 100);
    assert.ok(known.slice(-100).every(Boolean));
  });

  it('is bounded for one id', () => {
    const keep = createKeep(600_000, () => 0);
    keep.count('a');
    for (let n = 0; n < 100; n += 1) keep.add(record('a'));
    assert.equal(keep.all('a').length, 16);
  });

  it('has a grammar for its paths', () => {
    for (const name of pageNames) assert.deepEqual(parsePath(pathOf({ id: id(1), name })), { id: id(1), name });
    for (const path of ['/', '/card', '/x.txt', `/${id(1)}`, `/${id(1)}.php`, `/${id(1)}.txt?x`, `//${id(1)}.txt`])
      assert.equal(parsePath(path), undefined, path);
  });
});
