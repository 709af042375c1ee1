/** A terminal without a window: a pty with a program in it, and what it shows as cells. */

import { fileURLToPath } from 'node:url';
import { spawn } from '@lydell/node-pty';
import headless from '@xterm/headless';
import type { Size } from '../../src/tui/line.js';

/** A program in a terminal. */
export interface TestTerminal extends AsyncDisposable {
  /** The rows that are shown, without the spaces at their ends. */
  readonly rows: () => readonly string[];
  /** Everything that the program wrote, as it wrote it. */
  readonly raw: () => string;
  readonly type: (text: string) => void;
  readonly resize: (size: Size) => void;
  readonly signal: (name: string) => void;
  /** Whether the screen of before the program is shown, and whether its cursor is. */
  readonly isNormal: () => boolean;
  readonly showsCursor: () => boolean;
  /** Resolves when what is shown fits; rejects with the picture when that takes too long. */
  readonly until: (fits: (picture: string) => boolean, what?: string) => Promise<string>;
  readonly ended: Promise<number>;
}

/** How to start the program. */
export interface TerminalStart extends Partial<Size> {
  readonly script: URL;
  /** Starts it from a shell with job control, so that it can be stopped and continued. */
  readonly from?: 'shell';
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const patience = 20_000;

/** Starts a compiled script of this project in a terminal. */
export const openTerminal = (start: TerminalStart): TestTerminal => {
  const { columns = 80, rows = 24, env = {} } = start;
  const terminal = new headless.Terminal({ cols: columns, rows, allowProposedApi: true });
  const script = fileURLToPath(start.script);
  const command = [process.execPath, script, ...(start.args ?? [])];
  const [program = '', ...args] = start.from === 'shell' ? ['bash', '--norc', '--noprofile', '-i'] : command;
  const child = spawn(program, args, {
    ...{ name: 'xterm-256color', cols: columns, rows },
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: process.env['HOME'] ?? '',
      LANG: 'C.UTF-8',
      TERM: 'xterm-256color',
      ...env,
    },
  });
  if (start.from === 'shell') child.write(`${command.map((word) => `'${word}'`).join(' ')}\r`);
  let raw = '';
  const changed = new Set<() => void>();
  child.onData((data) => {
    raw += data;
    terminal.write(data, () => {
      for (const look of [...changed]) look();
    });
  });
  const ended = new Promise<number>((resolve) => {
    child.onExit(({ exitCode, signal }) => {
      resolve(signal === undefined || signal === 0 ? exitCode : 128 + signal);
    });
  });
  const shown = (): readonly string[] => {
    const { active } = terminal.buffer;
    return Array.from({ length: terminal.rows }, (_, row) =>
      (active.getLine(active.viewportY + row)?.translateToString(true) ?? '').trimEnd(),
    );
  };
  return {
    rows: shown,
    raw: () => raw,
    type: (text) => {
      child.write(text);
    },
    resize: (size) => {
      terminal.resize(size.columns, size.rows);
      child.resize(size.columns, size.rows);
    },
    signal: (name) => {
      child.kill(name);
    },
    isNormal: () => terminal.buffer.active.type === 'normal',
    showsCursor: () => raw.lastIndexOf('\x1b[?25h') > raw.lastIndexOf('\x1b[?25l'),
    until: (fits, what = 'a picture') =>
      new Promise((resolve, reject) => {
        const settle = (end: () => void): void => {
          clearTimeout(timer);
          changed.delete(look);
          end();
        };
        const look = (): void => {
          const picture = shown().join('\n');
          if (!fits(picture)) return;
          settle(() => {
            resolve(picture);
          });
        };
        const timer = setTimeout(() => {
          settle(() => {
            reject(new Error(`${what} was never shown, but\n${shown().join('\n')}`));
          });
        }, patience);
        changed.add(look);
        look();
      }),
    ended,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
};
