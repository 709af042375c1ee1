/** One plain http:// request, made into a request to be served, with the way back for its answer. */

import { type KaskadeError, asKaskadeError, fail } from '../model/error.js';
import type { FailureCode } from '../model/failure.js';
import { parseAsker } from '../model/route.js';
import { checkLogin } from '../wire/http-connect-server.js';
import { connectionField } from '../wire/http-answer-head.js';
import { type Field, writeHead } from '../wire/http-head.js';
import type { RequestHead } from '../wire/http-request-head.js';
import { type PlainTarget, asksForWebSocket, hostsOf, splitAbsolute } from '../wire/http-request.js';
import { type Exchange, type Then, createAnswer, mayLast } from './answer.js';
import { createBody } from './body.js';
import { failureParts } from './failure-answer.js';
import { answerHome } from './home.js';
import type { PlainMessage, PlainRequest, RequestBody, Visit } from './request.js';

/** Submits a request, or answers it at once where it is for the listener itself or not acceptable. Resolves when it is answered; never rejects. */
export const answerPlain = (head: RequestHead, visit: Visit): Promise<Then> =>
  new Promise((resolve) => {
    const { client, hall } = visit;
    const exchange: Exchange = { client, head, body: createBody(client, head.framing) };
    const answer = createAnswer(exchange, resolve);
    const refuse = (error: KaskadeError): void => {
      if (answer.begun()) answer.cut();
      else resolve(refusePlain(exchange, error));
    };
    try {
      if (visit.turnedAway !== undefined) throw visit.turnedAway;
      if (isForItself(head)) resolve(answerItself(exchange, visit));
      else hall.submit({ ...readPlain(exchange, visit), client, refuse, answer });
    } catch (thrown) {
      refuse(asKaskadeError(thrown));
    }
  });

const isForItself = ({ target }: RequestHead): boolean => target.startsWith('/') || target === '*';

const answerItself = (exchange: Exchange, { client, hall }: Visit): Then => {
  const { method, target: path, fields } = exchange.head;
  const home = answerHome({ method, path, fields }, client, hall);
  if (home === undefined) throw fail('misdirected');
  return writeWhole(exchange, {
    start: 'HTTP/1.1 200 OK',
    fields: [
      { name: 'Content-Type', value: home.type },
      { name: 'Content-Length', value: String(Buffer.byteLength(home.body)) },
      { name: 'Cache-Control', value: 'no-store' },
    ],
    body: home.body,
    lasting: mayLast(exchange),
  });
};

/** What the request asks for. Throws where it must not be passed on. */
const readPlain = (
  { head, body }: Exchange,
  { hall }: Visit,
): Pick<PlainRequest, 'kind' | 'protocol' | 'target' | 'asker' | 'message'> => {
  const asker = parseAsker(checkLogin(head.fields, hall.login));
  const hosts = hostsOf(head.fields);
  const target = splitAbsolute(head.target, head.method, hosts);
  if (hosts.length === 0 && head.version === '1.1') throw fail('bad-request', { note: 'no Host' });
  const message = messageOf(head, target, body);
  return { kind: 'plain', protocol: 'http', target: target.endpoint, asker, message };
};

const messageOf = (head: RequestHead, target: PlainTarget, body: RequestBody | undefined): PlainMessage => {
  const { method, version, fields } = head;
  const { path, absolute } = target;
  const named = hostsOf(fields).length > 0;
  return {
    method,
    version,
    path,
    absolute,
    fields: named ? fields : [{ name: 'Host', value: authorityOf(absolute) }, ...fields],
    body,
    upgrade: method === 'GET' && version === '1.1' && body === undefined && asksForWebSocket(fields),
  };
};

/** RFC 9112 §3.2.2: where the client has no Host, its absolute form is where the target's name stands. */
const authorityOf = (absolute: string): string => /^http:\/\/([^/]*)/.exec(absolute)?.[1] ?? '';

/** After these the connection goes on, if the request was read whole: nothing was wrong with what the client wrote. */
const harmless = new Set<FailureCode>(['auth-required', 'target-private', 'target-port', 'lab-only']);

const refusePlain = (exchange: Exchange, error: KaskadeError): Then => {
  const { status, reason, fields, body } = failureParts(error);
  const sound = harmless.has(error.code) || status === 502 || status === 504;
  const lasting = sound && mayLast(exchange);
  return writeWhole(exchange, { start: `HTTP/1.1 ${status} ${reason}`, fields, body, lasting });
};

interface Whole {
  readonly start: string;
  readonly fields: readonly Field[];
  readonly body: string;
  readonly lasting: boolean;
}

const writeWhole = ({ client, head }: Exchange, { start, fields, body, lasting }: Whole): Then => {
  const connection = connectionField({ version: head.version, lasting });
  const bytes = writeHead({ start, fields: [...fields, ...connection] });
  client.write(head.method === 'HEAD' ? bytes : Buffer.concat([bytes, Buffer.from(body, 'utf8')]));
  return lasting ? 'next' : 'close';
};
