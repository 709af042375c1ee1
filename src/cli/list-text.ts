/** `kaskade list export` and `why`: the book as text, and text as the book reads it. */

import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import type { Command } from 'commander';
import { fail } from '../model/error.js';
import type { Run } from './face.js';
import { clean } from './output.js';

interface Flags {
  readonly format?: string;
  readonly filter: string;
  readonly logins?: true;
  readonly output?: string;
}

/** Puts `list export` on the command line. */
export const addExport = (list: Command, run: Run): void => {
  const command = list
    .command('export')
    .description('write proxies of the book as a list, to stdout or a file')
    .option('--format <format>', 'txt, json, jsonl, csv, proxychains or clash; txt if not said, jsonl with --json')
    .option('--filter <filter>', 'which of them', 'released')
    .option('--logins', 'with user names and passwords')
    .option('--output <file>', 'a file, which only you can read');
  run(command, async ({ program, output, stdout }) => {
    const { filter, logins, output: path, ...flags } = command.opts<Flags>();
    const format = formatFor(flags.format, output.json, path);
    const { book } = await program();
    const { chunks, counts } = book.export({ filter, format, ...(logins === undefined ? {} : { logins }) });
    const end = path === undefined ? await copy(chunks, stdout) : await writeFile(chunks, path);
    if (end === 'cut') return;
    const { written, left } = counts();
    if (path !== undefined) output.value({ file: path, format, written, left });
    output.note(
      `${written} ${written === 1 ? 'proxy' : 'proxies'} written${left === 0 ? '' : `; ${left} left out, which ${format} has no words for`}.`,
    );
  });
};

const formatFor = (said: string | undefined, json: boolean, path: string | undefined): string => {
  if (said === undefined) return json ? 'jsonl' : 'txt';
  if (json && path === undefined && said !== 'jsonl')
    throw fail('bad-usage', { note: '--json prints one record a line; another format goes to a file, --output FILE.' });
  return said;
};

/** Whether all of it was written, or somebody has stopped reading. Rejects with `file-unwritable` for every other end. */
const copy = async (chunks: AsyncIterable<string>, stream: NodeJS.WritableStream): Promise<'whole' | 'cut'> => {
  let broken: NodeJS.ErrnoException | undefined;
  const onError = (error: NodeJS.ErrnoException): void => {
    broken = error;
  };
  const isBroken = (): boolean => broken !== undefined;
  stream.on('error', onError);
  for await (const chunk of chunks) {
    if (isBroken()) break;
    if (!stream.write(chunk) && stream.writable) await once(stream, 'drain').catch(() => undefined);
  }
  // The last write tells of its end later.
  await new Promise((resolve) => setImmediate(resolve));
  stream.off('error', onError);
  if (broken === undefined) return 'whole';
  if (broken.code === 'EPIPE') return 'cut';
  throw fail('file-unwritable', { note: broken.code ?? 'unknown' });
};

const writeFile = async (chunks: AsyncIterable<string>, path: string): Promise<'whole' | 'cut'> => {
  const file: Writable = createWriteStream(path, { mode: 0o600, flags: 'wx' });
  try {
    await once(file, 'open');
    await copy(chunks, file);
    file.end();
    await once(file, 'finish');
    return 'whole';
  } catch {
    throw fail('file-unwritable', { note: path });
  }
};

/** Puts `list why` on the command line. */
export const addWhy = (list: Command, run: Run): void => {
  const command = list
    .command('why')
    .description('tell how one line of a list is read, and why it is taken or not')
    .argument('<line>', '- reads it from stdin, which keeps passwords out of the shell history')
    .option('--format <format>')
    .option('--scheme <scheme>');
  run(command, async ({ program, output, stdin }, [text = '']) => {
    const options = command.opts<{ readonly format?: string; readonly scheme?: string }>();
    const { book } = await program();
    const reading = await book.explainLine(text === '-' ? await firstLine(stdin) : text, options);
    output.say(`read as ${reading.format}`);
    for (const [field, value] of reading.fields) output.say(`  ${field.padEnd(9)}${clean(value)}`);
    if (reading.proxy === undefined)
      output.say({ tone: 'bad', text: `not taken: ${reading.why ?? 'nothing there'}` }, `; ${reading.sentence ?? ''}`);
    else
      output.say(
        { tone: 'good', text: 'taken: ' },
        reading.proxy,
        reading.assumed === true ? ' (the scheme is assumed)' : '',
      );
    output.value(reading);
    return reading.proxy === undefined ? 1 : 0;
  });
};

const longest = 65_536;

const firstLine = async (input: NodeJS.ReadableStream): Promise<string> => {
  let text = '';
  for await (const chunk of input) {
    text += String(chunk);
    if (text.includes('\n') || text.length > longest) break;
  }
  return text.split('\n')[0]?.slice(0, longest) ?? '';
};
