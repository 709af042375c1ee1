/** Random cascades with random faults, and whether every connection kept to its way. */

import type { Socket } from 'node:net';
import type { Child, ChildOptions } from './child.js';
import { type ClientProtocol, type Said, ask, clientProtocols, dialUp } from './clients.js';
import type { Fault, How, Then } from './faults.js';
import { type HopScript, type TestHop, openHop } from './hops.js';
import { until } from './leak.js';
import { createScope } from './scope.js';
import { type TestScheme, speeches, testSchemes } from './speech.js';
import { type Target, banner, echo, openTarget, resetAfter, source, summary } from './target.js';
import type { Chance } from './wire.js';

/** One session to be tried. */
export interface Schedule {
  /** The alternatives at each position, first hop first. */
  readonly positions: readonly (readonly HopScript[])[];
  /** Hops that are gone before anybody comes, as `position.alternative`. */
  readonly gone: ReadonlySet<string>;
  readonly protocol: ClientProtocol | 'http';
  readonly early: Buffer | undefined;
  /** What the client does when its tunnel is open. */
  readonly then: 'end' | 'reset' | 'destroy' | 'talk';
  /** Whether the client leaves while the session is still being opened. */
  readonly leaves: boolean;
}

/** What came of it. */
export interface Outcome {
  readonly ok: boolean;
  /** Every breach of the promise, in words. */
  readonly breaches: readonly string[];
  /** Where the process under test may connect to, as `host:port`. */
  readonly first: readonly string[];
}

const faultsOf = (chance: Chance, scheme: TestScheme): Fault => {
  const stage = chance.pick(scheme === 'socks5h' ? (['greeting', 'auth', 'request'] as const) : (['request'] as const));
  const how = chance.pick<How>(['fin', 'rst']);
  const then = chance.pick<Then>(['hold', 'fin', 'rst']);
  const { yes, no } = speeches[scheme];
  const makers: readonly (() => Fault)[] = [
    () => ({ play: 'cut', after: chance.below(yes.length + 4), how }),
    () => ({ play: 'silence', at: chance.pick(['accept', stage] as const) }),
    () => ({ play: 'answer', at: 'request', bytes: no, then }),
    () => ({ play: 'answer', at: 'request', bytes: yes, then }),
    () => ({ play: 'answer', at: 'request', bytes: Buffer.concat([yes, chance.bytes(64)]), then }),
    () => ({ play: 'answer', at: stage, bytes: chance.bytes(1 + chance.below(99)), then }),
    () => ({ play: 'answer', at: stage, bytes: speeches[chance.pick(testSchemes)].yes, then }),
    () => ({ play: 'drip', every: 1 }),
    () => ({ play: 'tail', bytes: chance.bytes(1 + chance.below(99)) }),
    () => ({ play: 'break', after: 1 + chance.below(5_000), how: chance.pick(['fin', 'rst', 'stall'] as const) }),
  ];
  return chance.pick(makers)();
};

/** Draws a schedule: 1 to 4 positions with 1 or 2 proxies each; one time in four all of them honest. */
export const drawSchedule = (chance: Chance): Schedule => {
  const honest = chance.below(4) === 0;
  const login = { user: 'user', password: 'pass' };
  const draw = (): HopScript => {
    const scheme = chance.pick(testSchemes);
    const fault = honest || chance.below(3) > 0 ? {} : { fault: faultsOf(chance, scheme) };
    return { scheme, ...(chance.below(2) === 0 ? { login } : {}), ...fault };
  };
  const positions = Array.from({ length: 1 + chance.below(4) }, () =>
    Array.from({ length: chance.below(4) === 0 ? 2 : 1 }, draw),
  );
  const all = positions.flatMap((among, place) => among.map((_, index) => `${place}.${index}`));
  return {
    positions,
    gone: new Set(honest || chance.below(4) > 0 ? [] : [chance.pick(all)]),
    protocol: chance.pick([...clientProtocols, 'http']),
    early: chance.below(2) === 0 ? chance.bytes(1 + chance.below(3_000)) : undefined,
    then: chance.pick(['end', 'reset', 'destroy', 'talk']),
    leaves: !honest && chance.below(8) === 0,
  };
};

/** Where and how a schedule is played. */
export interface Stage {
  readonly address: string;
  readonly options: ChildOptions;
}

const habits = [echo, banner('220 hello\r\n'), source(1, 100_000), summary, resetAfter(10_000)];

/**
 * Plays a schedule through an engine in `child`. All that belongs to it listens on an address of loopback of its own, so that
 * the port of a hop that is gone goes to nobody else.
 */
export const play = async (schedule: Schedule, child: Child, { address, options }: Stage): Promise<Outcome> => {
  await using scope = createScope();
  const target = scope.use(await openTarget(habits[schedule.positions.length % habits.length] ?? echo, address));
  const hops: TestHop[][] = [];
  for (const among of schedule.positions) {
    const opened = await Promise.all(among.map((script) => openHop({ ...script, address, resolve: () => address })));
    for (const hop of opened) scope.use(hop);
    hops.push(opened);
  }
  for (const [place, among] of hops.entries()) {
    for (const [index, hop] of among.entries()) if (schedule.gone.has(`${place}.${index}`)) await hop.slam();
  }
  const chain = hops.map((among) => `${among.map(({ url }) => url).join('|')}~random`).join(',');
  const port = await child.start(chain, options);
  const ok = await visit(port, schedule, target);
  await child.stop(port);
  // A hop may hear that it is connected after the one that it connected to.
  await until(() => breachesOf(hops, target).length === 0, 'every way', 1_000).catch(() => undefined);
  return { ok, breaches: breachesOf(hops, target), first: hops[0]?.map((hop) => `${address}:${hop.port}`) ?? [] };
};

const visit = async (port: number, schedule: Schedule, target: Target): Promise<boolean> => {
  const { protocol, early } = schedule;
  if (schedule.leaves) {
    const socket = await dialUp(port);
    socket.write(protocol === 'http' ? `GET http://${target.name}/ HTTP/1.1\r\n` : Buffer.from([5, 1, 0, 5, 1]));
    socket.resetAndDestroy();
    return false;
  }
  if (protocol === 'http') return fetchPage(port, target);
  const name = protocol === 'socks4' ? `127.0.0.1:${target.port}` : target.name;
  const said = await ask(port, { protocol, target: name, ...(early === undefined ? {} : { early }) }).catch(
    () => undefined,
  );
  if (said?.ok === true) await converse(said, schedule);
  said?.socket.destroy();
  return said?.ok === true;
};

const converse = async ({ socket }: Said, { then }: Schedule): Promise<void> => {
  socket.resume();
  socket.write('hello');
  if (then === 'talk') await moved(socket, 500);
  if (then === 'end') {
    socket.end('bye');
    await moved(socket, 500);
  }
  if (then === 'reset') socket.resetAndDestroy();
};

/** Waits until something came back or the connection ended; what does neither is waited for so long. */
const moved = (socket: Socket, most: number): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, most);
    const done = (): void => {
      clearTimeout(timer);
      resolve();
    };
    socket.once('data', done).once('end', done).once('close', done);
  });

const fetchPage = async (port: number, target: Target): Promise<boolean> => {
  const socket = await dialUp(port);
  socket.resume();
  socket.write(`GET http://${target.name}/ HTTP/1.1\r\nHost: ${target.name}\r\nConnection: close\r\n\r\n`);
  await moved(socket, 500);
  socket.destroy();
  return target.calls.length > 0;
};

/** Every connection that did not come through the hop before. */
const breachesOf = (hops: readonly (readonly TestHop[])[], target: Target): readonly string[] => {
  const onwardFrom = (place: number): ReadonlySet<string> =>
    new Set(
      hops[place]?.flatMap(({ visits }) => visits.flatMap(({ onward }) => (onward === undefined ? [] : [onward]))),
    );
  const strays = hops.flatMap((among, place) =>
    place === 0
      ? []
      : among.flatMap(({ visits }) =>
          visits
            .filter(({ link }) => isStray(link, onwardFrom(place - 1)))
            .map(({ link }) => `hop ${place + 1} was reached by ${link}, past hop ${place}`),
        ),
  );
  const last = onwardFrom(hops.length - 1);
  const direct = target.calls
    .filter(({ link }) => isStray(link, last))
    .map(({ link }) => `the target was reached by ${link}`);
  return [...strays, ...direct];
};

/** A connection that was reset before it was accepted cannot be told any more, and has carried nothing. */
const isStray = (link: string, known: ReadonlySet<string>): boolean => !link.startsWith('0>') && !known.has(link);

/** Runs work on the numbers from 0 to below `count`, so many at a time; every one ends before it rejects. */
export const inParallel = async (
  count: number,
  most: number,
  work: (number: number) => Promise<void>,
): Promise<void> => {
  const queue = Array.from({ length: count }, (_, number) => number).values();
  const failures: unknown[] = [];
  const lane = async (): Promise<void> => {
    for (const number of queue) await work(number).catch((thrown: unknown) => void failures.push(thrown));
  };
  await Promise.all(Array.from({ length: most }, lane));
  if (failures.length > 0) throw failures[0];
};

/** What the process still holds after a while in which it could let go of everything. */
export const leftOpen = async (child: Child): Promise<readonly string[]> => {
  const began = performance.now();
  for (;;) {
    const { open } = await child.report();
    if (open.length === 0 || performance.now() - began > 5_000) return open;
  }
};
