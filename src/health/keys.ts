/** One text for each pair of ends, made once: a text put together anew is hashed anew at every look into a map. */

import type { ProxyId } from '../model/cascade.js';

/** Names a way by its ends. */
export type KeyOf = (from: ProxyId | undefined, to: ProxyId) => string;

/** Keys that are made anew after every `most` of them, so that ends that are gone are forgotten. */
export const createKeys = (most: number): KeyOf => {
  const known = new Map<string, Map<ProxyId, string>>();
  let count = 0;
  return (from = '' as ProxyId, to) => {
    const old = known.get(from)?.get(to);
    if (old !== undefined) return old;
    count += 1;
    if (count > most) {
      known.clear();
      count = 1;
    }
    const key = `${from}\n${to}`;
    known.set(from, (known.get(from) ?? new Map<ProxyId, string>()).set(to, key));
    return key;
  };
};
