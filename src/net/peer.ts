/** The other end of a control socket, as lines: what is said in one turn goes out in one write, and nothing is held for who does not read. */

import type { Socket } from 'node:net';
import { createLineReader } from '../wire/lines.js';
import { farewell } from './farewell.js';

/** One side of a conversation in lines. */
export interface Peer {
  /** Sends a line, which carries its own LF; lost when the other side is gone. */
  readonly say: (line: string) => void;
  /** Begins to listen. Until then nothing is read. */
  readonly hear: (ears: Ears) => void;
  /** Bytes that were said and not taken yet, about. */
  readonly backlog: () => number;
  /** Lets what was said go out, and ends; cuts off who does not take it within two seconds. Resolves when it is over. */
  readonly close: () => Promise<void>;
  /** Ends it now. */
  readonly cut: () => void;
}

/** What a side wants to know. */
export interface Ears {
  readonly onLine: (line: string) => void;
  /** Everything that was said has been taken after some of it had to wait. */
  readonly onDrain?: () => void;
  /** Told once. */
  readonly onGone: () => void;
}

/** As long as the other side leaves so much unread, it is not listened to either: answers would pile up. */
const patience = 1024 * 1024;

/** Makes a socket a peer and owns it. A line longer than `longest` bytes ends it. */
export const createPeer = (socket: Socket, longest: number): Peer => {
  socket.on('error', () => undefined);
  const mouth = createMouth(socket);
  return {
    say: mouth.say,
    backlog: mouth.backlog,
    hear: (ears) => {
      listen(socket, ears, { longest, backlog: mouth.backlog });
    },
    close: () =>
      new Promise((resolve) => {
        if (socket.closed) resolve();
        else socket.once('close', () => resolve());
        mouth.flush();
        farewell(socket);
      }),
    cut: () => void socket.destroy(),
  };
};

const createMouth = (socket: Socket) => {
  let lines: string[] = [];
  let size = 0;
  const flush = (): void => {
    const text = lines.join('');
    [lines, size] = [[], 0];
    if (text !== '' && socket.writable) socket.write(text);
  };
  return {
    flush,
    say: (line: string): void => {
      if (!socket.writable) return;
      if (lines.length === 0) setImmediate(flush);
      lines.push(line);
      size += line.length;
    },
    backlog: (): number => size + socket.writableLength,
  };
};

const listen = (
  socket: Socket,
  { onLine, onDrain, onGone }: Ears,
  { longest, backlog }: { readonly longest: number; readonly backlog: () => number },
): void => {
  const reader = createLineReader(longest);
  socket.on('data', (chunk: Buffer) => {
    const lines = reader.take(chunk);
    if (lines === 'too long') {
      socket.destroy();
      return;
    }
    for (const line of lines) if (!socket.destroyed) onLine(line);
    if (backlog() > patience) socket.pause();
  });
  socket.on('drain', () => {
    onDrain?.();
    if (backlog() <= patience) socket.resume();
  });
  if (socket.closed) onGone();
  else socket.once('close', onGone);
};
