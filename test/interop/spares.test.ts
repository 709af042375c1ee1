/** Spare tunnels to real programs as last hops: sessions go over them as over others, and so do refusals. */

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { millis } from '../../src/model/brand.js';
import type { Session } from '../../src/model/session.js';
import { createGuards } from '../../src/route/guards.js';
import { createCatalog } from '../kit/catalog.js';
import { entryOf, today } from '../kit/entries.js';
import { type House, startHouse } from '../kit/house.js';
import { until } from '../kit/leak.js';
import { curl } from '../kit/real-client.js';
import { lastVerdict, through } from '../kit/real-house.js';
import { type HopName, createProxies, lacksHops } from '../kit/real-proxies.js';
import { createStage } from '../kit/real-stage.js';
import { type Target, startOrigin } from '../kit/real-targets.js';
import { sessionsOf } from '../kit/scenes.js';

const lasts: readonly HopName[] = [
  'microsocks',
  'dante socks5',
  'squid',
  'tinyproxy',
  'privoxy',
  'stunnel before tinyproxy',
  'ssh -D socks5',
];

const stage = createStage();
const proxies = createProxies(stage);
let origin: Target;

before(async () => {
  origin = await startOrigin();
});
after(async () => {
  await Promise.all([origin.close(), stage.close()]);
});

/** Two hops; the last one is known to bear a minute of silence. */
const houseOver = async (first: HopName, last: HopName): Promise<House> => {
  const url = await proxies.hop(last);
  const spareLife = { how: 'outlived', after: millis(60_000) } as const;
  const guards = createGuards({ random: Math.random, wallClock: () => today });
  const book = { catalog: createCatalog([entryOf(url, { spareLife })]), guards, own: () => [] };
  return startHouse(`${await proxies.hop(first)},${url}`, { book });
};

/** A page of its own for each, over a tunnel of its own. */
const visit = async (house: House, port: number): Promise<Session> => {
  await curl(...through(house, 'socks5h'), `http://127.0.0.1:${port}/page`);
  await until(() => house.controller.snapshot.sessions.length === 0, 'it is over');
  const session = sessionsOf(house).at(-1);
  assert.ok(session);
  return session;
};

describe('a session over a spare tunnel to', () => {
  for (const last of lasts) {
    const first = last === 'microsocks' || last === 'ssh -D socks5' ? 'squid elite' : 'microsocks';
    it(
      last,
      { skip: lacksHops(first, last) },
      stage.test(async () => {
        await using house = await houseOver(first, last);
        await visit(house, 1);
        const refused = lastVerdict(house);
        origin.forget();
        let over: Session | undefined;
        let visits = 0;
        while (over?.ahead !== 1) {
          visits += 1;
          assert.ok(visits < 10, `the session is over a spare, not ${JSON.stringify(over)}`);
          over = await visit(house, origin.port);
        }
        assert.equal(over.state.phase, 'closed');
        assert.equal(origin.peers().length, visits);
        await visit(house, 1);
        assert.deepEqual(lastVerdict(house), refused);
        assert.equal(origin.peers().length, visits);
      }),
    );
  }
});
