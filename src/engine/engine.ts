/** The engine: listeners, sessions and what they need, put together. */

import type { Socket } from 'node:net';
import type { Millis } from '../model/brand.js';
import { type Cascade, type ProxyId, labelCascade } from '../model/cascade.js';
import { mayPass } from '../model/catalog.js';
import { type KaskadeError, fail } from '../model/error.js';
import { type Asker, parseAsker } from '../model/route.js';
import type { Snapshot } from '../model/snapshot.js';
import type { Hall } from '../inbound/request.js';
import { greet } from '../inbound/sniff.js';
import { createAdmission } from '../net/admission.js';
import { type ListenAt, type Listener, listen } from '../net/listen.js';
import { type Aborter, createAborter } from '../net/signal.js';
import type { Known } from '../model/rating.js';
import type { Book } from '../route/drawing.js';
import { serve } from '../route/serve.js';
import type { TargetRules } from '../route/targets.js';
import type { Login } from '../wire/client-request.js';
import { type Care, type Pulse, createCare } from './care.js';
import { ended, within } from './closing.js';
import type { Controller } from './controller.js';
import { createDetour } from './detour.js';
import { type Levers, obey } from './desk.js';
import { type Ledger, createLedger } from './ledger.js';
import { type EngineLine, createDoor, createLine } from './line.js';
import { type RateWatch, watchRates } from './rates.js';
import { type Sight, createSight } from './sight.js';
import { type Notices, type Watchers, createNotices, createWatchers } from './watchers.js';

/** What an engine is made of. */
export interface EngineParts {
  readonly listen: readonly ListenAt[];
  readonly login: Login;
  readonly rules: TargetRules;
  readonly limits: EngineLimits;
  /** The cascade for an asker. Throws `cascade-unknown` or `cascade-missing`. */
  readonly cascadeFor: (asker: Asker) => Cascade;
  /** The cascade for new sessions, for those who look. */
  readonly inUse: () => Cascade | undefined;
  readonly stored: Stored;
  /** The book that routes may be drawn from; without it cascades with filters are refused. */
  readonly book?: Book;
  /** What is known of the places of proxies; their addresses only where it is missing. */
  readonly known?: Known;
  /** How health works; without it nothing is probed. */
  readonly pulse?: Pulse;
  /** What else goes on while the engine runs. */
  readonly chores?: (notices: Pick<Notices, 'warn' | 'inform'>) => Disposable;
  /** What is worth a notice from the beginning, by topic. */
  readonly remarks?: Readonly<Record<string, string>>;
}

/** What the user has stored, as far as commands of faces change it. */
export interface Stored {
  readonly cascades: () => readonly Cascade[];
  /** Lets new sessions go through a stored cascade. Throws `cascade-unknown`. */
  readonly use: (name: string) => void;
  /** Reads again what another process may have changed. */
  readonly reload: () => void;
  /** Whether a cascade is probed also while it is not in use. */
  readonly isWarm: (name: string) => boolean;
  /** The cascades to switch to when the one in use is down, in the user's order. */
  readonly order: () => readonly string[];
  /** Lets new sessions go through another cascade until the user picks one; nothing is stored. Throws `cascade-unknown`. */
  readonly divert: (name: string) => void;
}

/** Figures of the settings. */
export interface EngineLimits {
  readonly sessions: number;
  readonly handshake: Millis;
  readonly dial: Millis;
  /** How long a session waits for a whole route. */
  readonly hold: Millis;
  readonly idle: Millis;
  readonly idleTunnels: Millis;
}

/** What a running engine holds. */
interface Running {
  readonly watchers: Watchers;
  readonly ledger: Ledger;
  readonly sight: Sight;
  readonly care: Care;
  readonly line: EngineLine;
  readonly hall: Hall;
  readonly listeners: Listener[];
  readonly clients: Set<Socket>;
  readonly notices: Notices;
  readonly rates: RateWatch;
  readonly stopping: Aborter;
  closing: boolean;
  chores?: Disposable | undefined;
}

/** Starts an engine. Rejects with `port-in-use`, with nothing left open. */
export const startEngine = async (parts: EngineParts): Promise<Controller> => {
  const running = assemble(parts);
  for (const [topic, text] of Object.entries(parts.remarks ?? {})) running.notices.warn(topic, text);
  const admission = createAdmission(parts.limits.sessions);
  const reception = {
    onClient: (client: Socket, turnedAway: KaskadeError | undefined): void => {
      running.clients.add(client);
      client.once('close', () => {
        running.clients.delete(client);
      });
      greet(client, turnedAway, running.hall);
    },
    onPause: (paused: boolean): void => {
      running.hall.notice('accepting', paused ? pausedText : 'New clients are accepted again.');
    },
  };
  try {
    for (const at of parts.listen) running.listeners.push(await listen(at, admission, reception));
  } catch (thrown) {
    await stop(running, 0 as Millis);
    throw thrown;
  }
  running.care.begin(parts.inUse());
  running.chores = parts.chores?.(running.notices);
  return createController(running, parts);
};

const pausedText = 'No more connections can be opened; new clients wait or are turned away until some have ended.';

const assemble = (parts: EngineParts): Running => {
  const watchers = createWatchers();
  const notices = createNotices(watchers);
  const ledger = createLedger(watchers);
  const stopping = createAborter();
  const listeners: Listener[] = [];
  const rates = watchRates(ledger, watchers);
  const door = createDoor(listeners, parts.book?.catalog.isBarred);
  const care = createCare(parts.pulse, {
    ...{ stored: parts.stored, door, watchers },
    passage: {
      mayPass: ({ id }) => isFree(parts.book, id),
      draw: (cascade) => line.draw(cascade),
    },
    onChange: () => {
      detour();
      sight.refresh();
    },
  });
  const detour = createDetour(parts, { health: () => care.health, notices, spares: () => line.spares });
  const sight = createSight({
    ...{ parts, ledger, rates, notices, watchers },
    health: () => care.health,
    listeners: () => listeners.map(({ endpoint }) => endpoint),
  });
  const line = createLine(parts, { ledger, notices, stopping, door, evidence: care.health });
  const hall: Hall = {
    login: parts.login,
    handshake: parts.limits.handshake,
    idle: parts.limits.idle,
    cascade: () => describe(parts.inUse()),
    notice: notices.warn,
    submit: (request) => {
      if (running.closing) request.refuse(fail('stopped'));
      else void serve(request, line);
    },
  };
  const running: Running = {
    watchers,
    ledger,
    notices,
    ...{ rates, sight, care, line },
    hall,
    listeners,
    clients: new Set(),
    stopping,
    closing: false,
  };
  return running;
};

/** A book that cannot be read lets nobody pass: sessions are refused with the reason, and nobody is probed. */
const isFree = (book: Book | undefined, id: ProxyId): boolean => {
  try {
    return mayPass(book?.catalog.entry(id));
  } catch {
    return false;
  }
};

const describe = (cascade: Cascade | undefined) =>
  cascade === undefined ? { name: 'none', route: 'none' } : { name: cascade.name, route: labelCascade(cascade) };

const createController = (running: Running, parts: EngineParts): Controller => {
  const levers = createLevers(running, parts);
  return {
    get snapshot(): Snapshot {
      return running.sight.snapshot();
    },
    execute: (command) => Promise.resolve(obey(command, levers)),
    watch: running.watchers.add,
    stop: (grace) => stop(running, grace),
    [Symbol.asyncDispose]: () => stop(running, 0 as Millis),
  };
};

const createLevers = (running: Running, { stored, inUse }: EngineParts): Levers => {
  const { ledger, watchers, sight, line, care } = running;
  return {
    useCascade: (name) => {
      stored.use(name);
      line.spares.clear();
      const used = inUse();
      if (used !== undefined) care.health.used(used);
      sight.refresh();
    },
    reload: () => {
      stored.reload();
      line.spares.clear();
      sight.refresh();
    },
    probe: (name) => {
      const cascade = name === undefined ? inUse() : stored.cascades().find((each) => each.name === name);
      if (cascade === undefined) throw fail(name === undefined ? 'cascade-missing' : 'cascade-unknown');
      care.health.probeNow(cascade);
    },
    renew: (identity) => {
      line.renew(parseAsker(identity).identity);
    },
    closeSession: ledger.close,
    findSession: ledger.find,
    stop: () => {
      watchers.tell({ kind: 'stopping' });
    },
  };
};

/** No new clients, then no new requests, then no sessions, then nothing at all. */
const stop = async (running: Running, grace: Millis): Promise<void> => {
  running.closing = true;
  running.line.spares.close();
  running.chores?.[Symbol.dispose]();
  const closed = running.listeners.splice(0).map((listener) => listener.close());
  await within(grace, running.ledger.empty());
  running.stopping.abort(fail('stopped'));
  running.line.pool.close();
  running.rates.stop();
  running.care.stop();
  await Promise.all([...running.clients].map(ended));
  await Promise.all([running.ledger.empty(), ...closed]);
  running.watchers.tell({ kind: 'stopped' });
};
