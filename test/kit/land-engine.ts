/** The near side of a land: an engine that probes, and a client that opens a session through it again and again. */

import { millis } from '../../src/model/brand.js';
import type { Network, Standing } from '../../src/model/standing.js';
import { ask as openSession } from './clients.js';
import { type House, startHouse } from './house.js';

/** What the near side is asked. */
export type NearQuestion =
  | { readonly do: 'begin'; readonly chain: string; readonly target: string }
  | { readonly do: 'look' };

/** What it saw since it was asked last. */
export interface NearView {
  readonly standings: readonly Standing[];
  /** Every standing that any hop or any way between hops had. */
  readonly seen: readonly Standing[];
  readonly networks: readonly Network[];
  readonly served: number;
  readonly failed: number;
}

let house: House | undefined;
const seen = new Set<Standing>();
const networks = new Set<Network>();
const counts = { served: 0, failed: 0 };

const begin = async (chain: string, target: string): Promise<string> => {
  const opened = await startHouse(chain, {
    limits: { dial: millis(4_000) },
    pulse: { probes: true, limits: { interval: millis(1_000), patience: millis(2_000), tick: millis(100) } },
  });
  house = opened;
  opened.controller.watch((event) => {
    if (event.kind !== 'health') return;
    networks.add(event.network);
    for (const { standing } of [...event.hops, ...event.edges]) seen.add(standing);
  });
  const session = async (): Promise<void> => {
    const { socket, ok } = await openSession(opened.port, { protocol: 'socks5', target });
    counts[ok ? 'served' : 'failed'] += 1;
    socket.destroy();
  };
  setInterval(() => {
    session().catch(() => {
      counts.failed += 1;
    });
  }, 300);
  return 'begun';
};

const look = (): NearView => {
  const view: NearView = {
    standings: house?.controller.snapshot.hops.map(({ standing }) => standing) ?? [],
    seen: [...seen],
    networks: [...networks],
    ...counts,
  };
  seen.clear();
  networks.clear();
  [counts.served, counts.failed] = [0, 0];
  return view;
};

process.on('message', (question: NearQuestion) => {
  const answer = question.do === 'begin' ? begin(question.chain, question.target) : Promise.resolve(look());
  void answer.then((said) => process.send?.(said));
});
process.on('disconnect', () => process.exit());
process.send?.('ready');
