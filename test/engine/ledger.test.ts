/** The ledger of sessions, and what watchers hear of it. */

import assert from 'node:assert/strict';
import { Socket } from 'node:net';
import { describe, mock, test } from 'node:test';
import { parseEndpoint } from '../../src/model/address.js';
import { mostRecent } from '../../src/model/board.js';
import { type At, now } from '../../src/model/brand.js';
import { fail } from '../../src/model/error.js';
import type { KaskadeEvent } from '../../src/model/event.js';
import { parseAsker } from '../../src/model/route.js';
import { createLedger } from '../../src/engine/ledger.js';
import { watchRates } from '../../src/engine/rates.js';
import { createWatchers } from '../../src/engine/watchers.js';
import type { PendingRequest } from '../../src/inbound/request.js';
import type { Meter } from '../../src/net/idle.js';
import { routeOf } from '../kit/dials.js';

const requestFor = (target: string, client = new Socket()): PendingRequest => ({
  kind: 'tunnel',
  protocol: 'socks5',
  target: parseEndpoint(target),
  asker: parseAsker('work'),
  client,
  accept: () => undefined,
  refuse: () => undefined,
});

const watched = () => {
  const watchers = createWatchers();
  const events: KaskadeEvent[] = [];
  watchers.add((event) => events.push(event));
  return { ledger: createLedger(watchers), watchers, events };
};

const route = routeOf('http://a.test:80,http://b.test:80');

describe('a ledger', () => {
  test('says how many hops were passed ahead, until all of them are dialled after all', () => {
    const { ledger } = watched();
    const entry = ledger.open(requestFor('x.test:443'));
    const ahead = (): unknown => ledger.sessions()[0]?.ahead;
    entry.dialing(route);
    assert.equal(ahead(), undefined);
    entry.ahead(1);
    assert.equal(ahead(), 1);
    entry.ahead(0);
    assert.equal(ahead(), undefined);
    entry.ahead(1);
    entry.dialing(route);
    assert.equal(ahead(), undefined);
  });

  test('tells each phase of a session with its route and the tries', () => {
    const { ledger, events } = watched();
    const entry = ledger.open(requestFor('x.test:443'));
    entry.held(fail('cascade-down').failure);
    entry.dialing(route);
    entry.dialing(route);
    entry.passed({ hop: 1, label: 'a', exchange: 5 as never });
    const meter: Meter = { up: 0, down: 0 };
    entry.relaying(meter);
    [meter.up, meter.down, meter.firstDown] = [3, 4, now()];
    entry.closed('target');
    const states = events.flatMap((event) => (event.kind === 'session' ? [event.session] : []));
    assert.deepEqual(
      states.map(({ state, tries }) => `${state.phase} ${tries}`),
      ['held 0', 'dialing 1', 'dialing 2', 'dialing 2', 'relaying 2', 'closed 2'],
    );
    const last = states.at(-1);
    assert.deepEqual(last?.route, ['http://a.test:80', 'http://b.test:80']);
    assert.ok(last.state.phase === 'closed' && last.state.firstByte !== undefined && last.state.traffic.down === 4);
    assert.deepEqual([ledger.sessions(), ledger.recent()], [[], [last]]);
    assert.deepEqual(ledger.find(last.id), last);
  });

  test('counts what ended well and what failed, with the bytes of all', () => {
    const { ledger } = watched();
    const [one, other, open] = [1, 2, 3].map(() => ledger.open(requestFor('x.test:1')));
    one?.relaying({ up: 1, down: 10 });
    one?.closed('client');
    one?.failed(fail('stopped'));
    other?.failed(fail('hop-closed'));
    open?.relaying({ up: 5, down: 50 });
    assert.deepEqual(ledger.totals(), { served: 1, failed: 1, traffic: { up: 6, down: 60 } });
  });

  test('remembers the last ended sessions only, and none of their clients', () => {
    const { ledger } = watched();
    for (let count = 0; count < mostRecent + 7; count += 1) ledger.open(requestFor('x.test:1')).closed('client');
    assert.deepEqual([ledger.recent().length, ledger.recent()[0]?.id], [mostRecent, 8]);
    assert.equal(ledger.find(7), undefined);
    assert.equal(ledger.close(8), false);
  });

  test('closes a session by ending its client', () => {
    const { ledger } = watched();
    const client = new Socket();
    ledger.open(requestFor('x.test:1', client));
    assert.deepEqual([ledger.close(1), client.destroyed, ledger.close(2)], [true, true, false]);
  });

  test('tells only the sessions that moved since the last look', () => {
    const { ledger } = watched();
    const meter = { up: 1, down: 0 };
    ledger.open(requestFor('x.test:1')).relaying(meter);
    ledger.open(requestFor('x.test:1')).relaying({ up: 0, down: 0 });
    assert.deepEqual(ledger.moved(), [[1, 1, 0]]);
    assert.deepEqual(ledger.moved(), []);
    meter.down = 7;
    assert.deepEqual(ledger.moved(), [[1, 1, 7]]);
  });
});

test('rates are the bytes of each second, and every second is told', () => {
  mock.timers.enable({ apis: ['setInterval'] });
  try {
    const { ledger, watchers, events } = watched();
    const meter = { up: 0, down: 0 };
    const watch = watchRates(ledger, watchers);
    ledger.open(requestFor('x.test:1')).relaying(meter);
    for (const down of [100, 250, 250]) {
      meter.down = down;
      mock.timers.tick(1_000);
    }
    assert.deepEqual(watch.rates(), { up: [0, 0, 0], down: [100, 150, 0] });
    const ticks = events.flatMap((event) => (event.kind === 'tick' ? [event] : []));
    assert.deepEqual(
      ticks.map(({ down, moved }) => [down, moved.length]),
      [
        [100, 1],
        [150, 1],
        [0, 0],
      ],
    );
    assert.ok(ticks.every(({ at }) => at <= (performance.now() as At)));
    watch.stop();
    mock.timers.tick(5_000);
    assert.equal(watch.rates().down.length, 3);
  } finally {
    mock.timers.reset();
  }
});
