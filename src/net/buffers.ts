/** Read buffers for the relay: one small buffer that all quiet sockets share, and big ones lent to busy sockets. */

/** Lends buffers. All sockets that use `shared` must be done with its bytes when their read callback returns. */
export interface Buffers {
  readonly shared: Buffer;
  /** A big buffer for one socket alone, until it is given back. */
  readonly borrow: () => Buffer;
  /** Takes a big buffer back; it must not be referenced by a write any more. */
  readonly giveBack: (buffer: Buffer) => void;
}

const sharedSize = 64 * 1024;
const bigSize = 256 * 1024;
const mostIdle = 32;

/** A pool that keeps at most 32 big buffers (8 MiB) for the next one who asks. */
export const createBuffers = (): Buffers => {
  const idle: Buffer[] = [];
  return {
    shared: Buffer.allocUnsafeSlow(sharedSize),
    borrow: () => idle.pop() ?? Buffer.allocUnsafeSlow(bigSize),
    giveBack: (buffer) => {
      if (idle.length < mostIdle) idle.push(buffer);
    },
  };
};
