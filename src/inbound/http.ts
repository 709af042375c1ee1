/** Clients that send plain http:// requests, and everything else that is HTTP: Node's strict parser reads it (RFC 9112). */

import { type IncomingMessage, type Server, ServerResponse, createServer } from 'node:http';
import type { Socket } from 'node:net';
import { type KaskadeError, asKaskadeError, fail } from '../model/error.js';
import { longestTimer } from '../net/cancel.js';
import { farewell } from '../net/farewell.js';
import { acceptConnect } from '../wire/http-connect-server.js';
import { longestHead, mostFields, writeHead } from '../wire/http-head.js';
import { asksForWebSocket, fieldsOf, onwardFields } from '../wire/http-request.js';
import { connectRequest } from './connect.js';
import { failureAnswer } from './failure-answer.js';
import { answerPlain } from './plain.js';
import type { InboundProtocol, Visit, Web } from './request.js';
import { type Turns, createTurns } from './turns.js';

/** Anything that begins with the letter of a method. */
export const http: InboundProtocol = {
  name: 'http',
  claims: (first) => /^[A-Z]/.test(first.toString('latin1', 0, 1)),
  meet: (visit) => {
    visit.hall.web.take(visit);
  },
};

/** A connection that HTTP is spoken on. */
interface Guest {
  readonly visit: Visit;
  /** Requests of one connection are served one after the other. */
  readonly turns: Turns;
  /** What was read when the last request was complete, and since when more than that waits for its header to end. */
  mark: number;
  slowSince: number;
}

/** Node's own watch over slow headers needs a listening server; this one looks as often. */
const inspection = 1_000;

/** Makes the parser. Connections it was given are closed by their clients, by its timers, or with the sessions. */
export const createWeb = (): Web => {
  const guests = new Map<Socket, Guest>();
  const server = createServer({ maxHeaderSize: longestHead });
  server.maxHeadersCount = 0;
  server.requestTimeout = 0;
  const patrol = setInterval(() => {
    for (const [client, guest] of guests) refuseSlow(client, guest);
  }, inspection);
  patrol.unref();
  const on = (serve: (guest: Guest, request: IncomingMessage, response: ServerResponse) => void) => {
    return (request: IncomingMessage, response: ServerResponse): void => {
      const guest = guests.get(request.socket);
      if (guest === undefined) request.destroy();
      else serve(guest, request, response);
    };
  };
  const exchange = on(enqueue);
  server.on('request', exchange).on('checkContinue', exchange);
  server.on('connect', (request: IncomingMessage, client: Socket, head: Buffer) => {
    const guest = leave(guests, client);
    if (guest !== undefined) openTunnel(request, client, { head, guest });
  });
  server.on('upgrade', (request: IncomingMessage, client: Socket, head: Buffer) => {
    const guest = leave(guests, client);
    if (guest !== undefined) upgrade(request, client, { head, guest, web });
  });
  server.on('clientError', (error: NodeJS.ErrnoException, client) => {
    refuseBroken(error, client as Socket);
  });
  const web: Web = {
    take: (visit) => {
      admit(server, guests, visit);
    },
    close: () => {
      clearInterval(patrol);
    },
  };
  return web;
};

const admit = (server: Server, guests: Map<Socket, Guest>, visit: Visit): void => {
  const { client, hall } = visit;
  const guest = { visit, turns: createTurns(client), mark: 0, slowSince: performance.now() };
  guests.set(client, guest);
  client.once('close', () => {
    guests.delete(client);
    visit.done();
  });
  server.keepAliveTimeout = Math.min(hall.idle, longestTimer);
  server.emit('connection', client);
  client.resume();
};

/** A connection that is no longer HTTP's. */
const leave = (guests: Map<Socket, Guest>, client: Socket): Guest | undefined => {
  const guest = guests.get(client);
  guests.delete(client);
  guest?.visit.done();
  return guest;
};

const enqueue = (guest: Guest, request: IncomingMessage, response: ServerResponse): void => {
  const { visit, turns } = guest;
  visit.done();
  guest.mark = Number.POSITIVE_INFINITY;
  response.once('close', () => {
    guest.mark = visit.client.bytesRead;
    guest.slowSince = performance.now();
  });
  turns.next(response, () => {
    answerPlain(request, response, visit);
  });
};

const openTunnel = (
  request: IncomingMessage,
  client: Socket,
  { head, guest }: { readonly head: Buffer; readonly guest: Guest },
): void => {
  const { hall, turnedAway } = guest.visit;
  try {
    if (turnedAway !== undefined) throw turnedAway;
    const tunnel = acceptConnect(request.url ?? '', fieldsOf(request.rawHeaders), hall.login);
    give(client, head);
    hall.submit(connectRequest(client, tunnel));
  } catch (thrown) {
    farewell(client, failureAnswer(asKaskadeError(thrown)));
  }
};

/** Bytes that the parser had read ahead go back into the stream, which stands still until somebody reads it. */
const give = (client: Socket, head: Buffer): void => {
  client.pause();
  if (head.length > 0) client.unshift(head);
};

/**
 * Node calls every request with an Upgrade field an upgrade. A WebSocket is one; anything else (h2c) is asked again
 * without it, which is what RFC 9110 §7.8 lets a server do.
 */
const upgrade = (
  request: IncomingMessage,
  client: Socket,
  { head, guest, web }: { readonly head: Buffer; readonly guest: Guest; readonly web: Web },
): void => {
  const fields = fieldsOf(request.rawHeaders);
  give(client, head);
  if (asksForWebSocket(fields)) {
    const response = new ServerResponse(request);
    response.assignSocket(client);
    response.shouldKeepAlive = false;
    response.once('finish', () => {
      response.detachSocket(client);
      farewell(client);
    });
    answerPlain(request, response, guest.visit);
    return;
  }
  const start = `${request.method ?? 'GET'} ${request.url ?? '/'} HTTP/${request.httpVersion}`;
  const keep = ['proxy-authorization', 'proxy-connection', 'transfer-encoding', 'te'];
  client.unshift(writeHead({ start, fields: onwardFields(fields, keep) }));
  web.take(guest.visit);
};

const refuseSlow = (client: Socket, { mark, slowSince, visit }: Guest): void => {
  if (client.bytesRead <= mark || performance.now() - slowSince < visit.hall.handshake) return;
  farewell(client, failureAnswer(fail('handshake-timeout')));
};

const refuseBroken = (error: NodeJS.ErrnoException, client: Socket): void => {
  if (error.code === 'ECONNRESET' || !client.writable) {
    client.destroy();
    return;
  }
  farewell(client, failureAnswer(parserFailure(error.code ?? '')));
};

const parserFailure = (code: string): KaskadeError =>
  code === 'HPE_HEADER_OVERFLOW'
    ? fail('header-too-large', { note: `over 64 KiB or ${mostFields} fields` })
    : fail('bad-request', { note: code.replace(/^HPE_/, '').toLowerCase().replaceAll('_', ' ') });
