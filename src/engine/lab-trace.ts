/** How a connection went through the lab, put together from what each of its proxies saw. */

/** A connection on one address: the ports of its two ends. One port alone may carry several connections at once. */
export interface Link {
  readonly from: number;
  readonly to: number;
}

/** One connection through one proxy: the link it came in by, and the one it went on by. */
export interface Passage {
  readonly hop: number;
  readonly label: string;
  readonly came: Link;
  readonly went: Link;
}

/** What the proxies of a lab saw. */
export interface Trace {
  /** Notes a connection; the returned function forgets it. */
  readonly note: (passage: Passage) => () => void;
  /** The passages behind a link, first hop first. */
  readonly behind: (link: Link) => readonly Passage[];
}

/** A trace of a lab whose proxies and page are all on one address. */
export const createTrace = (): Trace => {
  const passages = new Map<string, Passage>();
  return {
    note: (passage) => {
      const key = keyOf(passage.went);
      passages.set(key, passage);
      return () => {
        if (passages.get(key) === passage) passages.delete(key);
      };
    },
    behind: (link) => {
      const found: Passage[] = [];
      for (let at = passages.get(keyOf(link)); at !== undefined; at = passages.get(keyOf(at.came))) found.unshift(at);
      return found;
    },
  };
};

const keyOf = ({ from, to }: Link): string => `${from}>${to}`;
