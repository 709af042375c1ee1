/** Keeps what tries and audits have shown of proxies: their history, grades, exits and rank. */

import { deflateRawSync } from 'node:zlib';
import { boundSpan } from '../model/bound.js';
import type { Millis } from '../model/brand.js';
import type { Behind } from '../model/early.js';
import { type Grade, type Place, type Stamp, grades, worstCounts } from '../model/book.js';
import type { SpareLife } from '../model/spare.js';
import { afterTry, isSpent, latencyOf, noHistory, trialsOf } from './availability.js';
import { readHistory, writeHistory } from './history-text.js';
import { gradeNumber, inBars, pulses } from './rows.js';
import { type Database, inTransaction } from './sqlite.js';

/** One try of a proxy, by its key. */
export interface Outcome {
  readonly key: number;
  readonly at: Stamp;
  readonly good: boolean;
  readonly latency?: Millis;
}

/** What an audit found of a proxy, by its key. */
export interface Audited {
  readonly key: number;
  readonly mode: 'tunnel' | 'forward';
  readonly grade: Grade;
  /** What this audit alone made of it, where earlier ones count too. */
  readonly alone?: Grade | undefined;
  readonly at: Stamp;
  readonly judges: number;
  readonly exits: readonly Place[];
  readonly spki?: string;
  readonly opens?: readonly number[];
  readonly refuses?: readonly number[];
  readonly cannot?: readonly ('names' | 'ipv6')[];
  readonly keeps?: readonly Behind[];
  readonly saysYes?: boolean;
  readonly spareLife?: SpareLife;
  /** Evidence as JSON; that of the last audit of a mode is kept. */
  readonly detail?: string;
}

/** Writes what was seen; each call is one transaction, and safe when it returns. */
export interface Keeping {
  readonly tried: (outcomes: readonly Outcome[]) => void;
  readonly audited: (findings: readonly Audited[]) => void;
}

/** A confirmed hostile finding stands for so long, whatever is found later. */
const hostileFor = 30 * 86_400_000;
const mostAudits = 4;
const mostDetails = 1;
const mostExits = 4;

/** Keeps through a connection. */
export const createKeeping = (database: Database): Keeping => {
  const exists = database.prepare('SELECT 1 FROM proxies WHERE key = ?');
  const rank = database.prepare(rankOf);
  const [tryOne, auditOne] = [keepTries(database), keepAudits(database)];
  const all = <Seen extends { readonly key: number }>(seen: readonly Seen[], keep: (one: Seen) => void): void => {
    inTransaction(database, () => {
      for (const one of seen) {
        // It may have been removed since it was tried.
        if (exists.get(one.key) === undefined) continue;
        keep(one);
        rank.run(one.key);
      }
    });
  };
  return {
    tried: (outcomes) => {
      all(outcomes, tryOne);
    },
    audited: (findings) => {
      all(findings, auditOne);
    },
  };
};

/** The grade weighs most, then how sure it answers, then how soon: who lies is often quick. Who lies in either mode comes last. */
const rankOf = `
  UPDATE proxies SET rank = CASE WHEN tunnel IS NULL AND forward IS NULL AND floor IS NULL AND latency IS NULL THEN NULL
    WHEN tunnel = 1 OR forward = 1 THEN 1 ELSE coalesce(tunnel, forward, ${grades.indexOf('anonymous') + 0.5}) * 100 + coalesce(floor, 0) * 50
      + 10 - min(coalesce(latency, 20000), 20000) / 2000.0 END WHERE key = ?`;

const keepTries = (database: Database): ((outcome: Outcome) => void) => {
  const find = database.prepare('SELECT state FROM histories WHERE proxy = ?');
  const keep = database.prepare(
    'INSERT INTO histories (proxy, state) VALUES (?, ?) ON CONFLICT (proxy) DO UPDATE SET state = excluded.state',
  );
  const show = database.prepare(
    `UPDATE proxies SET pulse = ?, floor = ?, latency = ?, nextTry = ?,
       shelf = CASE WHEN ? = 1 THEN 2 ELSE shelf END WHERE key = ?`,
  );
  return ({ key, ...outcome }) => {
    const state = find.get(key)?.['state'];
    const before = typeof state === 'string' ? readHistory(state) : noHistory;
    const after = afterTry(before, outcome);
    keep.run(key, writeHistory(after));
    const { all, floor } = trialsOf(after);
    const latency = latencyOf(after);
    show.run(
      ...[pulses.indexOf(after.pulse), all < 3 ? null : floor, latency === undefined ? null : boundSpan(latency)],
      ...[after.nextTry === undefined ? null : after.nextTry * 1_000, isSpent(after) ? 1 : 0, key],
    );
  };
};

const keepAudits = (database: Database): ((audited: Audited) => void) => {
  const on = statementsOf(database);
  const showExits = (key: number): void => {
    const rows = on.exits.all(key);
    const facts = (name: string): readonly string[] =>
      rows.flatMap((row) => (row[name] === null || row[name] === undefined ? [] : [String(row[name])]));
    const [first] = facts('address');
    if (first === undefined) return;
    on.showExits.run(
      ...[inBars(facts('address')), inBars(facts('country')), inBars(facts('network')), `exit ${first}`, key],
    );
  };
  const seeExit = (key: number, { address, country, network, networkName }: Place, at: Stamp): void => {
    on.exit.run(key, address, country ?? null, network ?? null, networkName ?? null, at);
    on.trimExits.run(key, key, mostExits);
  };
  return ({ key, mode, at, judges, exits, ...found }) => {
    on.audit.run(key, mode, at, gradeNumber(found.alone ?? found.grade), judges, packed(found.detail));
    on.trimAudits.run(key, mode, mostAudits, gradeNumber('hostile'), at - worstCounts);
    on.trimDetails.run(key, mode, key, mode, mostDetails);
    const worst = on.hostile.get(key, mode, gradeNumber('hostile'), at - hostileFor);
    const grade = worst === undefined ? gradeNumber(found.grade) : gradeNumber('hostile');
    (mode === 'tunnel' ? on.gradeTunnel : on.gradeForward).run(grade, key);
    for (const exit of exits) seeExit(key, exit, at);
    showExits(key);
    if (found.spki !== undefined) on.spki.run(found.spki, `key ${found.spki.slice(0, 16)}`, key);
    if (found.opens !== undefined)
      on.opens.run(
        ...[found.opens, found.refuses, found.cannot, speechOf(found)].map((facts) => inBars(facts ?? [])),
        key,
      );
    const { spareLife } = found;
    if (spareLife !== undefined) on.spareLife.run(inBars([spareLife.how, spareLife.after]), key);
  };
};

const speechOf = ({ keeps = [], saysYes = false }: Pick<Audited, 'keeps' | 'saysYes'>): readonly string[] => [
  ...keeps,
  ...(saysYes ? ['yes'] : []),
];

/** Evidence repeats itself: packed it takes a third. */
const packed = (detail: string | undefined): Uint8Array | null =>
  detail === undefined ? null : deflateRawSync(detail, { level: 9 });

const statementsOf = (database: Database) => ({
  audit: database.prepare(
    'INSERT OR REPLACE INTO audits (proxy, mode, at, grade, judges, detail) VALUES (?, ?, ?, ?, ?, ?)',
  ),
  trimAudits: database.prepare(
    // The last hostile one stays, and the worst of a week, however many came after it.
    `DELETE FROM audits WHERE proxy = ?1 AND mode = ?2 AND at NOT IN
       (SELECT at FROM audits WHERE proxy = ?1 AND mode = ?2 ORDER BY at DESC LIMIT ?3)
       AND at IS NOT (SELECT max(at) FROM audits WHERE proxy = ?1 AND mode = ?2 AND grade = ?4)
       AND at IS NOT (SELECT at FROM audits WHERE proxy = ?1 AND mode = ?2 AND at > ?5 ORDER BY grade, at DESC LIMIT 1)`,
  ),
  trimDetails: database.prepare(
    `UPDATE audits SET detail = NULL WHERE proxy = ? AND mode = ? AND detail IS NOT NULL AND at NOT IN
       (SELECT at FROM audits WHERE proxy = ? AND mode = ? ORDER BY at DESC LIMIT ?)`,
  ),
  hostile: database.prepare('SELECT 1 FROM audits WHERE proxy = ? AND mode = ? AND grade = ? AND at > ? LIMIT 1'),
  gradeTunnel: database.prepare('UPDATE proxies SET tunnel = ? WHERE key = ?'),
  gradeForward: database.prepare('UPDATE proxies SET forward = ? WHERE key = ?'),
  exit: database.prepare(
    'INSERT OR REPLACE INTO exits (proxy, address, country, network, networkName, seen) VALUES (?, ?, ?, ?, ?, ?)',
  ),
  trimExits: database.prepare(
    `DELETE FROM exits WHERE proxy = ? AND address NOT IN (SELECT address FROM exits WHERE proxy = ? ORDER BY seen DESC LIMIT ?)`,
  ),
  exits: database.prepare('SELECT * FROM exits WHERE proxy = ? ORDER BY seen DESC'),
  showExits: database.prepare('UPDATE proxies SET exits = ?, countries = ?, networks = ?, family = ? WHERE key = ?'),
  spki: database.prepare('UPDATE proxies SET spki = ?, family = ? WHERE key = ?'),
  spareLife: database.prepare('UPDATE proxies SET spareLife = ? WHERE key = ?'),
  opens: database.prepare('UPDATE proxies SET opens = ?, refuses = ?, cannot = ?, speaks = ? WHERE key = ?'),
});
