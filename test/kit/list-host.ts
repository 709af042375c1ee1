/** A host of lists that answers as a test tells it: honest, slow, endless, or lying. */

import { createHash } from 'node:crypto';
import type { AddressInfo, Socket } from 'node:net';
import { type Server, createServer } from 'node:net';

/** One request as it came. */
export interface Asked {
  readonly path: string;
  readonly head: string;
  /** The address and port that it came from. */
  readonly from: string;
}

/** What is said to a request; it may write at leisure, and must end the socket itself. */
export type Saying = (socket: Socket, asked: Asked) => void;

/** A running host. */
export interface ListHost extends AsyncDisposable {
  readonly port: number;
  readonly asked: readonly Asked[];
  /** What is said at a path from now on. */
  readonly says: (path: string, saying: Saying) => string;
}

/** An answer with a length. */
export const answer =
  (body: string | Buffer, head: Readonly<Record<string, string>> = {}, status = '200 OK'): Saying =>
  (socket) => {
    const bytes = Buffer.from(body);
    const lines = Object.entries({ 'Content-Type': 'text/plain', 'Content-Length': `${bytes.length}`, ...head });
    socket.end(
      Buffer.concat([
        Buffer.from(
          `HTTP/1.1 ${status}\r\n${lines.map(([name, text]) => `${name}: ${text}\r\n`).join('')}\r\n`,
          'latin1',
        ),
        bytes,
      ]),
    );
  };

/** An answer that points elsewhere. */
export const redirect = (location: string): Saying => answer('', { Location: location }, '302 Found');

/** A list with a version of its own: it is not sent again to who has it. */
export const versioned = (body: string): Saying => {
  const etag = `"${createHash('sha256').update(body).digest('hex').slice(0, 16)}"`;
  return (socket, asked) => {
    const isKnown = asked.head.includes(`If-None-Match: ${etag}`);
    answer(isKnown ? '' : body, { ETag: etag }, isKnown ? '304 Not Modified' : '200 OK')(socket, asked);
  };
};

/** Opens one on an address of loopback. */
export const openListHost = async (address = '127.0.0.1'): Promise<ListHost> => {
  const asked: Asked[] = [];
  const sayings = new Map<string, Saying>();
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    let head = '';
    socket.on('data', (chunk: Buffer) => {
      const isNew = !head.includes('\r\n\r\n');
      head += chunk.toString('latin1');
      if (!isNew || !head.includes('\r\n\r\n')) return;
      const target = head.split(' ')[1] ?? '';
      const path = target.replace(/^https?:\/\/[^/]*/, '');
      const from = `${socket.remoteAddress ?? ''}:${socket.remotePort ?? 0}`;
      const request: Asked = { path, head: head.slice(0, head.indexOf('\r\n\r\n')), from };
      asked.push(request);
      (sayings.get(path) ?? answer('', {}, '404 Not Found'))(socket, request);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, address, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    port,
    asked,
    says: (path, saying) => {
      sayings.set(path, saying);
      return `http://${address}:${port}${path}`;
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
