/** Read buffers for the relay: one small buffer that all quiet sockets share, and big ones lent to busy sockets. */

/** Lends buffers. */
export interface Buffers {
  /** The buffer of a quiet socket, which must be done with its bytes when its read callback returns: others read into it too. */
  readonly quiet: () => Buffer;
  /** A big buffer for one socket alone, until it is given back. */
  readonly borrow: () => Buffer;
  /** Takes a big buffer back; it must not be referenced by a write any more. */
  readonly giveBack: (buffer: Buffer) => void;
}

const sharedSize = 64 * 1024;
const bigSize = 256 * 1024;
const mostIdle = 32;

/**
 * A pool that keeps at most 32 big buffers (8 MiB) for the next one who asks. Windows fills a buffer between two calls, so
 * that nobody can share it there: every socket has a quiet one of its own. Small quiet ones bound what a stranger can make us hold.
 */
export const createBuffers = (platform = process.platform, quietSize = sharedSize): Buffers => {
  const idle: Buffer[] = [];
  const shared = Buffer.allocUnsafeSlow(quietSize);
  return {
    quiet: () => (platform === 'win32' ? Buffer.allocUnsafeSlow(quietSize) : shared),
    borrow: () => idle.pop() ?? Buffer.allocUnsafeSlow(bigSize),
    giveBack: (buffer) => {
      if (idle.length < mostIdle) idle.push(buffer);
    },
  };
};
