/** The sum of the findings of one mode: the worst rule wins, and what was not tested is never counted as passed. */

import type { Asked, Finding, Mode, ModeReport } from '../model/audit.js';
import { type Grade, type Stamp, grades } from '../model/book.js';
import type { Check } from './checks/check.js';
import { checks } from './checks/index.js';

/** Earlier runs of the same mode. */
export interface Past {
  readonly runs: readonly { readonly at: Stamp; readonly grade: Grade; readonly judges: number }[];
  /** What they asked for, the last first. */
  readonly watched?: readonly Asked[];
}

/** What a mode is graded by. */
export interface Graded {
  readonly mode: Mode;
  readonly findings: readonly Finding[];
  readonly exits: readonly string[];
  readonly at: Stamp;
  readonly judges: number;
  readonly past?: Past | undefined;
  /** What fails on the own line too: of that nothing is known of the proxy. */
  readonly ownLine?: readonly Finding[] | undefined;
}

/** The report of a mode. */
export const reportMode = (graded: Graded): ModeReport => {
  const { mode, findings, exits } = graded;
  const worst = worstOf(findings);
  const missing = [...new Set([...missingIn(mode, findings), ...excusedIn(graded)])];
  const once = findings.find(({ doubt }) => doubt !== undefined && isProven(doubt));
  const isOpen = missing.length > 0 || once !== undefined;
  if (worst !== undefined && (!isOpen || isProven(worst)))
    return { mode, grade: worst, findings, exits, sentence: meanings[worst] };
  if (once !== undefined)
    return {
      mode,
      findings,
      exits,
      sentence: `No grade: ${once.check} was failed once, and not when it was looked at again.`,
    };
  if (missing.length > 0) {
    const names = missing.slice(0, 4).join(', ');
    return { mode, findings, exits, sentence: `No grade: ${names} could not be tested.` };
  }
  const { grade, sentence } = mode === 'tunnel' ? best.exact : bestForward(graded);
  return { mode, grade, findings, exits, sentence };
};

const excusedIn = ({ mode, findings, ownLine = [] }: Graded): readonly string[] =>
  checks
    .filter((check) => counts(check, mode) && ownLine.some((fault) => fault.check === check.id))
    .filter(({ id }) => findings.some(({ check, answer }) => check === id && answer === 'inconclusive'))
    .map(({ id }) => id);

/** In a tunnel that carries TLS, what is sent in clear does not count. */
const counts = ({ id, modes }: Pick<Check, 'id' | 'modes'>, mode: Mode): boolean =>
  modes.includes(mode) && (mode === 'forward' || !modes.includes('forward') || id === 'A03');

/** The lowest grade that a failed check leaves. */
const worstOf = (findings: readonly Finding[]): Grade | undefined =>
  findings
    .flatMap(({ answer, caps }) => (answer === 'fail' && caps !== undefined ? [caps] : []))
    .sort((one, other) => grades.indexOf(one) - grades.indexOf(other))[0];

/** What is bad enough is known also where other checks could not run. */
const isProven = (grade: Grade): boolean => grades.indexOf(grade) <= grades.indexOf('distorting');

/** Checks without which there is no grade. */
const missingIn = (mode: Mode, findings: readonly Finding[]): readonly string[] =>
  checks
    .filter((check) => check.needed === true && counts(check, mode))
    .filter(({ id, tier }) => tier === 'quick' || findings.some(({ check }) => check === id))
    .filter(
      ({ id }) =>
        !findings.some(
          ({ check, answer }) => check === id && (answer === 'pass' || answer === 'fail' || answer === 'note'),
        ),
    )
    .map(({ id }) => id);

const day = 86_400_000;

/** Nothing was seen: how much that says depends on how often and by how many it was looked for. */
const bestForward = ({ findings, at, judges, past }: Graded) => {
  const earlier = past?.runs.filter(({ grade }) => grade === 'clean' || grade === 'elite') ?? [];
  const spans = earlier.length > 0 ? at - Math.min(...earlier.map((run) => run.at)) : 0;
  const most = Math.max(judges, ...earlier.map((run) => run.judges));
  const isAlike = findings.some(({ check, answer }) => check === 'C01' && answer === 'pass');
  const isElite = earlier.length >= 2 && spans >= day && most >= 2 && isAlike;
  if (isElite) return best.elite;
  const runs = earlier.length + 1;
  return {
    ...best.clean,
    sentence: `No leak seen (${runs} ${runs === 1 ? 'run' : 'runs'}, ${most} ${most === 1 ? 'judge' : 'judges'}).`,
  };
};

/** What each grade says, in one sentence. */
export const meanings: Readonly<Record<Grade, string>> = {
  hostile: 'It changes, forges or mixes up what passes.',
  transparent: 'Sites see your address or something else of you.',
  partial: 'Sites see a part of your address.',
  distorting: 'It names an address that is not yours: sites see that somebody is hidden.',
  anonymous: 'Nothing of you was seen; sites see that a proxy is in use.',
  stealth:
    'Nothing of you was seen, and no announcement; who looks closely sees that requests or answers were touched.',
  clean: 'No leak seen.',
  exact: 'TLS goes through byte by byte, from another address than yours.',
  elite: 'Nothing was seen in three runs over a day, by two judges.',
};

const best = {
  exact: { grade: 'exact', sentence: meanings.exact },
  clean: { grade: 'clean', sentence: meanings.clean },
  elite: { grade: 'elite', sentence: meanings.elite },
} as const satisfies Record<string, { readonly grade: Grade; readonly sentence: string }>;
