import { type Endpoint, parseEndpoint, parseHost } from '../../model/address.js';
import { asKaskadeError } from '../../model/error.js';
import { explain } from '../../model/failure.js';
import { reasonOf } from '../../net/cancel.js';
import { shown } from '../ask/text.js';
import type { Stand } from '../stand.js';
import { type Result, check, failed, note, notForThis, pass, untested, whyNot, worstOf } from './check.js';

/** H18: a name that does not exist stays unknown. */
export const unknownName = check(
  'H18',
  {
    axis: 'DN',
    severity: 'medium',
    tier: 'full',
    modes: ['forward', 'tunnel'],
    title: 'names that do not exist stay unknown',
    meaning:
      'A random name under .invalid, which can never exist (RFC 6761), is asked for, and one that the judge’s own name server says is none. An answer means that its resolver sends you to places of its own choice.',
    remedy: 'Misspelt names will lead to pages of somebody else.',
  },
  async (stand) => {
    const host = parseEndpoint(`${stand.freshId()}.invalid:80`);
    if (stand.mode === 'tunnel') return tunnelTo(stand, host);
    const { zone } = stand.judge.card;
    const ofZone = zone === undefined ? [] : [parseEndpoint(`${stand.freshId().slice(0, 16)}.${zone}:80`)];
    return worstOf([
      await answerFor(host, stand),
      ...(await Promise.all(ofZone.map((none) => answerFor(none, stand)))),
    ]);
  },
);

const answerFor = async (host: Endpoint, stand: Stand): Promise<Result> => {
  const { reply, failure } = await stand.visit({ page: '.txt', host });
  if (failure !== undefined) return pass('The name stayed unknown.');
  if (reply?.kind !== 'answer' || reply.status >= 400) return pass('The name stayed unknown.');
  return failed('A name that does not exist got an answer.', 'stealth', [
    { what: 'the answer', arrived: `${reply.status}\n${shown(reply.body, 200)}` },
  ]);
};

const tunnelTo = async (stand: Stand, host: ReturnType<typeof parseEndpoint>): Promise<Result> => {
  if (stand.subject.hop.scheme === 'socks4a') return notForThis('SOCKS4 proxies say little of names.');
  try {
    const said = await stand.inTunnel(host, (stream) => {
      // Some say yes before they have looked: only bytes from there are an answer.
      stream.write('HEAD / HTTP/1.0\r\n\r\n');
      return new Promise<Buffer>((resolve) => {
        stream.once('data', resolve).once('close', () => resolve(Buffer.alloc(0)));
        stream.once('end', () => stream.destroy());
        stream.resume();
      });
    });
    return said.length === 0
      ? pass('The name stayed unknown.')
      : note('A tunnel to a name that does not exist was opened, and something answered.', [
          { what: 'the answer', arrived: shown(said, 200) },
        ]);
  } catch (thrown) {
    if (stand.signal.aborted) throw reasonOf(stand);
    const { failure } = asKaskadeError(thrown);
    return failure.code.startsWith('onward-') || failure.code === 'answer-timeout'
      ? pass('The name stayed unknown.')
      : untested(explain(failure).sentence);
  }
};

/** N02: names are looked up by the proxy. */
export const remoteNames = check(
  'N02',
  {
    axis: 'DN',
    severity: 'medium',
    tier: 'quick',
    modes: ['tunnel'],
    title: 'names are looked up by the proxy',
    meaning:
      'The judge is asked for by a name of its own. A proxy that only takes addresses leaves looking up to who asks, and kaskade never does that for targets.',
    remedy: 'It can only be asked for addresses: sites with names cannot be reached through it.',
  },
  async (stand) => {
    const named = [stand.judge.main, ...stand.judge.others].find(({ host }) => host.kind === 'name');
    if (named === undefined) return untested('The judge has no name.');
    const { record, ...visit } = await stand.visit({ page: '.txt', host: named });
    if (record !== undefined) return pass('It looks names up.');
    const code = visit.failure?.code ?? '';
    return code.startsWith('onward-')
      ? note('It does not take names, or does not know this one.')
      : untested(whyNot(visit));
  },
);

/** A04: whether addresses of version 6 can be reached, and by which address. */
export const ipv6 = check(
  'A04',
  {
    axis: 'EX',
    severity: 'info',
    tier: 'full',
    modes: ['forward', 'tunnel'],
    title: 'what it does with IPv6',
    meaning: 'A host of the judge that has an IPv6 address only is asked for.',
    remedy: 'Sites that have IPv6 only cannot be reached.',
  },
  async (stand) => {
    const { ipv6: host } = stand.judge.card;
    if (host === undefined) return untested('The judge has no IPv6 address.');
    const { record, ...visit } = await stand.visit({
      page: '.txt',
      host: { host: parseHost(host), port: stand.judge.main.port },
    });
    if (record === undefined) return note(`IPv6 is not reached: ${whyNot(visit)}`);
    const isYours = stand.facts.some(({ text, of }) => of === 'you' && text === record.peer);
    return isYours
      ? failed('By IPv6 the judge sees your own address.', 'transparent', [
          { what: 'the address', arrived: record.peer },
        ])
      : note(`It reaches IPv6, and goes out by ${record.peer}.`);
  },
);
