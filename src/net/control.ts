/** The control socket: a Unix socket that only its owner can connect to, or a named pipe on Windows. */

import { chmodSync } from 'node:fs';
import { type Server, type Socket, createConnection, createServer } from 'node:net';
import { fail } from '../model/error.js';
import { controlLines, longestAsk, longestTold } from '../wire/control.js';
import { type Peer, createPeer } from './peer.js';

/** An open control socket. */
export interface ControlListener {
  /** Lets nobody in any more, and parts from those who are inside. Resolves when all are gone. */
  readonly close: () => Promise<void>;
}

/** More faces than that are turned away. */
const mostFaces = 32;

/** Whether a path names a pipe of Windows, which is no file and has no mode. */
const isPipe = (path: string): boolean => path.startsWith('\\\\');

/**
 * Opens the socket at a path where nothing is. Rejects with `home-unusable` and the errno where it cannot be had.
 * Each face is owned by the listener; what it says is only read once it is heard.
 */
export const listenControl = (path: string, onFace: (face: Peer) => void): Promise<ControlListener> =>
  new Promise((resolve, reject) => {
    const faces = new Set<Peer>();
    const server = createServer((socket) => {
      welcome(socket, faces, onFace);
    });
    const refuse = (error: NodeJS.ErrnoException): void => {
      reject(fail('home-unusable', { note: `${path}, ${error.code ?? 'unknown'}` }, error));
    };
    server.once('error', refuse);
    server.once('listening', () => {
      server.off('error', refuse).on('error', () => undefined);
      try {
        if (!isPipe(path)) chmodSync(path, 0o600);
        resolve({ close: () => close(server, faces) });
      } catch (thrown) {
        server.close();
        refuse(thrown as NodeJS.ErrnoException);
      }
    });
    bindPrivately(server, path);
  });

/** The socket is made inside this call, so that nobody else can connect even before its mode is set. */
const bindPrivately = (server: Server, path: string): void => {
  const before = process.umask(0o177);
  try {
    server.listen({ path, backlog: mostFaces });
  } finally {
    process.umask(before);
  }
};

const welcome = (socket: Socket, faces: Set<Peer>, onFace: (face: Peer) => void): void => {
  const face = createPeer(socket, longestAsk);
  if (faces.size >= mostFaces) {
    face.say(controlLines.full(process.pid));
    void face.close();
    return;
  }
  faces.add(face);
  socket.once('close', () => faces.delete(face));
  onFace(face);
};

const close = async (server: Server, faces: ReadonlySet<Peer>): Promise<void> => {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  await Promise.all([...faces].map((face) => face.close()));
  await closed;
};

/** Nobody listens at a path: there is no socket, or the process that made it is dead. */
const nobodyCodes: readonly string[] = ['ENOENT', 'ECONNREFUSED', 'ENOTSOCK'];

/** Connects to an engine; undefined where none listens. Rejects with `engine-silent` and the errno for anything else. */
export const connectControl = (path: string): Promise<Peer | undefined> =>
  new Promise((resolve, reject) => {
    const socket = createConnection({ path });
    const onError = (error: NodeJS.ErrnoException): void => {
      if (nobodyCodes.includes(error.code ?? '')) resolve(undefined);
      else reject(fail('engine-silent', { note: error.code ?? 'unknown' }, error));
    };
    socket.once('error', onError);
    socket.once('connect', () => {
      socket.off('error', onError);
      resolve(createPeer(socket, longestTold));
    });
  });
