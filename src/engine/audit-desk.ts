/** Audits as faces use them: texts come in, reports go out, and the book learns from them. */

import type { AuditReport, Mode, Tier } from '../model/audit.js';
import type { Place, Stamp } from '../model/book.js';
import { isNonEmpty, millis } from '../model/brand.js';
import { asProxy } from '../model/cascade.js';
import { fail } from '../model/error.js';
import { parseFilter } from '../model/filter-text.js';
import { parseHop } from '../model/hop.js';
import { type JudgeLink, mayAsk, meetJudge } from '../audit/ask/judge-link.js';
import type { Subject } from '../audit/ask/subject.js';
import type { AuditPlan } from '../audit/plan.js';
import { checks } from '../audit/checks/index.js';
import { auditCrowd, usualRules } from '../audit/crowd.js';
import { type Past, meanings } from '../audit/grade.js';
import { parseJudgeUrl } from '../audit/judge/card.js';
import { randomHex } from '../audit/random.js';
import type { Job } from '../audit/run-jobs.js';
import type { Book } from '../book/store.js';
import type { Store } from '../config/store.js';
import { connectDirect, resolveBySystem } from '../net/direct.js';
import type { Door } from '../net/connect.js';
import { ownFacts, withoutJudges } from './audit-facts.js';
import { factsOfHops } from './audit-hops.js';
import { blockOf, isHere, subjectOf, subjectOfCascade } from './audit-jobs.js';
import { keptModes, shelve } from './audit-shelf.js';
import { keyNamed } from './book-desk.js';
import { findCascade } from './choice.js';
import type { AuditDesk, AuditWish } from './controller.js';
import { runJudge } from './judge.js';
import { runSelfTest } from './selftest.js';

/** What audits need of the program around them. */
export interface AuditParts {
  readonly store: Store;
  readonly openBook: () => Book;
  /** Whether there is a book: an audit of named proxies makes none. */
  readonly hasBook: () => boolean;
  readonly placeOf: (address: string) => Place;
  readonly door: () => Door;
}

/** A desk. */
export const createAuditDesk = (parts: AuditParts): AuditDesk => ({
  checks: checks.map(({ id, axis, severity, tier, modes, title, meaning }) => ({
    ...{ id, axis, severity, tier, modes, title, meaning },
  })),
  meaning: (grade) => meanings[grade],
  run: (wish) => run(wish, parts),
  kept: (proxy) => {
    if (!parts.hasBook()) return [];
    const key = keyNamed(parts.openBook(), proxy);
    return key === undefined ? [] : keptModes(parts.openBook(), key);
  },
  judge: (options) => runJudge(options, parts.store.path),
  selfTest: (options) => runSelfTest({ ...options, door: parts.door() }),
});

const usualWithin = {
  pulse: millis(5_000),
  quick: millis(10_000),
  full: millis(10_000),
  watch: millis(10_000),
} as const;

const run = async (wish: AuditWish, parts: AuditParts): Promise<void> => {
  const { store } = parts;
  const wanted = wantedJobs(wish, parts);
  agree(
    wish,
    wanted.map(({ subject }) => subject),
    store,
  );
  const links = await meet(wish, store);
  const plan = planFor(wish, links, store.settings()['audit.own']);
  const jobs = wanted.filter(({ subject }) => links.every(({ main }) => mayAsk(main, subject.hop.endpoint)));
  const left = wanted.length - jobs.length;
  if (left > 0)
    wish.onNotice?.(`Not asked: ${left}, since the judge is in a private network in which they are not themselves.`);
  await asked(jobs, { wish, plan: await withHops(plan, wish, parts), parts });
};

const planFor = (wish: AuditWish, links: readonly [JudgeLink, ...JudgeLink[]], typed: readonly string[]): AuditPlan => {
  const own = ownFacts(typed, links);
  if (own.doubtful !== undefined)
    wish.onNotice?.(
      `Only one judge says that your address is ${own.doubtful}: whether it stays hidden is not told. kaskade config set audit.own ${own.doubtful} says that it is yours.`,
    );
  return {
    ...{ tier: wish.tier, judges: links, facts: withoutJudges(own.facts, links) },
    ...{ within: wish.within ?? usualWithin[wish.tier], random: () => randomHex(8), clock: now },
  };
};

/** For a cascade, what is known of the hops before its last one: where they listen, and where they go out. */
const withHops = async (plan: AuditPlan, { of, signal }: AuditWish, parts: AuditParts): Promise<AuditPlan> => {
  if (of.kind !== 'cascade') return plan;
  const facts = await factsOfHops(findCascade(parts.store, of.name), parts.door(), { plan, signal });
  return { ...plan, facts: [...plan.facts, ...facts] };
};

const now = (): Stamp => Date.now() as Stamp;

interface KeyedJob extends Job {
  /** Where the book knows it. */
  readonly key?: number;
}

/** The proxies of a wish. Throws for those that there are not. */
const wantedJobs = (wish: AuditWish, parts: AuditParts): readonly KeyedJob[] => {
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
  return now() - last >= pauses[tier];
};

/** Proxies of other people are asked only once the user has agreed to that. */
const agree = ({ agreed }: AuditWish, subjects: readonly Subject[], store: Store): void => {
  if (subjects.every(isHere) || store.settings()['audit.agreed']) return;
  if (agreed !== true) throw fail('audit-consent');
  store.set('audit.agreed', 'yes');
};

const meet = async ({ judges, signal }: AuditWish, store: Store): Promise<readonly [JudgeLink, ...JudgeLink[]]> => {
  const urls = judges === undefined || judges.length === 0 ? store.settings().judges : judges;
  const rules = { resolve: resolveBySystem, mayReach: () => true };
  const meeting = {
    open: (at: Parameters<typeof connectDirect>[0], cancel: { readonly signal: AbortSignal | AuditSignal }) =>
      connectDirect(at, rules, cancel),
    freshId: () => randomHex(16),
    random: () => randomHex(8),
  };
  const links = await Promise.all(urls.map((url) => meetJudge(parseJudgeUrl(url), meeting, { signal })));
  if (!isNonEmpty(links)) throw fail('judge-missing');
  return links;
};

type AuditSignal = Parameters<typeof connectDirect>[2]['signal'];

interface Asking {
  readonly wish: AuditWish;
  readonly plan: AuditPlan;
  readonly parts: AuditParts;
}

/** A run of the book goes on where it was left; others have nothing to go on with. */
const begin = (jobs: readonly KeyedJob[], { tier, of, onNotice }: AuditWish, { openBook }: AuditParts) => {
  if (of.kind !== 'book') return { jobs };
  const keys = jobs.flatMap(({ key }) => key ?? []);
  const { key: run, proxies, resumed } = openBook().runs.begin(tier, of.filter, keys);
  if (resumed) onNotice?.(`An earlier run had not ended: it goes on with the ${proxies.length} that are left.`);
  const left = new Set(proxies);
  return { run, jobs: jobs.filter(({ key }) => key !== undefined && left.has(key)) };
};

const batch = 100;

/** Audits, and puts reports into the book a hundred at a time. */
const asked = async (wanted: readonly KeyedJob[], { wish, plan, parts }: Asking): Promise<void> => {
  const { run, jobs } = begin(wanted, wish, parts);
  const pending: { readonly key: number; readonly report: AuditReport }[] = [];
  const flush = (): void => {
    const some = pending.splice(0);
    if (some.length === 0) return;
    const changes = shelve(parts.openBook(), some, parts.placeOf);
    if (run !== undefined)
      parts.openBook().runs.settle(
        run,
        some.map(({ key }) => key),
      );
    for (const { report } of some) wish.onReport(report, changes.get(report) ?? []);
  };
  const onReport = ({ key }: KeyedJob, report: AuditReport): void => {
    if (key === undefined) wish.onReport(report, []);
    else pending.push({ key, report });
    if (pending.length >= batch) flush();
  };
  const clock = setInterval(flush, 1_000);
  try {
    await auditCrowd(jobs, { ...rulesFor(wish), plan, onReport }, { signal: wish.signal });
  } finally {
    clearInterval(clock);
    flush();
    if (run !== undefined) parts.openBook().runs.leave(run);
  }
};

const rulesFor = ({ most = usualRules.most, onProgress }: AuditWish) => ({
  ...{ ...usualRules, most, pace: Math.max(usualRules.pace, Math.ceil(most / 140)) },
  ...(onProgress === undefined ? {} : { onProgress }),
});
