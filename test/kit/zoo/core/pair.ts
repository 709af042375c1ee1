/** Two behaviours in one proxy, as real ones have several. */

import type { Animal, OpenAnimal, World } from '../animal.js';
import type { Behaviour, Change, Passage, Whole } from './behaviour.js';
import { openProxy } from './proxy.js';

/** What an animal does, without letting it out; undefined for one that is no proxy of the usual kind. */
export const behaviourOf = async (animal: Animal, world: World): Promise<Behaviour | undefined> => {
  let found: Behaviour | undefined;
  const open = await animal.open({ ...world, collect: (behaviour) => (found = behaviour) });
  await open.close();
  return found;
};

/** Opens a proxy that does what both do, one after the other. */
export const openPair = (world: World, one: Behaviour, other: Behaviour): Promise<OpenAnimal> =>
  openProxy(world, ['http'], joined(one, other));

const joined = (one: Behaviour, other: Behaviour): Behaviour => ({
  ...one,
  ...other,
  ...both(one.fields, other.fields, (first, second) => ({
    fields: (lines: readonly string[], at: Passage) => second(first(lines, at), at),
  })),
  ...both(one.requestLine, other.requestLine, (first, second) => ({
    requestLine: (line: string, at: Passage) => second(first(line, at), at),
  })),
  ...both(one.response, other.response, (first, second) => ({
    response: async (answer: Whole, at: Passage) => second(await first(answer, at), at),
  })),
  ...both(one.answer, other.answer, (first, second) => ({ answer: (at: Passage) => first(at) ?? second(at) })),
  ...both(one.upload, other.upload, (first, second) => ({
    upload: (bytes: Buffer, at: Passage) => second(first(bytes, at), at),
  })),
  ...both(one.up, other.up, (first, second) => ({ up: () => changes(first(), second()) })),
  ...both(one.down, other.down, (first, second) => ({ down: () => changes(first(), second()) })),
});

const both = <Hook>(
  one: Hook | undefined,
  other: Hook | undefined,
  join: (first: Hook, second: Hook) => Partial<Behaviour>,
): Partial<Behaviour> => (one === undefined || other === undefined ? {} : join(one, other));

const changes =
  (first: Change, second: Change): Change =>
  (bytes) =>
    second(first(bytes));
