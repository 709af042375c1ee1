/** The table of the book: which columns there is room for, and what a proxy looks like in them. */

import { hostText } from '../model/address.js';
import type { BookEntry, Grade, Graded, Pulse, Shelf, Stamp } from '../model/book.js';
import { labelBound } from '../model/bound.js';
import type { Standing } from '../model/standing.js';
import { ageText } from './figures.js';
import { type Line, type Span, type Tone, span } from './line.js';
import { standingCell } from './standings.js';
import { clean, fit } from './text.js';

/** A column with room: its heading, its cells, and what stands in it. */
interface Column {
  readonly name: string;
  readonly width: number;
  readonly align?: 'right';
  readonly cell: (entry: BookEntry, now: Stamp) => string;
  readonly tone?: (entry: BookEntry) => Tone;
}

/** The letter of a shelf, and its tone. */
export const shelfCells: Readonly<Record<Shelf, Span>> = {
  released: span('R', 'good'),
  quarantine: span('Q', 'warn'),
  archived: span('A', 'faint'),
};

const standings: Readonly<Record<Pulse, Standing>> = { unknown: 'unknown', up: 'up', suspect: 'suspect', dead: 'down' };

/** How a proxy answered lately, as the standing that people know from the other pages. */
export const pulseCell = (pulse: Pulse): Span => standingCell(standings[pulse]);

const gradeTones: Readonly<Record<Grade, Tone>> = {
  ...{ hostile: 'bad', transparent: 'bad', partial: 'warn', distorting: 'warn' },
  ...{ anonymous: 'plain', stealth: 'good', clean: 'good', exact: 'good', elite: 'good' },
};

/** The tone of a grade. */
export const toneOfGrade = (grade: Grade): Tone => gradeTones[grade];

/** The same where there may be none; what was never tested never looks good. */
export const gradeTone = (graded: Graded | undefined): Tone =>
  graded === undefined ? 'faint' : toneOfGrade(graded.grade);

const gradeOf = ({ tunnel, forward }: BookEntry): Graded | undefined => tunnel ?? forward;

/** `12 of 14 in 3 d`. */
export const triesText = ({ trials: { good, all, from } }: BookEntry, now: Stamp): string => {
  if (all === 0) return 'unknown';
  return `${good} of ${all}${from === undefined ? '' : ` in ${spanText(now - from)}`}`;
};

/** The largest unit only: it is about an age. */
const spanText = (span: number): string => ageText(span).replace(/ \d\d$/, '');

const exitText = ({ entry, exits }: BookEntry): string => {
  const [first, ...others] = exits;
  if (first === undefined) return 'unknown';
  const more = others.length === 0 ? '' : ` +${others.length}`;
  return `${first.address === entry?.address ? 'same' : first.address}${more}`;
};

const countryText = ({ entry, exits }: BookEntry): string => {
  const [near, far] = [entry?.country ?? '-', exits[0]?.country];
  return far === undefined || far === near ? near : `${near}>${far}`;
};

const addressText = ({ hop: { endpoint }, login }: BookEntry): string => {
  const host = endpoint.host.kind === 'ipv6' ? `[${hostText(endpoint.host)}]` : hostText(endpoint.host);
  return `${clean(host)}:${endpoint.port}${login ? ' (login)' : ''}`;
};

/** The columns that fit; the address takes what is left. */
const columnsFor = (columns: number): readonly Column[] => {
  const [roomy, wide] = [columns >= 110, columns >= 150];
  const fixed: readonly Column[] = [
    {
      ...{ name: 'scheme', width: 8 },
      cell: ({ hop, assumed }) => `${hop.scheme}${assumed ? '?' : ''}`,
      tone: ({ assumed }) => (assumed ? 'faint' : 'plain'),
    },
    { name: 'address', width: 0, cell: addressText },
    { name: roomy ? 'country' : 'cc', width: roomy ? 7 : 5, cell: countryText },
    {
      ...{ name: 'grade', width: roomy ? 11 : 9 },
      cell: (entry) => gradeOf(entry)?.grade ?? 'untested',
      tone: (entry) => gradeTone(gradeOf(entry)),
    },
    { name: 'good', width: roomy ? 18 : 9, cell: (entry, now) => (roomy ? triesText(entry, now) : shortTries(entry)) },
    { name: 'time', width: 9, cell: ({ latency }) => labelBound(latency) },
    ...(roomy ? [{ name: 'exit', width: wide ? 24 : 15, cell: exitText }] : []),
    { name: 'src', width: 3, align: 'right', cell: ({ sources }) => String(sources.length) },
    { name: 'age', width: 6, align: 'right', cell: ({ added }, now) => spanText(now - added) },
    ...(wide ? [{ name: 'tags and sources', width: 30, cell: labelsText }] : []),
  ];
  const taken = lead + fixed.reduce((sum, { width }) => sum + width + 1, 0);
  return fixed.map((column) => (column.width === 0 ? { ...column, width: Math.max(10, columns - taken) } : column));
};

const shortTries = ({ trials: { good, all } }: BookEntry): string => (all === 0 ? 'unknown' : `${good} of ${all}`);

const labelsText = ({ tags, sources }: BookEntry): string =>
  clean([...tags.map((tag) => `#${tag}`), ...sources].join(' '));

/** Cells before the first column: mark, new, shelf, pulse. */
const lead = 7;

/** The line of headings. */
export const headingLine = (columns: number): Line => [
  span(
    `${' '.repeat(lead)}${columnsFor(columns)
      .map(({ name, width, align }) => fit(name, width, align))
      .join(' ')}`,
    'faint',
  ),
];

/** One proxy. */
export const entryLine = (entry: BookEntry, columns: number, { now, isMarked }: RowState): Line => [
  span(isMarked ? ' * ' : '   ', 'accent'),
  span(entry.isNew ? '+' : ' ', 'accent'),
  shelfCells[entry.shelf],
  pulseCell(entry.pulse),
  span(' '),
  ...columnsFor(columns).map(({ cell, width, align, tone }) =>
    span(`${fit(cell(entry, now), width, align)} `, entry.shelf === 'archived' ? 'faint' : (tone?.(entry) ?? 'plain')),
  ),
];

/** What a row depends on besides its proxy. */
interface RowState {
  readonly now: Stamp;
  readonly isMarked: boolean;
}
