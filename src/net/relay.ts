/** Moves bytes both ways between a client and a tunnel until both are done: half-close, reset, back-pressure, idle end. */

import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Millis } from '../model/brand.js';
import type { Ending } from '../model/session.js';
import type { Cancel } from './cancel.js';
import type { Outward } from './connect.js';

/** The open byte stream to the target, at the end of a route. */
export interface Tunnel {
  /** What is written here reaches the target, what the target sends is read here. */
  readonly stream: Duplex;
  /** The connection to the first hop that carries it all; the same as `stream` where no hop speaks TLS. */
  readonly outward: Outward;
}

/** Bytes so far; the relay counts in place. */
export interface Meter {
  up: number;
  down: number;
}

/** When a silent relay is ended. */
export interface Patience {
  /** Nothing either way for so long, with TCP keep-alive at work on both ends. */
  readonly idle: Millis;
  /** The same after one side has said that it is finished. */
  readonly halfClosed: Millis;
}

/** After so much silence TCP keep-alive begins, every minute. */
const keepAliveAfter = 60_000;
const checksPerPatience = 8;

/**
 * Relays until both directions have ended, one end broke, nothing happened for too long, or the signal is aborted.
 * Both ends are closed when it resolves. Never rejects.
 */
export const relay = (
  client: Socket,
  tunnel: Tunnel,
  rules: { readonly patience: Patience; readonly meter: Meter },
  cancel: Cancel,
): Promise<Ending> =>
  new Promise((resolve) => {
    const { stream } = tunnel;
    const { meter } = rules;
    let because: Ending | undefined;
    let open = 2;

    const closed = (who: Ending, other: () => void, cause: Error | null) => {
      because ??= who;
      open -= 1;
      if (open === 0) {
        watch.stop();
        if (client.writableLength === 0) tunnel.outward.release();
        cancel.signal.removeEventListener('abort', stop);
        resolve(because);
      } else if (cause !== null) {
        other();
      }
    };
    const end = (why: Ending): void => {
      because ??= why;
      client.destroy();
      stream.destroy();
      tunnel.outward.socket.destroy();
    };
    const stop = (): void => {
      end('stopped');
    };
    const resetTunnel = (): void => {
      tunnel.outward.socket.resetAndDestroy();
      stream.destroy();
    };

    client.on('close', () => {
      closed('client', resetTunnel, broken(client));
    });
    stream.on('close', () => {
      closed('target', () => client.resetAndDestroy(), broken(stream));
    });
    client.on('end', () => {
      because ??= 'client';
      stream.end();
    });
    stream.on('end', () => {
      because ??= 'target';
      client.end();
    });
    const watch = watchIdle(client, tunnel, rules, () => {
      end('idle');
    });
    cancel.signal.addEventListener('abort', stop, { once: true });
    if (cancel.signal.aborted) stop();
    pumpUp(client, stream, meter);
    pumpDown(tunnel, client, meter);
  });

/** Why a stream ended before its time: its error, or that it was destroyed with something still to come. Null where all is well. */
const broken = (stream: Duplex): Error | null =>
  stream.errored ?? (stream.readableEnded && stream.writableFinished ? null : cutShort);

const cutShort = new Error('closed before its end');

const pumpUp = (client: Socket, stream: Duplex, meter: Meter): void => {
  client.on('data', (chunk: Buffer) => {
    meter.up += chunk.length;
    if (!stream.write(chunk)) client.pause();
  });
  stream.on('drain', () => {
    client.resume();
  });
  client.resume();
};

/** What the stream machinery already holds goes first; then reads go straight from the socket's buffer to the client. */
const pumpDown = ({ stream, outward }: Tunnel, client: Socket, meter: Meter): void => {
  stream.on('data', (chunk: Buffer) => {
    meter.down += chunk.length;
    if (!client.write(chunk)) stream.pause();
  });
  client.on('drain', () => {
    stream.resume();
  });
  if (stream === outward.socket) outward.divert(createSink(outward, client, meter));
  stream.resume();
};

/**
 * A sink that writes from the read buffer itself. The shared buffer is copied from; an own one is lent to the write,
 * and while a write is not through, reading stands still. Big reads earn an own buffer, a run of small ones loses it.
 */
const createSink = (outward: Outward, client: Socket, meter: Meter): ((bytes: Buffer) => boolean) => {
  const { socket } = outward;
  let small = 0;
  let held = false;
  const written = (): void => {
    if (!held || client.writableLength > 0) return;
    held = false;
    socket.resume();
  };
  return (bytes) => {
    // Bytes that were read before the diversion may still wait in the stream: order comes first.
    if (socket.readableLength > 0) return socket.push(Buffer.from(bytes));
    meter.down += bytes.length;
    const own = outward.owns();
    small = bytes.length < smallRead ? small + 1 : 0;
    client.write(own ? bytes : Buffer.from(bytes), written);
    held = client.writableLength > 0;
    if (held) return false;
    if (!own && bytes.length >= bigRead) outward.resize('big');
    if (own && small > smallRun) outward.resize('shared');
    return true;
  };
};

const bigRead = 32 * 1024;
const smallRead = 4 * 1024;
const smallRun = 16;

/** Looks every now and then whether anything moved; a counter is compared, so that a chunk costs nothing. */
const watchIdle = (
  client: Socket,
  { stream, outward }: Tunnel,
  { patience, meter }: { readonly patience: Patience; readonly meter: Meter },
  onIdle: () => void,
): { readonly stop: () => void } => {
  const tick = Math.min(keepAliveAfter, patience.idle / checksPerPatience, patience.halfClosed / checksPerPatience);
  let before = -1;
  let silent = 0;
  const timer = setInterval(() => {
    const moved = meter.up + meter.down;
    silent = moved === before ? silent + tick : 0;
    before = moved;
    if (silent === 0) return;
    keepAlive(client, outward.socket, silent);
    const half = client.readableEnded || stream.readableEnded;
    if (silent >= (half ? patience.halfClosed : patience.idle)) onIdle();
  }, tick);
  return {
    stop: () => {
      clearInterval(timer);
    },
  };
};

/** Turns TCP keep-alive on once a session has been silent for a minute: busy and short ones are spared the calls. */
const keepAlive = (client: Socket, outward: Socket, silent: number): void => {
  if (silent < keepAliveAfter) return;
  client.setKeepAlive(true, keepAliveAfter);
  outward.setKeepAlive(true, keepAliveAfter);
};
