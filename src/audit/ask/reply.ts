/** Reads an answer that may be anything: bounded in bytes, and what is no answer is kept as evidence. */

import type { Duplex } from 'node:stream';
import { KaskadeError, fail } from '../../model/error.js';
import { absorb } from '../../net/absorb.js';
import type { Cancel } from '../../net/cancel.js';
import type { Field } from '../../wire/http-head.js';
import { type ResponseHead, readResponse } from '../../wire/http-response.js';

/** What came back. */
export type Reply =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly fields: readonly Field[];
      readonly body: Buffer;
      readonly trailers: readonly Field[];
      /** Whether it came to its end. */
      readonly whole: boolean;
      readonly interims: readonly number[];
    }
  /** Something that is no answer of HTTP. */
  | { readonly kind: 'garbled'; readonly note: string; readonly first: Buffer };

/** A whole head, and what came behind it. */
export type Answered = Extract<Reply, { readonly kind: 'answer' }>;

const mostKept = 1_024;

class Cut extends Error {}
class Over extends Error {}

/**
 * Reads the answer to one request; of a body that is longer than `most` what came so far. Rejects with `answer-missing` where nothing
 * came, or the signal's reason. What follows the answer stays in the stream.
 */
export const readReply = async (
  stream: Duplex,
  { method, most = 24 * 1024 }: { readonly method: string; readonly most?: number },
  cancel: Cancel,
): Promise<Reply> => {
  const seen = createCollector(most);
  const reader = readResponse(method, seen.sink);
  try {
    return await absorb(
      stream,
      {
        feed: (bytes) => {
          seen.keep(bytes);
          const used = reader.push(bytes);
          const reply = seen.reply('whole');
          return reply === undefined ? { used } : { used, result: { value: reply } };
        },
        lost: () => new Cut(),
      },
      cancel,
    );
  } catch (thrown) {
    if (thrown instanceof Cut) return cutOff(reader, seen);
    const over = thrown instanceof Over ? seen.reply('cut') : undefined;
    if (over !== undefined) return over;
    if (thrown instanceof KaskadeError && thrown.code === 'answer-garbled')
      return { kind: 'garbled', note: thrown.failure.note ?? '', first: seen.first() };
    throw thrown;
  }
};

type Collector = ReturnType<typeof createCollector>;

/** An answer without a length is whole when the stream ends; any other is not. */
const cutOff = (reader: ReturnType<typeof readResponse>, seen: Collector): Reply => {
  try {
    reader.close();
  } catch {
    // Told by what is missing.
  }
  const reply = seen.reply('whole') ?? seen.reply('cut');
  if (reply === undefined) throw fail('answer-missing', seen.first().length === 0 ? {} : { note: 'cut off' });
  return reply;
};

const createCollector = (most: number) => {
  let first = Buffer.alloc(0);
  let head: ResponseHead | undefined;
  let trailers: readonly Field[] | undefined;
  let size = 0;
  const interims: number[] = [];
  const pieces: Buffer[] = [];
  return {
    first: () => first,
    keep: (bytes: Buffer): void => {
      if (first.length < mostKept) first = Buffer.concat([first, bytes.subarray(0, mostKept - first.length)]);
    },
    sink: {
      interim: ({ status }: ResponseHead): void => void interims.push(status),
      head: (found: ResponseHead): void => {
        head = found;
      },
      data: (bytes: Buffer): void => {
        size += bytes.length;
        pieces.push(Buffer.from(bytes));
        if (size > most) throw new Over();
      },
      end: (all: readonly Field[]): void => {
        trailers = all;
      },
    },
    reply: (as: 'whole' | 'cut'): Reply | undefined => {
      if (head === undefined || (as === 'whole' && trailers === undefined)) return undefined;
      const { status, fields } = head;
      const body = Buffer.concat(pieces);
      return { kind: 'answer', status, fields, body, trailers: trailers ?? [], whole: as === 'whole', interims };
    },
  };
};

/** The values of a field of an answer; none where there is no answer. */
export const fieldOf = (reply: Reply | undefined, name: string): readonly string[] =>
  reply?.kind === 'answer'
    ? reply.fields.filter((field) => field.name.toLowerCase() === name).map(({ value }) => value)
    : [];
