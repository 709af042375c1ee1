/** A page of others on loopback, in clear or over TLS: it shows variables or the address that it sees, or says what a test tells it. */

import { type IncomingMessage, type RequestListener, type ServerResponse, createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { certificateFor } from './certificate.js';

/** What is said to a request. */
export type Speech = (response: ServerResponse, request: IncomingMessage) => void;

/** A request: its path and fields, the address that it came from, and when. */
export interface Asked {
  readonly path: string;
  readonly fields: string;
  readonly from: string;
  readonly at: number;
}

/** A page that is open. */
export interface Page extends AsyncDisposable {
  readonly url: string;
  /** Its certificate, where it has one. */
  readonly cert: string;
  /** Requests as they came. */
  readonly asked: readonly Asked[];
  /** Addresses that have connected, whether they asked for anything or not. */
  readonly reached: readonly string[];
  readonly says: (speech: Speech) => void;
}

const peerOf = ({ socket }: IncomingMessage): string => socket.remoteAddress ?? '';

/** The address that it sees. */
export const echoes: Speech = (response, request) => void response.end(`${peerOf(request)}\n`);

/** The same as JSON. */
export const tells: Speech = (response, request) =>
  void response.end(JSON.stringify({ ip: peerOf(request), ok: true }));

/** Variables in the manner of azenv. */
export const showsVariables: Speech = (response, request) => {
  const fields = Object.entries(request.headers).map(
    ([name, value]) => `HTTP_${name.toUpperCase().replaceAll('-', '_')} = ${String(value)}`,
  );
  const own = [`REMOTE_ADDR = ${peerOf(request)}`, `REQUEST_URI = ${request.url ?? ''}`, 'SERVER_ADDR = 127.0.0.1'];
  response.end(`<html><body><pre>\n${[...fields, ...own].join('\n').replaceAll('&', '&amp;')}\n</pre></body></html>`);
};

/** Opens one. */
export const openPage = async (
  speech: Speech,
  at: { readonly host: string; readonly secure?: true },
): Promise<Page> => {
  const asked: Asked[] = [];
  const reached: string[] = [];
  const sockets = new Set<Socket>();
  let says = speech;
  const listener: RequestListener = (request, response) => {
    const fields = request.rawHeaders.join('\n');
    asked.push({ path: request.url ?? '', fields, from: peerOf(request), at: performance.now() });
    response.on('error', () => undefined);
    says(response, request);
  };
  const identity = certificateFor(`IP:${at.host},DNS:page.test`);
  const server = at.secure === true ? createSecureServer(identity, listener) : createServer(listener);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    reached.push(socket.remoteAddress ?? '');
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, at.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http${at.secure === true ? 's' : ''}://${at.host.includes(':') ? `[${at.host}]` : at.host}:${port}/env.php`,
    cert: identity.cert,
    asked,
    reached,
    says: (other) => {
      says = other;
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
