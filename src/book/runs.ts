/** Audits of many proxies that are under way: which of them still wait, so that one that was killed goes on where it was. */

import type { Stamp } from '../model/book.js';
import { fail } from '../model/error.js';
import { type Database, inTransaction } from './sqlite.js';

/** A run. */
export interface Run {
  readonly key: number;
  /** Those that still wait. */
  readonly proxies: readonly number[];
  /** It had been begun before and was not at its end. */
  readonly resumed: boolean;
}

/** Keeps runs. */
export interface Runs {
  /** Begins a run, or goes on with one of the same tier and filter. Throws `audit-running` where somebody is at it. */
  readonly begin: (tier: string, filter: string, proxies: readonly number[]) => Run;
  /** These have their reports now, or need none any more. */
  readonly settle: (run: number, proxies: readonly number[]) => void;
  /** Somebody is still at it: to be called every few seconds while a run goes on. */
  readonly hold: (run: number) => void;
  /** Leaves a run: forgotten where nobody waits in it any more, else to be gone on with. */
  readonly leave: (run: number) => void;
}

/** Who has not said anything for so long is not at it any more: one that was killed keeps nobody waiting. */
const heldFor = 20_000;

/** Keeps runs through a connection. */
export const createRuns = (database: Database, clock: () => Stamp): Runs => {
  const on = statementsOf(database);
  const waiting = (run: number): readonly number[] => on.due.all(run).map(({ proxy }) => Number(proxy));
  const hold = (run: number): void => {
    on.hold.run(clock() + heldFor, run);
  };
  return {
    begin: (tier, filter, proxies) =>
      inTransaction(database, () => {
        const found = on.find.get(tier, filter);
        const key = Number(found?.['key'] ?? on.add.get(tier, filter)?.['key']);
        if (found !== undefined && Number(found['held']) > clock()) throw fail('audit-running');
        hold(key);
        const left = waiting(key);
        if (left.length > 0) return { key, proxies: left, resumed: true };
        for (const proxy of proxies) on.wait.run(key, proxy);
        return { key, proxies, resumed: false };
      }),
    hold,
    settle: (run, proxies) => {
      inTransaction(database, () => {
        for (const proxy of proxies) on.settle.run(run, proxy);
        hold(run);
      });
    },
    leave: (run) => {
      inTransaction(database, () => {
        if (waiting(run).length === 0) on.forget.run(run);
        else on.hold.run(0, run);
      });
    },
  };
};

const statementsOf = (database: Database) => ({
  find: database.prepare('SELECT key, held FROM runs WHERE tier = ? AND filter = ?'),
  add: database.prepare('INSERT INTO runs (tier, filter, held) VALUES (?, ?, 0) RETURNING key'),
  hold: database.prepare('UPDATE runs SET held = ? WHERE key = ?'),
  // Those that were removed from the book in the meantime wait no more.
  due: database.prepare('SELECT proxy FROM due JOIN proxies ON proxies.key = due.proxy WHERE run = ? ORDER BY proxy'),
  wait: database.prepare('INSERT OR IGNORE INTO due (run, proxy) VALUES (?, ?)'),
  settle: database.prepare('DELETE FROM due WHERE run = ? AND proxy = ?'),
  forget: database.prepare('DELETE FROM runs WHERE key = ?'),
});
