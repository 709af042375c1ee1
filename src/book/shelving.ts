/** Moves proxies of the book between its shelves, puts tags on them, removes them. */

import { fromBars, inBars } from './rows.js';
import type { Logins } from './logins.js';
import { type Database, inTransaction } from './sqlite.js';

/** Changes of some proxies, by their keys; each is one transaction and tells how many it changed. */
export interface Shelving {
  /** Lets them into routes. */
  readonly release: (keys: readonly number[]) => number;
  readonly quarantine: (keys: readonly number[]) => number;
  readonly remove: (keys: readonly number[]) => number;
  readonly markSeen: (keys: readonly number[]) => number;
  readonly tag: (keys: readonly number[], tag: string, on: 'add' | 'remove') => number;
  /** Removes a source, and the proxies in quarantine that only it named; undefined where there is none of that name. */
  readonly forget: (source: string) => number | undefined;
}

/** Shelves through a connection. */
export const createShelving = (database: Database, logins: Logins): Shelving => {
  const on = statementsOf(database);
  const each = (keys: readonly number[], change: (key: number) => number | bigint): number =>
    inTransaction(database, () => keys.reduce((sum, key) => sum + Number(change(key)), 0));
  const removeOne = (key: number): number => {
    for (const statement of on.removeAll) statement.run(key);
    return Number(on.remove.run(key).changes);
  };
  const sweep = (): void => {
    logins.sweep((mark) => on.hasLogin.get(mark) !== undefined);
  };
  return {
    release: (keys) => each(keys, (key) => on.shelve.run(1, key, 1).changes),
    quarantine: (keys) => each(keys, (key) => on.shelve.run(0, key, 0).changes),
    markSeen: (keys) => each(keys, (key) => on.markSeen.run(key).changes),
    remove: (keys) => {
      const removed = each(keys, removeOne);
      sweep();
      return removed;
    },
    tag: (keys, tag, way) =>
      each(keys, (key) => {
        const before = fromBars(on.tags.get(key)?.['tags']);
        const after = way === 'add' ? [...before, tag] : before.filter((each) => each !== tag);
        return on.tag.run(inBars(after), key, inBars(after)).changes;
      }),
    forget: (name) => {
      const source = on.source.get(name)?.['key'];
      if (source === undefined) return undefined;
      const removed = inTransaction(database, () => {
        on.uncount.run(source);
        const orphans = on.orphans.all(source).map(({ proxy }) => Number(proxy));
        on.unname.run(source);
        on.unblock.run(source);
        on.forget.run(source);
        return orphans.reduce((sum, key) => sum + removeOne(key), 0);
      });
      sweep();
      return removed;
    },
  };
};

const statementsOf = (database: Database) => ({
  shelve: database.prepare('UPDATE proxies SET shelf = ?, isNew = 0 WHERE key = ? AND shelf <> ?'),
  markSeen: database.prepare('UPDATE proxies SET isNew = 0 WHERE key = ? AND isNew = 1'),
  tags: database.prepare('SELECT tags FROM proxies WHERE key = ?'),
  tag: database.prepare('UPDATE proxies SET tags = ? WHERE key = ? AND tags <> ?'),
  removeAll: ['named', 'histories', 'exits', 'audits'].map((table) =>
    database.prepare(`DELETE FROM ${table} WHERE proxy = ?`),
  ),
  remove: database.prepare('DELETE FROM proxies WHERE key = ?'),
  hasLogin: database.prepare('SELECT 1 FROM proxies WHERE login = ? LIMIT 1'),
  source: database.prepare('SELECT key FROM sources WHERE name = ?'),
  uncount: database.prepare(
    'UPDATE proxies SET sources = sources - 1 WHERE key IN (SELECT proxy FROM named WHERE source = ? AND gone = 0)',
  ),
  orphans: database.prepare(
    `SELECT proxy FROM named JOIN proxies ON proxies.key = named.proxy
     WHERE source = ? AND shelf = 0 AND sources <= 0`,
  ),
  unname: database.prepare('DELETE FROM named WHERE source = ?'),
  unblock: database.prepare('DELETE FROM ranges WHERE source = ?'),
  forget: database.prepare('DELETE FROM sources WHERE key = ?'),
});
