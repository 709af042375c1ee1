/** The proxies of a wish, as they are named, by a filter of the book, or as a cascade. */

import type { Mode } from '../model/audit.js';
import { asProxy } from '../model/cascade.js';
import { asKaskadeError, fail } from '../model/error.js';
import { parseFilter } from '../model/filter-text.js';
import { parseHop } from '../model/hop.js';
import type { Subject } from '../audit/ask/subject.js';
import type { Job } from '../audit/run-jobs.js';
import type { Past } from '../audit/grade.js';
import type { AuditParts } from './audit-desk.js';
import { isDue } from './audit-due.js';
import { blockOf, isHere, subjectOf, subjectOfCascade } from './audit-jobs.js';
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
  return namedJobs(of.proxies, wish, parts);
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

const jobsInBook = (filter: string, wish: AuditWish, parts: AuditParts): readonly KeyedJob[] => {
  const book = parts.openBook();
  const keys = book.keys(filter.trim() === '' ? notArchived : parseFilter(filter));
  if (keys.length === 0) wish.onNotice?.(nobodyText(filter));
  const due = keys.filter((key) => isDue(book, key, wish.tier));
  tellLeft(keys.length - due.length, wish);
  return due.map((key) => bookJob(key, parts));
};

const notArchived = parseFilter('shelf!=archived');

const nobodyText = (filter: string): string =>
  filter.trim() === ''
    ? 'Nobody is asked: the book has no proxies. kaskade list import takes some.'
    : 'Nobody is asked: the filter finds no proxy of the book.';

/** Those that are named are left alone too, but for the user’s own on this machine. */
const namedJobs = (named: readonly string[], wish: AuditWish, parts: AuditParts): readonly KeyedJob[] => {
  const jobs = named.map((text, index) => counted(() => namedJob(text, parts), index + 1, named.length));
  const due = jobs.filter(
    ({ key, subject }) =>
      key === undefined || isHere(subject) || wish.tier === 'quick' || isDue(parts.openBook(), key, wish.tier),
  );
  tellLeft(jobs.length - due.length, wish);
  return due;
};

/** Of many, says which one is not understood: what was written may have a password in it. */
const counted = <Made>(make: () => Made, place: number, all: number): Made => {
  try {
    return make();
  } catch (thrown) {
    const { code, failure } = asKaskadeError(thrown);
    if (code !== 'bad-hop' || all === 1) throw thrown;
    throw fail('bad-hop', { note: `number ${place} of ${all}: ${failure.note ?? 'not understood'}` });
  }
};

const tellLeft = (count: number, { tier, onNotice }: AuditWish): void => {
  if (count === 0) return;
  const which =
    count === 1 ? '1 was audited a short while ago and is' : `${count} were audited a short while ago and are`;
  const why = tier === 'quick' ? 'ten minutes are between two looks' : 'a full audit of one proxy is at most hourly';
  onNotice?.(`${which} left alone: ${why}. kaskade list show PROXY tells what was found.`);
};
