/** Reading a handshake in a test: exactly so many bytes, or up to a mark; what is not asked for stays in the stream. */

import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** Thrown when a stream ends before what was wanted has come. */
class Silent extends Error {}

/** Reads exactly `size` bytes. Rejects with Silent when the stream ends before. */
export const hear = (stream: Duplex, size: number): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const settle = (): void => {
      stream.off('readable', look).off('end', gone).off('close', gone);
    };
    const gone = (): void => {
      settle();
      reject(new Silent(`the stream ended before ${size} bytes came`));
    };
    const look = (): void => {
      const bytes: unknown = size === 0 ? Buffer.alloc(0) : stream.read(size);
      if (!Buffer.isBuffer(bytes)) return;
      settle();
      if (bytes.length < size) reject(new Silent(`only ${bytes.length} of ${size} bytes came`));
      else resolve(bytes);
    };
    stream.on('readable', look).on('end', gone).on('close', gone);
    if (stream.destroyed || stream.readableEnded) gone();
    else look();
  });

/** Reads one byte. */
export const hearByte = async (stream: Duplex): Promise<number> => (await hear(stream, 1)).readUInt8(0);

/** Reads up to and including `mark`. */
export const hearUntil = async (stream: Duplex, mark: string): Promise<string> => {
  let text = '';
  while (!text.endsWith(mark)) text += (await hear(stream, 1)).toString('latin1');
  return text;
};

/** Whether a socket that has ended was reset together with its last bytes, which Node tells as an end: writing to it fails then. */
export const isReset = (socket: Socket): boolean => {
  if (socket.writable) socket.write('');
  return socket.errored !== null;
};

/** Reads all there is until the stream ends; a reset is told apart. */
export const hearAll = (stream: Socket): Promise<{ readonly bytes: Buffer; readonly how: 'end' | 'reset' }> =>
  new Promise((resolve) => {
    const pieces: Buffer[] = [];
    const settle = (how: 'end' | 'reset'): void => {
      stream.off('data', onData).off('end', onEnd).off('close', onClose);
      resolve({ bytes: Buffer.concat(pieces), how });
    };
    const onData = (piece: Buffer): void => void pieces.push(piece);
    const onEnd = (): void => {
      settle(isReset(stream) ? 'reset' : 'end');
    };
    const onClose = (): void => {
      settle('reset');
    };
    stream.on('data', onData).on('end', onEnd).on('close', onClose);
    if (stream.readableEnded) onEnd();
    else if (stream.destroyed) onClose();
    else stream.resume();
  });
