/** What may follow an address in a row of a list: columns, a country, a word of a checker; anything else is trailing text. */

import type { Hearsay } from '../../model/book.js';
import type { Scheme } from '../../model/hop.js';
import { type Entry, type Pieces, isRefused, makeEntry, refuse } from './entry.js';
import { isHost, readHost, readPort } from './host.js';
import { isScheme, protocolWord, said } from './scheme.js';

/** What the rest of a row says. */
export interface Rest {
  readonly scheme?: Scheme;
  readonly hearsay?: Hearsay;
}

const spysMe = /^\s+([A-Z]{2})-([NAH])(?:-S)?!?(?:\s*[+-])?\s*$/;
const spysLevels: Readonly<Record<string, string>> = { N: 'transparent', A: 'anonymous', H: 'elite' };
const status = /^\s*=>\s*[a-z]+\s*$/i;
const ports = /^,\d+(?:,\d+)*$/;
const levels =
  /^(?:transparent|anonymous|distorting|elite|high|medium|low|none|noa|anm|hia|highanonymous|elite[ _-]?proxy|level[ _-]?\d)$/i;
const amount = /^[+-]?\d+(?:[.,]\d+)?(?:ms|s|%|kb\/s|kbps|mbps)?$/i;
const clock = /^(?:\d{4}-\d\d-\d\d(?:T[\d:.]+Z?)?|\d\d?:\d\d(?::\d\d)?)$/;
/** What stands in brackets (a provider's name) says nothing; an IPv6 address in brackets has a port behind it. */
const remark = /\s(?:\[[^[\]]*\]|\([^()]*\))(?![:\d])/g;
const plainWords = /^(?:yes|no|true|false|ok|alive|google|high|ms|s|[+\-!✓✔✗✘?])$/i;

/**
 * Puts an entry together with what follows its address: a scheme or hearsay there is taken. Faults of the address are told
 * before faults of the rest; a word and a number inside of prose are no address.
 */
export const withRest = (pieces: Pieces, text: string): Entry => {
  if (text === '') return makeEntry(pieces);
  const rest = readRest(text);
  const told = typeof rest === 'string' ? {} : rest;
  if (isContradicted(pieces, told)) return refuse('ambiguous');
  const hearsay = told.hearsay === undefined ? {} : { hearsay: told.hearsay };
  const spoken = told.scheme === undefined || pieces.form === 'url' ? {} : { choice: said(told.scheme) };
  const entry = makeEntry({ ...pieces, ...hearsay, ...spoken });
  if (typeof rest !== 'string') return entry;
  if (!isRefused(entry)) return refuse(rest);
  return entry.why === 'single-label' ? refuse('not-a-proxy') : entry;
};

const isContradicted = ({ choice: { by, scheme } }: Pieces, told: Rest): boolean =>
  by === 'entry' && told.scheme !== undefined && told.scheme !== scheme;

/** Reads what stands between an address and the end of its line; `ambiguous` when there is a second address, `range` for a row of ports. */
export const readRest = (rest: string): Rest | 'trailing-text' | 'ambiguous' | 'range' => {
  if (rest === '' || status.test(rest)) return {};
  if (ports.test(rest)) return 'range';
  return readSpys(rest) ?? readFields(rest);
};

/** `AR-N-S! +`: country, level, and what it can do. */
const readSpys = (rest: string): Rest | undefined => {
  const [, country, level = ''] = spysMe.exec(rest) ?? [];
  return country === undefined ? undefined : { hearsay: { country, anonymity: spysLevels[level] ?? '' } };
};

const readFields = (rest: string): Rest | 'trailing-text' | 'ambiguous' => {
  const plain = rest.replace(remark, ' ');
  const parted = /[\t,;|]/.test(plain);
  const fields = parted ? plain.split(/[\t,;|]/).map(bare) : plain.split(/\s+/).filter((word) => word !== '');
  if (fields.some((field, at) => isSecondAddress(field) || isApart(field, fields[at + 1]))) return 'ambiguous';
  return parted || fields.every(isUsual) ? restOf(fields) : 'trailing-text';
};

/** The hearsay and the scheme in columns without names; two schemes are two readings. */
const restOf = (fields: readonly string[]): Rest | 'ambiguous' => {
  const country = fields.find((field) => /^[A-Z]{2}$/.test(field));
  const anonymity = fields.find((field) => levels.test(field));
  const schemes = new Set(fields.map(protocolWord).filter(isScheme));
  if (schemes.size > 1) return 'ambiguous';
  const [scheme] = schemes;
  const hearsay = { ...(country && { country }), ...(anonymity && { anonymity: anonymity.toLowerCase() }) };
  return {
    ...(scheme !== undefined && { scheme }),
    ...(country === undefined && anonymity === undefined ? {} : { hearsay }),
  };
};

const bare = (field: string): string => field.trim().replace(/^(["'])(.*)\1$/s, '$2');

const isUsual = (word: string): boolean =>
  /^[A-Z]{2,3}$/.test(word) ||
  /^[\p{Regional_Indicator}\p{Extended_Pictographic}\ufe0f]+$/u.test(word) ||
  [levels, amount, clock, plainWords].some((pattern) => pattern.test(word)) ||
  isProtocolWord(word);

const isProtocolWord = (word: string): boolean => {
  const spoken = protocolWord(word);
  return spoken !== undefined && spoken !== 'foreign' && spoken !== 'direct';
};

/** An address and its port in two columns; a name before a number may be anything. */
const isApart = (field: string, next = ''): boolean => {
  if (!/^[\d.]{7,15}$|^\[?[\da-f:]*:[\da-f:.]*\]?$/i.test(field) || typeof readPort(next) === 'string') return false;
  return isHost(readHost(field.includes(':') && !field.startsWith('[') ? `[${field}]` : field));
};

const isSecondAddress = (field: string): boolean => {
  const at = field.lastIndexOf(':');
  if (at === -1 || field.length > 300) return false;
  const host = field.slice(0, at).replace(/^[a-z0-9+.-]+:\/\/(?:[^@]*@)?/i, '');
  return typeof readPort(field.slice(at + 1)) !== 'string' && isHost(readHost(host));
};
