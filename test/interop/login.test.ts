/** Logins of real proxies: a missing or a wrong one is told of the hop that wants it, wherever it stands. */

import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { inspect } from 'node:util';
import type { Phase } from '../../src/model/blame.js';
import { startHouse } from '../kit/house.js';
import { curl } from '../kit/real-client.js';
import { lastVerdict, through } from '../kit/real-house.js';
import { type HopName, createProxies, lacksHops, login } from '../kit/real-proxies.js';
import { createStage } from '../kit/real-stage.js';

const stage = createStage();
const proxies = createProxies(stage);
after(() => stage.close());

interface Row {
  readonly hop: HopName;
  /** In which phase a missing and a wrong login come out. */
  readonly missing: Phase;
  readonly wrong: Phase;
}

const rows: readonly Row[] = [
  { hop: 'microsocks with login', missing: 'greeting', wrong: 'auth' },
  { hop: 'squid with login', missing: 'request', wrong: 'request' },
  { hop: 'tinyproxy with login', missing: 'request', wrong: 'request' },
];

const before: HopName = 'privoxy';

for (const { hop, missing, wrong } of rows) {
  describe(hop, () => {
    const skip = lacksHops(hop, before);
    const cases = [
      { what: 'no login', text: '', code: 'hop-auth-missing', phase: missing },
      { what: 'a wrong password', text: 'alice:wr0ng-c4nary@', code: 'hop-auth-refused', phase: wrong },
      { what: 'an unknown user', text: 'm4llory-c4nary:s3cret@', code: 'hop-auth-refused', phase: wrong },
    ] as const;
    for (const { what, text, code, phase } of cases) {
      it(
        `with ${what} is named as hop 1 and as hop 2, and the login is said nowhere`,
        { skip },
        stage.test(async () => {
          const changed = (await proxies.hop(hop)).replace(`${login}@`, text) as `${string}://${string}`;
          for (const [number, chain] of [
            [1, await proxies.chain(changed)],
            [2, await proxies.chain(before, changed)],
          ] as const) {
            await using house = await startHouse(chain);
            const came = await curl(...through(house), 'http://127.0.0.1:1/');
            assert.deepEqual(lastVerdict(house), { code, reporter: number - 1, suspect: number, phase });
            assert.ok(came.headers.includes(`X-Kaskade-Failure: ${code}; hop=${number}`), came.headers);
            assert.equal(came.status, 502, 'a 407 would ask the client for its own login');
            const told = came.headers + came.body + inspect(house.events, { depth: 20 });
            assert.doesNotMatch(told, /c4nary|s3cret/);
          }
        }),
      );
    }
  });
}

describe('a login that nobody asked for', () => {
  const skip = lacksHops('microsocks', 'squid', 'tinyproxy');
  it(
    'is borne by HTTP proxies, and refused by a SOCKS5 proxy that offers none',
    { skip },
    stage.test(async () => {
      for (const name of ['squid', 'tinyproxy', 'microsocks'] as const) {
        const hop = (await proxies.hop(name)).replace('://', `://${login}@`);
        await using house = await startHouse(hop);
        await curl(...through(house), 'http://127.0.0.1:1/');
        const code = lastVerdict(house)?.code;
        if (name === 'microsocks') assert.equal(code, 'hop-auth-refused');
        else assert.match(code ?? '', /^onward-/);
      }
    }),
  );
});
