/** What health keeps over a restart: how the tries of each proxy ended in the last week, by label; no target, no credential. */

import type { ProxyId } from '../model/cascade.js';
import type { HopRecord } from './record.js';
import { cell, cells, createSpreads, hour, lanes, weekHours } from './spread.js';

/** Counts of one proxy as they are written: the week as letters, the last day and the last hour as pairs of good and all. */
interface SavedProxy {
  readonly proxy: string;
  readonly week: string;
  readonly day: readonly number[];
  readonly hour: readonly number[];
}

interface Saved {
  readonly version: 1;
  /** The moment of the wall clock that the counts end at. */
  readonly at: number;
  readonly proxies: readonly SavedProxy[];
}

const dayHours = 24;
const longestLabel = 400;
const mostProxies = 2_000;
const mostText = mostProxies * 2_000;

/** The counts of all proxies that were tried in the last week, as JSON. */
export const writeSaved = (hops: readonly HopRecord[], wall: number): string => {
  const proxies = hops.slice(-mostProxies).flatMap(({ proxy, spreads: { view, rings } }): readonly SavedProxy[] => {
    const { week } = view(wall);
    if (/^\.*$/.test(week)) return [];
    const pairs = (ring: typeof rings.hours, last: number): readonly number[] => {
      const [good, all] = [ring.row(wall, lanes.good).slice(-last), ring.row(wall, lanes.all).slice(-last)];
      return all.flatMap((tries, index) => [good[index] ?? 0, tries]);
    };
    return [{ proxy, week, day: pairs(rings.hours, dayHours), hour: pairs(rings.minutes, cells) }];
  });
  const saved: Saved = { version: 1, at: wall, proxies };
  return JSON.stringify(saved);
};

/** Gives what was written back to the records that `of` makes. What does not fit is passed over; never throws. */
export const readSaved = (text: string, wall: number, of: (proxy: ProxyId) => HopRecord): void => {
  const saved = text.length > mostText ? undefined : parse(text);
  if (saved === undefined || saved.at > wall) return;
  for (const { proxy, week, day, hour: minutes } of saved.proxies.slice(0, mostProxies)) {
    const { rings } = of(proxy as ProxyId).spreads;
    const older = Array.from(week.slice(0, weekHours - dayHours)).flatMap(pairOf);
    putAll([...older, ...day], rings.hours, { end: saved.at, span: hour, wall });
    putAll(minutes, rings.minutes, { end: saved.at, span: cell, wall });
  }
};

/** A letter as a pair that gives the same letter again. */
const pairOf = (letter: string): readonly number[] => {
  if (letter === '.') return [0, 0];
  return letter === '9' ? [1, 1] : [Number(letter), 10];
};

const putAll = (
  pairs: readonly number[],
  ring: ReturnType<typeof createSpreads>['rings']['hours'],
  { end, span, wall }: { readonly end: number; readonly span: number; readonly wall: number },
): void => {
  const spans = pairs.length / 2;
  const oldest = wall - (spans - 1) * span;
  for (let index = 0; index < spans; index += 1) {
    const time = end - (spans - 1 - index) * span;
    if (Math.floor(time / span) < Math.floor(oldest / span)) continue;
    ring.add(time, lanes.good, pairs[index * 2]);
    ring.add(time, lanes.all, pairs[index * 2 + 1]);
  }
};

const parse = (text: string): Saved | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    if (!isObject(value) || value['version'] !== 1 || !isCount(value['at'], Number.MAX_SAFE_INTEGER)) return undefined;
    const proxies: unknown = value['proxies'];
    return Array.isArray(proxies) ? { version: 1, at: value['at'], proxies: proxies.filter(isSavedProxy) } : undefined;
  } catch {
    return undefined;
  }
};

const isSavedProxy = (value: unknown): value is SavedProxy =>
  isObject(value) &&
  typeof value['proxy'] === 'string' &&
  /^[\x21-\x7e…]+$/.test(value['proxy']) &&
  value['proxy'].length <= longestLabel &&
  typeof value['week'] === 'string' &&
  /^[.0-9]{168}$/.test(value['week']) &&
  arePairs(value['day'], dayHours) &&
  arePairs(value['hour'], cells);

const arePairs = (value: unknown, spans: number): boolean =>
  Array.isArray(value) &&
  value.length === spans * 2 &&
  value.every((count, index) => isCount(count, index % 2 === 0 ? Number(value[index + 1]) : 0xffff));

const isCount = (value: unknown, most: number): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
