/** What a view is made of: lines of spans, each with a tone. Views never hold a control character or an escape sequence. */

/** How a span looks; colours come from the terminal's own palette, and no meaning hangs on colour alone. */
export type Tone = 'plain' | 'strong' | 'faint' | 'good' | 'warn' | 'bad' | 'accent';

/** A piece of a line. */
export interface Span {
  readonly text: string;
  /** `plain` where it is missing. */
  readonly tone?: Tone;
  /** Part of the chosen row. */
  readonly chosen?: true;
}

/** One row of the screen, at most as wide as the view. */
export type Line = readonly Span[];

/** Columns and rows that a view may fill. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** A span. */
export const span = (text: string, tone?: Tone): Span => (tone === undefined ? { text } : { text, tone });

/** A line without text. */
export const emptyLine: Line = [];
