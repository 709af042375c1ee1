/** One plain http:// request from Node's parser, made into a request to be served, with the way back for its answer. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { type KaskadeError, asKaskadeError, fail } from '../model/error.js';
import { parseAsker } from '../model/route.js';
import { checkLogin } from '../wire/http-connect-server.js';
import { type Field, mostFields, writeHead } from '../wire/http-head.js';
import {
  type PlainTarget,
  asksForWebSocket,
  fieldsOf,
  hostsOf,
  onwardFields,
  splitAbsolute,
} from '../wire/http-request.js';
import type { ResponseHead } from '../wire/http-response.js';
import { failureParts } from './failure-answer.js';
import { answerHome } from './home.js';
import type { Answer, PlainMessage, Visit } from './request.js';

/** Submits the request, or answers it at once where it is for the listener itself or not acceptable. */
export const answerPlain = (request: IncomingMessage, response: ServerResponse, visit: Visit): void => {
  const { hall, client } = visit;
  const fields = fieldsOf(request.rawHeaders);
  response.sendDate = false;
  try {
    if (visit.turnedAway !== undefined) throw visit.turnedAway;
    if (fields.length > mostFields) throw fail('header-too-large', { note: `${fields.length} fields` });
    if (isForItself(request)) {
      answerItself(request, response, visit);
      return;
    }
    const asker = parseAsker(checkLogin(fields, hall.login));
    const target = splitAbsolute(request.url ?? '', request.method ?? '', hostsOf(fields));
    const refuse = (error: KaskadeError): void => {
      refusePlain(response, error);
    };
    const answer = answerThrough(response, client);
    const message = messageOf(request, target, fields);
    hall.submit({ kind: 'plain', protocol: 'http', target: target.endpoint, asker, client, refuse, message, answer });
  } catch (thrown) {
    refusePlain(response, asKaskadeError(thrown));
  }
};

const isForItself = ({ url = '' }: IncomingMessage): boolean => url.startsWith('/') || url === '*';

const answerItself = (request: IncomingMessage, response: ServerResponse, { client, hall }: Visit): void => {
  const asked = { method: request.method ?? '', path: request.url ?? '', fields: fieldsOf(request.rawHeaders) };
  const home = answerHome(asked, client, hall);
  if (home === undefined) throw fail('misdirected');
  response.writeHead(200, {
    'Content-Type': home.type,
    'Content-Length': Buffer.byteLength(home.body),
    'Cache-Control': 'no-store',
  });
  response.end(home.body);
};

/** Refuses a request. What may be out of step with its client closes the connection; a failed dial does not. */
const refusePlain = (response: ServerResponse, error: KaskadeError): void => {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const { status, reason, fields, body } = failureParts(error);
  const close = status < 500 && status !== 403 && status !== 407;
  const connection: readonly Field[] = close || !response.req.complete ? [{ name: 'Connection', value: 'close' }] : [];
  response.writeHead(status, reason, flat([...fields, ...connection]));
  response.end(body);
};

const messageOf = (request: IncomingMessage, target: PlainTarget, fields: readonly Field[]): PlainMessage => {
  const chunked = request.headers['transfer-encoding'] !== undefined;
  const sized = Number(request.headers['content-length'] ?? 0) > 0;
  return {
    method: request.method ?? '',
    version: request.httpVersion === '1.0' ? '1.0' : '1.1',
    path: target.path,
    absolute: target.absolute,
    fields,
    body: chunked || sized ? request : undefined,
    chunked,
    trailers: () => fieldsOf(request.rawTrailers),
    upgrade: asksForWebSocket(fields),
  };
};

const answerThrough = (response: ServerResponse, client: Visit['client']): Answer => ({
  interim: (head) => {
    if (response.req.httpVersion === '1.0' || response.headersSent) return;
    // Only the response whose turn it is has the socket; RFC 9110 §15.2 lets interim answers go missing.
    response.socket?.write(
      writeHead({ start: `HTTP/1.1 ${head.status} ${head.reason}`, fields: onwardFields(head.fields) }),
    );
  },
  head: (head) => {
    if (head.status === 101) switchProtocols(response, head);
    else response.writeHead(head.status, head.reason, flat(answerFields(head, response)));
  },
  data: (bytes) => response.write(bytes),
  end: (trailers) => {
    if (trailers.length > 0) response.addTrailers(trailers.map(({ name, value }): [string, string] => [name, value]));
    response.end();
  },
  onDrain: (resume) => {
    response.on('drain', resume);
  },
  onGone: (gone) => {
    response.once('close', () => {
      if (!response.writableFinished) gone();
    });
  },
  cut: () => {
    client.resetAndDestroy();
  },
  begun: () => response.headersSent,
});

/** The connection leaves HTTP: the head is the last thing that is written here. */
const switchProtocols = (response: ServerResponse, head: ResponseHead): void => {
  const { socket } = response;
  if (socket === null) return;
  response.removeAllListeners('finish');
  response.detachSocket(socket);
  const fields = onwardFields(head.fields, ['upgrade', 'connection']);
  socket.write(writeHead({ start: `HTTP/1.1 101 ${head.reason}`, fields }));
};

/** The answer's own fields in their order; chunks are named where this connection sends chunks. */
const answerFields = ({ fields, framing }: ResponseHead, { req }: ServerResponse): readonly Field[] =>
  onwardFields(fields, framing.kind === 'chunked' && req.httpVersion === '1.1' ? ['transfer-encoding'] : []);

const flat = (fields: readonly Field[]): string[] => fields.flatMap(({ name, value }) => [name, value]);
