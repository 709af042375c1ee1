/** The terminal: the only file that knows blessed. It shows lines, tells keys, clicks and sizes, and leaves the terminal as it was. */

import blessed from 'blessed';
import type { Line, Size, Span, Tone } from './line.js';
import type { Input } from './update.js';

/** An open screen. */
export interface Screen {
  readonly size: () => Size;
  /** Shows a whole screen of lines; only what changed is sent to the terminal. */
  readonly show: (lines: readonly Line[]) => void;
  readonly onInput: (hear: (input: Input) => void) => void;
  readonly onResize: (hear: () => void) => void;
  /** Draws everything anew, whatever the terminal shows. */
  readonly redraw: () => void;
  /** Gives the terminal back and stops this process until it is continued. */
  readonly suspend: () => void;
  /** Gives the terminal back as it was. May be called again. */
  readonly end: () => void;
}

/** What a screen needs to know of its surroundings. */
export interface ScreenParts {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether the terminal shows more than ASCII. */
  readonly unicode: boolean;
}

/** How many colours may be used. */
type Depth = 256 | 16 | 0;

/** Terminals of which blessed knows too little by their own names, and which all speak what xterm speaks. */
const modern =
  /^(?:xterm|screen|tmux|rxvt|alacritty|kitty|foot|wezterm|ghostty|konsole|gnome|vte|st\b|iterm|contour|putty)/i;

/** Takes the terminal of this process. */
export const openScreen = ({ env, unicode }: ScreenParts): Screen => {
  const screen = takeTerminal(env, unicode);
  const box = blessed.box({ parent: screen, top: 0, left: 0, width: '100%', height: '100%', tags: false, wrap: false });
  const paint = createPainter(depthOf(env), unicode);
  let ended = false;
  return {
    size: () => ({ columns: Number(screen.width), rows: Number(screen.height) }),
    show: (lines) => {
      if (ended) return;
      box.setContent(lines.map(paint).join('\n'));
      screen.render();
    },
    onInput: (hear) => {
      listen(screen, hear);
    },
    onResize: (hear) => {
      screen.on('resize', hear);
    },
    redraw: () => {
      screen.realloc();
      screen.render();
    },
    suspend: () => {
      stopHere(screen);
    },
    end: () => {
      if (ended) return;
      ended = true;
      screen.program.write(pasteMode.off);
      screen.destroy();
      screen.program.showCursor();
    },
  };
};

const takeTerminal = (env: ScreenParts['env'], unicode: boolean): blessed.Widgets.Screen => {
  const name = env['TERM'] ?? '';
  const screen = blessed.screen({
    terminal: modern.test(name) ? 'xterm-256color' : name === 'linux' ? 'linux' : 'xterm',
    fullUnicode: true,
    forceUnicode: unicode,
    title: 'kaskade',
  });
  // Else lines are drawn with the terminal's own set of them, which not every UTF-8 terminal has.
  const { tput } = screen.program as unknown as { readonly tput: { brokenACS: boolean } };
  tput.brokenACS = true;
  screen.program.hideCursor();
  screen.program.write(pasteMode.on);
  return screen;
};

const pasteMode = { on: '\x1b[?2004h', off: '\x1b[?2004l' };

/**
 * Stops this process with the terminal given back. The library's own way stops before it has written what gives it back, and
 * waits for ever where no shell is there to continue it: the system then does not stop at all.
 */
const stopHere = (screen: blessed.Widgets.Screen): void => {
  const program = screen.program as blessed.BlessedProgram & { useBuffer: boolean };
  program.write(pasteMode.off);
  program.flush();
  program.useBuffer = false;
  const resume = program.pause() as () => void;
  process.kill(process.pid, 'SIGTSTP');
  setTimeout(() => {
    resume();
    program.useBuffer = true;
    screen.alloc();
    screen.render();
    program.hideCursor();
    program.write(pasteMode.on);
  }, 0);
};

const listen = (screen: blessed.Widgets.Screen, hear: (input: Input) => void): void => {
  const isPasting = listenForPaste(screen, (text) => {
    hear({ kind: 'paste', text });
  });
  screen.on('keypress', (character: string | undefined, key: { readonly full: string }) => {
    if (isPasting()) return;
    const pressed = keyOf(character, key.full);
    if (pressed !== undefined) hear({ kind: 'key', key: pressed });
  });
  screen.on('mouse', (event: { readonly action: string; readonly x: number; readonly y: number }) => {
    const input = mouseOf(event);
    if (input !== undefined) hear(input);
  });
};

/** Terminals that can say so put these around what is pasted (mode 2004). */
const [pasteBegins, pasteEnds] = ['\x1b[200~', '\x1b[201~'];
const mostPasted = 8_000_000;

/** Collects what is pasted, of which the library knows nothing; tells whether it is coming in. */
const listenForPaste = (screen: blessed.Widgets.Screen, hear: (text: string) => void): (() => boolean) => {
  let pieces: string[] | undefined;
  let size = 0;
  const end = (): void => {
    const text = pieces?.join('');
    pieces = undefined;
    if (text !== undefined) hear(text);
  };
  const take = (sequence: string): void => {
    if (pieces === undefined || size > mostPasted || sequence.startsWith('\x1b')) return;
    pieces.push(sequence === '\r' ? '\n' : sequence);
    size += sequence.length;
  };
  const onKey = (
    character: string | undefined,
    key: Partial<Record<'sequence' | 'name', string>> | undefined,
  ): void => {
    // Enter comes twice.
    if (key?.name === 'enter') return;
    const sequence = key?.sequence ?? character ?? '';
    if (sequence === pasteBegins) [pieces, size] = [[], 0];
    else if (sequence === pasteEnds) end();
    else take(sequence);
  };
  // Before the library hears of the end of it.
  (screen.program as unknown as { readonly input: NodeJS.EventEmitter }).input.prependListener('keypress', onKey);
  return () => pieces !== undefined;
};

/** A key by the name that the key table uses; Enter comes twice, and is taken once. */
const keyOf = (character: string | undefined, full: string): string | undefined => {
  if (full === 'enter') return undefined;
  if (full === 'return' || full === 'linefeed') return 'enter';
  if (full === 'space' || character === ' ') return 'space';
  const printable = character !== undefined && /^[^\p{C}]$/u.test(character);
  return printable ? character : full;
};

const mouseOf = ({
  action,
  x,
  y,
}: {
  readonly action: string;
  readonly x: number;
  readonly y: number;
}): Input | undefined => {
  if (action === 'wheelup') return { kind: 'wheel', by: -1 };
  if (action === 'wheeldown') return { kind: 'wheel', by: 1 };
  return action === 'mousedown' ? { kind: 'click', column: x, row: y } : undefined;
};

/** https://no-color.org; a terminal that does not say that it has more gets the sixteen that all have. */
const depthOf = (env: ScreenParts['env']): Depth => {
  if ((env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb') return 0;
  const many = /256|truecolor|24bit|kitty|alacritty|foot|wezterm|ghostty/i;
  return many.test(`${env['TERM'] ?? ''} ${env['COLORTERM'] ?? ''}`) ? 256 : 16;
};

const codes: Readonly<Record<Exclude<Tone, 'plain'>, Readonly<Record<Depth, string>>>> = {
  strong: { 256: '1', 16: '1', 0: '1' },
  faint: { 256: '38;5;245', 16: '90', 0: '' },
  good: { 256: '38;5;71', 16: '32', 0: '' },
  warn: { 256: '38;5;179', 16: '33', 0: '' },
  bad: { 256: '38;5;167', 16: '31', 0: '1' },
  accent: { 256: '38;5;74', 16: '36', 0: '' },
};

const chosenCodes: Readonly<Record<Depth, string>> = { 256: '48;5;237', 16: '7', 0: '7' };

/** Lines as text with colours. Spans hold no control characters; that is seen to once more here. */
const createPainter = (depth: Depth, unicode: boolean): ((line: Line) => string) => {
  const paint = ({ text, tone = 'plain', chosen }: Span): string => {
    const wanted = [tone === 'plain' ? '' : codes[tone][depth], chosen === true ? chosenCodes[depth] : ''];
    const code = wanted.filter((each) => each !== '').join(';');
    const harmless = text.replace(/\p{Cc}/gu, '');
    const shown = unicode ? harmless : inAscii(harmless);
    return code === '' ? shown : `\x1b[${code}m${shown}\x1b[m`;
  };
  return (line) => line.map(paint).join('');
};

const asciiSigns: Readonly<Record<string, string>> = {
  ...{ '…': '~', '•': '*', '≤': '<', '≥': '>', '×': 'x', '·': '.', '←': '<', '→': '>', '–': '-' },
  ...{ '│': '|', '├': '+', '┌': '+', '└': '+' },
};

/** Sign by sign, so that every cell stays where it is. */
const inAscii = (text: string): string => text.replace(/[^\x20-\x7e]/gu, (sign) => asciiSigns[sign] ?? '?');
