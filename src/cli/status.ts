/** `kaskade status`: how the running kaskade is doing. */

import { labelEndpoint } from '../model/address.js';
import { type Bound, type Share, labelBound, labelShare } from '../model/bound.js';
import type { ProxyId } from '../model/cascade.js';
import type { CascadeView, Snapshot } from '../model/snapshot.js';
import type { Standing } from '../model/standing.js';
import { bytesText } from './amounts.js';
import type { Furnish } from './face.js';
import type { Output } from './output.js';
import { withRunning } from './running.js';

/** Gives `status` its work. */
export const furnishStatus: Furnish = (command, run) => {
  run(command, (face) =>
    withRunning(face, ({ snapshot }) => {
      print(face.output, snapshot);
      face.output.value(valueOf(snapshot));
      return Promise.resolve(0);
    }),
  );
};

const print = (output: Output, snapshot: Snapshot): void => {
  const { up, down, open, held } = countsOf(snapshot);
  const { served, failed, traffic } = snapshot.totals;
  output.say({ tone: 'strong', text: 'kaskade runs' }, `, pid ${snapshot.pid}`);
  for (const listener of snapshot.listeners) output.say(`listener  ${labelEndpoint(listener)}`);
  output.say(`cascade   ${snapshot.cascade ?? 'none is in use'}`);
  const filters = cascadeIn(snapshot)?.positions.map(({ filter }) => filter) ?? [];
  for (const [index, among] of hopsOf(snapshot).entries()) {
    const filter = filters[index];
    output.say(`  hop ${index + 1}   ${filter === undefined ? among.map(hopText).join(' or ') : `{${filter}}`}`);
  }
  output.say(`network   ${snapshot.network}`);
  output.say(`sessions  ${open} open, ${held} held, ${served} served, ${failed} failed`);
  output.say(`now       ${bytesText(up)}/s up, ${bytesText(down)}/s down`);
  output.say(`in all    ${bytesText(traffic.up)} up, ${bytesText(traffic.down)} down`);
  for (const warning of warningsOf(snapshot)) output.say(`Note: ${warning}`);
};

const countsOf = ({ sessions, rates }: Snapshot) => ({
  open: sessions.length,
  held: sessions.filter(({ state }) => state.phase === 'held').length,
  up: rates.up.at(-1) ?? 0,
  down: rates.down.at(-1) ?? 0,
});

const cascadeIn = ({ cascade, cascades }: Snapshot): CascadeView | undefined =>
  cascades.find(({ name }) => name === cascade);

interface HopStanding {
  readonly proxy: ProxyId;
  readonly standing: Standing;
  /** What its exchange takes in half of all cases, and how many of the last hour's tries were good. */
  readonly time: Bound | null;
  readonly hour: Share;
}

/** A hop with its standing, and with figures where there are any. */
const hopText = ({ proxy, standing, time, hour }: HopStanding): string =>
  `${proxy} (${[standing, ...(time === null ? [] : [labelBound(time)]), ...(hour.all === 0 ? [] : [`${labelShare(hour)} good`])].join(', ')})`;

/** The cascade in use, position by position; what nothing is known of is unknown. */
const hopsOf = (snapshot: Snapshot): readonly (readonly HopStanding[])[] => {
  const known = new Map(snapshot.hops.map((hop) => [hop.proxy, hop]));
  return (cascadeIn(snapshot)?.positions ?? []).map(({ among }) =>
    among.map((proxy) => {
      const hop = known.get(proxy);
      const { standing = 'unknown', hour = { good: 0, all: 0 } } = hop ?? {};
      return { proxy, standing, time: hop?.exchange.p50 ?? null, hour };
    }),
  );
};

/** What a person should know of the cascade, and what was told of the engine. */
const warningsOf = (snapshot: Snapshot): readonly string[] => [
  ...(cascadeIn(snapshot)?.warnings ?? []),
  ...snapshot.notices.flatMap(({ level, text, count }) =>
    level === 'warning' ? [count > 1 ? `${text} (${count} times)` : text] : [],
  ),
];

const valueOf = (snapshot: Snapshot): object => {
  const { pid, listeners, cascade, network, totals } = snapshot;
  const { up, down, open, held } = countsOf(snapshot);
  return {
    pid,
    listeners: listeners.map(labelEndpoint),
    ...(cascade === undefined ? {} : { cascade }),
    hops: hopsOf(snapshot),
    network,
    sessions: { open, held, served: totals.served, failed: totals.failed },
    rates: { up, down },
    traffic: totals.traffic,
    warnings: warningsOf(snapshot),
  };
};
