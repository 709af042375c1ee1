/** A line between an auditor and a proxy as TCP shows a bad one: what is lost comes late, now and then nothing comes any more. */

import { once } from 'node:events';
import { type AddressInfo, type Socket, connect, createServer } from 'node:net';

/** How bad a line is. */
export interface Badness {
  /** How much of what is sent is lost, from 0 to 1; each loss costs the time until it is sent again. */
  readonly loss: number;
  /** Milliseconds on the way, at most. */
  readonly delay: number;
}

/** A port that leads to a place over a bad line. */
export interface Lossy extends AsyncDisposable {
  readonly port: number;
}

const again = 200;
/** Of connections that lose much, some never come back. */
const stalls = 0.02;

/** Opens a bad line to a place; connections to it come from the address that connects. */
export const openLossy = async (
  to: { readonly host: string; readonly port: number },
  { loss, delay, random }: Badness & { readonly random: () => number },
): Promise<Lossy> => {
  const sockets = new Set<Socket>();
  const late = (): number => {
    let span = random() * delay;
    for (let wait = again; random() < loss && wait < 2_000; wait *= 2) span += wait;
    return span;
  };
  const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true }, (near) => {
    sockets.add(near);
    near.on('error', () => near.destroy());
    setTimeout(() => {
      const from = near.remoteAddress;
      const far = connect({ ...to, ...(from === undefined ? {} : { localAddress: from }), allowHalfOpen: true });
      sockets.add(far);
      far.on('error', () => near.destroy());
      far.once('connect', () => {
        carry(near, far);
        carry(far, near);
        near.resume();
      });
    }, late());
  });
  const carry = (from: Socket, into: Socket): void => {
    let turn: Promise<void> = Promise.resolve();
    const next = (work: () => void): void => {
      const span = random() < stalls * loss ? 60_000 : late();
      turn = turn.then(() => new Promise((done) => setTimeout(done, span).unref())).then(work);
    };
    from.on('data', (chunk: Buffer) => {
      next(() => into.write(chunk));
    });
    from.once('end', () => {
      next(() => into.end());
    });
    from.once('close', () => {
      if (!from.readableEnded) into.destroy();
    });
  };
  server.listen(0, to.host);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
};
