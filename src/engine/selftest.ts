/** The audit before proxies whose behaviour is known: simulated ones on this machine, each with the truth about it. */

import { hostText, parseHost } from '../model/address.js';
import type { Stamp } from '../model/book.js';
import { type Port, millis } from '../model/brand.js';
import { asProxy } from '../model/cascade.js';
import { fail } from '../model/error.js';
import { parseHop } from '../model/hop.js';
import { meetJudge } from '../audit/ask/judge-link.js';
import type { AuditPlan } from '../audit/plan.js';
import { audit } from '../audit/audit.js';
import { yourFacts } from '../audit/identity/facts.js';
import { createSearch } from '../audit/identity/search.js';
import { parseJudgeUrl } from '../audit/judge/card.js';
import { type Judge, openJudge } from '../audit/judge/judge.js';
import { judgeKeys } from '../audit/judge/record.js';
import { selfSigned } from '../audit/judge/self-signed.js';
import { randomHex } from '../audit/random.js';
import { type Cancel, reasonOf, whenAborted } from '../net/cancel.js';
import { createAborter } from '../net/signal.js';
import { connectDirect, resolveBySystem } from '../net/direct.js';
import type { Door } from '../net/connect.js';
import { subjectOf } from './audit-jobs.js';
import type { AuditDesk, SelfTestResult } from './controller.js';

/** A simulated proxy, as the file that comes along describes it. */
interface Animal {
  readonly id: string;
  readonly about: string;
  readonly control?: true;
  readonly tier?: 'watch';
  readonly speaks: readonly string[];
  readonly truth: { readonly forward?: string; readonly tunnel?: string; readonly outcome?: string };
  readonly open: (
    world: object,
  ) => Promise<{ readonly url: (speech: string) => string; readonly close: () => Promise<void> }>;
}

const place = new URL('../../test/kit/zoo/index.js', import.meta.url).href;

const client = '127.0.0.1';
const lan = '192.168.1.23';
const judgeHosts = ['127.0.2.1', '127.0.2.2'] as const;
const zoneName = 'd.judge.test';
const atOnce = 8;

type Options = Parameters<AuditDesk['selfTest']>[0] & { readonly door: Door };

/** Audits every animal, and tells of each what it is and what was found. Rejects with `selftest-impossible` where this machine cannot run it. */
export const runSelfTest = async ({ door, onResult, signal: called }: Options): Promise<void> => {
  // An AbortSignal warns of many who listen.
  const { signal, abort } = createAborter();
  const forget = whenAborted({ signal: called }, () => {
    abort(reasonOf({ signal: called }));
  });
  const animals = await load();
  const judge = await openOwnJudge();
  try {
    const at = parseJudgeUrl(judge.urls[0] ?? '');
    const rules = { resolve: resolveBySystem, mayReach: () => true };
    const link = await meetJudge(
      at,
      { open: (to, cancel) => connectDirect(to, rules, cancel), freshId, random },
      { signal },
    );
    const facts = yourFacts({ sure: [client], other: [lan], names: [] });
    const plan: AuditPlan = {
      ...{
        tier: 'full',
        judges: [link],
        facts,
        search: createSearch(facts),
        within: millis(3_000),
      },
      ...{ random, clock: () => Date.now() as Stamp },
    };
    const world = {
      zone: { name: zoneName, server: { host: judgeHosts[0], port: judge.names?.port ?? 0 } },
      ...{ client, lan, names: new Map([['judge.test', judgeHosts[0]]]), famous: [judgeHosts[1]], seed: 7 },
      secure: link.tls.map(({ at: { port } }) => port),
    };
    const queue = animals.flatMap((animal) => animal.speaks.map((speech) => ({ animal, speech })));
    const lane = async (): Promise<void> => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift())
        onResult(await look(next, { plan, world, door, signal }));
    };
    await Promise.all(Array.from({ length: atOnce }, lane));
  } finally {
    forget();
    await judge.close();
  }
};

const random = (): string => randomHex(8);
const freshId = (): string => randomHex(16);

const load = async (): Promise<readonly Animal[]> => {
  try {
    return ((await import(place)) as { readonly animals: readonly Animal[] }).animals;
  } catch (thrown) {
    throw fail('selftest-impossible', { note: 'the simulated proxies did not come along' }, thrown);
  }
};

const tries = 8;

/** One judge by two hosts, on the same port of both: nobody beyond this machine can reach it. */
const openOwnJudge = async (): Promise<Judge> => {
  for (let left = tries; ; left -= 1) {
    try {
      return await openJudgeAt((20_000 + Math.floor(Math.random() * 40_000)) as Port);
    } catch (thrown) {
      if (left === 0) throw fail('selftest-impossible', { note: `${judgeHosts[0]} cannot be used here` }, thrown);
    }
  }
};

const openJudgeAt = (port: Port): Promise<Judge> => {
  const tls = (name?: string) => {
    const { cert, key, spki } = selfSigned(parseHost(name ?? judgeHosts[0]), new Date());
    const at = { host: parseHost(judgeHosts[0]), port: 0 as const };
    return { identity: { cert, key }, spki, at, ...(name === undefined ? {} : { name }) };
  };
  return openJudge({
    ...{ keys: judgeKeys(), http: judgeHosts.map((host) => ({ host: parseHost(host), port })) },
    ...{ hosts: [judgeHosts[1], 'judge.test'], tls: [tls(), tls('second.judge.invalid')] },
    ...{ ttl: 600_000, perSecond: 100_000, clock: Date.now },
    zone: { name: zoneName, ipv4: judgeHosts[0], at: { host: parseHost(judgeHosts[0]), port: 0 } },
  });
};

interface Around {
  readonly plan: AuditPlan;
  readonly world: object;
  readonly door: Door;
  readonly signal: Cancel['signal'];
}

/** Those that lose or delay connections are asked less. */
const lighter: Readonly<Record<string, Partial<AuditPlan>>> = {
  ...{ B09: { tier: 'quick' }, B15: { tier: 'quick', within: millis(800) } },
  ...{ P48: { within: millis(800) }, P50: { within: millis(800) }, P51: { within: millis(800) } },
};

/** Who comes later here does so within two seconds. */
const patience = millis(2_000);

const look = async (
  { animal, speech }: { readonly animal: Animal; readonly speech: string },
  { plan, world, door, signal }: Around,
): Promise<SelfTestResult> => {
  const open = await animal.open(world);
  try {
    const subject = subjectOf(asProxy(parseHop(open.url(speech)), hostText(parseHost(client))), door);
    const longer = animal.tier === undefined ? {} : { tier: animal.tier, patience };
    const report = await audit(subject, { ...plan, ...longer, ...lighter[animal.id] }, { signal });
    const found =
      report.outcome === 'audited'
        ? report.modes.map(({ mode, grade }) => [mode, grade ?? 'none'] as const)
        : [['outcome', report.outcome] as const];
    const { forward, ...rest } = animal.truth;
    const truth = Object.entries(speech === 'http' && forward !== undefined ? { forward, ...rest } : rest);
    return { id: animal.id, about: animal.about, speech, honest: animal.control === true, truth, found };
  } finally {
    await open.close();
  }
};
