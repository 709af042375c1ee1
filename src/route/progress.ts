/** What a dial is doing: kept so that it can be timed, and so that whatever ends it early is blamed on the right edge. */

import type { Blame, Phase } from '../model/blame.js';
import { type At, type Millis, millis, now, since } from '../model/brand.js';
import type { Proxy } from '../model/cascade.js';
import { type KaskadeError, withDetail } from '../model/error.js';
import { labelHop } from '../model/hop.js';
import type { Route } from '../model/route.js';
import type { HopTiming } from '../model/session.js';
import type { Leg } from '../net/flight.js';

/** Is told of each hop as it is passed, and how long it was from its first question to its last answer. */
export type OnHop = (timing: HopTiming, whole: Millis) => void;

/** A question on its way through a route. */
export interface RouteLeg extends Leg {
  /** Who has to keep it until what stands before is answered; nobody where it is only asked then. */
  readonly keptBy: Proxy | undefined;
}

/** Is told which hop is waited for, and in which phase; `early` where it was asked before its turn. */
export type Pacer = (hop: number, phase: Phase, early: boolean) => void;

/** Keeps what a dial is doing. */
export interface Progress {
  readonly securing: (hop: number) => void;
  readonly connected: () => void;
  readonly asking: (leg: RouteLeg) => void;
  readonly answered: (leg: RouteLeg, next: RouteLeg | undefined) => void;
  readonly blame: (error: KaskadeError) => KaskadeError;
  /** Who may have lost what is waited for, where it was asked early. */
  readonly keeper: () => Proxy | undefined;
}

/** Follows the dial of a route from its first packet. */
export const track = (route: Route, onHop: OnHop, pace: Pacer): Progress => {
  let hop = 1;
  let phase: Phase = 'tcp';
  let keeper: Proxy | undefined;
  const laps = createLaps();
  pace(hop, phase, false);
  const turnTo = (leg: RouteLeg): void => {
    ({ hop, phase, keptBy: keeper } = leg);
    pace(hop, phase, keeper !== undefined);
  };
  return {
    securing: (number) => {
      [hop, phase, keeper] = [number, 'tls', undefined];
      pace(hop, phase, false);
    },
    connected: laps.connected,
    asking: (leg) => {
      laps.asked();
      laps.begun();
      turnTo(leg);
    },
    answered: (leg, next) => {
      if (next?.hop !== leg.hop) {
        const { whole, ...spans } = laps.passed();
        onHop({ hop: leg.hop, label: labelOf(route, leg.hop) ?? '', ...spans }, whole);
      }
      if (next === undefined) return;
      if (next.keptBy === undefined) laps.asked();
      if (next.hop !== leg.hop) laps.begun();
      turnTo(next);
    },
    keeper: () => keeper,
    blame: (error) => blamed(error, route, { hop, phase, hops: route.hops.length }),
  };
};

/** The spans of a dial: one behind the other as they are shown, and of each hop from its first question on. */
const createLaps = () => {
  let mark: At = now();
  /** When the questions left that are waited for, and the first one of the hop. */
  let [asked, begun] = [mark, mark];
  let connect: Millis | undefined;
  const lap = (): Millis => {
    const span = since(mark, now());
    mark = now();
    return span;
  };
  return {
    connected: (): void => {
      connect = millis((connect ?? 0) + lap());
    },
    asked: (): void => {
      asked = now();
    },
    begun: (): void => {
      begun = asked;
    },
    passed: () => {
      const connected = connect === undefined ? {} : { connect };
      connect = undefined;
      return { ...connected, exchange: lap(), whole: since(begun, now()) };
    },
  };
};

interface Standing {
  readonly hop: number;
  readonly phase: Phase;
  readonly hops: number;
}

/** Puts the blame on the edge where a dial stands. */
export const blamed = (error: KaskadeError, route: Route, at: Standing): KaskadeError => {
  const blame = blameFor(error, at);
  if (blame === undefined) return error;
  const labels = { reporter: labelOf(route, blame.reporter), suspect: labelOf(route, blame.suspect) };
  return withDetail(error, { blame, hops: at.hops, ...definedOnly(labels) });
};

const labelOf = ({ hops }: Route, number: number | 'target'): string | undefined => {
  const proxy = typeof number === 'number' ? hops[number - 1] : undefined;
  return proxy && labelHop(proxy.hop);
};

/** A hop's word on what lies behind it is evidence about that edge; everything else is about the edge to the hop itself. */
const blameFor = ({ code }: KaskadeError, at: Standing): Blame | undefined => {
  if (code === 'hop-name-unknown') return { reporter: 0, suspect: at.hop, phase: 'name' };
  if (code.startsWith('hop-')) return { reporter: at.hop - 1, suspect: at.hop, phase: at.phase };
  if (!code.startsWith('onward-')) return undefined;
  return { reporter: at.hop, suspect: at.hop < at.hops ? at.hop + 1 : 'target', phase: at.phase };
};

const definedOnly = (labels: { readonly reporter: string | undefined; readonly suspect: string | undefined }) => ({
  ...(labels.reporter === undefined ? {} : { reporter: labels.reporter }),
  ...(labels.suspect === undefined ? {} : { suspect: labels.suspect }),
});
