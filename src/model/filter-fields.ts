/** The one table of what filters may look at: what each field is called, what is legal for it, and what a proxy has there. */

import { hostText, labelEndpoint } from './address.js';
import { boundSpan } from './bound.js';
import { type BookEntry, type Grade, type Graded, type Place, type Stamp, grades } from './book.js';
import type { FilterField, FilterOp } from './filter.js';

/** One field. */
export interface FieldRow {
  /** What it is, in a few words for people. */
  readonly what: string;
  readonly ops: readonly FilterOp[];
  /** What is legal behind the sign, in words. */
  readonly legal: string;
  /** Words to offer. */
  readonly words: readonly string[];
  /** The word for what is not known, where there is such a thing. */
  readonly unknown?: string;
  /** The value that a text means; undefined where it means none. */
  readonly read: (text: string) => string | number | undefined;
  /** `read(write(value))` is the value. */
  readonly write: (value: string | number) => string;
  /** What a proxy has there; undefined where that is not known. */
  readonly of: (entry: BookEntry, now: Stamp) => readonly (string | number)[] | undefined;
}

const equal = ['=', '!='] as const;
const ordered = ['=', '!=', '>=', '<=', '>', '<'] as const;
const searched = ['=', '!=', '~'] as const;

const oneOf = (what: string, words: readonly string[], of: FieldRow['of']): FieldRow => ({
  ...{ what, words, of, ops: equal },
  legal: `one of ${words.join(', ')}`,
  read: (text) => words.find((word) => word === text.toLowerCase()),
  write: String,
});

const yesOrNo = (what: string, of: (entry: BookEntry) => boolean): FieldRow =>
  oneOf(what, ['yes', 'no'], (entry) => [of(entry) ? 'yes' : 'no']);

const text = (what: string, of: (entry: BookEntry) => readonly string[] | undefined): FieldRow => ({
  ...{ what, of, ops: searched, legal: 'text, in quotes where it has blanks or signs', words: [] },
  read: (written) => (written === '' ? undefined : written),
  write: String,
});

const graded = (what: string, of: (entry: BookEntry) => Graded | undefined): FieldRow => ({
  ...{ what, words: grades, ops: ordered, unknown: 'untested', write: String },
  legal: `one of ${grades.join(', ')}`,
  read: (written) => grades.find((grade) => grade === written.toLowerCase()),
  of: (entry) => {
    const found = of(entry);
    return found && [found.grade];
  },
});

interface Amount {
  readonly what: string;
  readonly legal: string;
  readonly words: readonly string[];
  readonly read: (text: string) => number | undefined;
  readonly write?: (value: number) => string;
  readonly of: (entry: BookEntry, now: Stamp) => number | undefined;
}

const amount = ({ of, write = String, ...row }: Amount): FieldRow => ({
  ...row,
  ops: ordered,
  write: (value) => (typeof value === 'number' ? write(value) : value),
  of: (entry, now) => {
    const found = of(entry, now);
    return found === undefined ? undefined : [found];
  },
});

const whole = (most: number) => (written: string) =>
  /^\d{1,10}$/.test(written) && Number(written) <= most ? Number(written) : undefined;

const percent = (written: string): number | undefined => {
  const found = /^(\d{1,3}(?:\.\d{1,2})?)%?$/.exec(written)?.[1];
  return found !== undefined && Number(found) <= 100 ? Number(found) : undefined;
};

const units: readonly (readonly [string, number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
];

const span =
  (...legal: readonly string[]) =>
  (written: string): number | undefined => {
    const [, digits, name] = /^(\d{1,6}(?:\.\d{1,3})?)([a-z]{1,2})$/.exec(written.toLowerCase()) ?? [];
    const size = units.find(([unit]) => unit === name && legal.includes(unit))?.[1];
    return size === undefined ? undefined : Math.round(Number(digits) * size);
  };

/** The largest unit that leaves no rest, so that a later reading gives the same span. */
const spanText =
  (...legal: readonly string[]) =>
  (value: number): string => {
    const fits = units.filter(([unit]) => legal.includes(unit));
    const [unit, size] = fits.find(([, each]) => value > 0 && value % each === 0) ?? fits.at(-1) ?? ['ms', 1];
    return `${Number((value / size).toFixed(3))}${unit}`;
  };

/** Where its traffic comes out; where it goes in while no exit is known. */
export const placesOf = ({ entry, exits }: BookEntry): readonly Place[] =>
  exits.length > 0 ? exits : entry === undefined ? [] : [entry];

const known = <Value>(values: readonly (Value | undefined)[]): readonly Value[] | undefined => {
  const found = values.flatMap((value) => value ?? []);
  return found.length === 0 ? undefined : found;
};

/** The address that it is reached at, where that is known. */
export const entryAddressOf = ({ entry, hop }: BookEntry): string | undefined =>
  entry?.address ?? (hop.endpoint.host.kind === 'name' ? undefined : hop.endpoint.host.address);

const exitFacts = (entry: BookEntry): readonly string[] | undefined => {
  const addresses = entry.exits.map(({ address }) => address);
  if (addresses.length === 0) return undefined;
  const at = entryAddressOf(entry);
  if (at === undefined) return addresses;
  return [...addresses, addresses.every((address) => address === at) ? 'same' : 'other'];
};

const schemeWords = ['http', 'https', 'socks4a', 'socks5h'];
const schemeNames: Readonly<Record<string, string>> = { socks4: 'socks4a', socks5: 'socks5h' };

/** Every field by name. */
export const fieldRows: Readonly<Record<FilterField, FieldRow>> = {
  scheme: {
    ...oneOf('what it speaks', schemeWords, ({ hop }) => [hop.scheme]),
    read: (written) => {
      const name = written.toLowerCase();
      return schemeWords.find((word) => word === (schemeNames[name] ?? name));
    },
  },
  host: text('name or address that it is reached at', ({ hop }) => [hostText(hop.endpoint.host)]),
  port: amount({
    ...{ what: 'port that it is reached at', legal: 'a port, 1 to 65535', words: ['80', '1080', '3128', '8080'] },
    read: (written) => (written === '0' ? undefined : whole(65_535)(written)),
    of: ({ hop }) => hop.endpoint.port,
  }),
  country: {
    ...text('country that targets see', (entry) => known(placesOf(entry).map(({ country }) => country))),
    ...{ ops: equal, unknown: 'unknown', legal: 'two letters such as FR' },
    read: (written) => (/^[a-z]{2}$/i.test(written) ? written.toUpperCase() : undefined),
  },
  asn: {
    ...amount({
      ...{ what: 'autonomous system that targets see', legal: 'a number such as AS3215', words: [] },
      read: (written) => whole(4_294_967_295)(written.replace(/^as/i, '')),
      write: (value) => `AS${value}`,
      of: () => undefined,
    }),
    ...{ ops: equal, unknown: 'unknown' },
    of: (entry) => known(placesOf(entry).map(({ network }) => network)),
  },
  grade: graded('what an audit of its tunnels found', ({ tunnel }) => tunnel),
  forward: graded('what an audit of its plain requests found', ({ forward }) => forward),
  pulse: oneOf('how it answered lately', ['up', 'suspect', 'dead', 'unknown'], ({ pulse }) => [pulse]),
  shelf: oneOf('where it stands in the book', ['released', 'quarantine', 'archived'], ({ shelf }) => [shelf]),
  new: yesOrNo('nobody has looked at it yet', ({ isNew }) => isNew),
  availability: {
    ...amount({
      ...{ what: 'share of good tries that is certain', legal: 'a percentage, 0 to 100', words: ['50', '75', '90'] },
      read: percent,
      of: ({ trials }) => (trials.all < 3 ? undefined : trials.floor * 100),
    }),
    unknown: 'unknown',
  },
  latency: {
    ...amount({
      ...{ what: 'time of an answer, at most', legal: 'a time such as 400ms or 1.5s', words: ['250ms', '1s', '4s'] },
      read: span('ms', 's'),
      write: spanText('s', 'ms'),
      of: ({ latency }) => latency && boundSpan(latency),
    }),
    unknown: 'unknown',
  },
  sources: amount({
    ...{ what: 'number of sources that have it', legal: 'a count such as 2', words: ['2', '3', '5'] },
    read: whole(999_999),
    of: ({ sources }) => sources.length,
  }),
  source: text('name of a source that has it', ({ sources }) => sources),
  tag: text('tag that was put on it', ({ tags }) => tags),
  exit: {
    ...text('address that targets see, or whether it is the one that it is reached at', exitFacts),
    ...{ unknown: 'unknown', words: ['same', 'other'], legal: 'same, other or an address' },
    read: (written) => (/^(?:same|other|[0-9a-f:.]{1,39})$/i.test(written) ? written.toLowerCase() : undefined),
  },
  login: yesOrNo('a login is kept for it', ({ login }) => login),
  age: amount({
    ...{ what: 'time since it came into the book', legal: 'a time such as 30m, 2h or 3d', words: ['1h', '1d', '7d'] },
    read: span('s', 'm', 'h', 'd'),
    write: spanText('d', 'h', 'm', 's'),
    of: ({ added }, now) => Math.max(0, now - added),
  }),
  family: {
    ...text('proxies that are one with it', ({ family }) => (family === undefined ? undefined : [family])),
    unknown: 'unknown',
  },
  any: {
    ...text('host, port, source or tag', ({ hop, sources, tags }) => [
      labelEndpoint(hop.endpoint),
      ...sources,
      ...tags,
    ]),
    ops: ['~'],
  },
};

/** Where a grade stands among all, from the worst (0). */
export const orderOf = (grade: string): number => grades.indexOf(grade as Grade);
