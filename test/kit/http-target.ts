/** A raw TCP target for tests: it keeps every byte of every connection, and answers as a test says. */

import { type AddressInfo, createServer } from 'node:net';
import { type Message, readRequests } from './http-strict.js';
import { type Wire, watchWire } from './http-wire.js';

/** A running target. */
export interface RawTarget extends AsyncDisposable {
  readonly port: number;
  /** Every connection that came, in order. */
  readonly connections: readonly Wire[];
  /** All that came over all connections. */
  readonly seen: () => Buffer;
  /** Resolves with the connection of that number, counted from 0, when it has come. */
  readonly connection: (number: number) => Promise<Wire>;
  readonly close: () => Promise<void>;
}

/** Starts a target; `serve` gets each connection. A client that ends is answered with an end. */
export const startTarget = async (
  serve: (wire: Wire, number: number) => void = () => undefined,
): Promise<RawTarget> => {
  const connections: Wire[] = [];
  const hooks = new Set<() => void>();
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    const wire = watchWire(socket);
    connections.push(wire);
    socket.on('end', () => socket.end());
    serve(wire, connections.length - 1);
    for (const hook of [...hooks]) hook();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => {
        resolve();
      });
      for (const { socket } of connections) socket.destroy();
    });
  return {
    port: (server.address() as AddressInfo).port,
    connections,
    seen: () => Buffer.concat(connections.map((wire) => wire.seen())),
    connection: (number) =>
      new Promise((resolve) => {
        const hook = (): void => {
          const wire = connections[number];
          if (wire === undefined) return;
          hooks.delete(hook);
          resolve(wire);
        };
        hooks.add(hook);
        hook();
      }),
    close,
    [Symbol.asyncDispose]: close,
  };
};

/** Answers every whole request of a connection in order, with what `answer` says. */
export const answering =
  (answer: (request: Message, number: number) => string | Buffer) =>
  (wire: Wire): void => {
    let answered = 0;
    let used = 0;
    const look = (): void => {
      const { messages, rest } = readRequests(wire.seen().subarray(used));
      used = wire.seen().length - rest.length;
      for (const request of messages) {
        wire.send(answer(request, answered));
        answered += 1;
      }
    };
    wire.socket.on('data', look);
  };

/** A whole answer with a body of known length. */
export const plainAnswer = (body: string, fields: readonly string[] = []): string =>
  [`HTTP/1.1 200 OK`, ...fields, `Content-Length: ${Buffer.byteLength(body)}`, '', body].join('\r\n');
