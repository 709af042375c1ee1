/** A whole engine in this process for tests: a listener on any port of loopback, through a chain. */

import { type Cascade, parseCascade } from '../../src/model/cascade.js';
import { type Millis, millis } from '../../src/model/brand.js';
import { fail } from '../../src/model/error.js';
import type { KaskadeEvent } from '../../src/model/event.js';
import { parseHost } from '../../src/model/address.js';
import type { Controller } from '../../src/engine/controller.js';
import { type EngineLimits, type EngineParts, startEngine } from '../../src/engine/engine.js';

/** A running engine and what it said. */
export interface House extends AsyncDisposable {
  readonly port: number;
  readonly controller: Controller;
  readonly events: readonly KaskadeEvent[];
  /** Resolves with the first event, past or coming, that fits. */
  readonly event: <Event extends KaskadeEvent>(fits: (event: KaskadeEvent) => event is Event) => Promise<Event>;
  readonly close: () => Promise<void>;
}

/** What a test may change. */
export interface HouseOptions {
  /** Where to listen; 127.0.0.1 where it is missing. */
  readonly host?: string;
  readonly limits?: Partial<EngineLimits>;
  readonly rules?: Partial<EngineParts['rules']>;
  readonly login?: EngineParts['login'];
  /** How hops are probed; they are not where it is missing. */
  readonly pulse?: NonNullable<EngineParts['pulse']>;
  /** Cascades that a client may pick by `identity+name`, and faces may put to use. */
  readonly named?: Readonly<Record<string, string>>;
  /** The order in which the engine switches when the cascade in use is down; the first one is called `test`. */
  readonly order?: readonly string[];
  /** What filters draw from. */
  readonly book?: NonNullable<EngineParts['book']>;
}

/** Stored cascades that nobody changes. */
export const storedAs = (...cascades: readonly Cascade[]): EngineParts['stored'] => ({
  cascades: () => cascades,
  use: () => undefined,
  reload: () => undefined,
  isWarm: () => false,
  order: () => [],
  divert: () => undefined,
});

const standardLimits: EngineLimits = {
  sessions: 2_000,
  handshake: millis(10_000),
  dial: millis(60_000),
  hold: millis(0),
  idle: millis(900_000),
  idleTunnels: millis(7_200_000),
};

/** Starts an engine whose sessions go through `chain`; targets on loopback are allowed unless a test says otherwise. */
export const startHouse = async (chain: string, options: HouseOptions = {}): Promise<House> => {
  const cascade = parseCascade('test', chain);
  const named = new Map(Object.entries(options.named ?? {}).map(([name, text]) => [name, parseCascade(name, text)]));
  let used = cascade;
  const use = (name: string): void => {
    used = name === cascade.name ? cascade : pick(name, cascade, named);
  };
  const controller = await startEngine({
    listen: [{ host: parseHost(options.host ?? '127.0.0.1'), port: 0 }],
    login: options.login ?? { required: false, check: () => true },
    rules: { private: 'allow', refusedPorts: new Set([25]), plainPorts: new Set(), ...options.rules },
    limits: { ...standardLimits, ...options.limits },
    cascadeFor: (asker) => pick(asker.cascade, used, named),
    inUse: () => used,
    stored: { ...storedAs(cascade, ...named.values()), use, divert: use, order: () => options.order ?? [] },
    ...(options.pulse === undefined ? {} : { pulse: options.pulse }),
    ...(options.book === undefined ? {} : { book: options.book }),
  });
  const events: KaskadeEvent[] = [];
  const hooks = new Set<(event: KaskadeEvent) => void>();
  controller.watch((event) => {
    events.push(event);
    for (const hook of hooks) hook(event);
  });
  const close = (): Promise<void> => controller.stop(0 as Millis);
  return {
    port: controller.snapshot.listeners[0]?.port ?? 0,
    controller,
    events,
    event: (fits) =>
      new Promise((resolve) => {
        const past = events.find(fits);
        if (past !== undefined) {
          resolve(past);
          return;
        }
        const hook = (event: KaskadeEvent): void => {
          if (!fits(event)) return;
          hooks.delete(hook);
          resolve(event);
        };
        hooks.add(hook);
      }),
    close,
    [Symbol.asyncDispose]: close,
  };
};

const pick = (name: string | undefined, standard: Cascade, named: ReadonlyMap<string, Cascade>): Cascade => {
  const found = name === undefined ? standard : named.get(name);
  if (found === undefined) throw fail('cascade-unknown', { note: name ?? '' });
  return found;
};
