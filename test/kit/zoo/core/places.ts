/** Addresses on loopback that were not given out before: one to listen on and one to go out by for each animal. */

let given = 0;

/** The next pair. */
export const nextPlace = (): { readonly entry: string; readonly exit: string } => {
  given += 1;
  const [high, low] = [(given >> 7) & 255, ((given & 127) << 1) + 1];
  return { entry: `127.16.${high}.${low}`, exit: `127.40.${high}.${low}` };
};

/** Numbers from 0 up to 1 that are the same for the same seed. */
export const seeded = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};
