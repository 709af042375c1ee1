/** Cells of text under each other. */

import stringWidth from 'string-width';
import { clean } from './output.js';

/** Pads every column but the last to its widest cell, by what a terminal shows; two spaces stand between. */
export const inColumns = (cells: readonly (readonly string[])[]): readonly string[] => {
  const rows = cells.map((row) => row.map(clean));
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => stringWidth(row[column] ?? ''))));
  return rows.map((row) =>
    row
      .map((cell, column) => padTo(cell, widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
};

/** A text and blanks, as wide as that on a terminal. */
export const padTo = (cell: string, width: number): string => cell + ' '.repeat(Math.max(0, width - stringWidth(cell)));

/** A text no wider than that; what was cut off is marked. */
export const cutTo = (text: string, width: number): string => {
  const plain = clean(text);
  if (stringWidth(plain) <= width) return plain;
  let kept = '';
  for (const sign of plain) {
    if (stringWidth(kept + sign) > width - 1) break;
    kept += sign;
  }
  return `${kept}…`;
};
