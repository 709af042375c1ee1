/** TLS to a port of the judge through a tunnel: what is shown there, and what the judge saw of it. */

import type { Duplex } from 'node:stream';
import type { Endpoint, Host } from '../model/address.js';
import { now, since } from '../model/brand.js';
import { asKaskadeError } from '../model/error.js';
import type { Failure } from '../model/failure.js';
import type { Cancel } from '../net/cancel.js';
import { type ShownTls, type TlsWish, probeTls, tellsOfChange } from '../net/tls-probe.js';
import { readReply } from './ask/reply.js';
import { browserFields, compose } from './ask/request.js';
import { inTunnel } from './in-tunnel.js';
import { ofJudgeAtRest } from './ask/visit.js';
import { pathOf } from './judge/pages.js';
import { type JudgeRecord, findRecord } from './judge/record.js';
import { type StandParts, freshId } from './plain.js';

/** What came of TLS through a tunnel. */
export interface TlsVisit {
  readonly id: string;
  readonly shown?: Omit<ShownTls, 'stream'>;
  readonly record?: JudgeRecord;
  readonly failure?: Failure;
  /** A sealed record was changed on the way. */
  readonly changed?: true;
  /** By which it can be taken up again. */
  readonly session?: Buffer;
}

/** How TLS is asked for otherwise than usual. */
export interface TlsOtherwise {
  readonly wish?: Partial<TlsWish>;
  /** By another host of the judge. */
  readonly host?: Host | undefined;
  /** Much goes up and comes down behind the question. */
  readonly much?: true;
}

/** Asks for a record over TLS. What fails on the way is told, and not thrown. */
export const visitByTls = async (
  nth: number,
  parts: StandParts,
  { wish, host, much }: TlsOtherwise = {},
): Promise<TlsVisit> => {
  const id = freshId();
  const port = parts.judge.tls[nth];
  if (port === undefined) return { id, failure: { code: 'judge-unreachable', note: 'it has no such TLS port' } };
  const at = host === undefined ? port.at : { ...port.at, host };
  const seen: { -readonly [Key in keyof TlsVisit]: TlsVisit[Key] } = { id };
  const mark = (error: unknown): void => {
    if (tellsOfChange(error)) seen.changed = true;
  };
  const began = now();
  try {
    await inTunnel(parts, at, async (plain, limit) => {
      const wanted = { alpn: ['h2', 'http/1.1'], ...nameFor(port.name, at), ...wish };
      const { stream, ...shown } = await probeTls(plain, wanted, limit);
      seen.shown = shown;
      stream.on('error', mark).on('session', (session: Buffer) => (seen.session = session));
      const record = await askOverTls(stream, { id, at, parts }, limit);
      if (record !== undefined) seen.record = record;
      if (much === true) await carryMuch(stream, { id, at, parts }, limit);
    });
  } catch (thrown) {
    if (parts.signal.aborted) throw thrown;
    const error = asKaskadeError(thrown);
    mark(error.cause);
    seen.failure = { note: `${Math.round(since(began, now()))} ms`, ...error.failure };
  }
  return seen;
};

interface OverTls {
  readonly id: string;
  readonly at: Endpoint;
  readonly parts: StandParts;
}

const askOverTls = async (
  stream: Duplex,
  { id, at, parts: { random, judge } }: OverTls,
  limit: Cancel,
): Promise<JudgeRecord | undefined> => {
  const path = pathOf({ id, name: '.txt' });
  const fields = browserFields(random);
  stream.write(compose({ method: 'GET', path, host: at, mode: 'tunnel', fields, body: Buffer.alloc(0) }).head);
  const reply = ofJudgeAtRest(await readReply(stream, { method: 'GET' }, limit), judge.key);
  return reply.kind === 'answer' ? findRecord(reply.body, id, judge.key) : undefined;
};

/** Tens of kilobytes each way: whatever is changed in them, TLS itself tells. */
const carryMuch = async (stream: Duplex, { id, at, parts: { random } }: OverTls, limit: Cancel): Promise<void> => {
  const body = Buffer.alloc(24 * 1024, random());
  const path = pathOf({ id, name: '.exe' });
  const sent = compose({ method: 'POST', path, host: at, mode: 'tunnel', fields: browserFields(random), body });
  stream.write(Buffer.concat([sent.head, sent.body]));
  await readReply(stream, { method: 'POST', most: 64 * 1024 }, limit);
};

const nameFor = (name: string | undefined, { host }: Endpoint) => {
  const asked = name ?? (host.kind === 'name' ? host.name : undefined);
  return asked === undefined ? {} : { name: asked };
};
