/** Which cascade comes next when the one in use is down: in the user's order, and none twice until all were tried. */

/** Remembers what was tried since a cascade was whole last. */
export interface Switcher {
  /** The next name after one that is down; undefined where the order names no other. */
  readonly next: (down: string) => string | undefined;
  /** The cascade in use is whole: all others may be tried again. */
  readonly whole: () => void;
}

/** A switcher that has tried nothing; `order` is the user's list, which may be empty. */
export const createSwitcher = (order: () => readonly string[]): Switcher => {
  const tried = new Set<string>();
  return {
    next: (down) => {
      const names = order();
      const at = names.indexOf(down);
      const others = [...names.slice(at + 1), ...names.slice(0, Math.max(0, at))].filter((name) => name !== down);
      if (others.every((name) => tried.has(name))) tried.clear();
      tried.add(down);
      const next = others.find((name) => !tried.has(name));
      if (next !== undefined) tried.add(next);
      return next;
    },
    whole: () => {
      tried.clear();
    },
  };
};
