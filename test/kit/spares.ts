/** A stage for spare tunnels: sessions one after the other over a route whose last hop does what a test says. */

import assert from 'node:assert/strict';
import { parseEndpoint } from '../../src/model/address.js';
import { type Millis, millis } from '../../src/model/brand.js';
import type { Route } from '../../src/model/route.js';
import type { Lives } from '../../src/model/spare.js';
import type { Tunnel } from '../../src/net/relay.js';
import { createAborter } from '../../src/net/signal.js';
import { discard } from '../../src/route/pool.js';
import { type Spares, createSpares } from '../../src/route/spares.js';
import { freeDoor, routeOf } from './dials.js';
import { hear } from './ear.js';
import { type Gate, openGate } from './gate.js';
import { type TestHop, openHop } from './hops.js';
import { backTo, holdings, until } from './leak.js';
import { createScope } from './scope.js';
import type { TestScheme } from './speech.js';
import { type Target, echo, openTarget } from './target.js';

/** Lives as a test says them, and what was told of them. */
interface ToldLives extends Lives {
  life: number | undefined;
  change: number;
  readonly ends: number[];
}

const tellLives = (life: number | undefined): ToldLives => {
  const lives: ToldLives = {
    ...{ life, change: 0, ends: [] },
    of: () => (lives.life === undefined ? undefined : millis(lives.life)),
    ended: (_, after) => void lives.ends.push(after),
    version: () => lives.change,
  };
  return lives;
};

/** What one session saw of its way. */
interface Sight {
  readonly tunnel: Tunnel;
  /** The hops that were passed for it, in order. */
  readonly hops: readonly number[];
  /** How many were said to be passed ahead. */
  readonly ahead: readonly number[];
}

/** A route whose last hop stands behind a gate, and sessions over it. */
export interface SpareScene {
  readonly spares: Spares;
  readonly lives: ToldLives;
  readonly route: Route;
  readonly target: Target;
  readonly hops: readonly TestHop[];
  /** Stands before the last hop. Each dial of all hops comes through it once, a session's and a spare's. */
  readonly gate: Gate;
  /** Dials, speaks with the target, and ends. */
  readonly session: (route?: Route) => Promise<Sight>;
  /** Two sessions come, and then a spare waits. */
  readonly warm: () => Promise<void>;
}

/** What a test may say of the scene; the last hop bears silence for a minute where it says nothing. */
interface Setting {
  readonly life?: number | undefined;
  readonly within?: Millis;
  readonly schemes?: readonly TestScheme[];
}

const usual: readonly TestScheme[] = ['socks5h', 'http', 'socks5h'];
/** What a session over all three hops is told. */
export const afresh = { hops: [1, 2, 3], ahead: [] };
/** What one is told that had only the last of them to ask. */
export const overSpare = { hops: [3], ahead: [2] };

/** Sets a scene, lets a test act in it, and waits until nothing of it is left open. */
export const withSpares = async (
  { within = millis(20_000), schemes = usual, ...setting }: Setting,
  act: (scene: SpareScene) => Promise<void>,
): Promise<void> => {
  const base = holdings();
  {
    await using scope = createScope();
    const target = scope.use(await openTarget(echo));
    const hops = await Promise.all(schemes.map((scheme): Promise<TestHop> => openHop({ scheme })));
    for (const hop of hops) scope.use(hop);
    const last = hops.at(-1);
    assert.ok(last);
    const gate = scope.use(await openGate(last));
    const lives = tellLives('life' in setting ? setting.life : 60_000);
    const spares = createSpares({ lives, within });
    scope.defer(spares.close);
    const route = routeOf(hops.map(({ url }) => url.replace(`:${last.port}`, `:${gate.port}`)).join(','));
    const session = async (over = route): Promise<Sight> => {
      const sight = await dialAs(spares, over, target.name);
      await speak(sight.tunnel);
      return sight;
    };
    const warm = async (): Promise<void> => {
      for (let count = 0; count < 2; count += 1) await session();
      await until(() => spares.waiting() === 1, 'a spare waits');
    };
    await act({ spares, lives, route, target, hops, gate, session, warm });
  }
  await backTo(base);
};

/** Dials for a session. */
export const dialAs = async (spares: Spares, route: Route, target: string): Promise<Sight> => {
  const hops: number[] = [];
  const ahead: number[] = [];
  const dialer = {
    door: freeDoor(),
    onHop: ({ hop }: { readonly hop: number }): void => void hops.push(hop),
    onAhead: (count: number): void => void ahead.push(count),
  };
  return { tunnel: await spares.dial(route, parseEndpoint(target), dialer, createAborter()), hops, ahead };
};

const speak = async (tunnel: Tunnel): Promise<void> => {
  tunnel.stream.write('there and back');
  assert.equal((await hear(tunnel.stream, 14)).toString(), 'there and back');
  discard(tunnel);
};

/** What was seen of the way. */
export const seen = ({ hops, ahead }: Sight) => ({ hops, ahead });
