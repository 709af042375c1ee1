/** The one table of settings: what each is called, what is legal, what holds without it, and what it means. */

import { fail } from '../model/error.js';
import {
  type Kind,
  type Parsed,
  addresses,
  count,
  duration,
  judges,
  listeners,
  names,
  oneOf,
  paths,
  ports,
  witnesses,
  yesOrNo,
} from './kinds.js';
import { nearTo } from './near.js';

interface SettingRow<Value> {
  readonly parse: (text: string) => Parsed<Value>;
  /** The same value in its shortest form. */
  readonly rewrite: (text: string) => Parsed<string>;
  readonly legal: string;
  /** The value that holds where none is stored, as text. */
  readonly standard: string;
  readonly meaning: string;
}

const row = <Value>({ parse, print, legal }: Kind<Value>, standard: string, meaning: string): SettingRow<Value> => ({
  parse,
  rewrite: (text) => {
    const parsed = parse(text);
    return 'note' in parsed ? parsed : { value: print(parsed.value) };
  },
  legal,
  standard,
  meaning,
});

const rows = {
  listen: row(listeners, '127.0.0.1:4001', 'where programs reach kaskade'),
  'targets.private': row(
    oneOf('refuse', 'allow'),
    'refuse',
    'whether sessions may ask for private, loopback or link-local targets, which the last hop would look for in its own network',
  ),
  'targets.refusedPorts': row(ports, '25', 'ports of targets that are refused'),
  'targets.plainPortsWarn': row(
    ports,
    '21,23,25,80,110,143',
    'ports of targets that give a notice, since what goes there is readable by every hop',
  ),
  'dial.deadline': row(duration('1s', '1h'), '60s', 'how long the way through all hops to the target may take'),
  'handshake.deadline': row(duration('1s', '1h'), '10s', 'how long a program may take to say where it wants to go'),
  'idle.after': row(duration('1s', '7d'), '15m', 'how long nothing may move in a plain request before it is ended'),
  'idle.tunnels': row(duration('1s', '30d'), '2h', 'how long nothing may move in a tunnel before it is ended'),
  hold: row(duration('0s', '10m'), '30s', 'how long a session waits for a cascade to be repaired; 0s refuses at once'),
  'switch.order': row(
    names,
    'none',
    'cascades to switch to, in this order, when the one in use is down; each switch is announced',
  ),
  'health.probes': row(
    oneOf('on', 'off'),
    'on',
    'whether the cascade in use is probed, through its own hops, while sessions give no evidence',
  ),
  'health.warm': row(names, 'none', 'cascades that are probed also while they are not in use'),
  'book.direct': row(
    yesOrNo,
    'no',
    'whether lists may be fetched directly where you say so, which shows your own address to their hosts',
  ),
  'book.tables': row(
    paths,
    'none',
    'files in the MaxMind DB format, of your own, that say the country and the network of addresses',
  ),
  judges: row(
    judges,
    'none',
    'judges that audits ask, as kaskade judge prints them; two of different hosts say more than one',
  ),
  'audit.own': row(
    addresses,
    'none',
    'your public addresses, which must not arrive at a site; what your own interfaces and judges say is added',
  ),
  'audit.witnesses': row(
    witnesses,
    'none',
    'pages of others that audits ask too, once directly and once through each proxy: such as show variables, or the address that they see',
  ),
  'audit.agreed': row(yesOrNo, 'no', 'whether you have agreed that proxies of other people are asked'),
  'sessions.most': row(count(1, 100_000), '2000', 'how many sessions may be open at once'),
  'log.targets': row(yesOrNo, 'no', 'whether names of targets may be written to files'),
};

type Rows = typeof rows;
type Key = keyof Rows;

/** Every setting by its key, as typed values. */
export type Settings = { readonly [Name in Key]: Rows[Name] extends SettingRow<infer Value> ? Value : never };

/** One setting as a person sees it. */
export interface SettingText {
  readonly key: string;
  readonly value: string;
  readonly standard: string;
  readonly legal: string;
  readonly meaning: string;
}

/** Texts by key, as they are stored. */
export type StoredTexts = Readonly<Record<string, string>>;

/**
 * Reads stored texts; the standard holds for what is missing. Throws `bad-setting` for a key or a text that is not legal;
 * `place` says where it stands.
 */
export const readSettings = (stored: StoredTexts, place: string): Settings => {
  const unknown = Object.keys(stored).find((key) => !isKey(key));
  if (unknown !== undefined) throw fail('bad-setting', { note: `${place}: ${unknownNote(unknown)}` });
  const values = Object.entries<SettingRow<unknown>>(rows).map(([key, { standard, parse }]) => {
    const parsed = parse(stored[key] ?? standard);
    if ('note' in parsed) throw fail('bad-setting', { note: `${place}: ${key}: ${parsed.note}` });
    return [key, parsed.value] as const;
  });
  // Each value comes from the row of its key.
  return Object.fromEntries(values) as unknown as Settings;
};

/** The text to store for a key, in its shortest form. Throws `bad-setting` with near keys, or with what would be legal. */
export const checkSetting = (key: string, text: string): string => {
  const rewritten = rowOf(key).rewrite(text.trim());
  if ('note' in rewritten) throw fail('bad-setting', { note: `${key}: ${rewritten.note}` });
  return rewritten.value;
};

/** The value of a setting that somebody gave outside the settings, such as behind a flag. Throws `bad-setting` with what would be legal. */
export const readSetting = <Name extends Key>(key: Name, text: string): Settings[Name] => {
  const parsed = rowOf(key).parse(text);
  if ('note' in parsed) throw fail('bad-setting', { note: `${key}: ${parsed.note}` });
  // The value comes from the row of its key.
  return parsed.value as Settings[Name];
};

/** Every setting in the order of the table, with the text that holds. */
export const viewSettings = (stored: StoredTexts): readonly SettingText[] =>
  Object.keys(rows).map((key) => viewSetting(stored, key));

/** One setting. Throws `bad-setting` with near keys for an unknown one. */
export const viewSetting = (stored: StoredTexts, key: string): SettingText => {
  const { standard, legal, meaning } = rowOf(key);
  return { key, value: stored[key] ?? standard, standard, legal, meaning };
};

const rowOf = (key: string): SettingRow<unknown> => {
  if (!isKey(key)) throw fail('bad-setting', { note: unknownNote(key) });
  return rows[key];
};

const isKey = (key: string): key is Key => Object.hasOwn(rows, key);

/** A text that is no key is not repeated: it may be a hop with its password. */
const unknownNote = (key: string): string => {
  if (!/^[\w.-]{1,64}$/.test(key)) return 'there is no such setting';
  const near = nearTo(key, Object.keys(rows));
  const guess = near.length === 0 ? '' : `; near it: ${near.join(', ')}`;
  return `there is no setting ${key}${guess}`;
};
