/** A map of bounded size: what was longest not used is forgotten first. */

/** What is kept, by key. */
export interface Recent<Key, Value> {
  /** The value, which counts as used now; made and put in where there is none. */
  readonly use: (key: Key, make: (key: Key) => Value) => Value;
  readonly get: (key: Key) => Value | undefined;
  readonly values: () => IterableIterator<Value>;
}

/** Nothing yet. `forgotten` hears of what had to go. */
export const createRecent = <Key, Value>(most: number, forgotten?: (value: Value) => void): Recent<Key, Value> => {
  const kept = new Map<Key, Value>();
  // Who comes last is last. While there is much room left nobody will have to go soon, and the order need not be kept.
  const roomy = most / 2;
  const put = (key: Key, value: Value): Value => {
    kept.set(key, value);
    if (kept.size > most) forgetOldest();
    return value;
  };
  const forgetOldest = (): void => {
    for (const [key, value] of kept) {
      kept.delete(key);
      forgotten?.(value);
      return;
    }
  };
  return {
    use: (key, make) => {
      const known = kept.get(key);
      if (known === undefined) return put(key, make(key));
      if (kept.size <= roomy) return known;
      kept.delete(key);
      return put(key, known);
    },
    get: (key) => kept.get(key),
    values: () => kept.values(),
  };
};
