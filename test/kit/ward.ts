/** A cascade under care: hops that fall ill on demand, an engine that probes in shorter spans than usual, and whom it accuses. */

import { millis } from '../../src/model/brand.js';
import type { Standing } from '../../src/model/standing.js';
import { ask } from './clients.js';
import { type HopScript, type TestHop, openHop } from './hops.js';
import { type House, startHouse } from './house.js';
import type { Ill } from './ills.js';
import { createScope } from './scope.js';
import type { TestScheme } from './speech.js';
import { type Target, echo, openTarget } from './target.js';

/** The usual spans (30 s from probe to probe, 15 s of patience …) divided by a number. */
const spansBy = (part: number) => ({
  ...{ interval: millis(30_000 / part), quick: millis(1_000 / part), longest: millis(600_000 / part) },
  ...{ idle: millis(1_800_000 / part), urgent: millis(1_000 / part), tick: millis(1_000 / part) },
  ...{ patience: millis(15_000 / part), space: millis(5_000 / part), window: millis(300_000 / part) },
  stale: millis(900_000 / part),
});

/** A cascade with one proxy or more at each position. */
export interface Ward extends AsyncDisposable {
  readonly house: House;
  readonly target: Target;
  /** The proxies, position by position. */
  readonly hops: readonly (readonly TestHop[])[];
  /** Lets the first proxy of a position (from 1) fall ill, or be well again; what it had open is reset. */
  readonly fall: (position: number, ill: Ill) => Promise<void>;
  readonly recover: (position: number) => Promise<void>;
  /** The ids of those that are accused: a hop, or the two ends of a way (one, where the near end is this machine). */
  readonly accused: () => readonly (readonly string[])[];
  /** The standings of all hops and ways that are not simply unknown or up. */
  readonly standings: () => readonly Standing[];
  /** What an accusation calls the first proxy of a position. */
  readonly idAt: (position: number) => string;
  /** Opens a session to one of four names of the target and ends it; tells whether it opened. */
  readonly visit: () => Promise<boolean>;
}

/** Opens a ward with `beds` proxies at each position, each position with the next scheme, that lives `faster` times as fast. */
export const openWard = async (schemes: readonly TestScheme[], beds: 1 | 2, faster = 10): Promise<Ward> => {
  const scope = createScope();
  const target = scope.use(await openTarget(echo));
  const hops: TestHop[][] = [];
  const scripts = schemes.map((scheme): HopScript => ({ scheme, resolve }));
  for (const script of scripts) hops.push(await Promise.all(Array.from({ length: beds }, () => openHop(script))));
  const chain = hops.map((among) => `${among.map(({ url }) => url).join('|')}~random`).join(',');
  let visits = 0;
  const house = scope.use(
    await startHouse(chain, {
      limits: { dial: millis(15_000 / faster) },
      pulse: { probes: true, limits: spansBy(faster) },
    }),
  );
  const replace = async (position: number, change: Partial<HopScript> | 'gone'): Promise<void> => {
    const [before] = hops[position - 1] ?? [];
    const script = scripts[position - 1];
    if (before === undefined || script === undefined) throw new Error(`no position ${position}`);
    await before.slam();
    if (change === 'gone') return;
    hops[position - 1]?.splice(0, 1, await openHop({ ...script, ...change, port: before.port }));
  };
  scope.defer(() => Promise.all(hops.flat().map((hop) => hop.slam())));
  const { snapshot } = house.controller;
  const idAt = (position: number): string => snapshot.cascades[0]?.positions[position - 1]?.among[0] ?? '';
  return {
    ...{ house, target, hops, idAt },
    fall: (position, { change }) => replace(position, change === 'gone' ? change : change(schemeAt(schemes, position))),
    recover: (position) => replace(position, {}),
    accused: () => accusedIn(house),
    standings: () => {
      const { hops: some, edges } = house.controller.snapshot;
      return [...some, ...edges].map(({ standing }) => standing).filter((each) => each !== 'unknown' && each !== 'up');
    },
    visit: async () => {
      try {
        visits += 1;
        const site = `site-${visits % 4}.test:${target.port}`;
        const { socket, ok } = await ask(house.port, { protocol: 'socks5', target: site });
        socket.destroy();
        return ok;
      } catch {
        return false;
      }
    },
    [Symbol.asyncDispose]: () => scope[Symbol.asyncDispose](),
  };
};

/** The names of the target are known at the far end, and no others: a name that cannot exist is refused. */
const resolve = (host: string): string | undefined => {
  if (/^[\d.]+$/.test(host)) return host;
  return /^(?:site-\d|target)\.test$/.test(host) ? '127.0.0.1' : undefined;
};

const schemeAt = (schemes: readonly TestScheme[], position: number): TestScheme => schemes[position - 1] ?? 'http';

const accusedIn = ({ controller: { snapshot } }: House): readonly (readonly string[])[] => {
  const isIll = ({ standing }: { readonly standing: string }): boolean => standing === 'suspect' || standing === 'down';
  return [
    ...snapshot.hops.filter(isIll).map(({ proxy }) => [proxy]),
    ...snapshot.edges.filter(isIll).map(({ from, to }) => (from === undefined ? [to] : [from, to])),
  ];
};
