/** Every real proxy as a cascade of one hop: what it carries arrives unchanged, and what it refuses is told of the right edge. */

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { FailureCode } from '../../src/model/failure.js';
import { startHouse } from '../kit/house.js';
import { curl, tunnel } from '../kit/real-client.js';
import { lastHeader, lastVerdict, through } from '../kit/real-house.js';
import { lacks } from '../kit/real-program.js';
import { type HopName, createProxies, lacksHops } from '../kit/real-proxies.js';
import { createStage } from '../kit/real-stage.js';
import { type Echo, type Target, banner, startBanner, startListener, startOrigin } from '../kit/real-targets.js';

interface Row {
  readonly hop: HopName;
  /** What the proxy says of a target that refuses, as kaskade understands it. */
  readonly refusal: FailureCode;
  /** dante knows no SOCKS4a, and is given IPv4 only. */
  readonly names?: false;
  readonly ipv6?: false;
  /** It passes the end of one direction on by itself; the others end both as soon as one is finished. */
  readonly halves?: true;
}

const rows: readonly Row[] = [
  { hop: 'microsocks', refusal: 'onward-refused' },
  { hop: 'microsocks with login', refusal: 'onward-refused' },
  { hop: 'dante socks5', refusal: 'onward-refused', ipv6: false, halves: true },
  // SOCKS4 has one code for every refusal.
  { hop: 'dante socks4', refusal: 'onward-failed', names: false, ipv6: false, halves: true },
  // 503 for everything that cannot be connected to.
  { hop: 'squid', refusal: 'onward-unreachable' },
  { hop: 'squid elite', refusal: 'onward-unreachable' },
  { hop: 'squid with login', refusal: 'onward-unreachable' },
  // 500 for everything that cannot be connected to.
  { hop: 'tinyproxy', refusal: 'onward-failed' },
  { hop: 'tinyproxy with login', refusal: 'onward-failed' },
  { hop: 'privoxy', refusal: 'onward-failed' },
  { hop: 'haproxy before squid', refusal: 'onward-unreachable' },
  { hop: 'stunnel before tinyproxy', refusal: 'onward-failed' },
  { hop: 'stunnel to microsocks', refusal: 'onward-refused' },
  // `ssh -D` closes the connection without a word, so that only the edge to it is known to have failed.
  { hop: 'ssh -D socks5', refusal: 'hop-closed', halves: true },
  { hop: 'ssh -D socks4', refusal: 'hop-closed', halves: true },
];

const stage = createStage();
const proxies = createProxies(stage);
let origin: Target;
let secure: Target;
let speaker: Target;
let listener: Target;

before(async () => {
  const certificate = lacks('openssl') === false ? await proxies.certificate() : undefined;
  [origin, secure] = await Promise.all([startOrigin(), startOrigin(certificate)]);
  [speaker, listener] = await Promise.all([startBanner(), startListener()]);
});
after(async () => {
  await Promise.all([origin.close(), secure.close(), speaker.close(), listener.close(), stage.close()]);
});

const fields = ['-H', 'X-Second: two', '-H', 'x-lower-CASE:  spaced ', '-H', 'X-Second: again', '-H', 'Accept;'];

/** The lines of the answer's head that are neither of the clock nor of the connection. */
const answerFields = (head: string): readonly string[] =>
  head.split('\r\n').filter((line) => !/^(date|connection|keep-alive):/i.test(line));

const echoOf = (body: string): Echo => JSON.parse(body) as Echo;

for (const { hop, refusal, names = true, ipv6 = true, halves = false } of rows) {
  describe(hop, () => {
    const skip = lacksHops(hop);
    it(
      'carries a plain request and its answer just as they were written, over one connection of its own',
      { skip },
      stage.test(async () => {
        await using house = await startHouse(await proxies.chain(hop));
        const url = `http://127.0.0.1:${origin.port}/a/../b?q=%41#x`;
        const direct = await curl('--path-as-is', ...fields, url);
        origin.forget();
        const came = await curl('--path-as-is', ...through(house), ...fields, url);
        assert.equal(came.status, 200, came.error);
        const { peer, ...echo } = echoOf(came.body);
        const { peer: _, ...expected } = echoOf(direct.body);
        assert.deepEqual(echo, expected);
        assert.deepEqual(answerFields(came.headers), answerFields(direct.headers));
        assert.deepEqual(origin.peers(), [peer]);
      }),
    );

    it(
      names ? 'carries TLS to a name' : 'gets no names across, which is told of it',
      { skip },
      stage.test(async () => {
        await using house = await startHouse(await proxies.chain(hop));
        const came = await curl(...through(house, 'socks5h'), '-k', `https://localhost:${secure.port}/tls`);
        if (names) assert.deepEqual([came.status, echoOf(came.body).url], [200, '/tls']);
        else assert.equal(lastVerdict(house)?.code, 'onward-failed');
        const literal = await curl(...through(house), '-k', `https://127.0.0.1:${secure.port}/`);
        assert.deepEqual([literal.connectStatus, literal.status], [200, 200]);
      }),
    );

    it(
      ipv6 ? 'carries a request to an IPv6 address' : 'has no IPv6, which is told of it',
      { skip },
      stage.test(async () => {
        await using house = await startHouse(await proxies.chain(hop));
        const came = await curl(...through(house), `http://[::1]:${origin.port}/six`);
        assert.equal(came.status, ipv6 ? 200 : 502);
        if (!ipv6) assert.deepEqual([lastVerdict(house)?.reporter, lastVerdict(house)?.suspect], [1, 'target']);
      }),
    );

    it(
      'keeps the first words of a server that speaks first',
      { skip },
      stage.test(async () => {
        await using house = await startHouse(await proxies.chain(hop));
        const open = await tunnel(house.port, `127.0.0.1:${speaker.port}`);
        assert.equal(open.status, 200, open.failure);
        open.socket.write('hello\n');
        assert.equal(await open.read(banner.length + 6), `${banner}hello\n`);
        open.socket.destroy();
      }),
    );

    if (halves) {
      it(
        'lets a client that has finished wait for its answer',
        { skip },
        stage.test(async () => {
          await using house = await startHouse(await proxies.chain(hop));
          const open = await tunnel(house.port, `127.0.0.1:${listener.port}`);
          open.socket.end('x'.repeat(100_000));
          assert.equal(await open.read(100), 'heard 100000');
        }),
      );
    }

    it(
      'is quoted when a target refuses the connection',
      { skip },
      stage.test(async () => {
        await using house = await startHouse(await proxies.chain(hop));
        const came = await curl(...through(house), 'http://127.0.0.1:1/');
        const edge = refusal === 'hop-closed' ? { reporter: 0, suspect: 1 } : { reporter: 1, suspect: 'target' };
        assert.deepEqual(lastVerdict(house), { code: refusal, ...edge, phase: 'request' });
        assert.equal(came.status, 502);
        assert.ok(came.headers.includes(lastHeader(house)), came.headers);
      }),
    );
  });
}
