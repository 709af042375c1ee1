/** Tells faces what has changed: many changes within a quarter of a second are one report. */

import { type Millis, millis } from '../model/brand.js';
import type { EdgeHealth, HopHealth, Network } from '../model/standing.js';
import type { After } from './prober.js';
import type { EdgeRecord, HopRecord } from './record.js';

/** Hears the hops and ways that have changed, and the network. */
export type HearReport = (hops: readonly HopHealth[], edges: readonly EdgeHealth[], network: Network) => void;

/** How records are shown when the report is due. */
export interface Views {
  readonly hop: (hop: HopRecord) => HopHealth;
  readonly edge: (edge: EdgeRecord) => EdgeHealth;
  readonly network: () => Network;
}

/** Collects changes and reports them. */
export interface Reports {
  readonly changedHop: (hop: HopRecord) => void;
  readonly changedEdge: (edge: EdgeRecord) => void;
  readonly changedNetwork: () => void;
  readonly onReport: (hear: HearReport) => () => void;
  readonly stop: () => void;
}

const span: Millis = millis(250);

/** Reports to nobody while nobody hears; a face that comes later asks for the whole first. */
export const createReports = (after: After, views: Views): Reports => {
  const hearers = new Set<HearReport>();
  const hops = new Set<HopRecord>();
  const edges = new Set<EdgeRecord>();
  let cancel: (() => void) | undefined;

  const flush = (): void => {
    cancel = undefined;
    const [changedHops, changedEdges] = [[...hops].map(views.hop), [...edges].map(views.edge)];
    hops.clear();
    edges.clear();
    for (const hear of hearers) hear(changedHops, changedEdges, views.network());
  };
  const arrange = (): void => {
    if (hearers.size > 0) cancel ??= after(span, flush);
  };

  return {
    changedHop: (hop) => {
      if (hearers.size > 0) hops.add(hop);
      arrange();
    },
    changedEdge: (edge) => {
      if (hearers.size > 0) edges.add(edge);
      arrange();
    },
    changedNetwork: arrange,
    onReport: (hear) => {
      hearers.add(hear);
      return () => {
        hearers.delete(hear);
      };
    },
    stop: () => {
      cancel?.();
      cancel = undefined;
    },
  };
};
