/** Clients that send plain http:// requests, and CONNECT behind them: one request after the other, as they were sent (RFC 9112 §9.3). */

import type { Socket } from 'node:net';
import { asKaskadeError, fail } from '../model/error.js';
import { type Absorbed, absorb } from '../net/absorb.js';
import { type Cancel, deadline } from '../net/cancel.js';
import { farewell } from '../net/farewell.js';
import { acceptConnect } from '../wire/http-connect-server.js';
import { type RequestHead, measureRequestHead, parseRequestHead } from '../wire/http-request-head.js';
import { connectRequest } from './connect.js';
import { failureAnswer } from './failure-answer.js';
import { answerPlain } from './plain.js';
import type { InboundProtocol, Visit } from './request.js';

/** Anything that begins with the letter of a method. */
export const http: InboundProtocol = {
  name: 'http',
  claims: (first) => /^[A-Z]/.test(first.toString('latin1', 0, 1)),
  meet: (visit) => {
    attend(visit).catch((thrown: unknown) => {
      part(visit, thrown);
    });
  },
};

/**
 * Serves a connection. The next request is not looked at before the last one is answered and the client has taken the
 * answer, so that nothing runs beside anything and a client that only sends is held up by its own connection.
 */
const attend = async (visit: Visit): Promise<void> => {
  const { client, done } = visit;
  let head = await readHead(client, visit);
  done();
  while (head.method !== 'CONNECT') {
    const then = await answerPlain(head, visit);
    if (then === 'left') return;
    await taken(visit);
    if (then === 'close') throw fail('client-gone');
    head = await nextHead(visit);
  }
  openTunnel(head, visit);
};

const openTunnel = ({ target, fields }: RequestHead, { client, hall, turnedAway }: Visit): void => {
  if (turnedAway !== undefined) throw turnedAway;
  hall.submit(connectRequest(client, acceptConnect(target, fields, hall.login)));
};

/** Says why the connection ends, where there is anything to say and anybody to hear it. */
const part = ({ client, done }: Visit, thrown: unknown): void => {
  done();
  const error = asKaskadeError(thrown);
  if (error.code === 'client-gone') farewell(client);
  else farewell(client, failureAnswer(error));
};

const readHead = (client: Socket, cancel: Cancel): Promise<RequestHead> => {
  let scanned = 0;
  const feed = (seen: Buffer): Absorbed<RequestHead> => {
    const length = measureRequestHead(seen, scanned);
    scanned = seen.length;
    if (length === 0) return { used: 0 };
    return { used: length, result: { value: parseRequestHead(seen.subarray(0, length)) } };
  };
  return absorb(client, { feed, lost }, cancel);
};

const lost = () => fail('client-gone');

/** Waits for the next request as long as a connection may be idle, and for its whole head as long as for the first one. */
const nextHead = async (visit: Visit): Promise<RequestHead> => {
  const { client, hall } = visit;
  await patiently(visit, (cancel) => absorb(client, { feed: skipBlankLines, lost }, cancel));
  const limit = deadline(hall.handshake, () => fail('handshake-timeout'));
  try {
    return await readHead(client, limit);
  } finally {
    limit.done();
  }
};

/** RFC 9112 §2.2: blank lines before a request line are read over. */
const skipBlankLines = (seen: Buffer): Absorbed<void> => {
  let used = 0;
  while (seen[used] === 0x0d && seen[used + 1] === 0x0a) used += 2;
  const begun = used < seen.length && (seen[used] !== 0x0d || used + 1 < seen.length);
  return begun ? { used, result: { value: undefined } } : { used };
};

/** Resolves when all that was written has left for the client; rejects with `client-gone` when that takes too long. */
const taken = (visit: Visit): Promise<void> => {
  const { client } = visit;
  if (client.writableLength === 0) return Promise.resolve();
  return patiently(
    visit,
    ({ signal }) =>
      new Promise((resolve, reject) => {
        const refuse = (): void => {
          reject(lost());
        };
        signal.addEventListener('abort', refuse, { once: true });
        client.write('', (error) => {
          if (error === null || error === undefined) resolve();
          else refuse();
        });
      }),
  );
};

/** Does what may take as long as a connection may be idle. */
const patiently = async <Result>({ hall }: Visit, work: (cancel: Cancel) => Promise<Result>): Promise<Result> => {
  const idle = deadline(hall.idle, lost);
  try {
    return await work(idle);
  } finally {
    idle.done();
  }
};
