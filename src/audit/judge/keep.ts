/** What a judge remembers, for a while: records by the id of the question, and which ids were seen at all. */

import type { JudgeRecord } from './record.js';

/** A memory that forgets. */
export interface Keep {
  /** Adds a record and gives how often its id was asked for now. */
  readonly count: (id: string) => number;
  readonly add: (record: JudgeRecord) => void;
  readonly all: (id: string) => readonly JudgeRecord[];
  /** Visits to an id after its records were forgotten: only when, never who. */
  readonly revisits: (id: string) => readonly number[];
}

const mostRecords = 16;
const mostBytes = 64 * 1024 * 1024;
const mostIds = 200_000;
const watchedFor = 7 * 86_400_000;

interface Kept {
  readonly first: number;
  visits: number;
  records: readonly JudgeRecord[];
  bytes: number;
  readonly later: number[];
}

/** A memory whose records, and with them every address, go after `ttl` milliseconds; ids are watched for a week. */
export const createKeep = (ttl: number, clock: () => number): Keep => {
  const ids = new Map<string, Kept>();
  /** Those without records, in the order of their first visit. */
  const old = new Map<string, Kept>();
  let bytes = 0;
  const forgetOld = (): void => {
    const now = clock();
    for (const [id, kept] of ids) {
      const isSpent = now - kept.first > watchedFor || ids.size > mostIds;
      if (now - kept.first <= ttl && bytes <= mostBytes && !isSpent) break;
      bytes -= kept.bytes;
      kept.records = [];
      kept.bytes = 0;
      ids.delete(id);
      if (!isSpent) old.set(id, kept);
    }
    for (const [id, kept] of old) {
      if (now - kept.first <= watchedFor && old.size <= mostIds) break;
      old.delete(id);
    }
  };
  const find = (id: string): Kept => {
    const known = ids.get(id) ?? old.get(id);
    if (known !== undefined) return known;
    const made: Kept = { first: clock(), visits: 0, records: [], bytes: 0, later: [] };
    ids.set(id, made);
    return made;
  };
  return {
    count: (id) => {
      forgetOld();
      const kept = find(id);
      kept.visits += 1;
      if (old.has(id) && kept.later.length < mostRecords) kept.later.push(clock());
      return kept.visits;
    },
    add: (record) => {
      const kept = ids.get(record.id);
      if (kept === undefined || kept.records.length >= mostRecords) return;
      kept.records = [...kept.records, record];
      const size = 400 + record.head.length + (record.body?.bytes?.length ?? 0);
      kept.bytes += size;
      bytes += size;
    },
    all: (id) => {
      forgetOld();
      return ids.get(id)?.records ?? [];
    },
    revisits: (id) => old.get(id)?.later ?? [],
  };
};
