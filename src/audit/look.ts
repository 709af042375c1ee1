/** The first look at a proxy: the plain question in every mode, and which of them work. */

import type { Mode, Tier } from '../model/audit.js';
import { type Subject, forwards } from './ask/subject.js';
import type { Visit } from './ask/visit.js';
import type { Cancel } from '../net/cancel.js';
import type { AuditPlan, Given } from './plan.js';
import { type StandParts, askPlain } from './plain.js';
import type { TlsVisit } from './by-tls.js';
import { hasNoWayOn, isLost } from './patience.js';
import { type Stand, createStand } from './stand.js';
import type { Sights } from './why-none.js';

/** What was seen of each mode at first sight. */
export interface Looked extends Sights {
  readonly working: readonly Stand[];
  readonly visits: readonly Visit[];
}

/** Asks the plain question in every mode. In a pulse the first mode that works, or the first silence, is enough. */
export const look = async (subject: Subject, plan: AuditPlan, cancel: Cancel): Promise<Looked> => {
  const said: Said = { working: [], visits: [], byTls: [] };
  const both: readonly Mode[] = plan.first === 'forward' ? ['forward', 'tunnel'] : ['tunnel', 'forward'];
  const wanted = forwards(subject) ? both : both.filter((mode) => mode === 'tunnel');
  let failed = await lookAt(wanted, said, { subject, plan, cancel });
  if (plan.tier === 'pulse') return said;
  // What was lost, or found nobody there, may come another time; where another mode works, it is worth two more looks.
  failed = await lookAt(failed, said, { subject, plan, cancel });
  for (let more = 0; more < 2 && said.working.length > 0; more += 1)
    failed = await lookAt(failed, said, { subject, plan, cancel });
  return said;
};

interface Said {
  readonly working: Stand[];
  readonly visits: Visit[];
  readonly byTls: TlsVisit[];
}

interface Looking extends Given {
  readonly subject: Subject;
}

/** Looks once at each mode; gives those that may work another time. */
const lookAt = async (
  wanted: readonly Mode[],
  said: Said,
  { subject, ...given }: Looking,
): Promise<readonly Mode[]> => {
  const failed: Mode[] = [];
  const { tier, echoes } = given.plan;
  for (const mode of wanted) {
    if (tier === 'pulse' && said.working.length > 0) break;
    const parts = standParts(subject, mode, given);
    const seen = await askFirst(parts, given.plan);
    said.visits.push(seen);
    if (isLost(seen) || isPassing(seen)) failed.push(mode);
    if (isPointless(seen, tier)) break;
    const stand = isLost(seen) ? undefined : await standWhereItWorks({ ...parts, echo: seen }, said.byTls, tier);
    if (stand === undefined) continue;
    said.working.push(stand);
    echoes?.set(mode, seen);
  }
  return failed.filter((mode) => said.working.every((stand) => stand.mode !== mode));
};

/** By its own words the way behind it is out of order, or the judge had no time. */
const isPassing = ({ failure, reply }: Visit): boolean =>
  failure === undefined
    ? reply?.kind === 'answer' && [502, 503, 504].includes(reply.status)
    : failure.code === 'judge-busy' || hasNoWayOn({ failure });

/** What the plain question brings, or has brought already. What nobody looks at any further is asked for in few bytes. */
const askFirst = async (parts: StandParts, { tier, echoes, knocked }: AuditPlan): Promise<Visit> => {
  const short = tier === 'pulse' && echoes === undefined;
  return echoes?.get(parts.mode) ?? askPlain(parts, { short, knocked: parts.mode === 'tunnel' ? knocked : undefined });
};

const standWhereItWorks = async (
  parts: StandParts & { readonly echo: Visit },
  byTls: TlsVisit[],
  tier: Tier,
): Promise<Stand | undefined> => {
  const stand = createStand(parts);
  return (await isWorking(stand, parts.echo, byTls, tier)) ? stand : undefined;
};

/** Whether anything of a question came to the judge, or TLS was answered. */
const isWorking = async (stand: Stand, seen: Visit, byTls: TlsVisit[], tier: Tier): Promise<boolean> => {
  if (seen.record !== undefined || seen.instead !== undefined) return true;
  if (seen.failure === undefined && (await stand.records(seen.id)).length > 0) return true;
  if (stand.mode === 'forward' || tier === 'pulse') return false;
  const tls = await stand.tls(0);
  byTls.push(tls);
  return tls.record !== undefined || tls.shown !== undefined;
};

/** Nobody listens, or nobody is let in: another mode would end in the same way. In a pulse silence is believed. */
const isPointless = ({ failure }: Visit, tier: Tier): boolean =>
  (tier === 'pulse' && failure?.code === 'answer-timeout') ||
  [
    'hop-unreachable',
    'hop-name-unknown',
    'hop-timeout',
    'hop-auth-missing',
    'hop-auth-refused',
    'out-of-files',
  ].includes(failure?.code ?? '');

/** What stands before the nth judge are made of. */
export const standParts = (
  subject: Subject,
  mode: Mode,
  { plan, cancel, nth = 0 }: Given & { readonly nth?: number },
): StandParts => {
  const { judges, facts, within, random, search, patience, witnesses } = plan;
  const judge = judges[nth % judges.length] ?? judges[0];
  return { mode, subject, judge, facts, within, random, signal: cancel.signal, search, patience, witnesses };
};
