/** C06 without waiting: whether somebody came, since earlier audits, for what they had asked for. */

import type { Asked, Finding } from '../model/audit.js';
import type { Stamp } from '../model/book.js';
import type { JudgeLink } from './ask/judge-link.js';
import { type Result, failed, pass } from './checks/check.js';
import { revisits as check } from './checks/later.js';
import { inWords } from './in-words.js';
import type { Revisits } from './judge/record.js';
import { findingOf } from './run-checks.js';
import type { Stand } from './stand.js';

/** What is looked back from. */
interface Here {
  readonly stand: Stand;
  readonly judges: readonly JudgeLink[];
  readonly now: Stamp;
}

/** The findings of a mode, and what judges say of earlier questions: whoever came is told, whatever was found now. */
export const lookBack = async (
  findings: readonly Finding[],
  watched: readonly Asked[],
  here: Here,
): Promise<readonly Finding[]> => {
  const result = await cameSince(watched, here);
  if (result === undefined) return findings;
  const back = findingOf(check, here.stand.mode, result);
  const now = findings.find((finding) => finding.check === check.id);
  if (now === undefined) return [...findings, back];
  if (back.answer !== 'fail' || now.answer === 'fail') return findings;
  return findings.map((finding) => (finding === now ? back : finding));
};

interface Known {
  readonly asked: Asked;
  readonly seen: Revisits;
}

/** Undefined where no judge knows any of the questions. Who came while the audit was under way is no matter of this. */
const cameSince = async (watched: readonly Asked[], { stand, judges, now }: Here): Promise<Result | undefined> => {
  const known: Known[] = [];
  for (const judge of watched.length === 0 ? [] : judges) {
    const told = await judge.revisits(
      watched.flatMap(({ ids }) => ids),
      stand,
    );
    for (const asked of watched)
      for (const id of asked.ids) {
        const seen = told.get(id);
        if (seen !== undefined) known.push({ asked, seen });
      }
  }
  if (known.length === 0) return undefined;
  const came = known.find(({ asked, seen: { last = 0 } }) => last > asked.took);
  if (came !== undefined) return cameLater(came);
  const first = Math.min(...known.map(({ asked: { at } }) => at));
  return pass(`In ${inWords(now - first)} nobody came for what earlier audits asked for.`);
};

const cameLater = ({ asked: { at, took }, seen: { visits, first = 0, last = 0 } }: Known): Result => {
  const when = new Date(at).toISOString().slice(0, 16).replace('T', ' ');
  return failed(`Somebody came for it ${inWords(first > took ? first : last)} later.`, 'hostile', [
    {
      what: `a page that was asked for on ${when} UTC`,
      arrived: `${visits} ${visits === 1 ? 'visit' : 'visits'}, the last one ${inWords(last)} later`,
    },
  ]);
};
