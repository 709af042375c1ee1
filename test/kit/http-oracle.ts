/** Node's own HTTP parser as a second opinion: what it makes of a client's bytes. */

import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';

/** A request as Node's parser reads it. */
export interface Opinion {
  readonly method: string;
  readonly target: string;
  readonly body: Buffer;
  readonly fields: readonly string[];
}

/** Asks Node's parser. */
export interface Oracle extends AsyncDisposable {
  /** The requests that it finds in these bytes, before the first nonsense. */
  readonly read: (bytes: Buffer) => Promise<readonly Opinion[]>;
}

/** Starts an oracle. */
export const startOracle = async (): Promise<Oracle> => {
  let found: Opinion[] = [];
  const server = createServer({ insecureHTTPParser: false, keepAliveTimeout: 0 }, (request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const { method = '', url: target = '', rawHeaders } = request;
      const fields = rawHeaders.flatMap((name, at) => (at % 2 === 0 ? [`${name}: ${rawHeaders[at + 1] ?? ''}`] : []));
      found.push({ method, target, body: Buffer.concat(pieces), fields });
      response.end();
    });
    request.on('error', () => undefined);
  });
  server.on('clientError', (_error, socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    read: (bytes) =>
      new Promise((resolve) => {
        found = [];
        const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
        socket.on('error', () => undefined);
        socket.on('close', () => {
          resolve(found);
        });
        socket.on('end', () => socket.end());
        socket.resume();
        // No half-close: Node would drop the answers it owes. A request that closes the connection does it instead.
        socket.write(Buffer.concat([bytes, lastRequest]));
        socket.setTimeout(200, () => socket.destroy());
      }),
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
};

const lastRequest = Buffer.from('GET /last HTTP/1.1\r\nHost: last\r\nConnection: close\r\n\r\n');
