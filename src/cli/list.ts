/** `kaskade list`: the book of known proxies, and the lists that they come from. */

import type { Command } from 'commander';
import type { BookEntry } from '../model/book.js';
import type { ProxyId } from '../model/cascade.js';
import { fail } from '../model/error.js';
import type { BookDesk, Selection } from '../engine/controller.js';
import type { Face, Furnish, Run } from './face.js';
import { addImport, addRefresh } from './list-import.js';
import { addLs, addShow, addSources } from './list-look.js';
import { addExport, addWhy } from './list-text.js';

/** Gives `list` its commands. */
export const furnishList: Furnish = (list, run) => {
  addImport(list, run);
  addLs(list, run);
  addShow(list, run);
  for (const row of changes) addChange(list, run, row);
  addTag(list, run);
  addSources(list, run);
  addRefresh(list, run);
  addForget(list, run);
  addExport(list, run);
  addWhy(list, run);
};

/** A command that does the same to some proxies. */
interface Change {
  readonly name: string;
  readonly summary: string;
  readonly done: string;
  readonly work: (book: BookDesk, which: Selection) => number;
}

const changes: readonly Change[] = [
  {
    name: 'release',
    summary: 'let cascades use proxies that are in quarantine',
    done: 'released',
    work: (book, which) => book.release(which),
  },
  {
    name: 'quarantine',
    summary: 'keep all traffic from proxies',
    done: 'put in quarantine',
    work: (book, which) => book.quarantine(which),
  },
  { name: 'rm', summary: 'remove proxies from the book', done: 'removed', work: (book, which) => book.remove(which) },
];

const addChange = (list: Command, run: Run, { name, summary, done, work }: Change): void => {
  const command = withSelection(list.command(name).description(summary));
  run(command, async ({ program, output }, proxies) => {
    const { book } = await program();
    tell({ output }, work(book, selectionOf(book, command, proxies)), done);
  });
};

const addTag = (list: Command, run: Run): void => {
  const tag = list.command('tag').description('give proxies a word of your own, or take it away').argument('<tag>');
  withSelection(tag).option('--remove', 'take it away');
  run(tag, async ({ program, output }, [word = '', ...proxies]) => {
    const { book } = await program();
    const { remove: isRemoving } = tag.opts<{ readonly remove?: true }>();
    const count = book.tag(selectionOf(book, tag, proxies), word, isRemoving === true ? 'remove' : 'add');
    tell({ output }, count, isRemoving === true ? 'no longer tagged' : 'tagged');
  });
};

const addForget = (list: Command, run: Run): void => {
  const forget = list.command('forget').description('remove a source; proxies that only it named go with it');
  run(forget.argument('<source>'), async ({ program, output }, [name = '']) => {
    const { book } = await program();
    book.forget(name);
    output.say(`forgot ${name}`);
    output.value({ event: 'forgot', source: name });
  });
};

const withSelection = (command: Command): Command =>
  command
    .argument('[proxies...]', 'as list ls shows them, or host:port')
    .option('--filter <filter>', "all that it finds: 'country=DE, up'");

/** The proxies that a command line names. Throws `proxy-unknown`, `bad-filter`, or `bad-usage` where it names none. */
const selectionOf = (book: BookDesk, command: Command, proxies: readonly string[]): Selection => {
  const { filter } = command.opts<{ readonly filter?: string }>();
  if (filter?.trim() === '')
    throw fail('bad-usage', {
      note: "An empty filter would mean every proxy: say --filter 'shelf!=archived' if that is meant.",
    });
  if (filter !== undefined && proxies.length === 0) return { filter };
  if (filter !== undefined || proxies.length === 0)
    throw fail('bad-usage', { note: 'Name proxies, or say which with --filter.' });
  return { ids: proxies.map((text) => entryOf(book, text).id) };
};

/** A proxy of the book. Throws `proxy-unknown`. */
const entryOf = (book: BookDesk, text: string): BookEntry & { readonly id: ProxyId } => {
  const found = book.find(text);
  if (found === undefined) throw fail('proxy-unknown');
  return found.entry;
};

const tell = ({ output }: Pick<Face, 'output'>, count: number, done: string): void => {
  output.say(`${count} ${count === 1 ? 'proxy' : 'proxies'} ${done}`);
  output.value({ event: done.replaceAll(' ', '-'), proxies: count });
};
