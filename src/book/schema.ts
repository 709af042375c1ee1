/** What the book's file looks like, and how an older one becomes a newer one. */

import { type Database, inTransaction } from './sqlite.js';

/**
 * Every step from one version of the file to the next, in order; `PRAGMA user_version` counts those that were made.
 * Shelves are 0 quarantine, 1 released, 2 archived; grades are their place among all from 1, or null; facts that may be several stand
 * between bars (`|DE|FR|`); `options` is the part of a hop's URL behind the question mark.
 */
const steps: readonly string[] = [
  `
  CREATE TABLE proxies (
    key INTEGER PRIMARY KEY,
    host TEXT NOT NULL, port INTEGER NOT NULL, scheme TEXT NOT NULL, login TEXT NOT NULL DEFAULT '',
    options TEXT NOT NULL DEFAULT '', assumed INTEGER NOT NULL, shelf INTEGER NOT NULL DEFAULT 0, isNew INTEGER NOT NULL DEFAULT 1,
    added INTEGER NOT NULL, named INTEGER NOT NULL, sources INTEGER NOT NULL DEFAULT 1,
    countries TEXT NOT NULL DEFAULT '', networks TEXT NOT NULL DEFAULT '', address TEXT,
    entryCountry TEXT NOT NULL DEFAULT '', entryNetwork TEXT NOT NULL DEFAULT '', exits TEXT NOT NULL DEFAULT '',
    tunnel INTEGER, forward INTEGER, pulse INTEGER NOT NULL DEFAULT 0, floor REAL, latency INTEGER, rank REAL,
    nextTry INTEGER, tags TEXT NOT NULL DEFAULT '', family TEXT, spki TEXT,
    opens TEXT NOT NULL DEFAULT '', refuses TEXT NOT NULL DEFAULT ''
  );
  CREATE UNIQUE INDEX proxyPlace ON proxies (host, port, scheme, login);
  CREATE INDEX proxyScheme ON proxies (scheme);
  CREATE INDEX proxyCountry ON proxies (countries) WHERE countries <> '';
  CREATE INDEX proxySources ON proxies (sources);
  CREATE INDEX proxyRank ON proxies (rank) WHERE rank IS NOT NULL;
  CREATE INDEX proxyTunnel ON proxies (tunnel) WHERE tunnel IS NOT NULL;
  CREATE INDEX proxyFloor ON proxies (floor) WHERE floor IS NOT NULL;
  CREATE INDEX proxyLatency ON proxies (latency) WHERE latency IS NOT NULL;
  CREATE INDEX proxyExit ON proxies (exits) WHERE exits <> '';
  CREATE INDEX proxyFamily ON proxies (family) WHERE family IS NOT NULL;
  CREATE INDEX proxyTry ON proxies (nextTry) WHERE nextTry IS NOT NULL;
  CREATE TABLE sources (
    key INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, place TEXT, way TEXT, format TEXT NOT NULL, scheme TEXT,
    fetched INTEGER NOT NULL, proxies INTEGER NOT NULL, added INTEGER NOT NULL, dropped INTEGER NOT NULL,
    every INTEGER, etag TEXT, modified TEXT, trouble TEXT, failures INTEGER NOT NULL DEFAULT 0, nextFetch INTEGER
  );
  CREATE TABLE named (
    proxy INTEGER NOT NULL, source INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, gone INTEGER NOT NULL DEFAULT 0,
    hearsay TEXT, PRIMARY KEY (proxy, source)
  ) WITHOUT ROWID;
  CREATE TABLE histories (proxy INTEGER PRIMARY KEY, state TEXT NOT NULL);
  CREATE TABLE exits (
    proxy INTEGER NOT NULL, address TEXT NOT NULL, country TEXT, network INTEGER, networkName TEXT, seen INTEGER NOT NULL,
    PRIMARY KEY (proxy, address)
  ) WITHOUT ROWID;
  CREATE TABLE audits (
    proxy INTEGER NOT NULL, mode TEXT NOT NULL, at INTEGER NOT NULL, grade INTEGER NOT NULL, judges INTEGER NOT NULL, detail TEXT,
    PRIMARY KEY (proxy, mode, at)
  ) WITHOUT ROWID;
  CREATE TABLE ranges (low TEXT NOT NULL, high TEXT NOT NULL, text TEXT NOT NULL, source INTEGER NOT NULL, PRIMARY KEY (source, text)) WITHOUT ROWID;
  `,
  // What the user said of how a source is to be read, as JSON: it holds for every further time.
  'ALTER TABLE sources ADD COLUMN said TEXT',
  // Runs of audits that are not at their end, and which proxies wait in them; `held` is how long somebody is known to be at it.
  `
  ALTER TABLE proxies ADD COLUMN cannot TEXT NOT NULL DEFAULT '';
  CREATE TABLE runs (key INTEGER PRIMARY KEY, tier TEXT NOT NULL, filter TEXT NOT NULL, held INTEGER NOT NULL, UNIQUE (tier, filter));
  CREATE TABLE due (run INTEGER NOT NULL, proxy INTEGER NOT NULL, PRIMARY KEY (run, proxy)) WITHOUT ROWID;
  `,
  // How it speaks: what it keeps of bytes that come early, and whether it says yes before it knows.
  "ALTER TABLE proxies ADD COLUMN speaks TEXT NOT NULL DEFAULT ''",
  // How long it bore a connection on which nothing was said, as `|ended|5000|` or `|outlived|40000|`.
  "ALTER TABLE proxies ADD COLUMN spareLife TEXT NOT NULL DEFAULT ''",
];

/** The version that this program writes. */
export const schemaVersion = steps.length;

/** The version of a file; 0 for an empty one. */
export const versionOf = (database: Database): number =>
  Number(database.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);

/** Makes the steps that are missing, all or none. */
export const migrate = (database: Database): void => {
  if (versionOf(database) >= schemaVersion) return;
  inTransaction(database, () => {
    // Another process may have made them while this one waited for its turn.
    const missing = steps.slice(versionOf(database));
    for (const step of missing) database.exec(step);
    if (missing.length > 0) database.exec(`PRAGMA user_version = ${schemaVersion}`);
  });
};
