/**
 * What kaskade costs, beside dante, squid, npm proxy-chain and microsocks, measured in turns in the same run:
 * `npm run bench -- [--quick] [--json] [--only relay,session,idle] [--programs kaskade,dante] [--rounds N]`.
 * CPU time of each program's own processes is what counts, never the clock. Linux only.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Via } from './client.js';
import { type Sizes, idleCost, relayCost, sessionCost } from './measures.js';
import { type Program, type Running, programs, startScript } from './programs.js';
import { type Series, type Target, judge, write } from './report.js';

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    only: { type: 'string', default: 'relay,session,idle' },
    programs: { type: 'string' },
    rounds: { type: 'string' },
  },
});

const sizes: Sizes = options.quick
  ? { relayBytes: 4e8, sessions: 640, idleSessions: 5_000 }
  : { relayBytes: 1.5e9, sessions: 3_200, idleSessions: 5_000 };
const rounds = Number(options.rounds ?? (options.quick ? 2 : 5));
const idleRounds = options.quick ? 1 : rounds;
const chosen = new Set(options.only.split(','));
const named = options.programs?.split(',');
/** microsocks is there for comparison only, and so slow to relay that a short run does without it. */
const contestants = programs.filter(({ name }) => named?.includes(name) ?? !(options.quick && name === 'microsocks'));

/** A number that takes longer than this is given up. */
const patience = 120_000;

const relays = ([1, 64] as const).flatMap((streams) =>
  (['down', 'up'] as const).map((way) => ({
    streams,
    way,
    measure: `relay ${way}, ${streams} stream${streams === 1 ? '' : 's'}`,
  })),
);
const idles = ['idle, RSS', 'idle, PSS'] as const;
const beside = 'session beside 5,000 idle';

const targets: readonly Target[] = [
  ...relays.flatMap(({ measure }) => [
    { measure, program: 'kaskade', than: 'dante', most: 0.9 },
    { measure, program: 'kaskade', than: 'proxy-chain', most: 0.7 },
  ]),
  { measure: 'session', program: 'kaskade SOCKS5', than: 'proxy-chain', most: 1.2 },
  { measure: 'session', program: 'kaskade CONNECT', than: 'proxy-chain', most: 1.2 },
  { measure: beside, program: 'kaskade', than: 'proxy-chain', most: 1.2 },
  ...idles.map((measure) => ({ measure, program: 'kaskade', than: 'proxy-chain', most: 1.3 })),
];

/** Every number so far, by measure and program, and every reason why there is none. */
const found = new Map<string, { readonly series: Omit<Series, 'rounds'>; readonly rounds: (number | undefined)[] }>();
const failures = new Map<string, string>();

const note = (series: Omit<Series, 'rounds'>, round: number, value: number | undefined): void => {
  const key = `${series.measure}: ${series.program}`;
  const known = found.get(key) ?? { series, rounds: [] };
  known.rounds[round] = value;
  found.set(key, known);
};

const fail = (what: string, thrown: unknown): void => {
  failures.set(what, thrown instanceof Error ? thrown.message : String(thrown));
};

/** Takes one number; rounds below 0 warm up. */
const take = async (series: Omit<Series, 'rounds'>, round: number, measure: () => Promise<number>): Promise<void> => {
  try {
    const value = await within(measure());
    if (round >= 0) note(series, round, value);
  } catch (thrown) {
    note(series, Math.max(0, round), undefined);
    fail(`${series.measure}: ${series.program}`, thrown);
  }
};

const within = async <Result>(work: Promise<Result>): Promise<Result> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`no result in ${patience} ms`));
    }, patience);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
};

const say = (text: string): void => {
  if (process.stderr.isTTY) process.stderr.write(`\r${text.padEnd(78)}`);
};

/** A program that runs and the ways through it. */
interface Standing {
  readonly program: Program;
  readonly running: Running;
  readonly via: Via;
}

const start = async (program: Program, { plain, hop, folder }: Ground): Promise<Standing | undefined> => {
  try {
    const running = await program.start(`http://127.0.0.1:${hop}`, join(folder, program.name));
    started.add(running);
    return { program, running, via: { port: running.ports[0] ?? 0, speaks: program.speaks, target: plain } };
  } catch (thrown) {
    fail(program.name, thrown);
    return undefined;
  }
};

const end = (running: Running): void => {
  running.stop();
  started.delete(running);
};

/** What all programs share. */
interface Ground {
  readonly plain: number;
  readonly hop: number;
  readonly folder: string;
}

const measureRelays = async (standing: readonly Standing[], round: number): Promise<void> => {
  for (const { measure, way, streams } of relays) {
    for (const { program, running, via } of standing) {
      say(`round ${round + 1}, ${measure}: ${program.name}`);
      const load = { way, streams, bytes: round < 0 ? sizes.relayBytes / 8 : sizes.relayBytes };
      const series = { measure, unit: 'CPU-s/GB', program: program.name };
      await take(series, round, () => relayCost(running.session, via, load));
    }
  }
};

/** kaskade is asked in both ways that open a tunnel. */
const measureSessions = async (standing: readonly Standing[], round: number): Promise<void> => {
  const guises = standing.flatMap(({ program: { name }, running, via }) =>
    name !== 'kaskade'
      ? [{ program: name, running, via }]
      : [
          { program: `${name} SOCKS5`, running, via },
          { program: `${name} CONNECT`, running, via: { ...via, speaks: 'connect' as const } },
        ],
  );
  for (const { program, running, via } of guises) {
    say(`round ${round + 1}, session: ${program}`);
    const series = { measure: 'session', unit: 'CPU-ms', program };
    await take(series, round, () => sessionCost(running.session, via, sizes.sessions));
  }
};

const measureIdle = async (ground: Ground, round: number): Promise<void> => {
  for (const program of contestants.filter(({ name }) => name === 'kaskade' || name === 'proxy-chain')) {
    say(`round ${round + 1}, idle: ${program.name}`);
    const fresh = await start(program, ground);
    if (fresh === undefined) continue;
    const { running, via } = fresh;
    const cost = idleCost(running.session, via, sizes);
    cost.catch(() => undefined);
    await take({ measure: idles[0], unit: 'KB', program: program.name }, round, async () => (await cost).rss);
    await take({ measure: idles[1], unit: 'KB', program: program.name }, round, async () => (await cost).pss);
    await take({ measure: beside, unit: 'CPU-ms', program: program.name }, round, async () => (await cost).beside);
    end(running);
  }
};

const measureAll = async (ground: Ground): Promise<void> => {
  const standing = (await Promise.all(contestants.map((program) => start(program, ground)))).filter(
    (each) => each !== undefined,
  );
  for (let round = -1; round < rounds; round += 1) {
    if (chosen.has('relay')) await measureRelays(standing, round);
    if (chosen.has('session')) await measureSessions(standing, round);
    if (chosen.has('idle') && round >= 0 && round < idleRounds) await measureIdle(ground, round);
  }
};

const report = (): void => {
  say('');
  const all = [...found.values()].map(({ series, rounds }) => ({ ...series, rounds }));
  const order = [...relays.map(({ measure }) => measure), 'session', beside, ...idles] as const;
  all.sort((a, b) => order.indexOf(a.measure) - order.indexOf(b.measure));
  const measured = new Set(all.map(({ measure }) => measure));
  const outcomes = targets.filter(({ measure }) => measured.has(measure)).map((target) => judge(target, all));
  const missing = Object.fromEntries(failures);
  if (options.json) console.log(JSON.stringify({ sizes, rounds, series: all, outcomes, missing }, undefined, 2));
  else console.log(write(all, outcomes).join('\n'));
  for (const [what, why] of failures) console.error(`not measured: ${what}: ${why}`);
  process.exitCode = failures.size > 0 ? 1 : 0;
};

const started = new Set<Running>();
process.on('exit', () => {
  for (const { stop } of started) stop();
});
process.on('SIGINT', () => process.exit(130)).on('SIGTERM', () => process.exit(143));

const folder = mkdtempSync(join(tmpdir(), 'kaskade-bench-'));
process.on('exit', () => {
  rmSync(folder, { recursive: true, force: true });
});
const target = await startScript('target');
started.add(target);
const [plain = 0, hop = 0] = target.ports;
await measureAll({ plain, hop, folder });
report();
process.exit();
