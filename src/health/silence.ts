/** Whether a hop that fell silent when it was asked to go on is there at all: it was heard through the same hop since, or asked by itself. */

import { type At, type Millis, since } from '../model/brand.js';
import type { ProxyId } from '../model/cascade.js';
import { createKeys } from './keys.js';
import { createRecent } from './recent.js';

/** What is known of hops that are asked through one certain hop; `from` is missing where that is this machine. */
export interface Silences {
  /** It spoke. */
  readonly heard: (from: ProxyId | undefined, to: ProxyId, at: At) => void;
  /** It was asked for what nobody can reach, and said so: whatever keeps it silent lies behind it. */
  readonly cleared: (from: ProxyId | undefined, to: ProxyId, at: At) => void;
  /** It said nothing. */
  readonly fell: (from: ProxyId | undefined, to: ProxyId, at: At) => void;
  readonly speaks: (from: ProxyId | undefined, to: ProxyId, at: At) => boolean;
}

const newVoice = (): Voice => ({});

interface Voice {
  heardAt?: At;
  clearedAt?: At;
  silentAt?: At;
}

/** How long it is believed that a silent hop is there because it answered when asked by itself. */
const clearedFor = 120_000;

/** Nothing heard; of more than `most` ways the one that was longest not used is forgotten. */
export const createSilences = (window: Millis, most: number): Silences => {
  const keyOf = createKeys(most);
  const voices = createRecent<string, Voice>(most);
  const of = (from: ProxyId | undefined, to: ProxyId): Voice => voices.use(keyOf(from, to), newVoice);
  const isWithin = (moment: At | undefined, at: At, span: number): boolean =>
    moment !== undefined && since(moment, at) <= span;
  return {
    heard: (from, to, at) => {
      of(from, to).heardAt = at;
    },
    cleared: (from, to, at) => {
      of(from, to).clearedAt = at;
    },
    fell: (from, to, at) => {
      of(from, to).silentAt = at;
    },
    speaks: (from, to, at) => {
      const { heardAt, clearedAt, silentAt } = of(from, to);
      if (isWithin(clearedAt, at, clearedFor)) return true;
      return isWithin(heardAt, at, window) && (heardAt ?? 0) >= (silentAt ?? 0);
    },
  };
};
