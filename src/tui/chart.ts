/** Small charts in a line of text. */

import type { Glyphs } from './glyphs.js';
import { type Span, span } from './line.js';

/** Values as heights against the largest of them, the newest last, in so many cells; 0 is the lowest. */
export const sparkline = (values: readonly number[], columns: number, { levels }: Glyphs): string => {
  if (columns <= 0) return '';
  const shown = values.slice(-columns);
  const most = Math.max(1, ...shown);
  const lines = shown.map((value) => levels[Math.min(7, Math.ceil((value / most) * 7))] ?? '');
  return lines.join('').padStart(columns);
};

/** A bar of so many cells, filled to a share from 0 to 1; anything above 0 shows at least one cell. */
export const bar = (share: number, columns: number, { bar: full }: Glyphs): string => {
  const filled = share <= 0 ? 0 : Math.max(1, Math.min(columns, Math.round(share * columns)));
  return full.repeat(filled).padEnd(columns);
};

/** A piece of a waterfall: from and to as shares of the whole span. */
export const stretch = (from: number, to: number, columns: number, { bar: full, nothing }: Glyphs): readonly Span[] => {
  const start = Math.min(columns - 1, Math.floor(from * columns));
  const length = Math.max(1, Math.min(columns - start, Math.round((to - from) * columns)));
  return [
    span(nothing.repeat(start), 'faint'),
    span(full.repeat(length), 'accent'),
    span(nothing.repeat(columns - start - length), 'faint'),
  ];
};
