/** Looks once a second at how many bytes moved: the rates of the last minute, and a tick for those who watch. */

import { nextRates } from '../model/board.js';
import { now } from '../model/brand.js';
import type { Rates } from '../model/snapshot.js';
import type { Ledger } from './ledger.js';
import type { Watchers } from './watchers.js';

const second = 1_000;

/** Rates that are kept up to date until they are stopped. */
export interface RateWatch {
  readonly rates: () => Rates;
  readonly stop: () => void;
}

/** Begins to watch. The timer keeps no process alive. */
export const watchRates = (ledger: Ledger, watchers: Watchers): RateWatch => {
  let before = ledger.totals().traffic;
  let rates: Rates = { up: [], down: [] };
  const timer = setInterval(() => {
    const totals = ledger.totals();
    const [up, down] = [totals.traffic.up - before.up, totals.traffic.down - before.down];
    before = totals.traffic;
    rates = nextRates(rates, up, down);
    const moved = ledger.moved();
    if (watchers.any()) watchers.tell({ kind: 'tick', at: now(), up, down, moved, totals });
  }, second).unref();
  return {
    rates: () => rates,
    stop: () => {
      clearInterval(timer);
    },
  };
};
