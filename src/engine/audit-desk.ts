/** Audits as faces use them: texts come in, reports go out, and the book learns from them. */

import type { AuditReport, CheckId } from '../model/audit.js';
import type { Place, Stamp } from '../model/book.js';
import { type Millis, type NonEmpty, isNonEmpty, millis } from '../model/brand.js';
import { fail } from '../model/error.js';
import { type JudgeLink, mayAsk } from '../audit/ask/judge-link.js';
import type { Subject } from '../audit/ask/subject.js';
import type { AuditPlan } from '../audit/plan.js';
import { checks } from '../audit/checks/index.js';
import { ownLineResult } from '../audit/checks/own-line.js';
import { auditCrowd, usualRules } from '../audit/crowd.js';
import { hiding } from '../audit/for-others.js';
import { meanings } from '../audit/grade.js';
import type { Fact } from '../audit/identity/facts.js';
import { createSearch } from '../audit/identity/search.js';
import { seeOwnLine } from '../audit/own-line.js';
import { randomHex } from '../audit/random.js';
import { auditWitnessedCrowd } from '../audit/witnessed-crowd.js';
import type { Book } from '../book/store.js';
import type { Store } from '../config/store.js';
import type { Door } from '../net/connect.js';
import { ownFacts, withoutJudges } from './audit-facts.js';
import { factsOfHops } from './audit-hops.js';
import { isHere } from './audit-jobs.js';
import { judgesFor, meetJudges } from './audit-judges.js';
import { keptModes, shelve } from './audit-shelf.js';
import { tellingLoss } from './audit-loss.js';
import { type KeyedJob, wantedJobs } from './audit-wanted.js';
import { type MetWitnesses, meetWitnesses, toldBy, witnessesFor } from './audit-witnesses.js';
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
  const subjects = wanted.map(({ subject }) => subject);
  const pages = wish.tier === 'pulse' ? [] : witnessesFor(wish, subjects, store.settings()['audit.witnesses']);
  const urls = judgesFor(wish, store);
  if (urls.length === 0 && (pages.length === 0 || wish.of.kind === 'cascade')) throw fail('judge-missing');
  agree(wish, subjects, store);
  const links = await meetJudges(urls, wish);
  const within = wish.within ?? usualWithin[wish.tier];
  const found = await meetWitnesses(pages, within, wish);
  const own = factsFor(wish, links, { typed: store.settings()['audit.own'], found });
  const scene: Scene = { wish, parts, own, found, within };
  await (isNonEmpty(links) ? judged(wanted, links, scene) : witnessed(wanted, scene));
};

/** What a run has found out before the first proxy is asked. */
interface Scene {
  readonly wish: AuditWish;
  readonly parts: AuditParts;
  readonly own: readonly Fact[];
  readonly found: MetWitnesses | undefined;
  readonly within: Millis;
}

interface Known {
  readonly typed: readonly string[];
  readonly found: MetWitnesses | undefined;
}

const factsFor = (wish: AuditWish, links: readonly JudgeLink[], { typed, found }: Known): readonly Fact[] => {
  const own = ownFacts(typed, links, toldBy(found?.met ?? []));
  const { doubtful } = own;
  const one = `Only one judge${found === undefined ? '' : ' or page'}`;
  if (doubtful.length > 0)
    wish.onNotice?.(
      `${one} says that your address is ${doubtful.join(' and ')}: whether it stays hidden is not told. kaskade config set audit.own ${[...typed, ...doubtful].join(',')} says that it is yours.`,
    );
  return withoutJudges(own.facts, links);
};

/** Asks judges, and pages beside them. */
const judged = async (
  wanted: readonly KeyedJob[],
  links: NonEmpty<JudgeLink>,
  { wish, parts, own, found, within }: Scene,
): Promise<void> => {
  const witnesses = found === undefined ? {} : { witnesses: found.witnesses };
  const plan: AuditPlan = {
    ...{ tier: wish.tier, judges: links, facts: own, within, random: () => randomHex(8), clock: now },
    ...witnesses,
  };
  const jobs = wanted.filter(({ subject }) => links.every(({ main }) => mayAsk(main, subject.hop.endpoint)));
  const left = wanted.length - jobs.length;
  if (left > 0)
    wish.onNotice?.(`Not asked: ${left}, since the judge is in a private network in which they are not themselves.`);
  const rules = { ...rulesFor(wish), plan: await withOwnLine(await withHops(plan, wish, parts), wish) };
  await asked(jobs, { wish, parts, own, ask: (some, onReport) => auditCrowd(some, { ...rules, onReport }, wish) });
};

/** The own line is looked at before anybody is accused of what it does. */
const withOwnLine = async (plan: AuditPlan, wish: AuditWish): Promise<AuditPlan> => {
  if (wish.tier === 'pulse') return plan;
  if (plan.tier === 'watch')
    wish.onNotice?.('Your own line is looked at first, without a proxy: that takes as long as the look at a proxy.');
  const ownLine = await seeOwnLine(plan, wish);
  if (ownLine === undefined) return plan;
  const [first] = ownLine;
  if (first !== undefined) wish.onNotice?.(`${ownLineResult(ownLine).sentence} ${first.sentence}`);
  return { ...plan, ownLine };
};

/** Asks pages alone. */
const witnessed = (wanted: readonly KeyedJob[], { wish, parts, own: facts, found }: Scene): Promise<void> => {
  if (found === undefined) throw fail('judge-missing');
  const plan = { witnesses: found.witnesses, facts, search: createSearch(facts), clock: now };
  const rules = { ...rulesFor(wish), plan };
  return asked(wanted, {
    ...{ wish, parts, own: facts },
    ask: (some, onReport) => auditWitnessedCrowd(some, { ...rules, onReport }, wish),
  });
};

/** For a cascade, what is known of the hops before its last one: where they listen, and where they go out. */
const withHops = async (plan: AuditPlan, { of, signal }: AuditWish, parts: AuditParts): Promise<AuditPlan> => {
  if (of.kind !== 'cascade') return plan;
  const facts = await factsOfHops(findCascade(parts.store, of.name), parts.door(), { plan, signal });
  return { ...plan, facts: [...plan.facts, ...facts] };
};

const now = (): Stamp => Date.now() as Stamp;

/** Proxies of other people are asked only once the user has agreed to that. */
const agree = ({ agreed }: AuditWish, subjects: readonly Subject[], store: Store): void => {
  if (subjects.every(isHere) || store.settings()['audit.agreed']) return;
  if (agreed !== true) throw fail('audit-consent');
  store.set('audit.agreed', 'yes');
};

interface Asking {
  readonly wish: AuditWish;
  readonly parts: AuditParts;
  readonly own: readonly Fact[];
  readonly ask: (jobs: readonly KeyedJob[], onReport: (job: KeyedJob, report: AuditReport) => void) => Promise<void>;
}

/** What is asked, and of a run of the book its key. */
interface Begun {
  readonly run?: number;
  readonly jobs: readonly KeyedJob[];
}

/** A run of the book goes on where it was left; others have nothing to go on with. */
const begin = (jobs: readonly KeyedJob[], wish: AuditWish, parts: AuditParts): Begun => {
  const { tier, of, onNotice } = wish;
  if (of.kind !== 'book') return { jobs };
  const { runs } = parts.openBook();
  const keys = jobs.flatMap(({ key }) => key ?? []);
  const { key: run, proxies, resumed } = runs.begin(tier, of.filter, keys);
  const left = new Set(proxies);
  const mine = jobs.filter(({ key }) => key !== undefined && left.has(key));
  const due = new Set(mine.map(({ key }) => key));
  // Who was audited meanwhile, or is not meant any more, does not keep the run from its end.
  runs.settle(
    run,
    proxies.filter((key) => !due.has(key)),
  );
  if (resumed && mine.length === 0) {
    runs.leave(run);
    return begin(jobs, wish, parts);
  }
  if (resumed) onNotice?.(`An earlier run had not ended: it goes on with the ${mine.length} that are left.`);
  return { run, jobs: mine };
};

const batch = 100;

/** Audits, and puts reports into the book a hundred at a time. */
const asked = async (wanted: readonly KeyedJob[], { wish, parts, own, ask }: Asking): Promise<void> => {
  const { run, jobs } = begin(wanted, wish, parts);
  const hide = hiding(own);
  const tell = (report: AuditReport, changed: readonly CheckId[] = []): void => {
    wish.onReport(report, changed, () => hide(report));
  };
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
    for (const { report } of some) tell(report, changes.get(report));
  };
  const onReport = ({ key }: KeyedJob, report: AuditReport): void => {
    if (key === undefined) tell(report);
    else pending.push({ key, report });
    if (pending.length >= batch) flush();
  };
  const clock = setInterval(flush, 1_000);
  const hold = setInterval(() => {
    if (run !== undefined) parts.openBook().runs.hold(run);
  }, 5_000);
  try {
    await ask(jobs, onReport);
  } finally {
    clearInterval(clock);
    clearInterval(hold);
    flush();
    if (run !== undefined) parts.openBook().runs.leave(run);
  }
};

const rulesFor = ({ most = usualRules.most, onProgress, onNotice }: AuditWish) => ({
  ...{ ...usualRules, most, pace: Math.max(usualRules.pace, Math.ceil(most / 140)) },
  onProgress: tellingLoss(onProgress, onNotice),
});
