/** What a judge remembers, for a while: records by the id of the question, and which ids were seen at all. */

import type { JudgeRecord, Revisits } from './record.js';

/** A memory that forgets. */
export interface Keep {
  /** Adds a record and gives how often its id was asked for now. */
  readonly count: (id: string) => number;
  readonly add: (record: JudgeRecord) => void;
  readonly all: (id: string) => readonly JudgeRecord[];
  /** What came of an id later, also when its records are forgotten; undefined for an id that nobody asked for in a week. */
  readonly revisits: (id: string) => Revisits | undefined;
}

/** Who asks again within so many milliseconds has lost the answer, and does not come later. */
export const moment = 1_000;

const mostRecords = 16;
const mostBytes = 64 * 1024 * 1024;
const mostIds = 200_000;
/** Ids are watched for so many milliseconds. */
export const watchedFor = 7 * 86_400_000;

interface Kept {
  readonly first: number;
  visits: number;
  records: readonly JudgeRecord[];
  bytes: number;
  later: Revisits;
}

/** A memory whose records, and with them every address, go after `ttl` milliseconds; ids are watched for a week, the last `most` of them. */
export const createKeep = (ttl: number, clock: () => number, most = mostIds): Keep => {
  const shelf = createShelf(ttl, clock, most);
  return {
    count: (id) => {
      shelf.forgetOld();
      const kept = shelf.find(id);
      kept.visits += 1;
      const delay = clock() - kept.first;
      const { visits, first = delay } = kept.later;
      if (delay > moment) kept.later = { visits: visits + 1, first, last: delay };
      return kept.visits;
    },
    add: (record) => {
      shelf.add(record);
    },
    all: (id) => {
      shelf.forgetOld();
      return shelf.isOld(id) ? [] : (shelf.peek(id)?.records ?? []);
    },
    revisits: (id) => {
      shelf.forgetOld();
      return shelf.peek(id)?.later;
    },
  };
};

/** So many ids are told of in one answer. */
export const mostTold = 8;

/** What is kept of an id, and of further ones that stand in the body of who asks. */
export const tellOf = (keep: Keep, first: string, body: Buffer): object => {
  const ids = [first, ...(body.toString('latin1').match(/[0-9a-f]{32}/g) ?? [])].slice(0, mostTold);
  const [kept, revisits] = [keep.all, keep.revisits].map((tell) => Object.fromEntries(ids.map((id) => [id, tell(id)])));
  return { kept, revisits };
};

/** Both in the order of their first visit: those with records, and those without any more. */
const createShelf = (ttl: number, clock: () => number, most: number) => {
  const [young, old] = [new Map<string, Kept>(), new Map<string, Kept>()];
  let bytes = 0;
  const isSpent = ({ first }: Kept): boolean => clock() - first > watchedFor;
  const forgetOld = (): void => {
    for (const [id, kept] of young) {
      if (clock() - kept.first <= ttl && bytes <= mostBytes && young.size <= most) break;
      bytes -= kept.bytes;
      young.delete(id);
      old.set(id, { ...kept, records: [], bytes: 0 });
    }
    for (const [id, kept] of old) {
      if (!isSpent(kept) && old.size <= most) break;
      old.delete(id);
    }
  };
  return {
    forgetOld,
    isOld: (id: string): boolean => old.has(id),
    peek: (id: string): Kept | undefined => young.get(id) ?? old.get(id),
    find: (id: string): Kept => {
      const known = young.get(id) ??
        old.get(id) ?? { first: clock(), visits: 0, records: [], bytes: 0, later: { visits: 0 } };
      if (!old.has(id)) young.set(id, known);
      return known;
    },
    add: (record: JudgeRecord): void => {
      const kept = young.get(record.id);
      if (kept === undefined || kept.records.length >= mostRecords) return;
      kept.records = [...kept.records, record];
      const size = 400 + record.head.length + (record.body?.bytes?.length ?? 0);
      kept.bytes += size;
      bytes += size;
    },
  };
};
