/** How a proxy speaks, for whoever dials it later: what it keeps, what it opens, what it does not take. */

import type { Duplex } from 'node:stream';
import { parseEndpoint, hostText } from '../model/address.js';
import type { Finding, Traits } from '../model/audit.js';
import { asKaskadeError } from '../model/error.js';
import { reasonOf } from '../net/cancel.js';
import { hopProtocols } from '../hop/index.js';
import { deadline } from '../net/cancel.js';
import { type Leg, fly } from '../net/flight.js';
import { fail } from '../model/error.js';
import { readReply } from './ask/reply.js';
import { compose, toolFields } from './ask/request.js';
import { tryPorts } from './checks/tunnel.js';
import { pathOf } from './judge/pages.js';
import { findRecord } from './judge/record.js';
import type { Stand } from './stand.js';

/** Nothing known beyond the ways it is spoken to. */
export const noTraits = (schemes: readonly string[]): Traits => ({ schemes, opens: [], refuses: [], cannot: [] });

/** Learns traits in tunnel mode. What cannot be learned is missing. */
export const learnTraits = async (
  stand: Stand,
  findings: readonly Finding[],
  schemes: readonly string[],
): Promise<Traits> => {
  const [opens, refuses] = await stand.once('ports', () => tryPorts(stand));
  const noNames = findings.some(({ check, answer }) => check === 'N02' && answer === 'note');
  const noIpv6 = findings.some(
    ({ check, answer, sentence }) => check === 'A04' && answer === 'note' && sentence.startsWith('IPv6 is not'),
  );
  const keepsAfterRequest = await keepsBehind(stand, 'request');
  const keepsAfterGreeting = stand.subject.hop.scheme.startsWith('socks5')
    ? await keepsBehind(stand, 'greeting')
    : undefined;
  const answersEarly = await saysYesToAll(stand);
  return {
    ...{ schemes, opens, refuses },
    cannot: [...(noNames ? (['names'] as const) : []), ...(noIpv6 ? (['ipv6'] as const) : [])],
    ...(keepsAfterRequest === undefined ? {} : { keepsAfterRequest }),
    ...(keepsAfterGreeting === undefined ? {} : { keepsAfterGreeting }),
    ...(answersEarly === undefined ? {} : { answersEarly }),
  };
};

/**
 * Whether bytes that are sent right behind a question, before its answer, are kept: the judge’s answer then comes without another
 * word. Undefined where it is not that what was lost.
 */
const keepsBehind = async (stand: Stand, behind: 'greeting' | 'request'): Promise<boolean | undefined> => {
  const { subject, judge, within, signal } = stand;
  const id = stand.freshId();
  const question = { method: 'GET', path: pathOf({ id, name: '.txt' }), host: judge.main, mode: 'tunnel' } as const;
  const { head } = compose({ ...question, fields: toolFields, body: Buffer.alloc(0) });
  const exchanges = hopProtocols[subject.hop.scheme].ask(subject.hop, judge.main);
  const legs = exchanges.map(({ ask, ...exchange }, nth): Leg => {
    const isLast = nth === exchanges.length - 1;
    const keeps = behind === 'greeting' && !isLast;
    return { ...exchange, hop: 1, keeps, ask: behind === 'request' && isLast ? Buffer.concat([ask, head]) : ask };
  });
  const limit = deadline(within, () => fail('answer-timeout'), { signal });
  let stream: Duplex | undefined;
  let answered = 0;
  try {
    stream = await subject.reach(limit);
    await fly(stream, legs, () => (answered += 1), limit);
    if (behind === 'greeting') stream.write(head);
    const reply = await readReply(stream, { method: 'GET' }, limit);
    return reply.kind === 'answer' && findRecord(reply.body, id, judge.key) !== undefined;
  } catch {
    if (signal.aborted) throw reasonOf(stand);
    const isLost = behind === 'greeting' ? answered > 0 && answered < legs.length : answered === legs.length;
    return isLost ? false : undefined;
  } finally {
    limit.done();
    stream?.destroy();
  }
};

/** Nothing listens at port 1 of a judge: whoever opens a tunnel to it says yes before it has looked. */
const saysYesToAll = async (stand: Stand): Promise<boolean | undefined> => {
  const nowhere = parseEndpoint(`${bracketed(hostText(stand.judge.main.host))}:1`);
  try {
    return await stand.inTunnel(nowhere, () => Promise.resolve(true));
  } catch (thrown) {
    if (stand.signal.aborted) throw reasonOf(stand);
    return asKaskadeError(thrown).code.startsWith('onward-') ? false : undefined;
  }
};

const bracketed = (host: string): string => (host.includes(':') ? `[${host}]` : host);
