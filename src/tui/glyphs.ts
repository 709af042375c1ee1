/** The signs that are drawn: one set for terminals that know Unicode, one of ASCII for all others. */

/** A set of signs, each one cell wide. */
export interface Glyphs {
  readonly marker: string;
  readonly inUse: string;
  readonly rule: string;
  readonly arrow: string;
  readonly up: string;
  readonly down: string;
  /** Eight heights, lowest first. */
  readonly levels: readonly string[];
  readonly failed: string;
  readonly nothing: string;
  readonly bar: string;
  readonly dim: string;
  readonly ellipsis: string;
  readonly warning: string;
}

/** For UTF-8 terminals. */
export const unicodeGlyphs: Glyphs = {
  marker: '▸',
  inUse: '●',
  rule: '─',
  arrow: '›',
  up: '↑',
  down: '↓',
  levels: ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'],
  failed: '×',
  nothing: '·',
  bar: '█',
  dim: '░',
  ellipsis: '…',
  warning: '!',
};

/** For all others. */
export const asciiGlyphs: Glyphs = {
  marker: '>',
  inUse: '*',
  rule: '-',
  arrow: '>',
  up: '^',
  down: 'v',
  levels: ['_', '_', '.', '.', '-', '-', '=', '#'],
  failed: 'x',
  nothing: '.',
  bar: '#',
  dim: ':',
  ellipsis: '~',
  warning: '!',
};

/** Whether a terminal of this environment shows UTF-8. */
export const glyphsFor = (env: Readonly<Record<string, string | undefined>>): Glyphs => {
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || '';
  const simple = /^(?:linux|vt\d+|dumb|ansi|cons\d+)/.test(env['TERM'] ?? '');
  return /utf-?8/i.test(locale) && !simple ? unicodeGlyphs : asciiGlyphs;
};
