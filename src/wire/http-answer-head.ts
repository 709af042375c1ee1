/** The head of an answer as it goes on to the client: the target's own fields, framed for this client's connection (RFC 9112 §6). */

import { type Field, writeHead } from './http-head.js';
import { onwardFields } from './http-request.js';
import type { ResponseHead } from './http-response.js';

/** What the framing of an answer depends on besides the answer. */
export interface Asked {
  readonly version: '1.0' | '1.1';
  /** Whether the client's connection may be used again. */
  readonly lasting: boolean;
}

/** A head, and how the body behind it must be written. */
export interface AnswerHead {
  readonly bytes: Buffer;
  readonly chunked: boolean;
  /** Whether the connection may be used again behind this answer. */
  readonly lasting: boolean;
}

/** Frames an answer: a client of 1.1 gets chunks where the length is not known, one of 1.0 the end of the connection. */
export const frameAnswer = ({ status, reason, fields, framing }: ResponseHead, asked: Asked): AnswerHead => {
  const { kind } = framing;
  const open = kind === 'chunked' || kind === 'until-close';
  const old = asked.version === '1.0';
  const chunked = open && !old;
  const lasting = asked.lasting && !(open && old);
  const added: readonly Field[] = [
    ...(chunked && kind === 'until-close' ? [{ name: 'Transfer-Encoding', value: 'chunked' }] : []),
    ...connectionField({ version: asked.version, lasting }),
  ];
  const kept = onwardFields(fields, chunked ? ['transfer-encoding'] : []);
  const own = chunked ? kept : kept.filter(({ name }) => name.toLowerCase() !== 'trailer');
  return { bytes: writeHead({ start: `HTTP/1.1 ${status} ${reason}`, fields: [...own, ...added] }), chunked, lasting };
};

/** What a client must be told of its connection: the end of it, and its going on where the client's version does not take that for granted. */
export const connectionField = ({ version, lasting }: Asked): readonly Field[] => {
  if (!lasting) return [{ name: 'Connection', value: 'close' }];
  return version === '1.0' ? [{ name: 'Connection', value: 'keep-alive' }] : [];
};

/** An interim answer, or with `keep` the 101 that ends HTTP on a connection. */
export const interimHead = ({ status, reason, fields }: ResponseHead, keep: readonly string[] = []): Buffer =>
  writeHead({ start: `HTTP/1.1 ${status} ${reason}`, fields: onwardFields(fields, keep) });
