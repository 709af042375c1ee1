/** curl by every scheme that it can speak to a listener, through three real hops, with all that people do with curl. */

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type House, startHouse } from '../kit/house.js';
import { curl } from '../kit/real-client.js';
import { type ClientScheme, through } from '../kit/real-house.js';
import { createProxies, lacksHops } from '../kit/real-proxies.js';
import { createStage } from '../kit/real-stage.js';
import { type Echo, type Target, sha256OfDownload, startOrigin } from '../kit/real-targets.js';

const skip = lacksHops('squid elite', 'tinyproxy', 'microsocks');
const stage = createStage();
const proxies = createProxies(stage);
let house: House;
let origin: Target;
let secure: Target;
const warnings: Error[] = [];
process.on('warning', (warning) => warnings.push(warning));
const upload = randomBytes(10_000_000);
const uploadFile = join(stage.folder, 'upload');
const uploaded = createHash('sha256').update(upload).digest('hex');

before(async () => {
  if (skip !== false) return;
  writeFileSync(uploadFile, upload);
  house = await startHouse(await proxies.chain('squid elite', 'tinyproxy', 'microsocks'));
  [origin, secure] = await Promise.all([startOrigin(), startOrigin(await proxies.certificate())]);
});
after(async () => {
  if (skip === false) await Promise.all([house.close(), origin.close(), secure.close()]);
  await stage.close();
});

/** A way for curl to go; those that look the name up themselves are given addresses. */
interface Way {
  readonly name: string;
  readonly scheme: ClientScheme;
  readonly more?: readonly string[];
  readonly host: 'localhost' | '127.0.0.1';
  /** SOCKS4 has no IPv6, and curl says so itself. */
  readonly ipv6: boolean;
}

const ways: readonly Way[] = [
  { name: 'http://', scheme: 'http', host: 'localhost', ipv6: true },
  { name: 'http:// --proxytunnel', scheme: 'http', more: ['-p'], host: 'localhost', ipv6: true },
  { name: 'http:// --proxy1.0 --proxytunnel', scheme: 'http', more: ['-p'], host: 'localhost', ipv6: true },
  { name: 'socks4://', scheme: 'socks4', host: '127.0.0.1', ipv6: false },
  { name: 'socks4a://', scheme: 'socks4a', host: 'localhost', ipv6: true },
  { name: 'socks5://', scheme: 'socks5', host: '127.0.0.1', ipv6: true },
  { name: 'socks5h://', scheme: 'socks5h', host: 'localhost', ipv6: true },
];

const big = 100_000_000;

for (const { name, scheme, more = [], host, ipv6 } of ways) {
  const go = (): readonly string[] => {
    if (!name.includes('1.0')) return [...through(house, scheme), ...more];
    return ['--proxy1.0', `127.0.0.1:${house.port}`, ...more];
  };

  describe(`curl by ${name}`, () => {
    it(
      'gets a page, over TLS too',
      { skip },
      stage.test(async () => {
        const plain = await curl(...go(), `http://${host}:${origin.port}/page?n=2`);
        assert.deepEqual([plain.exit, plain.status], [0, 200], plain.error);
        const file = `https://${host}:${secure.port}/echo`;
        const { certFile } = await proxies.certificate();
        const veiled = await curl(...go(), '--cacert', certFile, file);
        assert.equal((JSON.parse(veiled.body) as Echo).url, '/echo');
      }),
    );

    it(
      'sends 10 MB, sized and in chunks',
      { skip },
      stage.test(async () => {
        for (const chunks of [[], ['-H', 'Transfer-Encoding: chunked']]) {
          const post = ['--data-binary', `@${uploadFile}`, ...chunks, `http://${host}:${origin.port}/`];
          const came = await curl(...go(), ...post);
          assert.equal(came.status, 200, came.error);
          const { method, size, sha256, headers } = JSON.parse(came.body) as Echo;
          assert.deepEqual([method, size, sha256], ['POST', upload.length, uploaded]);
          assert.equal(headers.includes('chunked'), chunks.length > 0);
        }
      }),
    );

    it(
      'downloads 100 MB unchanged',
      { skip },
      stage.test(async () => {
        const came = await curl(...go(), `http://${host}:${origin.port}/?n=${big}`);
        assert.deepEqual([came.exit, came.size, came.sha256], [0, big, sha256OfDownload(big)], came.error);
      }),
    );

    it(
      ipv6 ? 'reaches an IPv6 address' : 'is told by curl itself that SOCKS4 has no IPv6',
      { skip },
      stage.test(async () => {
        const came = await curl(...go(), `http://[::1]:${origin.port}/six`);
        if (ipv6) assert.equal(came.status, 200, `${came.headers}${came.error}`);
        else assert.equal(came.exit, 97, 'CURLE_PROXY');
      }),
    );

    it(
      'runs 50 transfers at once',
      { skip },
      stage.test(async () => {
        const folder = join(stage.folder, `parallel-${name.replace(/\W+/g, '-')}`);
        mkdirSync(folder);
        const urls = `http://${host}:${origin.port}/?each=[1-50]&n=200000`;
        const came = await curl(
          ...go(),
          '-Z',
          '--parallel-max',
          '50',
          '--parallel-immediate',
          '-o',
          `${folder}/#1`,
          urls,
        );
        assert.equal(came.exit, 0, came.error);
        const sums = readdirSync(folder).map((each) => sha256Of(readFileSync(join(folder, each))));
        assert.deepEqual([sums.length, [...new Set(sums)]], [50, [sha256OfDownload(200_000)]]);
        assert.deepEqual(warnings, []);
      }),
    );
  });
}

const sha256Of = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

describe('curl as a client of plain HTTP', () => {
  it(
    'keeps one connection to the listener for several targets, and none is sent the other one’s',
    { skip },
    stage.test(async () => {
      const other = await startOrigin();
      try {
        const urls = [origin, other, origin, other].map(({ port }, index) => `http://127.0.0.1:${port}/${index}`);
        const came = await curl(...through(house), '-v', ...urls);
        const echoes = came.body
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as Echo);
        assert.deepEqual(
          echoes.map(({ url }) => url),
          ['/0', '/1', '/2', '/3'],
        );
        for (const [index, { headers }] of echoes.entries()) {
          assert.equal(headers[1], new URL(urls[index] ?? '').host);
        }
        assert.equal(echoes[0]?.peer === echoes[2]?.peer, true, 'the tunnel to the first target is used again');
      } finally {
        await other.close();
      }
    }),
  );

  it(
    'gets HEAD, ranges of nothing, errors and HTTP/1.0 as they are',
    { skip },
    stage.test(async () => {
      const base = `http://localhost:${origin.port}`;
      const head = await curl(...through(house), '-I', `${base}/?n=5000`);
      assert.deepEqual([head.status, /^content-length: 5000\r$/im.test(head.headers)], [200, true]);
      assert.equal((await curl(...through(house), `${base}/?status=503`)).status, 503);
      const old = await curl(...through(house), '-0', `${base}/old`);
      assert.equal((JSON.parse(old.body) as Echo).version, '1.0');
    }),
  );

  it(
    'waits for 100 Continue, which comes from the target',
    { skip },
    stage.test(async () => {
      const post = ['-H', 'Expect: 100-continue', '--expect100-timeout', '30', '--data-binary', `@${uploadFile}`];
      const came = await curl(...through(house), ...post, `http://localhost:${origin.port}/`);
      assert.match(came.headers, /^HTTP\/1\.1 100 Continue/);
      assert.equal((JSON.parse(came.body) as Echo).sha256, uploaded);
    }),
  );
});
