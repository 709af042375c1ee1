/** `kaskade list ls`, `show` and `sources`: what the book knows. */

import type { Command } from 'commander';
import { seenBy } from '../model/audit.js';
import { type Millis, millis } from '../model/brand.js';
import { labelBound } from '../model/bound.js';
import type { BookEntry, BookQuery, EntryDetail, Graded, Place, SortKey, Stamp } from '../model/book.js';
import { fail } from '../model/error.js';
import { labelHop } from '../model/hop.js';
import type { SourceView } from '../engine/controller.js';
import { spanText } from './amounts.js';
import type { Face, Run } from './face.js';

interface Flags {
  readonly grade?: string;
  readonly country?: string;
  readonly scheme?: string;
  readonly up?: true;
  readonly sort: string;
  readonly reverse?: true;
  readonly limit: string;
}

const sorts: readonly SortKey[] = [
  ...(['rank', 'address', 'scheme', 'country', 'grade', 'availability', 'latency', 'exit', 'sources', 'age'] as const),
];

/** Puts `list ls` on the command line. */
export const addLs = (list: Command, run: Run): void => {
  const command = list
    .command('ls')
    .description('list proxies of the book, the best first')
    .argument('[filter]', "such as 'grade>=anonymous, country!=FR, up, scheme=socks5h'")
    .option('--grade <grade>', 'that grade or better')
    .option('--country <code>', 'two letters')
    .option('--scheme <scheme>')
    .option('--up', 'only those that answered lately')
    .option('--sort <key>', sorts.join(', '), 'rank')
    .option('--reverse', 'the other way round')
    .option('--limit <number>', 'how many', '50');
  run(command, async ({ program, output }, [filter = '']) => {
    const { book } = await program();
    const query = queryOf(filter, command.opts<Flags>());
    const entries = book.list(query);
    const all = book.count(query.filter);
    const { inColumns } = await import('./columns.js');
    const [heading = '', ...lines] = inColumns([headings, ...entries.map(cellsOf)]);
    if (entries.length > 0) output.say({ tone: 'faint', text: heading });
    for (const line of lines) output.say(line);
    for (const entry of entries) output.value(valueOf(entry));
    if (all === 0)
      output.note(
        book.count('') === 0
          ? 'The book is empty: kaskade list import FILE takes a list into it.'
          : 'Nothing in the book fits: a wider filter finds more.',
      );
    else if (all > entries.length) output.note(`${entries.length} of ${all}: --limit shows more.`);
  });
};

const queryOf = (filter: string, flags: Flags): BookQuery => {
  const sort = sorts.find((each) => each === flags.sort);
  if (sort === undefined) throw fail('bad-usage', { note: `--sort is one of ${sorts.join(', ')}.` });
  if (!/^[1-9]\d{0,6}$/.test(flags.limit)) throw fail('bad-usage', { note: '--limit is a number from 1.' });
  return {
    filter: filterOf(filter, flags),
    sort,
    descending: flags.reverse === true,
    limit: Number(flags.limit),
    offset: 0,
  };
};

/** What was typed and what the flags say, both. */
const filterOf = (filter: string, { grade, country, scheme, up }: Flags): string => {
  const tests = [
    ...(grade === undefined ? [] : [['grade>=', grade] as const]),
    ...(country === undefined ? [] : [['country=', country] as const]),
    ...(scheme === undefined ? [] : [['scheme=', scheme] as const]),
  ];
  if (tests.some(([, word]) => !/^[a-z0-9]{1,16}$/i.test(word)))
    throw fail('bad-usage', { note: '--grade, --country and --scheme take one word each.' });
  const flagged = [...tests.map((test) => test.join('')), ...(up === undefined ? [] : ['up'])];
  if (filter.trim() === '') return flagged.join(', ');
  return flagged.length === 0 ? filter : [`(${filter})`, ...flagged].join(', ');
};

/** The grade of tunnel mode, which routes use, and a bad one of forward mode beside it. */
const gradesText = ({ tunnel, forward }: BookEntry): string => {
  if (tunnel === undefined) return forward === undefined ? 'untested' : `forward ${forward.grade}`;
  const isBad = forward !== undefined && ['hostile', 'transparent', 'partial'].includes(forward.grade);
  return isBad ? `${tunnel.grade}, forward ${forward.grade}` : tunnel.grade;
};

const headings = ['proxy', 'country', 'grade', 'good', 'time', 'shelf', 'pulse', 'sources', 'added'];

const cellsOf = (entry: BookEntry): readonly string[] => [
  `${entry.id}${entry.assumed ? ' (assumed)' : ''}`,
  entry.entry?.country ?? '-',
  gradesText(entry),
  entry.trials.all === 0 ? 'unknown' : `${entry.trials.good} of ${entry.trials.all}`,
  labelBound(entry.latency),
  `${entry.shelf}${entry.isNew ? ', new' : ''}`,
  entry.pulse,
  String(entry.sources.length),
  dayOf(entry.added),
];

/** Puts `list show` on the command line. */
export const addShow = (list: Command, run: Run): void => {
  const show = list.command('show').description('everything that is known of one proxy');
  run(show.argument('<proxy>', 'as list ls shows it, or host:port'), async (face, [text = '']) => {
    const found = (await face.program()).book.find(text);
    if (found === undefined) throw fail('proxy-unknown');
    await showDetail(face, found);
    face.output.value({ ...found, entry: valueOf(found.entry) });
  });
};

const showDetail = async ({ output }: Face, { entry, sources, audits, family }: EntryDetail): Promise<void> => {
  const { inColumns } = await import('./columns.js');
  for (const line of inColumns(factsOf(entry, family))) output.say(line);
  for (const source of sources) output.say(sourceText(source));
  for (const { at, mode, grade } of audits) output.say(`audit ${dayOf(at)}, ${mode}: ${grade}`);
};

const factsOf = (entry: BookEntry, family: EntryDetail['family']): readonly (readonly [string, string])[] => [
  [
    'proxy',
    `${labelHop(entry.hop)}${entry.login ? ', with a login' : ''}${entry.assumed ? ' (its scheme is assumed)' : ''}`,
  ],
  ['shelf', `${entry.shelf}${entry.isNew ? ', new' : ''}`],
  ['entry', placeText(entry.entry)],
  ['exits', entry.exits.map(placeText).join('; ') || 'unknown'],
  ['tunnel', gradeText(entry.tunnel)],
  ['forward', gradeText(entry.forward)],
  ['pulse', entry.pulse],
  ['good', triesText(entry)],
  ['time', labelBound(entry.latency)],
  ['ports', portsText(entry)],
  ['tags', entry.tags.join(', ') || 'none'],
  ['family', family.join(', ') || 'none known'],
];

const triesText = ({ trials: { good, all, from } }: BookEntry): string =>
  all === 0 || from === undefined ? 'unknown' : `${good} of ${all} since ${dayOf(from)}`;

const sourceText = ({ name, first, last, hearsay }: EntryDetail['sources'][number]): string => {
  const says = Object.entries(hearsay ?? {}).map(([field, text]) => `${field} ${String(text)}`);
  const end = says.length === 0 ? '' : `; it says: ${says.join(', ')}`;
  return `source ${name}, from ${dayOf(first)} to ${dayOf(last)}${end}`;
};

const placeText = (place: Place | undefined): string => {
  if (place === undefined) return 'unknown';
  const { address, country, network, networkName } = place;
  return [
    address,
    country ?? 'country unknown',
    network === undefined ? undefined : `AS${network} ${networkName ?? ''}`.trim(),
  ]
    .filter((part) => part !== undefined)
    .join(', ');
};

const gradeText = (graded: Graded | undefined): string =>
  graded === undefined ? 'untested' : `${graded.grade}, ${dayOf(graded.at)}, by ${seenBy(graded.judges)}`;

const portsText = ({ opens, refuses }: BookEntry): string => {
  const parts = [
    ...(opens.length === 0 ? [] : [`opens ${opens.join(', ')}`]),
    ...(refuses.length === 0 ? [] : [`refuses ${refuses.join(', ')}`]),
  ];
  return parts.join('; ') || 'unknown';
};

/** Puts `list sources` on the command line. */
export const addSources = (list: Command, run: Run): void => {
  run(list.command('sources').description('the lists that were imported, and how fresh they are'), async (face) => {
    const { inColumns } = await import('./columns.js');
    const sources = (await face.program()).book.sources();
    const rows = sources.map(sourceCells);
    const [heading = '', ...lines] = inColumns([sourceHeadings, ...rows]);
    if (sources.length === 0) face.output.note('No list was imported yet: kaskade list import FILE or URL.');
    else face.output.say({ tone: 'faint', text: heading });
    for (const line of lines) face.output.say(line);
    for (const source of sources) face.output.value(source);
  });
};

const sourceHeadings = ['source', 'from', 'way', 'format', 'proxies', 'added', 'dropped', 'last', 'trouble'];

const sourceCells = (source: SourceView): readonly string[] => {
  const { name, kind, place, way, format, proxies, added, dropped, fetched, every, trouble } = source;
  const isStale = every !== undefined && ageOf(fetched) > 2 * every;
  const age = `${spanText(ageOf(fetched))} ago${isStale ? ' (stale)' : ''}${every === undefined ? '' : `, every ${spanText(every)}`}`;
  return [name, place ?? kind, way ?? '-', format, String(proxies), `+${added}`, `-${dropped}`, age, trouble ?? ''];
};

const ageOf = (at: Stamp): Millis => millis(Date.now() - at);

const dayOf = (at: Stamp): string => new Date(at).toISOString().slice(0, 16).replace('T', ' ');

/** An entry for programs: the hop as one text, never with credentials. */
const valueOf = ({ hop, ...entry }: BookEntry): object => ({ ...entry, proxy: labelHop(hop) });
