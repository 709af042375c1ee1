/** One end of a raw TCP connection in tests: what came is kept byte for byte, and can be waited for. */

import type { Socket } from 'node:net';

/** How a connection ended, seen from one end. */
export type End = 'fin' | 'reset' | 'destroyed';

/** One end of a connection. */
export interface Wire {
  readonly socket: Socket;
  /** Everything that came so far. */
  readonly seen: () => Buffer;
  readonly send: (data: string | Buffer) => void;
  /** Resolves with the first truthy thing that `look` makes of what has come; rejects when the other end ended before. */
  readonly until: <Result>(look: (seen: Buffer) => Result | undefined | false) => Promise<Result>;
  /** Resolves when the text has come. */
  readonly text: (wanted: string) => Promise<void>;
  /** How the other end has ended, if it has. */
  readonly end: () => End | undefined;
  /** Resolves when the other end has said that nothing more comes, or broke the connection. */
  readonly ended: Promise<End>;
  /** Resolves when the socket is closed. */
  readonly closed: Promise<void>;
  readonly reset: () => void;
}

/** Watches a socket. Whoever made the socket ends it. */
export const watchWire = (socket: Socket): Wire => {
  let store = Buffer.alloc(4096);
  let length = 0;
  let end: End | undefined;
  const hooks = new Set<() => void>();
  const tell = (): void => {
    for (const hook of [...hooks]) hook();
  };
  const finish = (how: End): void => {
    end ??= how;
    tell();
  };
  const seen = (): Buffer => store.subarray(0, length);
  socket.on('data', (piece: Buffer) => {
    if (length + piece.length > store.length) store = Buffer.concat([seen(), Buffer.alloc(length + 2 * piece.length)]);
    length += piece.copy(store, length);
    tell();
  });
  socket.on('error', () => {
    finish('reset');
  });
  socket.on('end', () => {
    // Node 20 tells of a reset that comes with the last bytes as if it were an end; a write of nothing fails then.
    if (socket.writableEnded) finish('fin');
    else socket.write('', (error) => finish(error ? 'reset' : 'fin'));
  });
  const closed = new Promise<void>((resolve) => {
    socket.on('close', () => {
      finish('destroyed');
      resolve();
    });
  });
  const until = <Result>(look: (bytes: Buffer) => Result | undefined | false): Promise<Result> =>
    new Promise((resolve, reject) => {
      const hook = (): void => {
        try {
          const found = look(seen());
          if (found !== undefined && found !== false) {
            hooks.delete(hook);
            resolve(found);
          } else if (end !== undefined) {
            throw new Error(
              `the connection ended (${end}) after ${JSON.stringify(seen().toString('latin1', 0, 2000))}`,
            );
          }
        } catch (thrown) {
          hooks.delete(hook);
          reject(thrown instanceof Error ? thrown : new Error(String(thrown)));
        }
      };
      hooks.add(hook);
      hook();
    });
  return {
    socket,
    seen,
    send: (data) => {
      socket.write(typeof data === 'string' ? Buffer.from(data, 'latin1') : data);
    },
    until,
    text: async (wanted) => {
      await until((bytes) => bytes.includes(Buffer.from(wanted, 'latin1')));
    },
    end: () => end,
    ended: new Promise((resolve) => {
      const hook = (): void => {
        if (end === undefined) return;
        hooks.delete(hook);
        resolve(end);
      };
      hooks.add(hook);
      hook();
    }),
    closed,
    reset: () => {
      socket.resetAndDestroy();
    },
  };
};
