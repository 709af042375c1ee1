/** Rows of the book's file as proxies, and back: the words of the file are known here and in schema.ts only. */

import type { Bound } from '../model/bound.js';
import { type BookEntry, type Grade, type Graded, type Place, type Shelf, type Stamp, grades } from '../model/book.js';
import { millis } from '../model/brand.js';
import type { ProxyId } from '../model/cascade.js';
import { hostText } from '../model/address.js';
import { type Hop, labelHop, parseHop } from '../model/hop.js';
import { type History, latencyOf, noHistory, trialsOf, weekOf } from './availability.js';
import type { Row, Value } from './sqlite.js';

/** The shelves in the order of their numbers. */
export const shelves: readonly Shelf[] = ['quarantine', 'released', 'archived'];

/** The words of a pulse in the order of their numbers. */
export const pulses = ['unknown', 'up', 'suspect', 'dead'] as const;

/** The number of a grade in the file, from 1. */
export const gradeNumber = (grade: Grade): number => grades.indexOf(grade) + 1;

/** Several facts in one column. */
export const inBars = (facts: readonly (string | number)[]): string =>
  facts.length === 0 ? '' : `|${[...new Set(facts)].join('|')}|`;

/** The facts of such a column. */
export const fromBars = (text: Value | undefined): readonly string[] =>
  text === '' || text === undefined || text === null
    ? noFacts
    : String(text)
        .split('|')
        .filter((fact) => fact !== '');

const noFacts: readonly string[] = [];

/** What the book keeps of a hop: its place, and what stands behind the question mark. */
export const partsOf = (
  hop: Hop,
): { readonly host: string; readonly port: number; readonly scheme: string; readonly options: string } => ({
  host: hostText(hop.endpoint.host),
  port: hop.endpoint.port,
  scheme: hop.scheme,
  options: optionsOf(hop),
});

const optionsOf = ({ trust, forward }: Hop): string =>
  [
    ...(forward === true ? ['mode=forward'] : []),
    ...(trust?.by === 'nobody' ? ['verify=no'] : []),
    ...(trust?.by === 'pin' ? [`pin=sha256/${trust.sha256}`] : []),
  ].join('&');

/** The hop of a row, without credentials. */
export const hopOf = (row: Row): Hop => {
  const [host, options] = [String(row['host']), String(row['options'])];
  const at = host.includes(':') ? `[${host}]` : host;
  return parseHop(`${String(row['scheme'])}://${at}:${String(row['port'])}${options === '' ? '' : `?${options}`}`);
};

/** How a proxy is named: as a hop, and with the mark of its login where there is one. */
export const idOf = (hop: Hop, login: string): ProxyId =>
  (login === '' ? labelHop(hop) : `${labelHop(hop)}#${login}`) as ProxyId;

/** The place and login that an id speaks of; undefined where it is none. */
export const parseId = (id: string): { readonly hop: Hop; readonly login: string } | undefined => {
  const [text = '', login = ''] = id.split('#');
  try {
    // The pin is not written out in a label.
    return { hop: parseHop(text.replace(/\?pin=…$/, '')), login };
  } catch {
    return undefined;
  }
};

/** What a row needs beside itself to become an entry. */
export interface Around {
  readonly now: Stamp;
  readonly sources: readonly string[];
  readonly exits: readonly Place[];
  readonly history: History | undefined;
  readonly grades: readonly Row[];
}

/** The entry of a row. */
export const entryOf = (row: Row, { now, sources, exits, history = noHistory, grades: graded }: Around): BookEntry => {
  const hop = hopOf(row);
  const entry = placeOf(row);
  const [tunnel, forward] = [gradedIn(graded, 'tunnel', row['tunnel']), gradedIn(graded, 'forward', row['forward'])];
  const latency: Bound | undefined = latencyOf(history);
  // In one literal: there may be a hundred thousand of them at a time.
  return {
    id: idOf(hop, String(row['login'])),
    hop,
    login: row['login'] !== '',
    assumed: row['assumed'] === 1,
    shelf: shelves[Number(row['shelf'])] ?? 'quarantine',
    isNew: row['isNew'] === 1,
    added: Number(row['added']) as Stamp,
    named: Number(row['named']) as Stamp,
    sources,
    tags: fromBars(row['tags']),
    exits,
    pulse: pulses[Number(row['pulse'])] ?? 'unknown',
    trials: trialsOf(history),
    week: weekOf(history, now),
    opens: fromBars(row['opens']).map(Number),
    refuses: fromBars(row['refuses']).map(Number),
    ...(entry && { entry }),
    ...(tunnel && { tunnel }),
    ...(forward && { forward }),
    ...(latency !== undefined && { latency }),
    ...rareOf(row),
  };
};

const rareOf = (row: Row): Pick<BookEntry, 'family' | 'spki' | 'cannot' | 'keeps' | 'saysYes' | 'spareLife'> => ({
  ...(row['family'] !== null && { family: String(row['family']) }),
  ...(row['spki'] !== null && { spki: String(row['spki']) }),
  ...(row['cannot'] !== '' && cannotIn(fromBars(row['cannot']))),
  ...(row['speaks'] !== '' && speechIn(fromBars(row['speaks']))),
  ...(row['spareLife'] !== '' && spareLifeIn(fromBars(row['spareLife']))),
});

const cannotIn = (facts: readonly string[]): Pick<BookEntry, 'cannot'> => {
  const cannot = (['names', 'ipv6'] as const).filter((what) => facts.includes(what));
  return cannot.length === 0 ? {} : { cannot };
};

const speechIn = (facts: readonly string[]): Pick<BookEntry, 'keeps' | 'saysYes'> => {
  const keeps = (['greeting', 'request'] as const).filter((behind) => facts.includes(behind));
  return { ...(keeps.length > 0 && { keeps }), ...(facts.includes('yes') && { saysYes: true }) };
};

const spareLifeIn = ([how, after]: readonly string[]): Pick<BookEntry, 'spareLife'> =>
  how === 'ended' || how === 'outlived' ? { spareLife: { how, after: millis(Number(after)) } } : {};

const placeOf = (row: Row): Place | undefined => {
  if (row['address'] === null) return undefined;
  const [country, network] = [fromBars(row['entryCountry'])[0], fromBars(row['entryNetwork'])[0]];
  return {
    address: String(row['address']),
    ...(country === undefined ? {} : { country }),
    ...(network === undefined ? {} : { network: Number(network) }),
  };
};

const gradedIn = (rows: readonly Row[], mode: string, number: Value | undefined): Graded | undefined => {
  const grade = grades[Number(number) - 1];
  const row = rows.find((each) => each['mode'] === mode && each['grade'] === number);
  if (number === null || grade === undefined || row === undefined) return undefined;
  return { grade, at: Number(row['at']) as Stamp, judges: Number(row['judges']) };
};

/** The place of an exit. */
export const exitOf = (row: Row): Place => ({
  address: String(row['address']),
  ...(row['country'] === null ? {} : { country: String(row['country']) }),
  ...(row['network'] === null ? {} : { network: Number(row['network']) }),
  ...(row['networkName'] === null ? {} : { networkName: String(row['networkName']) }),
});
