/** Evidence that a test dictates. */

import { millis } from '../../src/model/brand.js';
import type { Proxy } from '../../src/model/cascade.js';
import type { Evidence } from '../../src/model/evidence.js';
import type { Failure } from '../../src/model/failure.js';
import { noEvidence } from '../../src/route/evidence.js';
import { wayOf } from '../../src/route/ways.js';

/** What a test may say, and what it can see. */
export interface ToldEvidence extends Evidence {
  /** Proxies by id, and ways by `wayOf`, that are down. */
  readonly down: Set<string>;
  /** Proxies that are not steady. */
  readonly shaky: Set<string>;
  readonly times: Map<string, number>;
  readonly mishaps: Map<string, Failure>;
  /** Tells all who listen that something has changed. */
  readonly change: () => void;
  readonly listeners: () => number;
  readonly urged: () => number;
}

/** Evidence in which all is well, until the test says otherwise. */
export const tellEvidence = (): ToldEvidence => {
  const [down, shaky] = [new Set<string>(), new Set<string>()];
  const times = new Map<string, number>();
  const mishaps = new Map<string, Failure>();
  const hearing = new Set<() => void>();
  let urged = 0;
  return {
    ...noEvidence,
    ...{ down, shaky, times, mishaps },
    usable: (to, from) => !down.has(to.id) && !down.has(wayOf(to, from)),
    steady: ({ id }) => !shaky.has(id),
    timeOf: ({ id }: Proxy) => {
      const time = times.get(id);
      return time === undefined ? undefined : millis(time);
    },
    mishapOf: (to, from) => mishaps.get(wayOf(to, from)),
    onChange: (hear) => {
      hearing.add(hear);
      return () => {
        hearing.delete(hear);
      };
    },
    urge: () => {
      urged += 1;
    },
    change: () => {
      for (const hear of [...hearing]) hear();
    },
    listeners: () => hearing.size,
    urged: () => urged,
  };
};
