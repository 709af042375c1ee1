/** The kinds of values that settings have: how each is read from text, written as text, and what is legal. */

import { isAbsolute } from 'node:path';
import { parseEndpoint, parseHost, parsePort } from '../model/address.js';
import { type Millis, millis } from '../model/brand.js';
import { labelEndpoint } from '../model/address.js';
import { parseWitness } from '../model/witness.js';
import type { ListenAt } from '../net/listen.js';

/** A value, or why there is none. */
export type Parsed<Value> = { readonly value: Value } | { readonly note: string };

/** A kind of value. `parse(print(value))` gives the value again. */
export interface Kind<Value> {
  readonly parse: (text: string) => Parsed<Value>;
  readonly print: (value: Value) => string;
  /** What is legal, in words. */
  readonly legal: string;
}

/** One of a few words. */
export const oneOf = <Word extends string>(...words: readonly Word[]): Kind<Word> => {
  const legal = words.join(' or ');
  return {
    parse: (text) =>
      orNote(
        words.find((word) => word === text.toLowerCase()),
        legal,
      ),
    print: (word) => word,
    legal,
  };
};

/** `yes` or `no`. */
export const yesOrNo: Kind<boolean> = {
  parse: (text) => orNote({ yes: true, no: false }[text.toLowerCase()], 'yes or no'),
  print: (value) => (value ? 'yes' : 'no'),
  legal: 'yes or no',
};

/** A whole number between two bounds, both included. */
export const count = (least: number, most: number): Kind<number> => {
  const legal = `a whole number from ${least} to ${most}`;
  return {
    parse: (text) => {
      const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
      return orNote(value >= least && value <= most ? value : undefined, legal);
    },
    print: String,
    legal,
  };
};

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
] as const;

/** A span of time such as `500ms`, `60s`, `15m`, `2h` or `1d`, between two of that form. */
export const duration = (least: string, most: string): Kind<Millis> => {
  const legal = `a time such as 500ms, 60s, 15m, 2h or 1d, from ${least} to ${most}`;
  const [from, to] = [spanOf(least) ?? 0, spanOf(most) ?? 0];
  return {
    parse: (text) => {
      const span = spanOf(text);
      return orNote(span !== undefined && span >= from && span <= to ? millis(span) : undefined, legal);
    },
    print: (span) => {
      // 60s and 24h are easier on the eye than 1m and 1d.
      const [unit, size] = units.find(([name, length]) => span % length === 0 && (span > length || name === 's')) ?? [
        'ms',
        1,
      ];
      return `${span / size}${unit}`;
    },
    legal,
  };
};

const spanOf = (text: string): number | undefined => {
  const [, digits, written] = /^(\d{1,12})([a-z]{1,2})$/.exec(text) ?? [];
  const size = units.find(([unit]) => unit === written)?.[1];
  return size === undefined ? undefined : Number(digits) * size;
};

const portsLegal = 'ports and ranges such as 25,6000-6063, or none';

/** A set of ports: `25,80,6000-6063`, or `none`. */
export const ports: Kind<ReadonlySet<number>> = {
  parse: (text) => {
    if (text.toLowerCase() === 'none') return { value: new Set() };
    const ranges = text.split(',').map((part) => rangeOf(part.trim()));
    return orNote(ranges.includes(undefined) ? undefined : new Set(ranges.flatMap((range) => range ?? [])), portsLegal);
  },
  print: (value) => (value.size === 0 ? 'none' : rangesIn([...value].sort((one, other) => one - other)).join(',')),
  legal: portsLegal,
};

const rangeOf = (text: string): readonly number[] | undefined => {
  const [, first = '', last = first] = /^(\d+)(?:-(\d+))?$/.exec(text) ?? [];
  const [from, to] = [parsePort(first), parsePort(last)];
  if (from === undefined || to === undefined || from > to) return undefined;
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
};

const rangesIn = (sorted: readonly number[]): readonly string[] => {
  const starts = sorted.filter((port, index) => sorted[index - 1] !== port - 1);
  const ends = sorted.filter((port, index) => sorted[index + 1] !== port + 1);
  return starts.map((start, index) => (start === ends[index] ? String(start) : `${start}-${ends[index] ?? start}`));
};

/** Several texts with commas between them, each once, or `none`. */
const several = (legal: string, most: number, isOne: (text: string) => boolean): Kind<readonly string[]> => ({
  parse: (text) => {
    if (text.toLowerCase() === 'none') return { value: [] };
    const found = text.split(',').map((part) => part.trim());
    const isLegal = found.length <= most && found.every(isOne) && new Set(found).size === found.length;
    return orNote(isLegal ? found : undefined, legal);
  },
  print: (value) => (value.length === 0 ? 'none' : value.join(',')),
  legal,
});

/** Names of cascades: `swiss,work`. */
export const names = several('names of cascades separated by commas, or none', 64, (name) =>
  /^[\w][\w.-]{0,63}$/.test(name),
);

/** Paths of files: `/srv/country.mmdb,/srv/asn.mmdb`. Whether they are there is seen when they are used. */
export const paths = several('absolute paths of files separated by commas, or none', 8, isAbsolute);

/** Judges with their keys. */
export const judges = several('URLs such as http://judge.example:8080/#KEY separated by commas, or none', 8, (url) =>
  /^http:\/\/[^/#?@,]+\/?#[\w-]{43}$/.test(url),
);

const isWitness = (text: string): boolean => {
  try {
    return parseWitness(text).url !== '';
  } catch {
    return false;
  }
};

/** Pages of others. */
export const witnesses = several('URLs such as https://page.example/ separated by commas, or none', 8, isWitness);

/** As it is written by everybody: no short or octal forms. */
const isAddress = (text: string): boolean => {
  try {
    const host = parseHost(text);
    return host.kind !== 'name' && (host.kind === 'ipv6' || host.address === text);
  } catch {
    return false;
  }
};

/** Addresses, not names. */
export const addresses = several('addresses separated by commas, or none', 16, isAddress);

const listenersLegal = 'addresses of this machine with port, such as 127.0.0.1:4001 or [::1]:0, separated by commas';
const mostListeners = 16;

/** Where to listen: `127.0.0.1:4001,[::1]:4001`; port 0 is any free one. Only addresses and `localhost`, so that nothing is looked up. */
export const listeners: Kind<readonly ListenAt[]> = {
  parse: (text) => {
    const found = text.split(',').map((part) => listenAtOf(part.trim()));
    const whole = found.filter((at) => at !== undefined);
    return orNote(whole.length === found.length && whole.length <= mostListeners ? whole : undefined, listenersLegal);
  },
  print: (value) => value.map(labelListenAt).join(','),
  legal: listenersLegal,
};

const listenAtOf = (text: string): ListenAt | undefined => {
  const any = text.replace(/:0$/, '');
  try {
    const { host, port } = any === text ? parseEndpoint(text) : { host: parseHost(any), port: 0 as const };
    if (host.kind !== 'name') return { host, port };
    return host.name.toLowerCase() === 'localhost' ? { host: parseHost('127.0.0.1'), port } : undefined;
  } catch {
    return undefined;
  }
};

const labelListenAt = ({ host, port }: ListenAt): string =>
  port === 0 ? labelEndpoint({ host, port: 1 as never }).replace(/1$/, '0') : labelEndpoint({ host, port });

const orNote = <Value>(value: Value | undefined, legal: string): Parsed<Value> =>
  value === undefined ? { note: `legal is ${legal}` } : { value };
