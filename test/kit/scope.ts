/** Things that a test has opened, ended in the reverse order also when the test fails. */

/** A stack of things to end. */
export interface Scope extends AsyncDisposable {
  /** Ends `thing` with the scope. */
  readonly use: <Thing extends AsyncDisposable>(thing: Thing) => Thing;
  readonly defer: (end: () => unknown) => void;
}

/** An empty scope; Node 20 has no AsyncDisposableStack yet. */
export const createScope = (): Scope => {
  const ends: (() => unknown)[] = [];
  return {
    use: (thing) => {
      ends.push(() => thing[Symbol.asyncDispose]());
      return thing;
    },
    defer: (end) => void ends.push(end),
    [Symbol.asyncDispose]: async () => {
      for (let end = ends.pop(); end !== undefined; end = ends.pop()) await end();
    },
  };
};
