/** Plain http:// through last hops that do not tunnel: refused with the reason, and working where forwarding is allowed. */

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startHouse } from '../kit/house.js';
import { curl } from '../kit/real-client.js';
import { lastVerdict, through } from '../kit/real-house.js';
import { type HopName, createProxies, lacksHops } from '../kit/real-proxies.js';
import { createStage } from '../kit/real-stage.js';
import { type Echo, type Target, sha256OfDownload, startOrigin } from '../kit/real-targets.js';

const stage = createStage();
const proxies = createProxies(stage);
let origin: Target;

before(async () => {
  origin = await startOrigin();
});
after(async () => {
  await Promise.all([origin.close(), stage.close()]);
});

const forwarding = async (name: HopName): Promise<`${string}://${string}`> => {
  const hop = await proxies.hop(name);
  return `${hop}${hop.includes('?') ? '&' : '?'}mode=forward` as `${string}://${string}`;
};

const namesIn = (echo: Echo): readonly string[] => echo.headers.filter((_, index) => index % 2 === 0);

describe('a last hop without CONNECT', () => {
  const skip = lacksHops('microsocks', 'tinyproxy', 'squid');
  for (const hop of ['squid without CONNECT', 'squid for 443 only'] as const) {
    it(
      `${hop}: a plain request is refused with the reason and the two ways out, and nothing is sent`,
      { skip },
      stage.test(async () => {
        await using house = await startHouse(await proxies.chain('microsocks', 'tinyproxy', hop));
        origin.forget();
        const came = await curl(...through(house), `http://127.0.0.1:${origin.port}/`);
        const edge = { reporter: 3, suspect: 'target', phase: 'request' };
        assert.deepEqual(lastVerdict(house), { code: 'plain-http-denied', ...edge });
        assert.ok(came.headers.includes('X-Kaskade-Failure: plain-http-denied; hop=3'), came.headers);
        assert.deepEqual([came.status, origin.peers()], [502, []]);
        assert.match(came.body, /another proxy as the last hop.*\?mode=forward/s);
      }),
    );
  }

  it(
    'works with ?mode=forward: GET, POST, download and a page that is not there',
    { skip },
    stage.test(async () => {
      const hop = await forwarding('squid without CONNECT');
      await using house = await startHouse(await proxies.chain('microsocks', 'tinyproxy', hop));
      const base = `http://localhost:${origin.port}`;
      assert.equal((await curl(...through(house), `${base}/`)).status, 200);
      assert.equal((await curl(...through(house), `${base}/?status=404`)).status, 404);
      const post = await curl(...through(house), '--data-binary', 'x'.repeat(100_000), `${base}/post`);
      const echo = JSON.parse(post.body) as Echo;
      assert.deepEqual([echo.method, echo.url, echo.size], ['POST', '/post', 100_000]);
      const down = await curl(...through(house), `${base}/?n=5000000`);
      assert.deepEqual([down.exit, down.sha256], [0, sha256OfDownload(5_000_000)]);
    }),
  );

  it(
    'still refuses a tunnel in that mode, for it is not asked to see more than plain pages',
    { skip },
    stage.test(async () => {
      await using house = await startHouse(
        await proxies.chain('microsocks', await forwarding('squid without CONNECT')),
      );
      await curl(...through(house), '-k', `https://127.0.0.1:${origin.port}/`);
      const edge = { reporter: 2, suspect: 'target', phase: 'request' };
      assert.deepEqual(lastVerdict(house), { code: 'onward-denied', ...edge });
    }),
  );
});

describe('a last hop that forwards', () => {
  const skip = lacksHops(
    'microsocks',
    'squid',
    'tinyproxy',
    'privoxy',
    'haproxy before squid',
    'stunnel before tinyproxy',
  );
  /** What each adds of its own; a tunnel adds nothing. */
  const adds: readonly (readonly [HopName, readonly string[]])[] = [
    ['squid', ['Via', 'X-Forwarded-For', 'Cache-Control']],
    ['squid elite', []],
    ['squid with login', ['Via', 'X-Forwarded-For', 'Cache-Control']],
    ['tinyproxy', ['Via']],
    ['tinyproxy with login', []],
    ['privoxy', []],
    ['haproxy before squid', []],
    ['stunnel before tinyproxy', ['Via']],
  ];
  for (const [hop, added] of adds) {
    it(
      `${hop} adds ${added.length === 0 ? 'nothing' : added.join(', ')}, and learns no more than the request`,
      { skip },
      stage.test(async () => {
        await using house = await startHouse(await proxies.chain('microsocks', await forwarding(hop)));
        const url = `http://127.0.0.1:${origin.port}/seen?by=all`;
        const came = await curl(...through(house), '-H', 'X-Own: kept', url);
        assert.equal(came.status, 200, `${came.headers} ${came.error}`);
        const echo = JSON.parse(came.body) as Echo;
        const own = ['Host', 'User-Agent', 'Accept', 'X-Own'];
        const others = namesIn(echo).filter((name) => !own.includes(name) && name !== 'Connection');
        assert.deepEqual([...others].sort(), [...added].sort());
        assert.ok(
          own.every((name) => namesIn(echo).includes(name)),
          namesIn(echo).join(),
        );
      }),
    );
  }

  it(
    'tells a wrong login of itself, not of the client',
    { skip },
    stage.test(async () => {
      const wrong = (await forwarding('squid with login')).replace('s3cret', 'wrong') as `${string}://${string}`;
      await using house = await startHouse(await proxies.chain('microsocks', wrong));
      const came = await curl(...through(house), `http://127.0.0.1:${origin.port}/`);
      assert.deepEqual(lastVerdict(house), { code: 'hop-auth-refused', reporter: 1, suspect: 2, phase: 'auth' });
      assert.deepEqual([came.status, /proxy-authenticate/i.test(came.headers)], [502, false]);
    }),
  );
});
