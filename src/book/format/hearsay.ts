/** What a record of a list says of a proxy beside its place: country, anonymity, exit. Hearsay, cut short and never trusted. */

import type { Hearsay } from '../../model/book.js';
import { type Fields, fieldsOf } from './fields.js';
import { isHost, readHost } from './host.js';

const countries = ['countrycode', 'cc', 'code', 'country', 'isocode'];
const places = ['geolocation', 'ipdata', 'geo', 'location'];
const levels = ['anonymity', 'anonymitylevel', 'anonymous', 'anon', 'level', 'type'];
const exits = ['exitip', 'exit', 'exportaddress', 'outip'];

/** The hearsay of a record; undefined where there is none. */
export const hearsayOf = (fields: Fields): Hearsay | undefined => {
  const country = countryOf(fields);
  const anonymity = short(fields, levels, isLevel)?.toLowerCase();
  const exit = short(fields, exits, isAddress);
  if (country === undefined && anonymity === undefined && exit === undefined) return undefined;
  return { ...(country && { country }), ...(anonymity && { anonymity }), ...(exit && { exit }) };
};

const countryOf = (fields: Fields): string | undefined =>
  short(fields, countries, isPlace) ??
  places
    .flatMap((place) => nested(fields.get(place)))
    .map(
      (inner) =>
        short(inner, countries, isPlace) ??
        nested(inner.get('country')).map((each) => short(each, countries, isPlace))[0],
    )
    .find((found) => found !== undefined);

/** The members of an object inside a record, by their names as keys; no object gives none. */
const nested = (value: unknown): readonly Fields[] => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  return [fieldsOf(Object.entries(value))];
};

const isPlace = (text: string): boolean => /^\p{L}[\p{L}\p{M} .,'’()&-]*$/u.test(text);
const isLevel = (text: string): boolean =>
  /^(?:transparent|anonymous|distorting|elite|high|medium|low|none|noa|anm|hia|high[ _]?anonymous|elite[ _-]?proxy|level[ _-]?\d|[nah])$/i.test(
    text,
  );

const isAddress = (text: string): boolean => {
  const host = readHost(text.includes(':') ? `[${text}]` : text);
  return isHost(host) && host.kind !== 'name';
};

/** The first field of these names that holds a short text of that kind, or a list that begins with one. */
const short = (fields: Fields, of: readonly string[], isKind: (text: string) => boolean): string | undefined => {
  for (const name of of) {
    const value: unknown = fields.get(name);
    const text: unknown = Array.isArray(value) ? value[0] : value;
    if (typeof text === 'string' && text.length <= 60 && isKind(text.trim())) return text.trim();
  }
  return undefined;
};
