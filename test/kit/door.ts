/** A listening port of a test: any free one of loopback, closed with everything that came in or went out through it. */

import { type AddressInfo, type Socket, createServer } from 'node:net';
import { once } from 'node:events';

/** An open port. */
export interface TestDoor extends AsyncDisposable {
  readonly port: number;
  /** Sockets that are open because of this door. */
  readonly sockets: ReadonlySet<Socket>;
  /** Makes the door the owner of another socket, which is ended with it. */
  readonly own: (socket: Socket) => void;
  /** Stops listening and resets every socket. */
  readonly slam: () => Promise<void>;
}

/**
 * Names a connection by both its ports, client first: two sides that see the same pair hold the same connection. The client's
 * port is 0 where the connection was reset before it was looked at.
 */
export const linkAt = (server: Socket): string => `${server.remotePort ?? 0}>${server.localPort ?? 0}`;

/** The same name, seen from the side that connected to `port`. */
export const linkFrom = (client: Socket, port: number): string => `${client.localPort ?? 0}>${port}`;

/** Opens a port on an address of loopback: any free one, or one that was open before. */
export const openDoor = async (
  welcome: (client: Socket) => void,
  address = '127.0.0.1',
  port = 0,
): Promise<TestDoor> => {
  const sockets = new Set<Socket>();
  const own = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  };
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    own(client);
    welcome(client);
  });
  server.listen(port, address);
  await once(server, 'listening');
  const shut = async (end: (socket: Socket) => void): Promise<void> => {
    const closed = server.listening ? once(server, 'close') : undefined;
    server.close();
    for (const socket of sockets) end(socket);
    await closed;
  };
  return {
    port: (server.address() as AddressInfo).port,
    sockets,
    own,
    slam: () => shut((socket) => socket.resetAndDestroy()),
    [Symbol.asyncDispose]: () => shut((socket) => socket.destroy()),
  };
};
