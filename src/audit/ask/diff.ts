/** What became of a request on its way: the head that was sent against the one that arrived. */

import { type Field, listOf, parseField } from '../../wire/http-head.js';
import type { Sent } from './request.js';

/** The differences. Fields of one name are compared together. */
export interface Diff {
  readonly added: readonly Field[];
  readonly removed: readonly Field[];
  readonly changed: readonly { readonly name: string; readonly sent: string; readonly arrived: string }[];
  /** Differences that carry no meaning of their own: order, case, spacing, version, fields of one hop. In words. */
  readonly structure: readonly string[];
  /** The request line says something else. */
  readonly line?: { readonly sent: string; readonly arrived: string };
}

/** What arrived is what was sent. */
const none: Diff = { added: [], removed: [], changed: [], structure: [] };

/** Whether a head begins as only proxies are asked. */
export const isWholeUrl = (start: string): boolean => /^[A-Z]+ http:/i.test(start);

/** Fields between one hop and the next (RFC 9110 §7.6.1, and the old ones of proxies). */
const hopByHop = new Set([
  ...['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade'],
  ...['proxy-authorization', 'proxy-authenticate', 'content-length'],
]);

/** Compares a head as it was sent with the bytes that arrived. */
export const diffHeads = (sent: Sent, arrived: Buffer): Diff => {
  const text = arrived.toString('latin1');
  if (arrived.equals(sent.head) && isWholeUrl(text) === isWholeAt(sent)) return none;
  const [start = '', ...lines] = text.replace(/\r?\n\r?\n$/, '').split(/\r?\n/);
  const came = lines.flatMap((line) => parseField(line) ?? []);
  const named = new Set([...hopByHop, ...listOf(sent.fields, 'connection'), ...listOf(came, 'connection')]);
  const isEndToEnd = ({ name }: Field): boolean => !named.has(name.toLowerCase());
  const [before, after] = [byName(sent.fields), byName(came)];
  const added = came.filter((field) => !before.has(lower(field)));
  const removed = sent.fields.filter((field) => !after.has(lower(field)));
  const line = lineDiff(sent, start);
  return {
    added: added.filter(isEndToEnd),
    removed: removed.filter(isEndToEnd),
    changed: changesIn(before, after).filter(({ name }) => !named.has(name)),
    structure: [
      ...hopFields([...added, ...removed].filter((field) => !isEndToEnd(field))),
      ...changesIn(before, after)
        .filter(({ name }) => named.has(name))
        .map(({ name }) => `${name} says something else`),
      ...shapeOf(sent, { start, lines, came, text }),
    ],
    ...(line === undefined ? {} : { line }),
  };
};

const isWholeAt = ({ isWhole }: Sent): boolean => isWhole === true;

const lower = ({ name }: Field): string => name.toLowerCase();

const byName = (fields: readonly Field[]): ReadonlyMap<string, readonly string[]> => {
  const found = new Map<string, readonly string[]>();
  for (const field of fields) found.set(lower(field), [...(found.get(lower(field)) ?? []), field.value]);
  return found;
};

/** Values that were only joined to one field (RFC 9110 §5.3) are no change. */
const changesIn = (before: ReadonlyMap<string, readonly string[]>, after: ReadonlyMap<string, readonly string[]>) =>
  [...before].flatMap(([name, values]) => {
    const [sent, arrived] = [values.join(', '), after.get(name)?.join(', ')];
    return arrived === undefined || arrived === sent || spaced(arrived) === spaced(sent)
      ? []
      : [{ name, sent, arrived }];
  });

const spaced = (list: string): string => list.replace(/,[ \t]*/g, ', ');

const hopFields = (fields: readonly Field[]): readonly string[] =>
  fields.length === 0 ? [] : [`fields of one hop come or go: ${[...new Set(fields.map(lower))].join(', ')}`];

interface Came {
  readonly start: string;
  readonly lines: readonly string[];
  readonly came: readonly Field[];
  readonly text: string;
}

const shapeOf = (sent: Sent, { start, lines, came, text }: Came): readonly string[] => {
  const { fields } = sent;
  const names = came.map(({ name }) => name);
  const kept = fields.filter((field) => came.some((other) => lower(other) === lower(field)));
  const order = came.filter((field) => fields.some((other) => lower(other) === lower(field)));
  const isOdd = (line: string): boolean => {
    const field = parseField(line);
    return field === undefined || line !== `${field.name}: ${field.value}`;
  };
  return [
    ...(isWholeUrl(start) === isWholeAt(sent) ? [] : [isWholeAt(sent) ? unasked : asProxies]),
    ...(start.endsWith('HTTP/1.1') ? [] : [`version: ${start.slice(-8)}`]),
    ...(kept.map(lower).join() === order.map(lower).join() ? [] : ['the order of fields']),
    ...(kept.some(({ name }) => !names.includes(name)) ? ['the case of names'] : []),
    ...(lines.some(isOdd) ? ['spacing'] : []),
    ...(/[^\r]\n/.test(text) ? ['line ends'] : []),
  ];
};

const asProxies = 'the whole URL in the request line, as only proxies are asked';
const unasked = 'a path in the request line, where the whole URL was sent';

/** The method and the path, whatever stands before it. */
const lineDiff = ({ method, path }: Sent, start: string): Diff['line'] => {
  const sent = `${method} ${path}`;
  const arrived = start.replace(/ HTTP\/1\.[01]$/, '').replace(/ http:\/\/[^/ ]*/i, ' ');
  return arrived === sent ? undefined : { sent, arrived };
};
