/** One question to a judge: over which way, with what in it, and everything that came of it. */

import type { Duplex } from 'node:stream';
import type { Endpoint } from '../../model/address.js';
import { type At, type Millis, now, since } from '../../model/brand.js';
import { asKaskadeError, fail } from '../../model/error.js';
import type { Failure } from '../../model/failure.js';
import { type Cancel, deadline, reasonOf } from '../../net/cancel.js';
import type { Field } from '../../wire/http-head.js';
import { type Answer, type PageName, answerTo, pathOf } from '../judge/pages.js';
import { type JudgeKey, type JudgeRecord, findRecord, isTooMany } from '../judge/record.js';
import { type Answered, type Reply, readReply } from './reply.js';
import { type Sent, type Wording, compose } from './request.js';

/** What is asked. */
export interface Ask {
  readonly page: PageName;
  /** A fresh one where it is missing. */
  readonly id?: string;
  readonly method?: string;
  /** Behind the path, with its question mark. */
  readonly query?: string;
  readonly version?: '1.0';
  /** Those of a browser where they are missing. */
  readonly fields?: readonly Field[];
  /** Behind those. */
  readonly extra?: readonly Field[];
  readonly body?: Buffer;
  readonly chunks?: number;
  /** Another host and port than the judge's usual ones. */
  readonly host?: Endpoint;
}

/** What came of it. */
export interface Visit {
  readonly id: string;
  readonly page: PageName;
  readonly sent: Sent;
  /** What the judge says there, as far as that is known beforehand. */
  readonly expected: Answer;
  readonly reply?: Reply;
  /** What the judge saw, from the answer itself. */
  readonly record?: JudgeRecord;
  /** The record in the answer, where the judge has signed it for another question. */
  readonly instead?: JudgeRecord;
  /** What kept an answer from coming. */
  readonly failure?: Failure;
  readonly took: Millis;
}

/** How questions are put. */
export interface Asker {
  readonly mode: Wording;
  /** A stream on which a request can be written. */
  readonly open: (host: Endpoint, cancel: Cancel) => Promise<Duplex>;
  /** The judge's usual host and port, and its key. */
  readonly host: Endpoint;
  readonly key: JudgeKey;
  readonly authorization?: string | undefined;
  readonly within: Millis;
  /** When the first question was begun, where that was before. */
  readonly since?: At;
  readonly fields: () => readonly Field[];
  readonly freshId: () => string;
  /** Is told of answers in the judge's place with which the judge has nothing to do. */
  readonly heed?: ((answer: Answered) => void) | undefined;
}

/** Asks one question on a connection of its own. Never rejects, but where it is called off. */
export const visit = async (ask: Ask, asker: Asker, cancel: Cancel): Promise<Visit> => {
  const [only] = await visitInRow([ask], asker, cancel);
  if (only === undefined) throw reasonOf(cancel);
  return only;
};

/** Asks questions one after the other on one connection, each when the one before was answered and none was refused. */
export const visitInRow = async (asks: readonly Ask[], asker: Asker, cancel: Cancel): Promise<readonly Visit[]> => {
  const limit = deadline(asker.within, () => fail('answer-timeout'), cancel);
  const visits: Visit[] = [];
  let stream: Duplex | undefined;
  try {
    for (const ask of asks) {
      const began = visits.length === 0 ? (asker.since ?? now()) : now();
      // Put together when there is somebody to say it to: thousands wait for proxies that never answer.
      let question: Question | undefined;
      const seen = await attempt(async () => {
        stream ??= await asker.open(ask.host ?? asker.host, limit);
        question = questionFor(ask, asker);
        stream.write(Buffer.concat([question.sent.head, question.sent.body]));
        const reply = await readReply(stream, { method: question.sent.method, most: roomFor(question) }, limit);
        return ofJudgeAtRest(reply, asker.key);
      });
      if (cancel.signal.aborted) throw reasonOf(cancel);
      const made = visitOf(question ?? questionFor(ask, asker), seen, { asker, took: since(began, now()) });
      visits.push(made);
      if ('failure' in seen) break;
      if (isRefused(made)) {
        asker.heed?.(made.reply);
        break;
      }
    }
    return visits;
  } finally {
    limit.done();
    stream?.destroy();
  }
};

/** What is known beforehand may be a little longer; a record is some kilobytes long. */
const roomFor = ({ page, expected: { content } }: Question): number => {
  if (page === '/record') return 512 * 1024;
  return content.kind === 'known' ? content.body.length + 8 * 1024 : 24 * 1024;
};

/** A judge that is asked too much says nothing of what was asked. Throws `judge-busy` then. */
export const ofJudgeAtRest = (reply: Reply, key: JudgeKey): Reply => {
  if (reply.kind === 'answer' && reply.status === 429 && isTooMany(reply.body, key)) throw fail('judge-busy');
  return reply;
};

type Seen = { readonly reply: Reply } | { readonly failure: Failure };

const attempt = async (work: () => Promise<Reply>): Promise<Seen> => {
  try {
    return { reply: await work() };
  } catch (thrown) {
    return { failure: asKaskadeError(thrown).failure };
  }
};

interface Question {
  readonly page: PageName;
  /** Made once: some are long. */
  readonly expected: Answer;
  readonly id: string;
  readonly sent: Sent;
}

const questionFor = (ask: Ask, asker: Asker): Question => {
  const { page, id = asker.freshId(), method = 'GET', body = Buffer.alloc(0), host = asker.host } = ask;
  const { chunks, version, query = '' } = ask;
  const sent = compose({
    method,
    host,
    body,
    mode: asker.mode,
    path: `${pathOf({ id, name: page })}${query}`,
    fields: [...(ask.fields ?? asker.fields()), ...(ask.extra ?? [])],
    ...(chunks === undefined ? {} : { chunks }),
    ...(version === undefined ? {} : { version }),
    authorization: asker.authorization,
  });
  return { page, id, sent, expected: answerTo({ id, name: page }) };
};

/** Pages that tell of other questions than the one for them. */
const ofOthers: readonly PageName[] = ['/record', '/lookups'];

const visitOf = (
  { page, id, sent, expected }: Question,
  seen: Seen,
  { asker, took }: { readonly asker: Asker; readonly took: Millis },
): Visit => {
  const reply = 'reply' in seen && !ofOthers.includes(page) ? seen.reply : undefined;
  const body = reply?.kind === 'answer' ? reply.body : undefined;
  const record = body && findRecord(body, id, asker.key);
  const instead = body !== undefined && record === undefined ? findRecord(body, undefined, asker.key) : undefined;
  return {
    id,
    page,
    sent,
    expected,
    took,
    ...seen,
    ...(record === undefined ? {} : { record }),
    ...(instead === undefined ? {} : { instead }),
  };
};

/** Whether somebody on the way refuses what was asked; to a HEAD a judge that is asked too much cannot say that it is him. */
const isRefused = (visit: Visit): visit is Visit & { readonly reply: Answered } => {
  const { reply, record, instead, expected, sent } = visit;
  if (reply?.kind !== 'answer' || reply.status < 400 || reply.status === expected.status) return false;
  return record === undefined && instead === undefined && sent.method !== 'HEAD';
};
