/** The port of a zone: queries come as datagrams, or over TCP each behind its length (RFC 1035 §4.2.2, RFC 7766). */

import type { Duplex } from 'node:stream';
import { type Answering, openDatagramPort } from '../../net/datagram-port.js';
import { type Caller, type JudgePort, openJudgePort } from '../../net/judge-port.js';
import type { ListenAt } from '../../net/listen.js';
import { longestQuery } from './zone.js';

/** What connections keep to; spans in milliseconds. */
export interface NameLimits {
  /** At once, on the whole and from one address. */
  readonly most: number;
  readonly mostEach: number;
  /** How long one may say nothing, and how long it may last. */
  readonly silence: number;
  readonly stay: number;
  /** Queries on one. */
  readonly queries: number;
}

/** Resolvers ask a few times and go; they expect that a silent connection is ended after some seconds (RFC 7766 §6.2.3). */
const usual: NameLimits = { most: 500, mostEach: 20, silence: 5_000, stay: 30_000, queries: 100 };
const mostTries = 5;

/** Opens a port for both; where any will do, one that is free for both. Rejects with `port-in-use`; nothing is left open then. */
export const openNamePort = async (at: ListenAt, answering: Answering, limits = usual): Promise<JudgePort> => {
  const onCaller = ({ stream, peer }: Caller): void => {
    converse(stream, (query) => answering(query, peer), limits);
  };
  for (let tries = 1; ; tries += 1) {
    const streams = await openJudgePort(at, { ...limits, onCaller });
    const { endpoint } = streams;
    try {
      const datagrams = await openDatagramPort(endpoint, answering);
      const close = async (): Promise<void> => {
        await Promise.all([streams.close(), datagrams.close()]);
      };
      return { endpoint, close };
    } catch (thrown) {
      await streams.close();
      if (at.port !== 0 || tries === mostTries) throw thrown;
    }
  }
};

type Answer = (query: Buffer) => Buffer | undefined;

/** Answers queries in their order, as many as come at once; the connection ends with the first that gets no answer. */
const converse = (stream: Duplex, answer: Answer, { stay, queries: most }: NameLimits): void => {
  let seen = Buffer.alloc(0);
  let queries = 0;
  const clock = setTimeout(() => stream.destroy(), stay);
  const end = (): void => {
    stream.off('data', onData).resume().end();
  };
  const onData = (chunk: Buffer): void => {
    seen = Buffer.concat([seen, chunk]);
    for (let query = firstIn(seen); query !== undefined; query = firstIn(seen)) {
      seen = seen.subarray(2 + query.length);
      queries += 1;
      const answered = queries > most ? undefined : answer(query);
      if (answered === undefined) {
        end();
        return;
      }
      stream.write(framed(answered));
    }
    if (lengthIn(seen) > longestQuery) end();
  };
  stream
    .on('data', onData)
    .once('end', () => stream.end())
    .once('close', () => {
      clearTimeout(clock);
    });
};

/** What the first query claims for its length; 0 while that is not here. */
const lengthIn = (seen: Buffer): number => (seen.length < 2 ? 0 : seen.readUInt16BE(0));

/** The first query, once it is whole. */
const firstIn = (seen: Buffer): Buffer | undefined => {
  const end = 2 + lengthIn(seen);
  return seen.length < 2 || seen.length < end || end - 2 > longestQuery ? undefined : seen.subarray(2, end);
};

/** In one piece, for resolvers that would read the length alone (RFC 7766 §8). */
const framed = (message: Buffer): Buffer => {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(message.length);
  return Buffer.concat([length, message]);
};
