/** Cells of text under each other. */

import stringWidth from 'string-width';
import { clean } from './output.js';

/** Pads every column but the last to its widest cell, by what a terminal shows; two spaces stand between. */
export const inColumns = (cells: readonly (readonly string[])[]): readonly string[] => {
  const rows = cells.map((row) => row.map(clean));
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => stringWidth(row[column] ?? ''))));
  return rows.map((row) =>
    row
      .map((cell, column) => pad(cell, widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
};

const pad = (cell: string, width: number): string => cell + ' '.repeat(Math.max(0, width - stringWidth(cell)));
