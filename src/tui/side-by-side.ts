/** Two texts next to each other, line by line, with what differs between them marked. Lines that both have stand side by side. */

import { type Line, span } from './line.js';
import { clean, fit, widthOf } from './text.js';

/** A line of each side, where it has one. */
interface Pair {
  readonly one?: string;
  readonly other?: string;
}

/** Lines of one text that are looked at; so many cells are filled at most by one line of it. */
const mostLines = 200;

/** The texts as lines of so many columns; a text that is missing leaves the room to the other one. */
export const sideBySide = (sent: string | undefined, arrived: string | undefined, columns: number): readonly Line[] => {
  if (sent === undefined || arrived === undefined) {
    const title = sent === undefined ? 'arrived' : 'sent';
    return [[span(`      ${title}`, 'faint')], ...alone(linesOf(sent ?? arrived ?? ''), columns)];
  }
  const width = Math.max(8, Math.floor((columns - 11) / 2));
  const pairs = align(linesOf(sent), linesOf(arrived));
  return [[span(`      ${fit('sent', width)} │ arrived`, 'faint')], ...pairs.flatMap((pair) => pairLines(pair, width))];
};

const alone = (lines: readonly string[], columns: number): readonly Line[] =>
  lines.flatMap((line) => pieces(line, columns - 8)).map((piece): Line => [span(`      ${piece}`)]);

/** Harmless, and without empty lines at the end. */
const linesOf = (text: string): readonly string[] => {
  const all = text.split('\n');
  const shown = all.slice(0, mostLines).map(clean);
  while (shown.length > 1 && shown.at(-1)?.trim() === '') shown.pop();
  return all.length > mostLines ? [...shown, `(${all.length - mostLines} more lines)`] : shown;
};

const pairLines = ({ one, other }: Pair, width: number): readonly Line[] => {
  const [left, right] = [one === undefined ? [] : pieces(one, width), other === undefined ? [] : pieces(other, width)];
  const isSame = one === other;
  const sign = isSame ? '│' : one === undefined ? '>' : other === undefined ? '<' : '!';
  const tone = isSame ? 'plain' : 'warn';
  return Array.from(
    { length: Math.max(left.length, right.length) },
    (_, row): Line => [
      span(`      ${fit(left[row] ?? '', width)}`, tone),
      span(` ${sign} `, isSame ? 'faint' : 'bad'),
      span(right[row] ?? '', tone),
    ],
  );
};

/** A line in pieces of so many cells; nothing of it is lost. */
const pieces = (line: string, columns: number): readonly string[] => {
  if (widthOf(line) <= columns) return [line];
  const found: string[] = [];
  let [piece, width] = ['', 0];
  for (const sign of line) {
    const cells = widthOf(sign);
    if (width + cells > columns) {
      found.push(piece);
      [piece, width] = ['', 0];
    }
    piece += sign;
    width += cells;
  }
  return [...found, piece];
};

/** The longest row of common lines stands side by side; between them what differs, as far as it goes in pairs. */
const align = (one: readonly string[], other: readonly string[]): readonly Pair[] => {
  const lengths = commonLengths(one, other);
  const lengthAt = (row: number, column: number): number => lengths[row * (other.length + 1) + column] ?? 0;
  const pairs: Pair[] = [];
  let [left, right]: [string[], string[]] = [[], []];
  const settle = (): void => {
    const count = Math.max(left.length, right.length);
    for (let index = 0; index < count; index += 1) pairs.push(pairOf(left[index], right[index]));
    [left, right] = [[], []];
  };
  let [row, column] = [0, 0];
  while (row < one.length || column < other.length) {
    const [here, there] = [one[row], other[column]];
    if (here !== undefined && here === there) {
      settle();
      pairs.push(pairOf(here, there));
      [row, column] = [row + 1, column + 1];
    } else if (there === undefined || (here !== undefined && lengthAt(row + 1, column) >= lengthAt(row, column + 1))) {
      left.push(here ?? '');
      row += 1;
    } else {
      right.push(there);
      column += 1;
    }
  }
  settle();
  return pairs;
};

const pairOf = (one: string | undefined, other: string | undefined): Pair => ({
  ...(one === undefined ? {} : { one }),
  ...(other === undefined ? {} : { other }),
});

/** How many lines the ends of both texts have in common, from each place on. */
const commonLengths = (one: readonly string[], other: readonly string[]): Uint16Array => {
  const width = other.length + 1;
  const lengths = new Uint16Array((one.length + 1) * width);
  for (let row = one.length - 1; row >= 0; row -= 1) {
    for (let column = other.length - 1; column >= 0; column -= 1) {
      const at = row * width + column;
      lengths[at] =
        one[row] === other[column]
          ? (lengths[at + width + 1] ?? 0) + 1
          : Math.max(lengths[at + width] ?? 0, lengths[at + 1] ?? 0);
    }
  }
  return lengths;
};
