/** A small stage for tests of the listener: a target, one hop before it, and a house before that. */

import type { KaskadeEvent, Notice } from '../../src/model/event.js';
import type { Session } from '../../src/model/session.js';
import type { ClientProtocol } from './clients.js';
import { type HopScript, type TestHop, openHop } from './hops.js';
import { type House, type HouseOptions, startHouse } from './house.js';
import { backTo, holdings } from './leak.js';
import { createScope } from './scope.js';
import { type Habit, type Target, echo, openTarget } from './target.js';

/** A house with one hop before a target. */
export interface Scene {
  readonly house: House;
  readonly hop: TestHop;
  readonly target: Target;
  /** What clients of a protocol ask for. */
  readonly nameFor: (protocol: ClientProtocol) => string;
}

/** Sets a scene, lets a test act in it, and waits until nothing of it is left open. */
export const withScene = async (
  { habit = echo, hop: script = { scheme: 'socks5h' }, ...options }: SceneOptions,
  act: (scene: Scene) => Promise<void>,
): Promise<void> => {
  const base = holdings();
  {
    await using scope = createScope();
    const target = scope.use(await openTarget(habit));
    const hop = scope.use(await openHop(script));
    const house = scope.use(await startHouse(hop.url, options));
    const nameFor = (protocol: ClientProtocol): string =>
      protocol === 'socks4' ? `127.0.0.1:${target.port}` : target.name;
    await act({ house, hop, target, nameFor });
  }
  await backTo(base);
};

/** What a test may change of a scene. */
export type SceneOptions = HouseOptions & { readonly habit?: Habit; readonly hop?: HopScript };

/** Every state of every session so far. */
export const sessionsOf = ({ events }: House): readonly Session[] =>
  events.flatMap((event: KaskadeEvent) => (event.kind === 'session' ? [event.session] : []));

/** Every notice so far. */
export const noticesOf = ({ events }: House): readonly Notice[] =>
  events.flatMap((event: KaskadeEvent) => (event.kind === 'notice' ? [event.notice] : []));
