/** Targets for real clients and proxies: HTTP and HTTPS origins with a WebSocket echo, and a server that speaks first. */

import { createHash, randomBytes } from 'node:crypto';
import { type IncomingMessage, type RequestListener, type Server, type ServerResponse, createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, type Socket, createServer as createTcpServer } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Certificate } from './real-certificate.js';

/** What an origin answers to any request that asks for nothing else. */
export interface Echo {
  readonly method: string;
  readonly url: string;
  readonly version: string;
  /** Names and values in turn, as they came. */
  readonly headers: readonly string[];
  /** The port that the request came from. */
  readonly peer: number;
  /** Of the body of the request. */
  readonly size: number;
  readonly sha256: string;
}

/** A target on 127.0.0.1 and, where the machine has it, on ::1, on one port. */
export interface Target {
  readonly port: number;
  /** The peer port of every connection since the last `forget`. */
  readonly peers: () => readonly number[];
  readonly forget: () => void;
  /** How many connections are open. */
  readonly open: () => number;
  readonly close: () => Promise<void>;
}

/** A part of an origin that answers itself; false leaves the request to the echo. */
export type Extra = (request: IncomingMessage, response: ServerResponse) => boolean;

/** An HTTP origin, or an HTTPS one with a certificate. `?n=BYTES` downloads, `?status=CODE` fails, `/page?n=COUNT` has subresources, `/ws` echoes. */
export const startOrigin = (certificate?: Certificate, extra: Extra = () => false): Promise<Target> => {
  const answer: RequestListener = (request, response) => {
    if (!extra(request, response)) answerRequest(request, response);
  };
  return startTarget(() => {
    const server: Server =
      certificate === undefined
        ? createServer(answer)
        : createSecureServer({ cert: certificate.cert, key: certificate.key }, answer);
    server.on('upgrade', echoWebSocket);
    return server;
  });
};

/** A server that says a line as soon as a client comes, and then repeats what it hears. */
export const startBanner = (): Promise<Target> =>
  startTarget(() =>
    createTcpServer((socket) => {
      socket.write(banner);
      socket.pipe(socket);
    }),
  );

/** A server that listens until its client has finished, and only then says how many bytes it heard. */
export const startListener = (): Promise<Target> =>
  startTarget(() =>
    createTcpServer({ allowHalfOpen: true }, (socket) => {
      let heard = 0;
      socket.on('data', (bytes: Buffer) => {
        heard += bytes.length;
      });
      socket.on('end', () => socket.end(`heard ${heard}`));
    }),
  );

/** The line that `startBanner` begins with. */
export const banner = '220 banner first\r\n';

interface Listening {
  on(event: 'connection', heard: (socket: Socket) => void): unknown;
  once(event: 'error', heard: (error: Error) => void): unknown;
  listen(port: number, host: string, ready: () => void): unknown;
  address(): AddressInfo | string | null;
  close(): unknown;
}

const startTarget = async (make: () => Listening): Promise<Target> => {
  const sockets = new Set<Socket>();
  let peers: number[] = [];
  const watch = (server: Listening): Listening => {
    server.on('connection', (socket) => {
      peers.push(socket.remotePort ?? 0);
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    });
    return server;
  };
  const [four, six] = [watch(make()), watch(make())];
  await listenOn(four, 0, '127.0.0.1');
  const port = (four.address() as AddressInfo).port;
  await listenOn(six, port, '::1').catch(() => undefined);
  return {
    port,
    peers: () => peers,
    forget: () => {
      peers = [];
    },
    open: () => sockets.size,
    close: async () => {
      for (const server of [four, six]) server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
};

const listenOn = (server: Listening, port: number, host: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });

const answerRequest = (request: IncomingMessage, response: ServerResponse): void => {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://origin');
  const count = Number(searchParams.get('n') ?? 0);
  if (pathname === '/page') sendPage(response, count);
  else if (pathname === '/part') sendPart(response);
  else if (count > 0) sendBytes(response, count);
  else echo(request, response, Number(searchParams.get('status') ?? 200));
};

const echo = (request: IncomingMessage, response: ServerResponse, status: number): void => {
  const hash = createHash('sha256');
  let size = 0;
  request.on('data', (bytes: Buffer) => {
    hash.update(bytes);
    size += bytes.length;
  });
  request.on('end', () => {
    const answer: Echo = {
      method: request.method ?? '',
      url: request.url ?? '',
      version: request.httpVersion,
      headers: request.rawHeaders,
      peer: request.socket.remotePort ?? 0,
      size,
      sha256: hash.digest('hex'),
    };
    response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
    response.end(`${JSON.stringify(answer)}\n`);
  });
};

/** Downloads repeat one block that no compression makes smaller. */
const block = randomBytes(1 << 20);

const sendBytes = (response: ServerResponse, count: number): void => {
  response.writeHead(200, { 'Content-Type': 'application/octet-stream', 'Content-Length': count });
  let left = count;
  const send = (): void => {
    while (left > 0 && !response.destroyed) {
      const piece = block.subarray(0, left);
      left -= piece.length;
      if (!response.write(piece)) {
        response.once('drain', send);
        return;
      }
    }
    response.end();
  };
  send();
};

/** The SHA-256 of a download of so many bytes. */
export const sha256OfDownload = (count: number): string => {
  const hash = createHash('sha256');
  for (let left = count; left > 0; left -= block.length) hash.update(block.subarray(0, left));
  return hash.digest('hex');
};

/** Every part counts itself in the page, and the page says in its title when all are there. */
const sendPage = (response: ServerResponse, count: number): void => {
  const parts = Array.from({ length: count }, (_, index) => `<script async src="/part?${index}"></script>`);
  const state = `<script>window.loaded = 0; window.wanted = ${count};</script>`;
  const body = `<!doctype html><title>a page</title>${state}<h1>It is here</h1>${parts.join('')}`;
  response.writeHead(200, { 'Content-Type': 'text/html', 'Cache-Control': 'no-store' });
  response.end(body);
};

const sendPart = (response: ServerResponse): void => {
  response.writeHead(200, { 'Content-Type': 'text/javascript', 'Cache-Control': 'no-store' });
  response.end(`window.loaded += 1; // ${'x'.repeat(2_000)}`);
};

const webSocketKey = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** RFC 6455 §5.2: gives short frames back without their mask. */
const echoWebSocket = (request: IncomingMessage, socket: Duplex): void => {
  const key = `${request.headers['sec-websocket-key'] ?? ''}${webSocketKey}`;
  const accept = createHash('sha1').update(key).digest('base64');
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  );
  let seen = Buffer.alloc(0);
  socket.on('data', (bytes: Buffer) => {
    seen = Buffer.concat([seen, bytes]);
    for (let frame = readFrame(seen); frame !== undefined; frame = readFrame(seen)) {
      socket.write(Buffer.concat([Buffer.from([seen[0] ?? 0, frame.payload.length]), frame.payload]));
      seen = seen.subarray(frame.used);
    }
  });
};

/** A masked frame of at most 125 bytes at the head of what was seen; undefined while it is incomplete. */
const readFrame = (seen: Buffer): { readonly payload: Buffer; readonly used: number } | undefined => {
  const used = 6 + ((seen[1] ?? 0) & 0x7f);
  if (seen.length < used) return undefined;
  const mask = seen.subarray(2, 6);
  return { payload: Buffer.from(seen.subarray(6, used).map((byte, index) => byte ^ (mask[index % 4] ?? 0))), used };
};
