/** The history of a proxy in few letters, as it is stored: one that was tried for a year takes some 400 bytes. */

import type { Pulse } from '../model/book.js';
import { type History, noHistory } from './availability.js';

const pulses: readonly Pulse[] = ['unknown', 'up', 'suspect', 'dead'];

type Written = readonly [
  ...(readonly [steps: string, hour: number, week: number, at: number, failures: number, spaced: number]),
  ...(readonly [countedAt: number, goods: number, pulse: number, rung: number, nextTry: number, times: string]),
  ...(readonly [hours: string, lastHour: number, hourGood: number, hourAll: number]),
];

/** Tries as seconds from one to the next in base 36, a minus before those that failed. */
export const writeHistory = (history: History): string => {
  const { last, hour, week, at, failures, spaced, countedAt, goods, pulse, rung, nextTry = 0, times } = history;
  const steps = last.map((second, index) => {
    const step = Math.abs(second) - Math.abs(last[index - 1] ?? 0);
    return `${second < 0 ? '-' : ''}${step.toString(36)}`;
  });
  const written: Written = [
    ...([steps.join(' '), hour, week, at, failures, spaced] as const),
    ...([countedAt, goods, pulses.indexOf(pulse), rung, nextTry, inBase36(times)] as const),
    ...([shortened(history.hours), history.lastHour, history.hourGood, history.hourAll] as const),
  ];
  return JSON.stringify(written);
};

/** What `writeHistory` has written; before the first try where it is anything else. */
export const readHistory = (text: string): History => {
  const read = JSON.parse(text) as unknown;
  if (!Array.isArray(read)) return noHistory;
  const [steps, hour, week, at, failures, spaced, ...more] = read as unknown as Written;
  const [countedAt, goods, pulse, rung, nextTry, times, hours, lastHour, hourGood, hourAll] = more;
  return {
    ...{ last: secondsIn(steps), hour, week, at, failures, spaced, countedAt, goods, rung },
    pulse: pulses[pulse] ?? 'unknown',
    ...(nextTry === 0 ? {} : { nextTry }),
    times: wordsOf(times).map((time) => Number.parseInt(time, 36)),
    ...{ hours: lengthened(hours), lastHour, hourGood, hourAll },
  };
};

const secondsIn = (steps: string): readonly number[] => {
  let second = 0;
  return wordsOf(steps).map((step) => {
    second += Number.parseInt(step.replace('-', ''), 36);
    return step.startsWith('-') ? -second : second;
  });
};

const inBase36 = (numbers: readonly number[]): string => numbers.map((number) => number.toString(36)).join(' ');

const wordsOf = (text: string): readonly string[] => (text === '' ? [] : text.split(' '));

/** Hours without a try come in long rows. */
const shortened = (hours: string): string => hours.replace(/\.{4,}/g, (row) => `(${row.length})`);
const lengthened = (hours: string): string =>
  hours.replace(/\((\d+)\)/g, (_row, length) => '.'.repeat(Math.min(168, Number(length))));
