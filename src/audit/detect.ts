/** Finds out what an unknown port speaks: HTTP first, since its proxies say nothing to SOCKS, and SOCKS servers answer HTTP at once. */

import type { Duplex } from 'node:stream';
import { type Endpoint, hostText, labelEndpoint } from '../model/address.js';
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
import { tlsAlert } from './why-none.js';

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
  if ('failure' in first)
    return isQuiet(first.failure) ? bySocks(first, given, cancel) : { kind: 'dead', failure: first.failure };
  const http = readHttp(first.said);
  if (http !== undefined) return http;
  // Who says again what he was told would seem to choose whichever login he is offered.
  if (connect.subarray(0, first.said.length).equals(first.said)) return unspoken(first);
  if (first.said[0] === tlsAlert) return (await tryTls(given, cancel)) ?? unspoken(first);
  return bySocks(first, given, cancel);
};

const isQuiet = ({ code }: Failure): boolean => code === 'answer-timeout' || code === 'hop-closed';

const bySocks = async (first: Said, given: Detection, cancel: Cancel): Promise<Detected> =>
  (await trySocks(given, cancel)) ?? unspoken(first);

type Said = { readonly said: Buffer } | { readonly failure: Failure };

const unspoken = (first: Said): Detected => {
  if ('failure' in first) return { kind: 'dead', failure: { code: 'hop-timeout', note: 'it says nothing' } };
  return { kind: 'not-a-proxy', note: `it says ${shown(first.said.subarray(0, 60), 60).replaceAll('\n', ' ')}` };
};

/** What stands at the beginning of an answer to CONNECT; undefined for what may be another protocol. */
const readHttp = (said: Buffer): Detected | undefined => {
  const status = /^HTTP\/1\.[01] (\d{3})/.exec(said.toString('latin1', 0, 16))?.[1];
  if (status === undefined) return undefined;
  return status === '407' || status === '401'
    ? { kind: 'needs-auth', scheme: 'http', note: `HTTP ${status}` }
    : { kind: 'proxy', schemes: ['http'] };
};

/** SOCKS5 with both ways of saying who one is, then SOCKS4a. */
const trySocks = async (given: Detection, cancel: Cancel): Promise<Detected | undefined> => {
  const five = await say(given, Buffer.from([0x05, 0x02, 0x00, 0x02]), cancel);
  const known = readSocks5(five);
  if (known !== undefined) return known;
  const { port } = given.judge;
  const request = Buffer.from([0x04, 0x01, port >> 8, port & 0xff, 0, 0, 0, 1, 0, ...Buffer.from('0.0.0.1\0')]);
  const four = await say(given, request, cancel);
  if (isSocks4(four)) return { kind: 'proxy', schemes: ['socks4a'] };
  return (await secondOpinion(given, five, cancel)) ? { kind: 'proxy', schemes: ['socks5h'] } : undefined;
};

/** The method that was chosen (RFC 1928 §3). */
const readSocks5 = (five: Said): Detected | undefined => {
  const [first, method] = 'said' in five ? five.said : [];
  if (first !== 0x05) return undefined;
  if (method === 0x00) return { kind: 'proxy', schemes: ['socks5h'] };
  return method === 0x02 || method === 0xff
    ? { kind: 'needs-auth', scheme: 'socks5h', note: `SOCKS5 method ${method.toString(16)}` }
    : undefined;
};

const isSocks4 = (four: Said): boolean => {
  const [first, code = 0] = 'said' in four ? four.said : [];
  return first === 0x00 && code >= 0x5a && code <= 0x5d;
};

/** Somebody who answered a greeting oddly is only called no proxy when another client cannot speak to him either. */
const secondOpinion = async ({ subject, judge, within }: Detection, five: Said, cancel: Cancel): Promise<boolean> => {
  if (!('said' in five) || five.said[0] !== 0x05) return false;
  const limit = deadline(within, () => fail('answer-timeout'), cancel);
  const to = { command: 'connect' as const, host: hostText(judge.host), port: judge.port };
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
