/** `kaskade list import` and `refresh`: taking lists into the book. */

import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import type { Command } from 'commander';
import type { Rejection } from '../model/book.js';
import { type Millis, millis } from '../model/brand.js';
import { asKaskadeError, fail } from '../model/error.js';
import { explain } from '../model/failure.js';
import type { ImportOptions, ListInput, SourceView } from '../engine/controller.js';
import { bytesText } from './amounts.js';
import { withConsent } from './consent.js';
import type { Face, Run } from './face.js';
import { tellPreview, tellReport } from './list-report.js';
import { catchSignals } from './signals.js';

interface Flags {
  readonly as?: string;
  readonly format?: string;
  readonly scheme?: string;
  readonly private?: true;
  readonly preview?: true;
  readonly rejected?: string;
  readonly way?: string;
  readonly every?: string;
  readonly yes?: true;
  readonly shrunk?: true;
}

/** Puts `list import` on the command line. */
export const addImport = (list: Command, run: Run): void => {
  const command = list
    .command('import')
    .description('take a list into the book; its proxies get no traffic before they are released')
    .argument('<file>', 'a file, a URL, or - for stdin')
    .option('--as <name>', 'the name of the source; else that of the file')
    .option('--scheme <scheme>', 'what proxies speak where the list does not say: http, https, socks4a, socks5h')
    .option('--format <format>', 'how the list is written; else it is found out')
    .option('--rejected <file>', 'write each line that is not taken, with its number and the reason')
    .option('--private', 'take addresses that are not public too')
    .option('--preview', 'tell what it would bring, and take nothing')
    .option('--way <way>', wayHelp)
    .option('--every <time>', 'of a URL: have a running kaskade fetch it again so often, such as 6h; off ends that')
    .option('--yes', yesHelp)
    .option('--shrunk', shrunkHelp);
  run(command, async (face, [place = '']) => {
    const flags = command.opts<Flags>();
    const { book } = await face.program();
    const { signal } = catchSignals();
    const rejected = flags.rejected === undefined ? undefined : await openRejected(flags.rejected);
    const progress = createProgress(face);
    const options: ImportOptions = {
      ...optionsOf(flags),
      ...{ signal, onProgress: progress.show },
      ...(rejected === undefined ? {} : { onRejected: rejected.take }),
    };
    try {
      const input = inputOf(place, face, flags);
      const work = async (asked: ListInput): Promise<void> => {
        if (flags.preview === true) tellPreview(face.output, book, await book.preview(asked, options));
        else tellReport(face.output, book, await book.import(asked, options));
      };
      await withConsent(face, (consent) => work(input.kind === 'url' ? { ...input, ...consent } : input));
    } finally {
      progress.end();
      await rejected?.end();
    }
  });
};

/** Puts `list refresh` on the command line. */
export const addRefresh = (list: Command, run: Run): void => {
  const command = list
    .command('refresh')
    .description('read a source again that came from a file or a URL, or all of them')
    .option('--yes', yesHelp)
    .option('--shrunk', shrunkHelp);
  run(command.argument('[source]'), async (face, [name]) => {
    const { book } = await face.program();
    const { signal } = catchSignals();
    const { yes, shrunk } = command.opts<Pick<Flags, 'yes' | 'shrunk'>>();
    const answers = { ...(yes === true ? { consent: yes } : {}), ...(shrunk === true ? { shrunk } : {}) };
    const names = name === undefined ? book.sources().flatMap(againIn) : [name];
    if (names.length === 0) face.output.note('No source came from a file or a URL.');
    let code = 0;
    for (const each of names) {
      try {
        await withConsent(face, async (consent) => {
          tellReport(face.output, book, await book.refresh(each, { signal, ...answers, ...consent }));
        });
      } catch (thrown) {
        const error = asKaskadeError(thrown);
        if (name !== undefined || error.code === 'interrupted') throw error;
        face.output.note(`${each}: ${explain(error.failure).sentence} The list of before stays.`);
        code = 1;
      }
    }
    return code;
  });
};

const wayHelp =
  'of a URL: cascade (the one in use), cascade NAME, proxy URL, environment, pac FILE, or direct, which shows your address to its host';
const yesHelp = 'that the host of a list sees your own address is all right, now and later';
const shrunkHelp = 'take a list also where it has lost more than half of its proxies';

const againIn = ({ kind, name }: SourceView): readonly string[] => (kind === 'file' || kind === 'url' ? [name] : []);

const optionsOf = ({ as: name, format, scheme, private: isPrivate, shrunk }: Flags): ImportOptions => ({
  ...(shrunk === true ? { shrunk } : {}),
  ...(name === undefined ? {} : { name }),
  ...(format === undefined ? {} : { format }),
  ...(scheme === undefined ? {} : { scheme }),
  ...(isPrivate === true ? { privates: true as const } : {}),
});

const inputOf = (place: string, { stdin }: Face, flags: Flags): ListInput => {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(place)) return urlOf(place, flags);
  if (flags.way !== undefined || flags.every !== undefined)
    throw fail('bad-usage', { note: '--way and --every are for lists from a URL.' });
  return place === '-' ? { kind: 'stdin', stream: stdin } : { kind: 'file', path: place };
};

const urlOf = (url: string, { way, every, yes }: Flags): ListInput => ({
  ...{ kind: 'url', url },
  ...(way === undefined ? {} : { way }),
  ...(every === undefined ? {} : { every: intervalOf(every) }),
  ...(yes === true ? { consent: yes } : {}),
});

const units: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Lists change by the hour; who asks more often than every ten minutes is a burden. */
const intervalOf = (text: string): Millis => {
  if (text === 'off') return millis(0);
  const [, count = '', unit = ''] = /^(\d{1,4})([mhd])$/.exec(text) ?? [];
  const span = Number(count) * (units[unit] ?? 0);
  if (span < 600_000) throw fail('bad-usage', { note: '--every is a time from 10m, such as 6h or 1d, or off.' });
  return millis(span);
};

/** A new file of lines that were not taken: number, reason, text, a tab between. Rejects with `file-unwritable`, also when it is closed. */
const openRejected = async (path: string) => {
  const file = createWriteStream(path, { mode: 0o600, flags: 'wx' });
  await once(file, 'open').catch((thrown: unknown) => {
    throw fail('file-unwritable', { note: path }, thrown);
  });
  let failure: unknown;
  file.on('error', (error) => {
    failure = error;
  });
  return {
    take: ({ line, why, text }: { readonly line: number; readonly why: Rejection; readonly text: string }): void => {
      file.write(`${line}\t${why}\t${text}\n`);
    },
    end: async (): Promise<void> => {
      file.end();
      if (failure === undefined) await once(file, 'close');
      if (failure !== undefined) throw fail('file-unwritable', { note: path });
    },
  };
};

/** How far an import is, on a terminal only. */
const createProgress = ({ output }: Face) => {
  const isShown = process.stderr.isTTY && !output.json;
  let shown = false;
  return {
    show: ({ bytes, of, read }: { readonly bytes: number; readonly of?: number; readonly read: number }): void => {
      if (!isShown) return;
      shown = true;
      const part = of === undefined || of === 0 ? '' : `, ${Math.floor((bytes / of) * 100)} %`;
      process.stderr.write(`\r${read} lines, ${bytesText(bytes)}${part}   `);
    },
    end: (): void => {
      if (shown) process.stderr.write('\r\x1b[K');
    },
  };
};
