/** The answer to a plain request on its way down: strict reading, and what becomes of the tunnel behind it. */

import { fail } from '../model/error.js';
import type { PlainMessage, PlainRequest } from '../inbound/request.js';
import { type Field, listOf, valuesOf } from '../wire/http-head.js';
import { asksForWebSocket } from '../wire/http-request.js';
import { type ResponseHead, readResponse } from '../wire/http-response.js';

/** What became of a tunnel: it may carry another request, is now a WebSocket, is of no more use, was dead already, or nobody waits any more. */
export type Outcome = 'keep' | 'switch' | 'close' | 'stale' | 'gone';

/** A last hop that gets requests in absolute form. */
export interface Forwarding {
  /** Counted from 1. */
  readonly hop: number;
  readonly label: string;
  readonly authorization: string | undefined;
}

/** Reads one answer and passes it to the client. */
export interface Download {
  /** Takes bytes and returns how many belong to the answer. Throws a KaskadeError at what is not a proper answer. */
  readonly push: (bytes: Buffer) => number;
  /** Tells that the tunnel ended. Throws `answer-missing` where the answer is not whole. */
  readonly close: () => void;
  readonly begun: () => boolean;
  readonly ended: () => boolean;
  /** Whether only the end of the tunnel can end the answer. */
  readonly endsWithTunnel: () => boolean;
  /** Whether the client reads more slowly than the target sends. */
  readonly full: () => boolean;
  readonly outcome: () => Outcome;
}

/** A download for one request. */
export const createDownload = ({ message, answer }: PlainRequest, forward: Forwarding | undefined): Download => {
  let full = false;
  let ended = false;
  let open = false;
  let outcome: Outcome = 'close';
  const reader = readResponse(message.method, {
    interim: answer.interim,
    head: (head) => {
      refuseLogin(head, forward);
      outcome = outcomeOf(head, message);
      open = head.framing.kind === 'until-close';
      answer.head(head);
    },
    data: (bytes) => {
      full = !answer.data(bytes);
    },
    end: (trailers) => {
      ended = true;
      if (outcome !== 'switch') answer.end(trailers);
    },
  });
  return { ...reader, ended: () => ended, endsWithTunnel: () => open, full: () => full, outcome: () => outcome };
};

/** A 407 is only ever about a hop: one from a target would make a client send its password for this proxy away. */
const refuseLogin = ({ status }: ResponseHead, forward: Forwarding | undefined): void => {
  if (status !== 407) return;
  const note = 'HTTP 407';
  if (forward === undefined) {
    throw fail('answer-garbled', { blame: { reporter: 0, suspect: 'target', phase: 'first-byte' }, note });
  }
  const { hop, label, authorization } = forward;
  const blame = { reporter: hop - 1, suspect: hop, phase: 'auth' } as const;
  throw fail(authorization === undefined ? 'hop-auth-missing' : 'hop-auth-refused', {
    blame,
    hops: hop,
    suspect: label,
    note,
  });
};

const outcomeOf = (head: ResponseHead, { upgrade, version: asked, fields: told }: PlainMessage): Outcome => {
  const { status, version, framing, fields } = head;
  if (status === 101) {
    if (upgrade && asksForWebSocket(fields)) return 'switch';
    throw fail('answer-garbled', {
      blame: { reporter: 0, suspect: 'target', phase: 'first-byte' },
      note: 'a change of protocol that nobody asked for',
    });
  }
  const lasting = version === '1.1' && asked === '1.1' && framing.kind !== 'until-close';
  const free = !upgrade && !listOf(fields, 'connection').includes('close');
  return lasting && free && !provesConnection(fields, told) ? 'keep' : 'close';
};

/** NTLM and Negotiate log a connection in, not a request: who gets that connection next would be logged in too. */
const provesConnection = (...sides: readonly (readonly Field[])[]): boolean =>
  sides
    .flatMap((fields) => [...valuesOf(fields, 'authorization'), ...valuesOf(fields, 'www-authenticate')])
    .some((value) => /\b(?:NTLM|Negotiate|Kerberos)\b/i.test(value));
