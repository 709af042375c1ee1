/** Types that keep numbers and texts from being mixed up: a value gets its brand only where a parser has checked it. */

declare const brand: unique symbol;

/** A `Base` that only a parser of `Name` can make. */
export type Brand<Base, Name extends string> = Base & { readonly [brand]: Name };

/** A list with at least one item. */
export type NonEmpty<Item> = readonly [Item, ...Item[]];

/** A TCP port, 1 to 65535. */
export type Port = Brand<number, 'Port'>;

/** A span of time in milliseconds. */
export type Millis = Brand<number, 'Millis'>;

/** A moment on the monotonic clock, in milliseconds since the process began. */
export type At = Brand<number, 'At'>;

/** Brands a number of milliseconds; 0 and more, no upper bound (timers clamp for themselves). */
export const millis = (value: number): Millis => Math.max(0, value) as Millis;

/** Milliseconds since the process began; never goes backwards. */
export const now = (): At => performance.now() as At;

/** The span from one moment to another, never negative. */
export const since = (from: At, to: At): Millis => millis(to - from);

/** Tells whether a list has an item, so that it may be used as a NonEmpty one. */
export const isNonEmpty = <Item>(items: readonly Item[]): items is NonEmpty<Item> => items.length > 0;
