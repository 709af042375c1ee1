import { type Grade, type Stamp, grades, worstCounts } from '../../model/book.js';
import type { Past } from '../grade.js';
import { inWords } from '../in-words.js';
import { type Check, type Result, check, failed, note, notForThis, pass } from './check.js';

/** C04: one audit says what the next one says. */
export const repeat: Check = check(
  'C04',
  {
    axis: 'CO',
    severity: 'high',
    tier: 'quick',
    modes: ['forward', 'tunnel'],
    title: 'it is the same from one audit to the next',
    meaning:
      'What the audits of the last seven days in the book made of it is put beside this one. Who was caught once and looks well now counts for what he was: he may behave while he is watched.',
    remedy: 'Audit it again in some days; until then take it for what it was.',
  },
  () => Promise.resolve(notForThis('No audit of the last seven days is in the book.')),
);

/** What earlier grades say beside this one; undefined where there is nothing to compare. */
export const besidePast = (grade: Grade | undefined, { runs }: Past, now: Stamp): Result | undefined => {
  const lately = runs
    .filter(({ at }) => at < now && now - at <= worstCounts)
    .toSorted((one, other) => other.at - one.at);
  const [worst] = lately.toSorted((one, other) => rankOf(one.grade) - rankOf(other.grade));
  if (grade === undefined || worst === undefined) return undefined;
  const history = [...lately.map((run) => `${inWords(now - run.at)} ago: ${run.grade}`).reverse(), `now: ${grade}`];
  const evidence = [{ what: 'grades, the last one below', arrived: history.join('\n') }];
  if (rankOf(worst.grade) < rankOf(grade))
    return failed(
      `It was ${worst.grade} ${inWords(now - worst.at)} ago and looks ${grade} now: the worse counts for a week.`,
      worst.grade,
      evidence,
    );
  const isWorse = lately.some((run) => rankOf(run.grade) > rankOf(grade));
  if (isWorse) return note(`It has become worse within a week: it is ${grade} now.`, evidence);
  return pass(`${lately.length + 1} audits in ${inWords(now - Math.min(...lately.map(({ at }) => at)))} say the same.`);
};

/** Where nothing at all was seen, one grade is as good as another: they differ by how often it was looked for. */
const rankOf = (grade: Grade): number => Math.min(grades.indexOf(grade), grades.indexOf('clean'));
