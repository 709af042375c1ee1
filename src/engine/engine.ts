/** The engine: listeners, sessions and what they need, put together. */

import type { Socket } from 'node:net';
import type { Millis } from '../model/brand.js';
import { type Cascade, labelCascade } from '../model/cascade.js';
import { type KaskadeError, fail } from '../model/error.js';
import type { Asker } from '../model/route.js';
import type { Hall } from '../inbound/request.js';
import { greet } from '../inbound/sniff.js';
import { createAdmission } from '../net/admission.js';
import { type ListenAt, type Listener, listen } from '../net/listen.js';
import { type Aborter, createAborter } from '../net/signal.js';
import { serve } from '../route/serve.js';
import type { TargetRules } from '../route/targets.js';
import type { Login } from '../wire/client-request.js';
import type { Controller, Snapshot } from './controller.js';
import { type Ledger, createLedger } from './ledger.js';
import { createLine } from './line.js';
import { type Watchers, createNotices, createWatchers } from './watchers.js';

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
}

/** Figures of the settings. */
export interface EngineLimits {
  readonly sessions: number;
  readonly handshake: Millis;
  readonly dial: Millis;
  readonly idle: Millis;
  readonly idleTunnels: Millis;
}

/** What a running engine holds. */
interface Running {
  readonly watchers: Watchers;
  readonly ledger: Ledger;
  readonly hall: Hall;
  readonly listeners: Listener[];
  readonly clients: Set<Socket>;
  readonly stopping: Aborter;
  closing: boolean;
  readonly release: () => void;
}

/** Starts an engine. Rejects with `port-in-use`, with nothing left open. */
export const startEngine = async (parts: EngineParts): Promise<Controller> => {
  const running = assemble(parts);
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
  return createController(running, parts);
};

const pausedText = 'No more connections can be opened; new clients wait or are turned away until some have ended.';

const assemble = (parts: EngineParts): Running => {
  const watchers = createWatchers();
  const notices = createNotices(watchers);
  const ledger = createLedger(watchers);
  const stopping = createAborter();
  const listeners: Listener[] = [];
  const line = createLine(parts, { ledger, notices, stopping, listeners });
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
    hall,
    listeners,
    clients: new Set(),
    stopping,
    closing: false,
    release: line.pool.close,
  };
  return running;
};

const describe = (cascade: Cascade | undefined) =>
  cascade === undefined ? { name: 'none', route: 'none' } : { name: cascade.name, route: labelCascade(cascade) };

const createController = (running: Running, parts: EngineParts): Controller => {
  const endpoints = running.listeners.map(({ endpoint }) => endpoint);
  return {
    get snapshot(): Snapshot {
      const cascade = parts.inUse();
      return {
        listeners: endpoints,
        ...(cascade === undefined ? {} : { cascade: cascade.name }),
        sessions: running.ledger.sessions(),
        totals: running.ledger.totals(),
      };
    },
    watch: running.watchers.add,
    stop: (grace) => stop(running, grace),
    [Symbol.asyncDispose]: () => stop(running, 0 as Millis),
  };
};

/** No new clients, then no new requests, then no sessions, then nothing at all. */
const stop = async (running: Running, grace: Millis): Promise<void> => {
  running.closing = true;
  const closed = running.listeners.splice(0).map((listener) => listener.close());
  await within(grace, running.ledger.empty());
  running.stopping.abort(fail('stopped'));
  running.release();
  await Promise.all([...running.clients].map(ended));
  await Promise.all([running.ledger.empty(), ...closed]);
  running.watchers.tell({ kind: 'stopped' });
};

const ended = (client: Socket): Promise<void> =>
  new Promise((resolve) => {
    client.once('close', () => {
      resolve();
    });
    client.destroy();
  });

const within = async (time: Millis, work: Promise<void>): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, time);
  });
  await Promise.race([work, over]);
  clearTimeout(timer);
};
