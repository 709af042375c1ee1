/** How a connection went through the lab, put together from what each of its proxies saw. */

/** One connection through one proxy. */
export interface Passage {
  readonly hop: number;
  readonly label: string;
  /** The port that the connection came from, and the one that it went on from. */
  readonly from: number;
  readonly onFrom: number;
}

/** What the proxies of a lab saw. */
export interface Trace {
  /** Notes a connection; the returned function forgets it. */
  readonly note: (passage: Passage) => () => void;
  /** The passages behind the connection that came from this port, first hop first. */
  readonly behind: (port: number) => readonly Passage[];
}

/** A trace of a lab on one address, where ports tell connections apart. */
export const createTrace = (): Trace => {
  const byPort = new Map<number, Passage>();
  return {
    note: (passage) => {
      byPort.set(passage.onFrom, passage);
      return () => {
        if (byPort.get(passage.onFrom) === passage) byPort.delete(passage.onFrom);
      };
    },
    behind: (port) => {
      const passages: Passage[] = [];
      for (let at = byPort.get(port); at !== undefined; at = byPort.get(at.from)) passages.unshift(at);
      return passages;
    },
  };
};
