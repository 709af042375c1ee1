/** `kaskade list import` and `refresh`: taking lists into the book. */

import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import type { Command } from 'commander';
import type { ImportReport, Rejection } from '../model/book.js';
import { asKaskadeError, fail } from '../model/error.js';
import { explain } from '../model/failure.js';
import type { BookDesk, ImportOptions, ListInput, Preview } from '../engine/controller.js';
import { bytesText } from './amounts.js';
import type { Face, Run } from './face.js';
import type { Output } from './output.js';
import { catchSignals } from './signals.js';

interface Flags {
  readonly as?: string;
  readonly format?: string;
  readonly scheme?: string;
  readonly private?: true;
  readonly preview?: true;
  readonly rejected?: string;
}

/** Puts `list import` on the command line. */
export const addImport = (list: Command, run: Run): void => {
  const command = list
    .command('import')
    .description('take a list into the book; its proxies get no traffic before they are released')
    .argument('<file>', 'a file, or - for stdin')
    .option('--as <name>', 'the name of the source; else that of the file')
    .option('--scheme <scheme>', 'what proxies speak where the list does not say: http, https, socks4a, socks5h')
    .option('--format <format>', 'how the list is written; else it is found out')
    .option('--rejected <file>', 'write each line that is not taken, with its number and the reason')
    .option('--private', 'take addresses that are not public too')
    .option('--preview', 'tell what it would bring, and take nothing');
  run(command, async (face, [place = '']) => {
    const flags = command.opts<Flags>();
    const { book } = await face.program();
    const { signal } = catchSignals();
    const rejected = flags.rejected === undefined ? undefined : openRejected(flags.rejected);
    const progress = createProgress(face);
    const options: ImportOptions = {
      ...optionsOf(flags),
      ...{ signal, onProgress: progress.show },
      ...(rejected === undefined ? {} : { onRejected: rejected.take }),
    };
    try {
      const input = inputOf(place, face);
      if (flags.preview === true) tellPreview(face.output, book, await book.preview(input, options));
      else tellReport(face.output, book, await book.import(input, options));
    } finally {
      progress.end();
      await rejected?.end();
    }
  });
};

/** Puts `list refresh` on the command line. */
export const addRefresh = (list: Command, run: Run): void => {
  const command = list.command('refresh').description('read a source again that came from a file, or all of them');
  run(command.argument('[source]'), async (face, [name]) => {
    const { book } = await face.program();
    const { signal } = catchSignals();
    const names =
      name === undefined ? book.sources().flatMap((each) => (each.kind === 'file' ? [each.name] : [])) : [name];
    if (names.length === 0) face.output.note('No source came from a file.');
    let code = 0;
    for (const each of names) {
      try {
        tellReport(face.output, book, await book.refresh(each, { signal }));
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

const optionsOf = ({ as: name, format, scheme, private: isPrivate }: Flags): ImportOptions => ({
  ...(name === undefined ? {} : { name }),
  ...(format === undefined ? {} : { format }),
  ...(scheme === undefined ? {} : { scheme }),
  ...(isPrivate === true ? { privates: true as const } : {}),
});

const inputOf = (place: string, { stdin }: Face): ListInput =>
  place === '-' ? { kind: 'stdin', stream: stdin } : { kind: 'file', path: place };

/** A file of lines that were not taken: number, reason, text, a tab between. Throws `file-unreadable` when it is closed. */
const openRejected = (path: string) => {
  const file = createWriteStream(path, { mode: 0o600 });
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
      if (failure !== undefined) throw fail('file-unreadable', { note: path });
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

const tellReport = (output: Output, book: BookDesk, report: ImportReport): void => {
  const { source, format, read, added, merged, ranges, assumed } = report;
  output.say(
    `${source}: ${read} read as ${format}, ${added} added, ${merged} known already${ranges === 0 ? '' : `, ${ranges} blocked ranges`}`,
  );
  tellRejected(output, book, report.rejected);
  if (assumed > 0) output.note(`Note: the list does not say what ${assumed} of them speak; --scheme does.`);
  if (added > 0) output.note('Note: new proxies are in quarantine: kaskade list release lets cascades use them.');
  output.value({ event: 'imported', ...report });
};

const tellPreview = (output: Output, book: BookDesk, preview: Preview): void => {
  const { format, proxies, ranges, first, sample } = preview;
  output.say(`${proxies} proxies and ${ranges} blocked ranges, read as ${format}; nothing was taken`);
  for (const text of sample) output.say(`  ${text}`);
  tellRejected(output, book, preview.rejected);
  for (const { line, why, text } of first) output.say({ tone: 'faint', text: `  line ${line}: ${why}: ${text}` });
  output.value({ event: 'preview', ...preview });
};

const tellRejected = (output: Output, book: BookDesk, rejected: ImportReport['rejected']): void => {
  const all = Object.entries(rejected) as [Rejection, number][];
  for (const [why, count] of all.sort((one, other) => other[1] - one[1]))
    output.say(`  ${count} not taken: ${why}, `, { tone: 'faint', text: book.reason(why) });
};
