/** Cascades of three real programs, every hop at every place; and every hop as the one that cannot reach the next. */

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startHouse } from '../kit/house.js';
import { curl, tunnel } from '../kit/real-client.js';
import { lastHeader, lastVerdict, through } from '../kit/real-house.js';
import { lacks } from '../kit/real-program.js';
import { type HopName, createProxies, lacksHops } from '../kit/real-proxies.js';
import { createStage } from '../kit/real-stage.js';
import { type Echo, type Target, banner, sha256OfDownload, startBanner, startOrigin } from '../kit/real-targets.js';

const stage = createStage();
const proxies = createProxies(stage);
let origin: Target;
let secure: Target;
let speaker: Target;

before(async () => {
  const certificate = lacks('openssl') === false ? await proxies.certificate() : undefined;
  [origin, secure, speaker] = await Promise.all([startOrigin(), startOrigin(certificate), startBanner()]);
});
after(async () => {
  await Promise.all([origin.close(), secure.close(), speaker.close(), stage.close()]);
});

/** In this order no hop meets the other one of its own port when the row is read at 0, 1 and 3. */
const ring: readonly HopName[] = [
  'microsocks',
  'squid',
  'ssh -D socks5',
  'tinyproxy',
  'dante socks5',
  'haproxy before squid',
  'stunnel to microsocks',
  'privoxy',
  'microsocks with login',
  'stunnel before tinyproxy',
  'squid with login',
  'ssh -D socks4',
  'tinyproxy with login',
  'dante socks4',
];
const at = (index: number): HopName => ring[index % ring.length] ?? 'microsocks';
const threes = ring.map((_, index): readonly [HopName, HopName, HopName] => [at(index), at(index + 1), at(index + 3)]);

const downloaded = 3_000_000;
const nameless = new Set<HopName>(['dante socks4']);

describe('a cascade of three real programs carries pages, TLS, downloads and banners', () => {
  for (const names of threes) {
    const skip = lacksHops(...names);
    it(
      names.join(' → '),
      { skip },
      stage.test(async () => {
        await using house = await startHouse(await proxies.chain(...names));
        origin.forget();
        const plain = await curl(...through(house), `http://127.0.0.1:${origin.port}/plain`);
        assert.equal(plain.status, 200, `${plain.headers} ${plain.error}`);
        const { peer, url } = JSON.parse(plain.body) as Echo;
        assert.deepEqual([url, origin.peers()], ['/plain', [peer]]);

        const host = nameless.has(names[2]) ? '127.0.0.1' : 'localhost';
        const file = `https://${host}:${secure.port}/?n=${downloaded}`;
        const down = await curl(...through(house, 'socks5h'), '-k', file);
        assert.deepEqual([down.exit, down.size, down.sha256], [0, downloaded, sha256OfDownload(downloaded)]);

        const open = await tunnel(house.port, `127.0.0.1:${speaker.port}`);
        assert.equal(await open.read(banner.length), banner);
        open.socket.destroy();
        assert.deepEqual(lastVerdict(house), undefined);
      }),
    );
  }
});

/** What each says of a next hop that refuses; `ssh -D` only closes. */
const refusals = {
  microsocks: 'onward-refused',
  'microsocks with login': 'onward-refused',
  'dante socks5': 'onward-refused',
  'dante socks4': 'onward-failed',
  squid: 'onward-unreachable',
  'squid with login': 'onward-unreachable',
  tinyproxy: 'onward-failed',
  'tinyproxy with login': 'onward-failed',
  privoxy: 'onward-failed',
  'haproxy before squid': 'onward-unreachable',
  'stunnel before tinyproxy': 'onward-failed',
  'stunnel to microsocks': 'onward-refused',
  'ssh -D socks5': 'hop-closed',
  'ssh -D socks4': 'hop-closed',
} as const satisfies Partial<Record<HopName, string>>;

/** These end at the same program as the usual first hop, or are it. */
const squidFirst = new Set<HopName>(['microsocks', 'microsocks with login', 'stunnel to microsocks']);

const middles = Object.entries(refusals) as readonly (readonly [keyof typeof refusals, string])[];

describe('hop 2 of 3 that cannot reach hop 3 is named, not hop 3', () => {
  for (const [middle, code] of middles) {
    const first = squidFirst.has(middle) ? 'squid elite' : 'microsocks';
    const skip = lacksHops(first, middle);
    it(
      middle,
      { skip },
      stage.test(async () => {
        await using house = await startHouse(await proxies.chain(first, middle, 'http://127.0.0.1:1'));
        origin.forget();
        const came = await curl(...through(house), `http://127.0.0.1:${origin.port}/`);
        const edge = code === 'hop-closed' ? { reporter: 1, suspect: 2 } : { reporter: 2, suspect: 3 };
        assert.deepEqual(lastVerdict(house), { code, ...edge, phase: 'request' });
        assert.equal(lastHeader(house), `X-Kaskade-Failure: ${code}; hop=2`);
        assert.ok(came.headers.includes(lastHeader(house)), came.headers);
        assert.deepEqual([came.status, origin.peers()], [502, []]);
      }),
    );
  }
});

describe('what a hop cannot do is told of that hop', () => {
  const skip = lacksHops('microsocks', 'squid', 'tinyproxy', 'privoxy');
  it(
    'dante, asked as SOCKS4a for a next hop with a name, takes 0.0.0.1 for its address and fails',
    { skip: lacksHops('microsocks', 'dante socks4', 'squid') },
    stage.test(async () => {
      const named = (await proxies.hop('squid')).replace('127.0.0.1', 'localhost');
      await using house = await startHouse(await proxies.chain('microsocks', 'dante socks4', 'http://localhost:1'));
      await curl(...through(house), 'http://127.0.0.1:1/');
      assert.deepEqual(lastVerdict(house), { code: 'onward-failed', reporter: 2, suspect: 3, phase: 'request' });
      await using good = await startHouse(
        await proxies.chain('microsocks', 'dante socks5', named as `${string}://${string}`),
      );
      assert.equal((await curl(...through(good), `http://127.0.0.1:${origin.port}/`)).status, 200);
    }),
  );

  it(
    'squid that tunnels to port 443 only is no hop before one with another port',
    { skip },
    stage.test(async () => {
      await using house = await startHouse(await proxies.chain('squid for 443 only', 'microsocks', 'tinyproxy'));
      const came = await curl(...through(house), `http://127.0.0.1:${origin.port}/`);
      assert.deepEqual(lastVerdict(house), { code: 'onward-denied', reporter: 1, suspect: 2, phase: 'request' });
      assert.ok(came.headers.includes('X-Kaskade-Failure: onward-denied; hop=1'), came.headers);
    }),
  );

  it(
    'squid that tunnels to port 443 only, as the last hop, refuses a target with another port',
    { skip },
    stage.test(async () => {
      await using house = await startHouse(await proxies.chain('microsocks', 'privoxy', 'squid for 443 only'));
      const came = await curl(...through(house, 'socks5h'), '-k', `https://127.0.0.1:${secure.port}/`);
      assert.deepEqual(lastVerdict(house), { code: 'onward-denied', reporter: 3, suspect: 'target', phase: 'request' });
      assert.match(came.error, /\(2\)/, 'the SOCKS reply for it is 2');
    }),
  );

  it(
    'squid without CONNECT is no hop before another one, whatever its mode',
    { skip },
    stage.test(async () => {
      const none = await proxies.hop('squid without CONNECT');
      for (const hop of [none, `${none}?mode=forward`]) {
        await using house = await startHouse(
          await proxies.chain('microsocks', hop as `${string}://${string}`, 'tinyproxy'),
        );
        await curl(...through(house), `http://127.0.0.1:${origin.port}/`);
        assert.deepEqual(lastVerdict(house), { code: 'onward-denied', reporter: 2, suspect: 3, phase: 'request' });
      }
    }),
  );
});
