/** What was asked already at one place, so that checks share it. */

/** A memory in which nothing is. */
export const createMemory = () => {
  const known = new Map<string, Promise<unknown>>();
  return {
    once: <Result>(name: string, work: () => Promise<Result>): Promise<Result> => {
      const found = known.get(name) ?? work();
      known.set(name, found);
      // What is kept under a name was made by the same work.
      return found as Promise<Result>;
    },
    keep: (name: string, result: unknown): void => {
      known.set(name, Promise.resolve(result));
    },
  };
};
