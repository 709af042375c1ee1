/** `kaskade list import` and `refresh`: taking lists into the book. */

import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import { type Millis, millis } from '../model/brand.js';
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
  readonly way?: string;
  readonly every?: string;
  readonly private?: true;
  readonly preview?: true;
  readonly yes?: true;
  readonly rejected?: string;
}

/** Puts `list import` on the command line. */
export const addImport = (list: Command, run: Run): void => {
  const command = list
    .command('import')
    .description('take a list into the book; its proxies get no traffic before they are released')
    .argument('<file|-|url>', 'a file, - for stdin, or a URL, which is fetched through the cascade in use')
    .option('--as <name>', 'the name of the source; else that of the file or the host')
    .option('--scheme <scheme>', 'what proxies speak where the list does not say: http, https, socks4a, socks5h')
    .option('--format <format>', 'how the list is written; else it is found out')
    .option('--way <way>', "how a URL is fetched: 'cascade NAME', direct, 'proxy URL', environment or 'pac URL'")
    .option('--every <span>', 'fetch it again and again: 30m, 6h, 1d')
    .option('--rejected <file>', 'write each line that is not taken, with its number and the reason')
    .option('--private', 'take addresses that are not public too')
    .option('--preview', 'tell what it would bring, and take nothing')
    .option('--yes', 'fetch without a cascade or a proxy without being asked');
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
      const input = await inputOf(place, flags, face);
      if (flags.preview === true) tellPreview(face.output, book, await book.preview(input, options));
      else
        await withConsent(face, input, async (agreed) =>
          tellReport(face.output, book, await book.import(agreed, options)),
        );
    } finally {
      progress.end();
      await rejected?.end();
    }
  });
};

/** Puts `list refresh` on the command line. */
export const addRefresh = (list: Command, run: Run): void => {
  const command = list.command('refresh').description('fetch a source again, or all that came from a URL');
  run(command.argument('[source]'), async (face, [name]) => {
    const { book } = await face.program();
    const { signal } = catchSignals();
    const names =
      name === undefined ? book.sources().flatMap((each) => (each.kind === 'url' ? [each.name] : [])) : [name];
    if (names.length === 0) face.output.note('No source came from a URL.');
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

const optionsOf = ({ as: name, format, scheme, every, private: isPrivate }: Flags): ImportOptions => ({
  ...(name === undefined ? {} : { name }),
  ...(format === undefined ? {} : { format }),
  ...(scheme === undefined ? {} : { scheme }),
  ...(every === undefined ? {} : { every: readSpan(every) }),
  ...(isPrivate === true ? { privates: true as const } : {}),
});

const inputOf = async (place: string, { way, yes }: Flags, { stdin }: Face): Promise<ListInput> => {
  if (/^https?:\/\//i.test(place))
    return {
      ...{ kind: 'url', url: place },
      ...(way === undefined ? {} : { way }),
      ...(yes === true ? { consented: true as const } : {}),
    };
  if (way !== undefined) throw fail('bad-usage', { note: '--way is for lists that are fetched from a URL.' });
  if (place !== '-') return { kind: 'file', path: place };
  return { kind: 'stdin', stream: stdin };
};

/** Asks once where a list would be fetched from this machine's own address, and goes on where the answer is yes. */
const withConsent = async (face: Face, input: ListInput, work: (input: ListInput) => Promise<void>): Promise<void> => {
  try {
    await work(input);
  } catch (thrown) {
    const error = asKaskadeError(thrown);
    const isTerminal = 'isTTY' in face.stdin && face.stdin.isTTY === true;
    if (error.code !== 'list-consent' || input.kind !== 'url' || !isTerminal) throw error;
    const reader = createInterface({ input: face.stdin, output: process.stderr });
    const answer = await reader.question(`${explain(error.failure).sentence} Fetch it all the same? [y/N] `);
    reader.close();
    if (!/^y(?:es)?$/i.test(answer.trim())) throw error;
    await work({ ...input, consented: true });
  }
};

const units: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

const readSpan = (text: string): Millis => {
  const [, amount = '', unit = ''] = /^(\d{1,4})([mhd])$/.exec(text) ?? [];
  const span = Number(amount) * (units[unit] ?? 0);
  if (span < 600_000) throw fail('bad-usage', { note: '--every is ten minutes or more: 30m, 6h, 1d.' });
  return millis(span);
};

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
