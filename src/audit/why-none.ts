/** Why a proxy works in no mode: what it answered, or what kept an answer from coming. */

import type { AuditOutcome, AuditReport } from '../model/audit.js';
import { type Failure, explain } from '../model/failure.js';
import { fieldOf } from './ask/reply.js';
import { shown } from './ask/text.js';
import { hasNoWayOn } from './patience.js';
import type { Visit } from './ask/visit.js';
import type { TlsVisit } from './by-tls.js';
import { noTraits } from './traits.js';

/** What an audit ends with. */
export type Settled = Pick<AuditReport, 'outcome' | 'failure' | 'sentence' | 'modes' | 'traits' | 'latency'>;

/** What was seen of the modes at first sight. */
export interface Sights {
  readonly visits: readonly Pick<Visit, 'failure' | 'reply'>[];
  readonly byTls: readonly TlsVisit[];
}

/** An end without a working mode. */
export const nothing = (outcome: AuditOutcome, sentence: string, failure?: Failure): Settled => ({
  ...{ outcome, sentence, modes: [], traits: noTraits([]) },
  ...(failure === undefined ? {} : { failure }),
});

/** What kept a proxy from working, by the failure that says most. */
export const whyNone = (looked: Sights): Settled => {
  const failures = failuresOf(looked);
  const find: Find = (...codes) => failures.find(({ code }) => codes.includes(code));
  const refused = looked.visits.flatMap(({ reply }) => (reply?.kind === 'answer' ? [reply.status] : []));
  const local = find('out-of-files', 'internal', 'judge-busy');
  if (local !== undefined) return nothing('inconclusive', explain(local).sentence, local);
  const [first] = failures;
  return wishOf(refused, find) ?? wordsOf(looked, refused, find) ?? silence(first);
};

const failuresOf = ({ visits, byTls }: Sights): readonly Failure[] =>
  [...visits, ...byTls].flatMap(({ failure }) => failure ?? []);

type Find = (...codes: readonly string[]) => Failure | undefined;

/** What it asks for before it is asked for anything more. */
const wishOf = (refused: readonly number[], find: Find): Settled | undefined => {
  const login = find('hop-auth-missing', 'hop-auth-refused');
  if (login !== undefined || refused.some((status) => status === 407 || status === 401))
    return nothing('needs-auth', 'It asks for a login.', login);
  const later = find('proxy-declines') ?? (refused.includes(429) ? declined : undefined);
  return later && nothing('inconclusive', explain(later).sentence, later);
};

const declined: Failure = { code: 'proxy-declines', note: 'HTTP 429' };

/** What it says that is no proxy, or passes nothing on. */
const wordsOf = (looked: Sights, refused: readonly number[], find: Find): Settled | undefined => {
  if (refused.length > 0 && refused.every((status) => status >= 400))
    return nothing('dead', `It passes nothing on: it answers ${refused.join(', ')}.`, failuresOf(looked)[0]);
  if (looked.visits.some(isDrop) && looked.visits.every((visit) => visit.reply === undefined || isDrop(visit)))
    return nothing('dead', 'It said one byte, and nothing more in time.', { code: 'answer-timeout' });
  return spokenOtherwise(looked, find('hop-garbled', 'hop-oversized'));
};

/** One byte that begins no answer is not yet a banner: some keep connections open with a byte now and then. */
const isDrop = ({ reply }: Pick<Visit, 'reply'>): boolean => reply?.kind === 'garbled' && reply.first.length === 1;

/** No target was reached, so that none can be blamed. */
const silence = (failure: Failure | undefined): Settled => {
  if (failure === undefined) return nothing('dead', 'It gave no answer.');
  if (failure.code === 'answer-timeout') return nothing('dead', 'It gave no answer in time.', failure);
  if (failure.code === 'answer-missing') return nothing('dead', 'It hung up without an answer.', failure);
  return nothing('dead', aloneText(failure) ?? explain(failure).sentence, failure);
};

/** A proxy that is asked by itself is not told to be hop 1 of 1. */
const aloneText = (failure: Failure): string | undefined => {
  const { code, note, hops = 1 } = failure;
  if (hops > 1) return undefined;
  const noted = note === undefined ? '' : ` (${note})`;
  const reachedNothing = `It did not reach what it was asked for${noted}.`;
  const texts: Readonly<Partial<Record<Failure['code'], string>>> = {
    'hop-unreachable': `Nobody answers there${noted}.`,
    'hop-timeout': 'It did not answer in time.',
    'hop-closed': 'It closed the connection.',
    'hop-reset': `It broke the connection${noted}.`,
    'onward-refused': reachedNothing,
    'onward-denied': `It does not allow what it was asked to reach${noted}.`,
  };
  return texts[code] ?? (hasNoWayOn({ failure }) ? reachedNothing : undefined);
};

/** The first byte of an alert: a TLS server does not understand what it was told (RFC 8446 §5.1). */
export const tlsAlert = 0x15;

/** It says something, and nothing that a proxy says. */
const spokenOtherwise = ({ visits }: Sights, garbled: Failure | undefined): Settled | undefined => {
  const page = visits.find(({ reply }) => reply?.kind === 'answer' && reply.status < 400);
  if (page !== undefined) return nothing('not-a-proxy', `It answers by itself: ${excerptOf(page)}`);
  const odd = visits.find(({ reply }) => reply?.kind === 'garbled');
  if (odd?.reply?.kind === 'garbled' && odd.reply.first[0] === tlsAlert)
    return nothing('not-a-proxy', 'It speaks TLS, and nothing in clear: an https proxy, or a web server.', garbled);
  if (odd !== undefined) return nothing('not-a-proxy', `It speaks something else: ${excerptOf(odd)}`, garbled);
  return garbled === undefined ? undefined : nothing('not-a-proxy', 'It speaks something else.', garbled);
};

const excerptOf = ({ reply }: Pick<Visit, 'reply'>): string => {
  if (reply?.kind !== 'answer') return brief(reply?.first ?? Buffer.alloc(0));
  const [place] = fieldOf(reply, 'location');
  if (place !== undefined) return `${reply.status}, to ${brief(place)}`;
  return reply.body.length === 0 ? `${reply.status}, and an empty page` : brief(reply.body);
};

const brief = (text: Buffer | string): string =>
  shown(typeof text === 'string' ? text.slice(0, 80) : text.subarray(0, 80), 80).replaceAll('\n', ' ');
