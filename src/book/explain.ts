/** How one line of a list is read, as data for `list why LINE`: its format, what was recognised in it, and the result with its reason. */

import { hostText } from '../model/address.js';
import type { Reading } from '../model/book.js';
import type { FormatName } from './format/format.js';
import { type Entry, type Form, type Taken, isRefused } from './format/entry.js';
import { type Reason, reasons } from './format/reasons.js';
import { type ListHints, detect, openReader, sampleOf } from './read.js';
import { formats } from './format/index.js';

/** A part of a line and what it was taken for; logins are never shown. */
export interface Recognised {
  readonly field: 'scheme' | 'host' | 'port' | 'user' | 'password' | 'options' | 'country' | 'anonymity' | 'exit';
  readonly value: string;
  /** Who says it, where that is not the line itself. */
  readonly by?: 'user' | 'section' | 'name' | 'nobody';
}

/** One result of a line. A line may have several: a record that names two protocols. */
export interface Explained {
  readonly reading: Reading;
  readonly form?: Form;
  readonly fields: readonly Recognised[];
  /** Of a rejection: what is said of it. */
  readonly reason?: Reason;
}

/** How a line is read. */
export interface Explanation {
  readonly format: FormatName;
  /** What that format is, for people. */
  readonly about: string;
  /** Empty for a line that holds nothing: blank, a remark or a heading. */
  readonly results: readonly Explained[];
}

/** Reads one line, or a short text, as readList would read it, and tells how. */
export const explainLine = (text: string, hints: ListHints): Explanation => {
  const sample = sampleOf(text);
  const format = formats.find(({ name }) => name === hints.format) ?? detect(sample);
  const results: Explained[] = [];
  let last: Entry | undefined;
  const reader = openReader(
    { format, hints, sample },
    {
      note: (entry) => {
        last = entry;
      },
      say: (reading) => {
        results.push(explain(reading, last));
        last = undefined;
      },
    },
  );
  reader.text(text);
  reader.end();
  return { format: format.name, about: format.about, results };
};

const explain = (reading: Reading, entry: Entry | undefined): Explained => {
  if (reading.kind === 'rejected') return { reading, fields: [], reason: reasons[reading.why] };
  if (entry === undefined || isRefused(entry)) return { reading, fields: [] };
  return { reading, form: entry.form, fields: fieldsOf(entry) };
};

const fieldsOf = ({ hop, choice, hearsay }: Taken): readonly Recognised[] => {
  const { host, port } = hop.endpoint;
  const by = choice.by === 'entry' ? {} : { by: choice.by };
  return [
    { field: 'scheme', value: hop.scheme, ...by },
    { field: 'host', value: hostText(host) },
    { field: 'port', value: String(port) },
    ...(hop.credentials === undefined ? [] : loginFields),
    ...Object.entries(hearsay ?? {}).flatMap(([field, value]) =>
      isSaid(field) ? [{ field, value: String(value) }] : [],
    ),
  ];
};

const loginFields: readonly Recognised[] = [
  { field: 'user', value: '‹secret›' },
  { field: 'password', value: '‹secret›' },
];

const isSaid = (field: string): field is 'country' | 'anonymity' | 'exit' =>
  field === 'country' || field === 'anonymity' || field === 'exit';
