/** Amounts for people: bytes and spans of time, short. */

import type { Millis } from '../model/brand.js';

const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** `0 B`, `1.2 kB`, `340 MB`. */
export const bytesText = (bytes: number): string => {
  const power = bytes < 1_000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const amount = bytes / 1_000 ** power;
  return `${power > 0 && amount < 10 ? amount.toFixed(1) : Math.floor(amount)} ${units[power] ?? ''}`;
};

/** `0 s`, `59 s`, `12 min`, `5 h`, `3 d`. */
export const spanText = (span: Millis): string => {
  const seconds = Math.floor(span / 1_000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  return seconds < 86_400 ? `${Math.floor(seconds / 3_600)} h` : `${Math.floor(seconds / 86_400)} d`;
};
