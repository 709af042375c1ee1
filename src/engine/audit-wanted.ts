/** The proxies of a wish, as they are named, by a filter of the book, or as a cascade. */

import type { Mode, Tier } from '../model/audit.js';
import { asProxy } from '../model/cascade.js';
import { fail } from '../model/error.js';
import { parseFilter } from '../model/filter-text.js';
import { parseHop } from '../model/hop.js';
import type { Subject } from '../audit/ask/subject.js';
import type { Job } from '../audit/run-jobs.js';
import type { Past } from '../audit/grade.js';
import type { Book } from '../book/store.js';
import type { AuditParts } from './audit-desk.js';
import { blockOf, subjectOf, subjectOfCascade } from './audit-jobs.js';
import { keptModes } from './audit-shelf.js';
import { keyNamed } from './book-desk.js';
import { findCascade } from './choice.js';
import type { AuditWish } from './controller.js';

/** A proxy that waits for its audit. */
export interface KeyedJob extends Job {
  /** Where the book knows it. */
  readonly key?: number;
}

/** The proxies of a wish. Throws for those that there are not. */
export const wantedJobs = (wish: AuditWish, parts: AuditParts): readonly KeyedJob[] => {
  const { of } = wish;
  if (of.kind === 'cascade') return [jobOf(subjectOfCascade(findCascade(parts.store, of.name), parts.door()))];
  if (of.kind === 'book') return jobsInBook(of.filter, wish, parts);
  return of.proxies.map((text) => namedJob(text, parts));
};

const jobOf = (subject: Subject, more: Pick<KeyedJob, 'key' | 'plan'> = {}): KeyedJob => ({
  ...{ subject, block: blockOf(subject) },
  ...more,
});

/** One of the book by its name, else a hop as it is written. */
const namedJob = (text: string, parts: AuditParts): KeyedJob => {
  const key = parts.hasBook() ? keyNamed(parts.openBook(), text) : undefined;
  if (key !== undefined) return bookJob(key, parts);
  const hop = parseHop(/^[a-z0-9]+:\/\//i.test(text) ? text : `http://${text}`);
  return jobOf(subjectOf(asProxy(hop, 'audit'), parts.door()));
};

const bookJob = (key: number, { openBook, door }: AuditParts): KeyedJob => {
  const book = openBook();
  const detail = book.detail(key);
  if (detail === undefined) throw fail('proxy-unknown');
  const { entry, audits } = detail;
  const credentials = entry.login ? book.credentialsOf(entry.id.split('#')[1] ?? '') : undefined;
  const hop = credentials === undefined ? entry.hop : { ...entry.hop, credentials };
  const past = (mode: Mode): Past => ({
    runs: audits
      .filter((run) => run.mode === mode)
      .map(({ at, grade }) => ({ at, grade, judges: entry[mode]?.judges ?? 1 })),
    watched: keptModes(book, key).find((kept) => kept.mode === mode)?.watched ?? [],
  });
  return jobOf(subjectOf(asProxy(hop, 'audit'), door()), { key, plan: { past } });
};

/** Full audits of one proxy are an hour apart, quick ones ten minutes. */
const pauses: Readonly<Record<Tier, number>> = { pulse: 0, quick: 600_000, full: 3_600_000, watch: 3_600_000 };

const jobsInBook = (filter: string, { tier, onNotice }: AuditWish, parts: AuditParts): readonly KeyedJob[] => {
  const book = parts.openBook();
  const keys = book.keys(filter.trim() === '' ? notArchived : parseFilter(filter));
  const due = keys.filter((key) => isDue(book, key, tier));
  if (due.length < keys.length)
    onNotice?.(
      `${keys.length - due.length} were audited a short while ago and are left alone: a full audit is at most hourly.`,
    );
  return due.map((key) => bookJob(key, parts));
};

const notArchived = parseFilter('shelf!=archived');

const isDue = (book: Book, key: number, tier: Tier): boolean => {
  const last = Math.max(0, ...book.evidence(key).map(({ at }) => at));
  return Date.now() - last >= pauses[tier];
};
