/** Proofs for animals that do something to answers, keep them, or give their own. */

import assert from 'node:assert/strict';
import { brotliCompressSync, gunzipSync } from 'node:zlib';
import { meet, openTunnel, originAt } from '../ends.js';
import { type Proof, ask, askOnly, plain, takeAnswer, typed } from './ask.js';

const page = '<html><head><title>x</title></head><body class="a"><a href="https://x.test/">x</a></body></html>';
const html = typed('text/html; charset=utf-8', page);
const same = (bytes: string | Buffer): string => Buffer.from(bytes as string, 'latin1').toString('latin1');

/** Makes one body another one, with the right length, and leaves these answers alone. */
const changes =
  (answer: Buffer, body: string | Buffer, others: readonly (string | Buffer)[] = [plain]): Proof =>
  async (scene) => {
    const told = await ask(scene, { answer });
    assert.equal(told.body.toString('latin1'), same(body));
    assert.deepEqual([told.added, told.removed], [[], []]);
    for (const other of others) assert.equal((await ask(scene, { answer: other })).came, same(other));
  };

const segment = (kind: number, body: string): Buffer =>
  Buffer.concat([Buffer.from([0xff, kind, 0, body.length + 2]), Buffer.from(body)]);
const start = Buffer.from([0xff, 0xd8]);
const scan = Buffer.concat([segment(0xdb, 'tables'), segment(0xda, 'scan'), Buffer.from('pixels\xff\xd9', 'latin1')]);
const fat = Buffer.concat([start, segment(0xe0, 'JFIF'), segment(0xe1, 'Exif'), segment(0xfe, 'a comment'), scan]);
const lean = Buffer.concat([start, segment(0xe0, 'JFIF'), scan]);

const zip = typed('application/zip', 'PK\x03\x04 and more');
const program = (magic: string): Buffer => typed('application/octet-stream', `${magic} and code`);
const long = 'x'.repeat(40_000);
const guards = "Content-Security-Policy: default-src 'self'\r\nStrict-Transport-Security: max-age=1\r\nX-Kept: 1\r\n";
const script = '<script src="http://ads.invalid/"></script>';
const moved = (to: string): string => `HTTP/1.1 301 Moved\r\nlocation: ${to}\r\nContent-Length: 0\r\n\r\n`;
const missing = 'HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\nContent-Length: 4\r\n\r\nnone';
const noStore = (body: string): Buffer => typed('text/plain', body, 'Cache-Control: no-store\r\n');

export const answerProofs: Readonly<Record<string, Proof>> = {
  B07: async (scene) => {
    const lines = ['Accept-Encoding: br, gzip'];
    const whole = brotliCompressSync(page);
    for (const answer of [html, typed('text/html', whole, 'Content-Encoding: br\r\n')]) {
      const told = await ask(scene, { answer, lines });
      assert.match(told.head, /\r\nContent-Encoding: gzip\r\n/);
      assert.equal(gunzipSync(told.body).toString(), page);
    }
    for (const lines of [['Accept-Encoding: identity'], ['Accept-Encoding: br, gzip;q=0'], []])
      assert.equal((await ask(scene, { answer: html, lines })).came, same(html));
  },
  B08: async (scene) => {
    const told = await ask(scene, { answer: html });
    assert.match(told.head, /\r\nTransfer-Encoding: chunked\r\n/);
    assert.doesNotMatch(told.head, /content-length/i);
    assert.equal(told.body.toString(), page);
    const answer = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n';
    const other = await ask(scene, { answer });
    assert.equal(other.came, 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcde');
    const trailed = answer.replace('0\r\n\r\n', '0\r\nX-Sum: 1\r\n\r\n');
    const [client, far] = [await meet(scene.open), scene.origin.next()];
    client.say(`GET http://${scene.site}/ HTTP/1.1\r\nHost: ${scene.site}\r\n\r\n`);
    await (await far).until('\r\n\r\n');
    (await far).say(trailed);
    assert.match(await client.until('\r\n\r\n'), /chunked/);
    assert.equal(await client.until('\r\n\r\n'), '5\r\nabcde\r\n0\r\nX-Sum: 1\r\n\r\n');
    client.socket.destroy();
  },
  Q08: async (scene) => {
    const told = await ask(scene, { answer: html });
    assert.match(told.head, /\r\nRefresh: 5; url=http:\/\/ads\.invalid\/\r\n/);
    assert.equal(told.body.toString(), page);
    assert.equal((await ask(scene, { answer: zip })).came, same(zip));
  },
  Q09: async (scene) => {
    const script = typed('application/javascript', 'let x = 1;');
    const told = await ask(scene, { answer: script });
    assert.match(told.head, /\r\nLink: <http:\/\/ads\.invalid\/a\.css>; rel="stylesheet"\r\n/);
    assert.equal(told.body.toString(), 'let x = 1;');
    assert.equal((await ask(scene, { answer: html })).came, same(html));
  },
  Q10: async (scene) => {
    const told = await ask(scene, { answer: moved('https://x.test/a?b') });
    assert.equal(told.came, moved('https://login.invalid/a?b'));
    for (const other of [moved('http://x.test/'), plain])
      assert.equal((await ask(scene, { answer: other })).came, same(other));
  },
  Q11: async (scene) => {
    const lines = ['Accept-Encoding: gzip, br'];
    assert.equal((await ask(scene, { answer: html, lines })).body.toString(), `${page}<img src="http://ads.invalid/">`);
    assert.equal((await ask(scene, { answer: zip, lines })).came, same(zip));
    assert.equal((await ask(scene, { answer: html })).came, same(html));
  },
  Q12: async (scene) => {
    const picture = typed('image/jpeg', 'pixels');
    const told = await ask(scene, { answer: picture });
    assert.match(told.head, /\r\nSet-Cookie: uid=\d+; Max-Age=31536000\r\n/);
    assert.equal(told.body.toString(), 'pixels');
    assert.equal((await ask(scene, { answer: html })).came, same(html));
  },
  P20: changes(html, page.replace('</body>', '<script src="http://ads.invalid/a.js"></script></body>'), [plain, zip]),
  P21: async (scene) => {
    const frame = '<iframe src="http://ads.invalid/" width="1" height="1"></iframe>';
    await changes(html, page.replace('<body class="a">', `<body class="a">${frame}`), [plain, zip])(scene);
    assert.equal((await ask(scene, { answer: html, lines: ['User-Agent: curl/8'] })).came, same(html));
  },
  P22: changes(html, page.replace('https://', 'http://'), [typed('text/plain', page), zip]),
  P23: async (scene) => {
    const told = await ask(scene, { answer: moved('https://x.test/') });
    assert.match(told.head, /^HTTP\/1\.1 200 OK\r\n/);
    assert.doesNotMatch(told.head, /location/i);
    for (const other of [moved('http://x.test/'), plain])
      assert.equal((await ask(scene, { answer: other })).came, same(other));
  },
  P24: async (scene) => {
    const more = '\x90'.repeat(1_024);
    for (const magic of ['MZ', '\x7fELF']) await changes(program(magic), `${magic} and code${more}`)(scene);
    assert.equal((await ask(scene, { answer: zip })).came, same(zip));
  },
  P25: changes(typed('image/jpeg', fat), lean, [
    ...[typed('image/jpeg', lean), typed('image/png', fat), typed('image/jpeg', '')],
  ]),
  P26: async (scene) => {
    const told = await ask(scene);
    assert.match(told.head, /\r\nSet-Cookie: uid=\d+; Max-Age=31536000\r\n\r\n$/);
    assert.equal(told.came.replace(/Set-Cookie: .*\r\n/, ''), plain);
  },
  P27: async (scene) => {
    const told = await ask(scene, { answer: typed('text/html', page, guards) });
    assert.equal(told.came, same(typed('text/html', page, 'X-Kept: 1\r\n')));
  },
  P28: async (scene) => {
    const told = await ask(scene, { answer: missing });
    assert.match(told.head, /^HTTP\/1\.1 404 Not Found\r\n/);
    assert.equal(told.body.toString(), '<html><body>Search here instead</body></html>');
    assert.equal((await ask(scene)).came, plain);
  },
  P29: changes(typed('text/plain', long), long.slice(0, 32 * 1_024), [typed('text/plain', 'y'.repeat(32 * 1_024))]),
  P36: async (scene) => {
    assert.equal((await ask(scene, { answer: noStore('one') })).body.toString(), 'one');
    assert.equal((await askOnly(scene, { path: '/a/page?x=1' })).body.toString(), 'one');
    assert.equal((await ask(scene, { path: '/b', answer: noStore('two') })).body.toString(), 'two');
  },
  P37: async (scene) => {
    assert.equal((await ask(scene, { answer: noStore('one') })).body.toString(), 'one');
    assert.equal((await askOnly(scene, { path: '/b', lines: ['Cookie: other=1'] })).body.toString(), 'one');
  },
  P38: async (scene) => {
    const told = await askOnly(scene, { path: '/azenv.php?n=1', lines: ['X-Nonce: 4711'] });
    assert.match(told.body.toString(), /REMOTE_ADDR = 127\.40\.\d+\.\d+\n(?:.*\n)*HTTP_X_NONCE = 4711\n/);
    const other = await ask(scene);
    assert.deepEqual([other.added, other.removed, other.came], [[], [], plain]);
  },
  P40: async (scene) => {
    const { origin, open, site } = scene;
    assert.equal((await ask(scene)).came, plain);
    const clients = [await meet(open), await meet(open)];
    for (const [nth, client] of clients.entries())
      client.say(`GET http://${site}/${nth} HTTP/1.1\r\nHost: ${site}\r\n\r\n`);
    for (const far of [await origin.next(), await origin.next()])
      far.say(typed('text/plain', /^GET \/(\d)/.exec(await far.until('\r\n\r\n'))?.[1] ?? ''));
    const came = await Promise.all(clients.map(takeAnswer));
    assert.deepEqual(
      came.map(({ body }) => body.toString()),
      ['1', '0'],
    );
    for (const client of clients) client.socket.destroy();
  },
  Q21: async (scene) => {
    const own = (user: string): Buffer => typed('text/plain', user, 'Cache-Control: private, max-age=60\r\n');
    assert.equal(
      (await ask(scene, { path: '/me', answer: own('one'), lines: ['Cookie: user=one'] })).body.toString(),
      'one',
    );
    assert.equal((await askOnly(scene, { path: '/me', lines: ['Cookie: user=two'] })).body.toString(), 'one');
    for (const body of ['a', 'b'])
      assert.equal((await ask(scene, { path: '/fresh', answer: noStore(body) })).body.toString(), body);
  },
  Q22: async ({ origin, open, site }) => {
    const client = await meet(open);
    const came: string[] = [];
    let far: Awaited<ReturnType<typeof origin.next>> | undefined;
    for (let nth = 1; nth <= 7; nth += 1) {
      client.say(`GET http://${site}/${nth} HTTP/1.1\r\nHost: ${site}\r\n\r\n`);
      far ??= await origin.next();
      await far.until('\r\n\r\n');
      far.say(typed('text/plain', String(nth)));
      came.push((await takeAnswer(client)).body.toString());
    }
    assert.deepEqual(came, ['1', '2', '3', '4', '4', '5', '6']);
    client.socket.destroy();
  },
  Q27: changes(
    typed('text/html', 'to <b>1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa</b>'),
    'to <b>1BoatSLRHtKNngkdXEeobR76b53LETtpyT</b>',
    [plain, html],
  ),
  Q28: async (scene) => {
    const lines = ['Referer: https://www.google.com/'];
    assert.equal((await ask(scene, { answer: html, lines })).body.toString(), `${page}${script}`);
    assert.equal((await ask(scene, { answer: html })).came, same(html));
    assert.equal((await ask(scene, { lines })).came, plain);
  },
  Q32: async (scene) => {
    const asking = { path: '/me', lines: ['Authorization: Bearer one'] };
    assert.equal((await ask(scene, { ...asking, answer: noStore('one') })).body.toString(), 'one');
    assert.equal((await askOnly(scene, { path: '/me', lines: ['Authorization: Bearer two'] })).body.toString(), 'one');
    for (const body of ['a', 'b'])
      assert.equal((await ask(scene, { path: '/me', answer: noStore(body) })).body.toString(), body);
  },
  Q36: async (scene) => {
    const picture = typed('image/png', 'one', 'Cache-Control: no-store\r\n');
    assert.equal((await ask(scene, { path: '/a.png', answer: picture })).body.toString(), 'one');
    assert.equal((await askOnly(scene, { path: '/a.png' })).body.toString(), 'one');
    for (const body of ['a', 'b'])
      assert.equal((await ask(scene, { path: '/fresh', answer: noStore(body) })).body.toString(), body);
  },
  Q37: async (scene) => {
    const lasting = typed('text/plain', 'one', 'Cache-Control: public, max-age=60\r\n');
    assert.equal((await ask(scene, { path: '/me?user=one', answer: lasting })).body.toString(), 'one');
    assert.equal((await askOnly(scene, { path: '/me?user=two' })).body.toString(), 'one');
    for (const body of ['a', 'b'])
      assert.equal((await ask(scene, { path: '/fresh', answer: noStore(body) })).body.toString(), body);
  },
  Q39: async (scene) => {
    const form = typed('text/html', '<form></form>');
    assert.equal((await ask(scene, { answer: form })).body.toString(), `<form></form>${script}`);
    assert.equal((await ask(scene, { answer: html })).came, same(html));
    const byAddress = `${originAt}:${scene.origin.port}`;
    assert.equal((await ask(scene, { host: byAddress, answer: form })).came, same(form));
  },
  Q40: changes(typed('text/html', 'REMOTE_ADDR = x'), `REMOTE_ADDR = x${script}`, [plain, html]),
  P42: async (scene) => {
    const told = await askOnly(scene, { host: 'nobody.test' });
    assert.match(told.came, /^HTTP\/1\.1 200 OK\r\n.*Did you mean/s);
    assert.equal((await ask(scene)).came, plain);
    const client = await meet(scene.open);
    await assert.rejects(openTunnel(client, 'http', 'nobody.test', 443), /502/);
    client.socket.destroy();
  },
};
