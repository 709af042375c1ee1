/** `kaskade cascade`: stored cascades. */

import type { Command } from 'commander';
import { type Cascade, labelPosition, warningsOf } from '../model/cascade.js';
import { asKaskadeError } from '../model/error.js';
import { explain } from '../model/failure.js';
import { printFilter } from '../model/filter-text.js';
import { labelHop } from '../model/hop.js';
import { printRules } from '../model/rules.js';
import type { Program } from '../engine/controller.js';
import type { Furnish, Face, Run } from './face.js';
import { reading, tellRunning, using } from './running.js';
import { readChain } from './stdin.js';
import { readEndpoint } from './target.js';

/** Gives `cascade` its commands. */
export const furnishCascade: Furnish = (cascade, run) => {
  addAdd(cascade, run);
  addLs(cascade, run);
  addShow(cascade, run);
  addUse(cascade, run);
  addRm(cascade, run);
  addTest(cascade, run);
};

const addAdd = (cascade: Command, run: Run): void => {
  const add = cascade
    .command('add')
    .description('store a cascade; the first one is in use from then on')
    .argument('<name>', 'letters, digits, dots, hyphens and underscores')
    .argument(
      '<chain>',
      'hops separated by commas; - reads it from stdin, which keeps passwords out of the shell history',
    )
    .addHelpText('after', chainHelp);
  run(add, async (face, [name = '', chain = '']) => {
    const text = chain === '-' ? await readChain(face.stdin) : chain;
    const program = await face.program();
    const added = program.cascades.add(name, text);
    const inUse = program.cascades.inUse() === added.name;
    face.output.say(`stored ${added.name}${inUse ? ', in use' : ''}: ${written(added)}`);
    warn(face, added);
    face.output.value({ event: 'stored', ...valueOf(added, program) });
    // A rehearsal is over as soon as there is a cascade; what was named on a command line stays.
    await tellRunning(face.output, program, (cascade) => (inUse && cascade === labName ? using(added.name) : reading));
  });
};

/** The cascade of a rehearsal; a stored one of that name would be in use by itself. */
const labName = 'lab';

const chainHelp = `
A hop is scheme://[user[:password]@]host[:port] with scheme http, https, socks4a or socks5h; marks in a password are
written as %XX. Alternatives for one hop are separated by | and may end in ~first-up, ~random, ~fastest or ~sticky.
A filter in braces stands for whatever proxies of the book it means, under rules: no two hops share a network block, network,
country, family or exit; ;repeat=country at the end lets them share a country. Options of https hops: ?verify=no, ?pin=sha256/KEY; of http and https hops: ?mode=forward.

Example: kaskade cascade add work 'socks5h://a.example:1080,http://b.example:3128|http://c.example:3128~random'`;

const addLs = (cascade: Command, run: Run): void => {
  run(cascade.command('ls').description('list the stored cascades; * marks the one in use'), async (face) => {
    const { inColumns } = await import('./columns.js');
    const program = await face.program();
    const all = program.cascades.all();
    const rows = all.map((one) => [isInUse(one, program) ? '*' : ' ', one.name, written(one)]);
    for (const line of inColumns(rows)) face.output.say(line);
    for (const one of all) face.output.value(valueOf(one, program));
    if (all.length === 0) face.output.note('No cascade is stored yet: kaskade cascade add NAME CHAIN.');
  });
};

const addShow = (cascade: Command, run: Run): void => {
  const show = cascade.command('show').description('show the route of a cascade, and who sees what on it');
  run(show.argument('<name>', 'a stored cascade, or a chain'), async (face, [name = '']) => {
    const { drawBox, observersOf } = await import('../model/box.js');
    const program = await face.program();
    const found = program.cascades.find(name);
    face.output.say({ tone: 'strong', text: found.name }, isInUse(found, program) ? ', in use' : '');
    face.output.say(`you > ${written(found)} > the site`);
    for (const line of drawBox(found)) face.output.say(line);
    for (const warning of warningsOf(found)) face.output.say(`Note: ${warning}`);
    face.output.value({ ...valueOf(found, program), observers: observersOf(found) });
  });
};

const addUse = (cascade: Command, run: Run): void => {
  const use = cascade.command('use').description('let new sessions go through a cascade');
  run(use.argument('<name>'), async (face, [name = '']) => {
    const program = await face.program();
    const used = program.cascades.use(name);
    face.output.say(`in use: ${used.name}`);
    warn(face, used);
    face.output.value({ event: 'in-use', ...valueOf(used, program) });
    await tellRunning(face.output, program, () => using(used.name));
  });
};

const addRm = (cascade: Command, run: Run): void => {
  run(cascade.command('rm').description('remove a cascade').argument('<name>'), async (face, [name = '']) => {
    const program = await face.program();
    const removed = program.cascades.remove(name);
    face.output.say(`removed ${removed.name}`);
    face.output.value({ event: 'removed', ...valueOf(removed, program) });
    if (program.cascades.inUse() === undefined && program.cascades.all().length > 0) {
      face.output.note('No cascade is in use now: kaskade cascade use NAME picks one.');
    }
    await tellRunning(face.output, program, () => reading);
  });
};

const addTest = (cascade: Command, run: Run): void => {
  const test = cascade
    .command('test')
    .description('dial hop by hop, and tell the time and the verdict of each; exit code 1 when one fails')
    .argument('<name>', 'a stored cascade, or a chain')
    .option('--target <host:port>', 'what to ask the last hop for');
  run(test, async ({ program, output }, [name = '']) => {
    const { target } = test.opts<{ readonly target?: string }>();
    const { tryOut } = await import('./trial.js');
    const goal = target === undefined ? {} : { target: readEndpoint(target) };
    const opened = await program();
    try {
      return await tryOut(output, opened, { cascade: opened.cascades.find(name), ...goal });
    } catch (thrown) {
      // That no route can be drawn is a verdict on the cascade.
      const error = asKaskadeError(thrown);
      if (error.code !== 'no-route-fits') throw error;
      output.refuse(error, explain(error.failure));
      return 1;
    }
  });
};

/** The cascade in one line, with what it says of choosing: different cascades look different. */
const written = ({ positions, rules }: Cascade): string => {
  const each = positions.map((position) => {
    const plainly = position.among.some(({ hop }) => hop.forward === true) ? ' (mode=forward)' : '';
    return `${labelPosition(position)}${plainly}${position.pick === 'first-up' ? '' : `~${position.pick}`}`;
  });
  return `${each.join(' > ')}${printRules(rules)}`;
};

const warn = ({ output }: Face, cascade: Cascade): void => {
  for (const warning of warningsOf(cascade)) output.note(`Note: ${warning}`);
};

const isInUse = (cascade: Cascade, program: Program): boolean =>
  program.cascades.inUse() === cascade.name && program.cascades.all().some(({ name }) => name === cascade.name);

const valueOf = (cascade: Cascade, program: Program) => ({
  name: cascade.name,
  inUse: isInUse(cascade, program),
  positions: cascade.positions.map(({ pick, among, filter }) => ({
    pick,
    among: among.map(({ hop }) => labelHop(hop)),
    ...(filter === undefined ? {} : { filter: printFilter(filter) }),
  })),
  warnings: warningsOf(cascade),
});
