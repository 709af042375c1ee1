/** Everything that the book knows of one proxy, with its week hour by hour. */

import { seenBy } from '../model/audit.js';
import type { BookEntry, EntryDetail, Graded, Place, Stamp } from '../model/book.js';
import { labelBound } from '../model/bound.js';
import { labelHop } from '../model/hop.js';
import { gradeTone, pulseCell, shelfCells, triesText } from './book-table.js';
import { ageText } from './figures.js';
import { type Line, type Span, emptyLine, span } from './line.js';
import { clean, clip, fit } from './text.js';

/** The lines of one proxy; a line for one that is there no more. */
export const detailLines = (detail: EntryDetail | undefined, now: Stamp, columns: number): readonly Line[] => {
  if (detail === undefined) return [[span('  This proxy is no longer in the book.')]];
  const { entry } = detail;
  return [
    [span(` ${clip(clean(labelHop(entry.hop)), columns - 2)}`, 'strong')],
    emptyLine,
    ...factLines(detail, now, columns),
    emptyLine,
    ...weekLines(entry.week),
    emptyLine,
    ...sourceLines(detail, now),
    ...auditLines(detail, now),
    ...familyLines(detail),
  ];
};

const fact = (name: string, ...value: readonly Span[]): Line => [span(`  ${fit(name, 12)}`, 'faint'), ...value];

const factLines = ({ entry }: EntryDetail, now: Stamp, columns: number): readonly Line[] => [
  fact('shelf', shelfCells[entry.shelf], span(` ${entry.shelf}${entry.isNew ? ', new' : ''}`)),
  fact('answers', pulseCell(entry.pulse), span(` ${entry.pulse === 'up' ? 'up' : entry.pulse}`)),
  fact('good', span(goodText(entry, now))),
  fact('time', span(labelBound(entry.latency))),
  fact('tunnel', span(gradeText(entry.tunnel, now), gradeTone(entry.tunnel))),
  fact('forward', span(gradeText(entry.forward, now), gradeTone(entry.forward))),
  fact('entry', span(placeText(entry.entry))),
  ...(entry.exits.length === 0
    ? [fact('exit', span('unknown', 'faint'))]
    : entry.exits.map((exit) => fact('exit', span(placeText(exit))))),
  fact('ports', span(clip(portsText(entry), columns - 16))),
  fact('login', span(entry.login ? 'kept in a file of its own' : 'none')),
  fact('scheme', span(entry.assumed ? `${entry.hop.scheme}, assumed: no list says so` : entry.hop.scheme)),
  ...(entry.tags.length === 0 ? [] : [fact('tags', span(clean(entry.tags.map((tag) => `#${tag}`).join(' '))))]),
  ...(entry.spki === undefined ? [] : [fact('TLS key', span(`sha256/${clean(entry.spki)}`))]),
  fact('in the book', span(`for ${ageText(now - entry.added)}, last named ${ageText(now - entry.named)} ago`)),
];

const goodText = (entry: BookEntry, now: Stamp): string => {
  const { floor, all } = entry.trials;
  const least = all < 3 ? 'too few to say more' : `at least ${Math.floor(floor * 100)} % with 95 % confidence`;
  return all === 0 ? 'unknown: never tried' : `${triesText(entry, now)}, ${least}`;
};

const gradeText = (graded: Graded | undefined, now: Stamp): string =>
  graded === undefined ? 'untested' : `${graded.grade}, ${ageText(now - graded.at)} ago, ${seenBy(graded.judges)}`;

const placeText = (place: Place | undefined): string => {
  if (place === undefined) return 'unknown';
  const { address, country = 'country unknown', network, networkName = '' } = place;
  return clean([address, country, ...(network === undefined ? [] : [`AS${network} ${networkName}`.trim()])].join(', '));
};

const portsText = ({ opens, refuses, cannot = [] }: BookEntry): string => {
  const parts = [
    ...(opens.length === 0 ? [] : [`opens ${opens.join(', ')}`]),
    ...(refuses.length === 0 ? [] : [`refuses ${refuses.join(', ')}`]),
    ...(cannot.length === 0 ? [] : [`goes on to no ${cannot.join(' and no ')}`]),
  ];
  return parts.join('; ') || 'unknown';
};

const hours = 24;

/** Seven rows of 24 hours, the last hour at the right end below; tenths of good tries, a dot where none was made. */
const weekLines = (week: string): readonly Line[] => {
  if (!/\d/.test(week)) return [[span('  week        '), span('no try in the last seven days', 'faint')]];
  const rows = Array.from({ length: 7 }, (_, day) => week.slice(day * hours, (day + 1) * hours));
  return [
    [span('  week        tenths of good tries, hour by hour; a dot where none was made', 'faint')],
    ...rows.map(
      (row, day): Line => [
        span(`  ${fit(day === 6 ? 'today' : `-${6 - day} d`, 12)}`, 'faint'),
        ...Array.from(row, (cell) => span(`${cell} `, hourTone(cell))),
      ],
    ),
  ];
};

const hourTone = (cell: string): Span['tone'] => {
  if (cell === '.') return 'faint';
  return cell === '9' ? 'good' : Number(cell) >= 5 ? 'warn' : 'bad';
};

const sourceLines = ({ sources }: EntryDetail, now: Stamp): readonly Line[] =>
  sources.map(({ name, first, last, hearsay }, index) => {
    const says = Object.entries(hearsay ?? {}).map(([field, text]) => `${field} ${String(text)}`);
    const said = says.length === 0 ? '' : `; it says: ${says.join(', ')}`;
    return fact(
      index === 0 ? 'named by' : '',
      span(clean(`${name}, first ${ageText(now - first)} ago, last ${ageText(now - last)} ago${said}`)),
    );
  });

const auditLines = ({ audits }: EntryDetail, now: Stamp): readonly Line[] =>
  audits.map(({ at, mode, grade }, index) =>
    fact(
      index === 0 ? 'audits' : '',
      span(`${ageText(now - at)} ago, ${mode}: ${grade}`),
      span(index === 0 ? '   e shows the evidence' : '', 'faint'),
    ),
  );

const familyLines = ({ family }: EntryDetail): readonly Line[] =>
  family.map((id, index) => fact(index === 0 ? 'one with' : '', span(clean(id))));
