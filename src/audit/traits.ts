/** How a proxy speaks, for whoever dials it later: what it keeps, what it opens, what it does not take. */

import { parseEndpoint, hostText } from '../model/address.js';
import type { Finding, Traits } from '../model/audit.js';
import { asKaskadeError } from '../model/error.js';
import { reasonOf } from '../net/cancel.js';
import { hopProtocols } from '../hop/index.js';
import { absorb } from '../net/absorb.js';
import { deadline } from '../net/cancel.js';
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
  const keepsAfterGreeting = stand.subject.hop.scheme === 'socks5h' ? await keepsBehind(stand, 'greeting') : undefined;
  const answersEarly = await saysYesToAll(stand);
  return {
    ...{ schemes, opens, refuses },
    cannot: [...(noNames ? (['names'] as const) : []), ...(noIpv6 ? (['ipv6'] as const) : [])],
    ...(keepsAfterRequest === undefined ? {} : { keepsAfterRequest }),
    ...(keepsAfterGreeting === undefined ? {} : { keepsAfterGreeting }),
    ...(answersEarly === undefined ? {} : { answersEarly }),
  };
};

/** Whether bytes that are sent right behind a question, before its answer, are kept: the judge’s answer then comes without another word. */
const keepsBehind = async (stand: Stand, behind: 'greeting' | 'request'): Promise<boolean | undefined> => {
  const { subject, judge, within, signal } = stand;
  const id = stand.freshId();
  const exchanges = hopProtocols[subject.hop.scheme].ask(subject.hop, judge.main);
  const path = pathOf({ id, name: '.txt' });
  const request = compose({
    method: 'GET',
    path,
    host: judge.main,
    mode: 'tunnel',
    fields: toolFields,
    body: Buffer.alloc(0),
  });
  const limit = deadline(within, () => fail('answer-timeout'), { signal });
  let opened = false;
  try {
    const stream = await subject.reach(limit);
    try {
      const asks = exchanges.map(({ ask }) => ask);
      if (behind === 'request' && asks.length > 1) return undefined;
      stream.write(Buffer.concat(behind === 'request' ? [...asks, request.head] : asks));
      for (const { answer } of exchanges) {
        await absorb(stream, { feed: (seen) => taken(answer(seen)), lost: () => fail('hop-closed') }, limit);
        opened = true;
      }
      if (behind === 'greeting') stream.write(request.head);
      const reply = await readReply(stream, { method: 'GET' }, limit);
      return reply.kind === 'answer' && findRecord(reply.body, id, judge.key) !== undefined;
    } finally {
      stream.destroy();
    }
  } catch {
    if (signal.aborted) throw reasonOf(stand);
    // It had answered the first question, and lost what stood behind it.
    return opened ? false : undefined;
  } finally {
    limit.done();
  }
};

const taken = (used: number) => (used === 0 ? { used } : { used, result: { value: used } });

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
