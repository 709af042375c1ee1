/** Audits as faces use them: texts come in, reports go out, and the book learns from them. */

import { randomBytes } from 'node:crypto';
import type { AuditReport, CheckId, Mode, Tier } from '../model/audit.js';
import type { Place, Stamp } from '../model/book.js';
import { isNonEmpty, millis } from '../model/brand.js';
import { asProxy } from '../model/cascade.js';
import { fail } from '../model/error.js';
import { parseFilter } from '../model/filter-text.js';
import { parseHop } from '../model/hop.js';
import { type JudgeLink, mayAsk, meetJudge } from '../audit/ask/judge-link.js';
import type { Subject } from '../audit/ask/subject.js';
import type { AuditPlan } from '../audit/audit.js';
import { checks } from '../audit/checks/index.js';
import { type Job, auditCrowd, usualRules } from '../audit/crowd.js';
import { type Past, meanings } from '../audit/grade.js';
import { parseJudgeUrl } from '../audit/judge/card.js';
import type { Book } from '../book/store.js';
import type { Store } from '../config/store.js';
import { connectDirect, resolveBySystem } from '../net/direct.js';
import type { Door } from '../net/connect.js';
import { hopFacts, ownFacts, withoutJudges } from './audit-facts.js';
import { blockOf, isHere, subjectOf, subjectOfCascade } from './audit-jobs.js';
import { keptModes, shelve } from './audit-shelf.js';
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
    const key = parts.openBook().keyOf(proxy);
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
  const waiting = waitingFor(wish, parts);
  agree(
    wish,
    waiting.jobs.map(({ subject }) => subject),
    store,
  );
  const links = await meet(wish, store);
  const own = ownFacts(store.settings()['audit.own'], links);
  if (own.doubtful !== undefined)
    wish.onNotice?.(
      `Only one judge says that your address is ${own.doubtful}: whether it stays hidden is not told. kaskade config set audit.own ${own.doubtful} says that it is yours.`,
    );
  const facts = withoutJudges(own.facts, links);
  const plan: AuditPlan = {
    ...{ tier: wish.tier, judges: links, facts, within: wish.within ?? usualWithin[wish.tier] },
    random: () => randomBytes(8).toString('hex'),
    clock: now,
  };
  const jobs = waiting.jobs.filter(({ subject }) => links.every(({ main }) => mayAsk(main, subject.hop.endpoint)));
  if (jobs.length < waiting.jobs.length)
    wish.onNotice?.(
      `${waiting.jobs.length - jobs.length} are not asked: the judge is in a private network, and they are not in the same.`,
    );
  await asked(jobs, { wish, waiting, plan, parts });
};

const now = (): Stamp => Date.now() as Stamp;

interface KeyedJob extends Job {
  /** Where the book knows it. */
  readonly key?: number;
}

interface Waiting {
  readonly jobs: readonly KeyedJob[];
  readonly run?: number;
}

/** The proxies of a wish. Throws for those that there are not. */
const waitingFor = (wish: AuditWish, parts: AuditParts): Waiting => {
  const { of } = wish;
  if (of.kind === 'cascade')
    return { jobs: [jobOf(subjectOfCascade(findCascade(parts.store, of.name), parts.door()))] };
  if (of.kind === 'book') return waitingInBook(of.filter, wish, parts);
  return { jobs: of.proxies.map((text) => namedJob(text, parts)) };
};

const jobOf = (subject: Subject, more: Pick<KeyedJob, 'key' | 'plan'> = {}): KeyedJob => ({
  ...{ subject, block: blockOf(subject) },
  ...more,
});

/** One of the book by its name, else a hop as it is written. */
const namedJob = (text: string, parts: AuditParts): KeyedJob => {
  const key = parts.hasBook() ? parts.openBook().keyOf(text) : undefined;
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
  });
  return jobOf(subjectOf(asProxy(hop, 'audit'), door()), { key, plan: { past } });
};

/** Full audits of one proxy are an hour apart, quick ones ten minutes. */
const pauses: Readonly<Record<Tier, number>> = { pulse: 0, quick: 600_000, full: 3_600_000, watch: 3_600_000 };

const waitingInBook = (filter: string, { tier, onNotice }: AuditWish, parts: AuditParts): Waiting => {
  const book = parts.openBook();
  const keys = book.keys(filter.trim() === '' ? notArchived : parseFilter(filter));
  const due = keys.filter((key) => isDue(book, key, tier));
  if (due.length < keys.length)
    onNotice?.(
      `${keys.length - due.length} were audited a short while ago and are left alone: a full audit is at most hourly.`,
    );
  const { key: run, proxies, resumed } = book.runs.begin(tier, filter, due);
  if (resumed) onNotice?.(`An earlier run had not ended: it goes on with the ${proxies.length} that are left.`);
  return { run, jobs: proxies.map((key) => bookJob(key, parts)) };
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
    freshId: () => randomBytes(16).toString('hex'),
    random: () => randomBytes(8).toString('hex'),
  };
  const links = await Promise.all(urls.map((url) => meetJudge(parseJudgeUrl(url), meeting, { signal })));
  if (!isNonEmpty(links)) throw fail('judge-missing');
  return links;
};

type AuditSignal = Parameters<typeof connectDirect>[2]['signal'];

interface Asking {
  readonly wish: AuditWish;
  readonly waiting: Waiting;
  readonly plan: AuditPlan;
  readonly parts: AuditParts;
}

const batch = 100;

/** Audits, and puts reports into the book a hundred at a time. */
const asked = async (jobs: readonly KeyedJob[], { wish, waiting, plan, parts }: Asking): Promise<void> => {
  const pending: { readonly key: number; readonly report: AuditReport }[] = [];
  const tell = (report: AuditReport, changed: readonly CheckId[]): void => {
    wish.onReport(report, changed);
  };
  const flush = (): void => {
    const some = pending.splice(0);
    if (some.length === 0) return;
    const changes = shelve(parts.openBook(), some, parts.placeOf);
    if (waiting.run !== undefined)
      parts.openBook().runs.settle(
        waiting.run,
        some.map(({ key }) => key),
      );
    for (const { report } of some) tell(report, changes.get(report) ?? []);
  };
  const onReport = ({ key }: KeyedJob, report: AuditReport): void => {
    if (key === undefined) {
      tell(report, []);
      return;
    }
    pending.push({ key, report });
    if (pending.length >= batch) flush();
  };
  const clock = setInterval(flush, 1_000);
  const [first] = jobs;
  const facts = first === undefined ? plan.facts : [...plan.facts, ...hopFacts(first.subject)];
  try {
    const rules = {
      ...usualRules,
      ...(wish.most === undefined ? {} : { most: wish.most, pace: Math.ceil(wish.most / 50) }),
    };
    await auditCrowd(
      jobs,
      {
        ...rules,
        plan: { ...plan, facts },
        onReport,
        ...(wish.onProgress === undefined ? {} : { onProgress: wish.onProgress }),
      },
      { signal: wish.signal },
    );
  } finally {
    clearInterval(clock);
    flush();
    if (waiting.run !== undefined) parts.openBook().runs.leave(waiting.run);
  }
};
