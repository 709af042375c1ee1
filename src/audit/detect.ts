/** Finds out what an unknown port speaks: HTTP first, since its proxies say nothing to SOCKS, and SOCKS servers answer HTTP at once. */

import type { Duplex } from 'node:stream';
import { type Endpoint, labelEndpoint } from '../model/address.js';
import type { Millis } from '../model/brand.js';
import { asKaskadeError, fail } from '../model/error.js';
import type { Failure } from '../model/failure.js';
import type { Scheme } from '../model/hop.js';
import { absorb } from '../net/absorb.js';
import { type Cancel, deadline } from '../net/cancel.js';
import { probeTls } from '../net/tls-probe.js';
import { secondClient } from './checks/socks.js';
import { type Subject, withScheme } from './ask/subject.js';
import { shown } from './ask/text.js';

/** What a port speaks. */
export type Detected =
  | { readonly kind: 'proxy'; readonly schemes: readonly [Scheme, ...Scheme[]] }
  | { readonly kind: 'needs-auth'; readonly scheme: Scheme; readonly note: string }
  | { readonly kind: 'not-a-proxy'; readonly note: string }
  | { readonly kind: 'dead'; readonly failure: Failure };

/** What detecting needs. `unsecured` reaches the port itself, without TLS to it. */
export interface Detection {
  readonly subject: Subject;
  readonly judge: Endpoint;
  /** How long an answer may take. */
  readonly within: Millis;
}

/** Asks at most four connections, one after the other. Rejects only where it is called off. */
export const detect = async (given: Detection, cancel: Cancel): Promise<Detected> => {
  const { judge } = given;
  const connect = Buffer.from(`CONNECT ${labelEndpoint(judge)} HTTP/1.1\r\nHost: ${labelEndpoint(judge)}\r\n\r\n`);
  const first = await say(given, connect, cancel);
  if ('failure' in first && first.failure.code !== 'answer-timeout' && first.failure.code !== 'hop-closed')
    return { kind: 'dead', failure: first.failure };
  const http = 'said' in first ? readHttp(first.said) : undefined;
  if (http !== undefined && http.kind !== 'maybe') return http;
  if (http === undefined || isSocks(first)) {
    const socks = await trySocks(given, cancel);
    if (socks !== undefined) return socks;
  }
  const overTls = 'said' in first && first.said[0] === 0x15 ? await tryTls(given, cancel) : undefined;
  return overTls ?? unspoken(first);
};

type Said = { readonly said: Buffer } | { readonly failure: Failure };

const unspoken = (first: Said): Detected => {
  if ('failure' in first) return { kind: 'dead', failure: { code: 'hop-timeout', note: 'it says nothing' } };
  return { kind: 'not-a-proxy', note: `it says ${shown(first.said.subarray(0, 60), 60).replaceAll('\n', ' ')}` };
};

/** What stands at the beginning of an answer to CONNECT. */
const readHttp = (said: Buffer): Detected | { readonly kind: 'maybe' } | undefined => {
  const status = /^HTTP\/1\.[01] (\d{3})/.exec(said.toString('latin1', 0, 16))?.[1];
  if (status === undefined)
    return said[0] === 0x05 || said[0] === 0x00 || said[0] === 0x15 ? undefined : { kind: 'maybe' };
  if (status === '407' || status === '401') return { kind: 'needs-auth', scheme: 'http', note: `HTTP ${status}` };
  return { kind: 'proxy', schemes: ['http'] };
};

const isSocks = (first: Said): boolean => 'said' in first && first.said[0] === 0x05;

/** SOCKS5 with both ways of saying who one is, then SOCKS4a. */
const trySocks = async (given: Detection, cancel: Cancel): Promise<Detected | undefined> => {
  const five = await say(given, Buffer.from([0x05, 0x02, 0x00, 0x02]), cancel);
  if ('said' in five && five.said[0] === 0x05) {
    const method = five.said[1];
    if (method === 0x00) return { kind: 'proxy', schemes: ['socks5h'] };
    if (method === 0x02 || method === 0xff)
      return { kind: 'needs-auth', scheme: 'socks5h', note: `SOCKS5 method ${method.toString(16)}` };
  }
  const { port } = given.judge;
  const name = Buffer.from('0.0.0.1\0', 'latin1');
  const head = Buffer.from([0x04, 0x01, port >> 8, port & 0xff, 0, 0, 0, 1, 0]);
  const four = await say(given, Buffer.concat([head, name]), cancel);
  const isFour = 'said' in four && four.said[0] === 0x00 && (four.said[1] ?? 0) >= 0x5a && (four.said[1] ?? 0) <= 0x5d;
  if (isFour) return { kind: 'proxy', schemes: ['socks4a'] };
  return (await secondOpinion(given, five, cancel)) ? { kind: 'proxy', schemes: ['socks5h'] } : undefined;
};

/** Somebody who answered a greeting oddly is only called no proxy when another client cannot speak to him either. */
const secondOpinion = async ({ subject, judge, within }: Detection, five: Said, cancel: Cancel): Promise<boolean> => {
  if (!('said' in five) || five.said[0] !== 0x05) return false;
  const limit = deadline(within, () => fail('answer-timeout'), cancel);
  const to = { command: 'connect' as const, host: labelEndpoint(judge).replace(/:\d+$/, ''), port: judge.port };
  try {
    await secondClient(withScheme(subject, 'socks5h'), to, limit);
    return true;
  } catch {
    return false;
  } finally {
    limit.done();
  }
};

const tryTls = async ({ subject, within }: Detection, cancel: Cancel): Promise<Detected | undefined> => {
  const limit = deadline(within, () => fail('answer-timeout'), cancel);
  let stream: Duplex | undefined;
  try {
    stream = await subject.reach(limit);
    await probeTls(stream, { alpn: ['http/1.1'] }, limit);
    return { kind: 'proxy', schemes: ['https'] };
  } catch {
    return undefined;
  } finally {
    limit.done();
    stream?.destroy();
  }
};

/** Says something on a fresh connection and takes the first bytes that come. */
const say = async ({ subject, within }: Detection, bytes: Buffer, cancel: Cancel): Promise<Said> => {
  const limit = deadline(within, () => fail('answer-timeout'), cancel);
  let stream: Duplex | undefined;
  try {
    stream = await subject.reach(limit);
    stream.write(bytes);
    const said = await absorb(
      stream,
      {
        feed: (seen) => (seen.length < 2 ? { used: 0 } : { used: seen.length, result: { value: Buffer.from(seen) } }),
        lost: () => fail('hop-closed'),
      },
      limit,
    );
    return { said };
  } catch (thrown) {
    if (cancel.signal.aborted) throw thrown;
    return { failure: asKaskadeError(thrown).failure };
  } finally {
    limit.done();
    stream?.destroy();
  }
};
