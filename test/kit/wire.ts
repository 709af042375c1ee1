/** Drives pure protocol code in tests: over given bytes, in given pieces, and through storms of random bytes. */

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Host, parseHost } from '../../src/model/address.js';
import type { Port } from '../../src/model/brand.js';
import { KaskadeError } from '../../src/model/error.js';
import type { Conversation, Step } from '../../src/wire/conversation.js';
import type { Exchange } from '../../src/wire/exchange.js';

/** How a piece of protocol code ended. */
export type End<Result> =
  | { readonly kind: 'result'; readonly value: Result }
  | { readonly kind: 'error'; readonly error: unknown }
  | { readonly kind: 'incomplete' };

/** What became of some bytes. */
export interface Talk<Result> {
  readonly end: End<Result>;
  readonly sent: Buffer;
  /** The bytes that nobody took, those behind the end included. */
  readonly tail: Buffer;
  /** The most bytes that a step may have made its driver hold. */
  readonly most: number;
}

/** Runs a conversation over `bytes`, which arrive in the pieces that `cuts` (offsets, ascending) make of them. */
export const converse = <Result>(
  conversation: Conversation<Result>,
  bytes: Buffer,
  cuts: readonly number[] = [],
): Talk<Result> => {
  const sent: Buffer[] = [];
  let used = 0;
  let most = 0;
  const finish = (end: End<Result>): Talk<Result> => ({
    end,
    sent: Buffer.concat(sent),
    tail: bytes.subarray(used),
    most,
  });
  try {
    let step = conversation.next(Buffer.alloc(0));
    for (const arrived of [...cuts, bytes.length]) {
      while (step.done !== true) {
        most = Math.max(most, demandOf(step.value));
        const taken = answerStep(step.value, bytes.subarray(used, arrived), sent);
        if (taken === undefined) break;
        used += taken.length;
        step = conversation.next(taken);
      }
      if (step.done === true) return finish({ kind: 'result', value: step.value });
    }
    return finish({ kind: 'incomplete' });
  } catch (error) {
    return finish({ kind: 'error', error });
  }
};

const demandOf = (step: Step): number => {
  if (step.kind === 'send') return 0;
  return step.kind === 'take' ? step.bytes : step.limit;
};

const answerStep = (step: Step, seen: Buffer, sent: Buffer[]): Buffer | undefined => {
  switch (step.kind) {
    case 'take':
      return seen.length >= step.bytes ? seen.subarray(0, step.bytes) : undefined;
    case 'take-until': {
      const end = seen.indexOf(step.mark);
      const length = end === -1 ? seen.length : end + step.mark.length;
      if (length > step.limit) throw step.over();
      return end === -1 ? undefined : seen.subarray(0, length);
    }
    case 'send':
      sent.push(Buffer.from(step.bytes));
      return Buffer.alloc(0);
  }
};

/** Gives all exchanges their answers from `bytes`, in order, as a flight does; the result is how many were answered. */
export const answerOf = (exchanges: readonly Exchange[], bytes: Buffer, cuts: readonly number[] = []): Talk<number> => {
  const sent = Buffer.concat(exchanges.map(({ ask }) => ask));
  let used = 0;
  let answered = 0;
  const finish = (end: End<number>): Talk<number> => ({ end, sent, tail: bytes.subarray(used), most: 0 });
  try {
    for (const arrived of [...cuts, bytes.length]) {
      for (let next = exchanges[answered]; next !== undefined; next = exchanges[answered]) {
        const size = next.answer(bytes.subarray(used, arrived));
        if (size === 0) break;
        assert.ok(size > 0 && size <= arrived - used, 'an answer takes no more than there is');
        used += size;
        answered += 1;
      }
      if (answered === exchanges.length) return finish({ kind: 'result', value: answered });
    }
    return finish({ kind: 'incomplete' });
  } catch (error) {
    return finish({ kind: 'error', error });
  }
};

/** A talk as plain data, so that two can be compared. */
export const plainly = <Result>({ end, sent, tail }: Talk<Result>): unknown => ({
  end: end.kind === 'error' ? { kind: 'error', error: failureOf(end.error) } : end,
  sent: sent.toString('latin1'),
  tail: tail.toString('latin1'),
});

const failureOf = (error: unknown): unknown => (error instanceof KaskadeError ? error.failure : error);

/** The value of a talk that ended with a result. */
export const resultOf = <Result>({ end }: Talk<Result>): Result => {
  if (end.kind === 'error') throw end.error;
  assert.equal(end.kind, 'result');
  return end.value;
};

/** The code of the failure that a talk ended with. */
export const codeOf = <Result>({ end }: Talk<Result>): string => {
  assert.equal(end.kind, 'error', `ended with ${end.kind}`);
  const { error } = end;
  if (!(error instanceof KaskadeError)) throw error;
  return error.code;
};

/** The code of the KaskadeError that `work` throws, and `none` where it throws nothing. Anything else is thrown on. */
export const codeThrown = (work: () => unknown): string => {
  try {
    work();
    return 'none';
  } catch (thrown) {
    if (thrown instanceof KaskadeError) return thrown.code;
    throw thrown;
  }
};

/** Every offset in between: one byte at a time. */
export const byteByByte = (length: number): readonly number[] =>
  Array.from({ length: Math.max(0, length - 1) }, (_, at) => at + 1);

/** Asserts that `read` makes the same of its bytes whole, byte by byte, cut in two anywhere, and cut at random. */
export const assertCutsDoNotMatter = (length: number, read: (cuts: readonly number[]) => unknown): void => {
  const whole = read([]);
  assert.deepEqual(read(byteByByte(length)), whole, 'byte by byte');
  for (let cut = 0; cut <= Math.min(length, 600); cut += 1) assert.deepEqual(read([cut]), whole, `cut at ${cut}`);
  fc.assert(
    fc.property(fc.array(fc.nat({ max: length }), { maxLength: 12 }), (cuts) => {
      assert.deepEqual(read(cuts.sort((one, other) => one - other)), whole);
    }),
    { numRuns: 60 },
  );
};

/** Random numbers that are the same in every run. */
export interface Chance {
  /** A whole number from 0 to below `most`. */
  readonly below: (most: number) => number;
  readonly bytes: (length: number) => Buffer;
  readonly pick: <Item>(items: readonly Item[]) => Item;
}

/** A generator of 32 bits of state (mulberry32). */
export const createChance = (seed: number): Chance => {
  let state = seed;
  const below = (most: number): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % most;
  };
  return {
    below,
    bytes: (length) => {
      const bytes = Buffer.allocUnsafe(length);
      for (let at = 0; at < length; at += 1) bytes[at] = below(256);
      return bytes;
    },
    pick: (items) => {
      const item = items[below(items.length)];
      if (item === undefined) throw new Error('nothing to pick from');
      return item;
    },
  };
};

/** How often the inputs of a storm came to which end. */
export interface Weather {
  readonly result: number;
  readonly error: number;
  readonly incomplete: number;
}

/** Each parser is put through so many inputs. */
const stormSize = 100_000;

/**
 * Lets `read` judge 100,000 inputs: some of pure chance, most of them mutations of `valid` ones. Whatever `read` throws ends it.
 * Stack traces are off meanwhile, since they cost more than all parsing.
 */
export const storm = (
  seed: number,
  valid: readonly Buffer[],
  read: (bytes: Buffer, chance: Chance) => string,
): Weather => {
  const chance = createChance(seed);
  const weather = { result: 0, error: 0, incomplete: 0 };
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    for (let round = 0; round < stormSize; round += 1) {
      const bytes = round % 4 === 0 ? chance.bytes(chance.below(48)) : mutate(chance.pick(valid), chance);
      const end = read(bytes, chance);
      if (end === 'result' || end === 'error' || end === 'incomplete') weather[end] += 1;
      else assert.fail(`${end} from ${bytes.toString('latin1')}`);
    }
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
  return weather;
};

/** The end of a talk, for a storm; an error that is none of ours is thrown on. */
export const endOf = <Result>({ end }: Talk<Result>): string => {
  if (end.kind === 'error' && !(end.error instanceof KaskadeError)) throw end.error;
  return end.kind;
};

const mutate = (valid: Buffer, chance: Chance): Buffer => {
  let bytes: Buffer = Buffer.from(valid);
  for (let times = chance.below(4); times >= 0; times -= 1) bytes = mutateOnce(bytes, chance);
  return bytes;
};

const interesting = [
  0x00, 0x01, 0x04, 0x05, 0x0a, 0x0d, 0x20, 0x25, 0x2c, 0x2e, 0x2f, 0x3a, 0x40, 0x5b, 0x7f, 0x80, 0xff,
];

const mutateOnce = (bytes: Buffer, chance: Chance): Buffer => {
  const at = chance.below(bytes.length + 1);
  switch (chance.below(6)) {
    case 0:
      return bytes.subarray(0, at);
    case 1:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + chance.below(4))]);
    case 2:
      return Buffer.concat([bytes.subarray(0, at), Buffer.from([chance.pick(interesting)]), bytes.subarray(at)]);
    case 3:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(chance.below(at + 1))]);
    default:
      if (at < bytes.length) bytes[at] = chance.below(2) === 0 ? chance.pick(interesting) : chance.below(256);
      return bytes;
  }
};

/** Ports of every size. */
export const ports: fc.Arbitrary<Port> = fc.integer({ min: 1, max: 65535 }).map((port) => port as Port);

const label = fc.stringMatching(/^[a-zA-Z0-9_](?:[a-zA-Z0-9_-]{0,20}[a-zA-Z0-9_])?$/);

/** Names of one to five labels; the last one has a letter, so that it is no number. */
const names: fc.Arbitrary<Host> = fc
  .tuple(fc.array(label, { maxLength: 4 }), fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9_]{0,20}$/), fc.constantFrom('', '.'))
  .map(([labels, last, dot]) => ({ kind: 'name', name: `${[...labels, last].join('.')}${dot}` }));

/** Hosts of every kind. */
export const hosts: fc.Arbitrary<Host> = fc.oneof(
  names,
  fc.ipV4().map((address): Host => ({ kind: 'ipv4', address })),
  fc.ipV6().map((address) => parseHost(address)),
);

/** Endpoints of every kind. */
export const endpoints = fc.record({ host: hosts, port: ports }, { noNullPrototype: true });

/** Whether `work` costs less CPU time than so many milliseconds in one of three tries; meant for costs that are minutes where they are not linear. */
export const costsLessThan = (milliseconds: number, work: () => unknown): boolean =>
  [1, 2, 3].some(() => {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1_000 < milliseconds;
  });
