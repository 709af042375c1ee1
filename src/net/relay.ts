/** Moves bytes both ways between a client and a tunnel until both are done: half-close, reset, back-pressure, idle end. */

import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type Millis, now } from '../model/brand.js';
import type { Ending } from '../model/session.js';
import { type Cancel, whenAborted } from './cancel.js';
import type { Outward } from './connect.js';
import { type Meter, watchStill } from './idle.js';
import { type Lane, createLane } from './lane.js';
import { endedByReset } from './reset.js';
import { createSink } from './sink.js';
import { takeOver } from './takeover.js';

/** The open byte stream to the target, at the end of a route. */
export interface Tunnel {
  /** What is written here reaches the target, what the target sends is read here. */
  readonly stream: Duplex;
  /** The connection to the first hop that carries it all; its socket is `stream` where no hop speaks TLS. */
  readonly outward: Outward;
}

/** When a silent relay is ended. */
export interface Patience {
  /** Nothing either way for so long, with TCP keep-alive at work on both ends. */
  readonly idle: Millis;
  /** The same after one side has said that it is finished. */
  readonly halfClosed: Millis;
}

/** What a relay is given besides its two ends. */
export interface RelayRules {
  readonly patience: Patience;
  readonly meter: Meter;
  /** Is told of the first byte that comes down. */
  readonly onFirst?: () => void;
}

/**
 * Relays until both directions have ended, one end broke, nothing moved for too long, or the signal is aborted.
 * Both ends are closed when it resolves. Never rejects.
 */
export const relay = (client: Socket, tunnel: Tunnel, rules: RelayRules, cancel: Cancel): Promise<Ending> =>
  new Promise((resolve) => {
    const { stream, outward } = tunnel;
    const open = new Set<Ending>(['client', 'target']);
    let because: Ending | undefined;

    /** One end is closed: a broken one breaks the other, so that a cut download never looks complete. */
    const close = (who: Ending, end: Duplex, breakOther: () => void): void => {
      if (!open.delete(who)) return;
      because ??= who;
      if (open.size > 0 && isBroken(end)) breakOther();
      if (open.size > 0) return;
      idle.stop();
      forget();
      if (client.writableLength === 0) outward.lane.release();
      releaseUp();
      resolve(because);
    };
    const end = (why: Ending): void => {
      because ??= why;
      for (const each of [client, stream, outward.socket]) each.destroy();
    };
    const idle = watchRelay(client, tunnel, rules, () => {
      end('idle');
    });
    const onTargetClose = (): void => {
      close('target', stream, () => client.resetAndDestroy());
    };
    onceEnded(client, () => {
      because ??= 'client';
      passEnd({ stream: client, socket: client }, stream);
    });
    onceEnded(stream, () => {
      because ??= 'target';
      passEnd({ stream, socket: outward.socket }, client);
    });
    const forget = whenAborted(cancel, () => {
      end('stopped');
    });
    const releaseUp = pumpUp(client, tunnel, rules.meter);
    pumpDown(tunnel, client, rules);
    onceClosed(client, () => {
      close('client', client, () => {
        outward.socket.resetAndDestroy();
        stream.destroy();
      });
    });
    // TLS over TLS keeps its own `close` to itself when the connection under both is the first to go.
    for (const each of new Set([stream, outward.socket])) onceClosed(each, onTargetClose);
  });

/** A client may have finished while its tunnel was being opened: Node tells that of a paused socket too. */
const onceEnded = (stream: Duplex, then: () => void): void => {
  if (stream.readableEnded) then();
  else stream.once('end', then);
};

const onceClosed = (stream: Duplex, then: () => void): void => {
  if (stream.closed) then();
  else stream.once('close', then);
};

/** The end of one direction is the end of what goes on from it; a reset that looks like one breaks both. */
const passEnd = ({ stream, socket }: { readonly stream: Duplex; readonly socket: Socket }, to: Duplex): void => {
  if (endedByReset(stream, socket)) stream.destroy();
  else to.end();
};

/** Whether a stream ended before its time: with an error, or destroyed while something was still to come or to go. */
const isBroken = (stream: Duplex): boolean =>
  stream.errored !== null || !stream.readableEnded || !stream.writableFinished;

/** A client that has filled so many of the buffers that Node offers sends in bulk, and gets a lane. */
const nodesBuffer = 64 * 1024;
const bulk = 4;

/** The client's way up. Returns what gives the buffer of its lane back, if it got one, when both ends are closed. */
const pumpUp = (client: Socket, { stream, outward }: Tunnel, meter: Meter): (() => void) => {
  let full = 0;
  let lane: Lane | undefined;
  client.on('data', (chunk: Buffer) => {
    meter.up += chunk.length;
    if (!stream.write(chunk) && stream.writableLength > 0) client.pause();
    if (chunk.length !== nodesBuffer) return;
    full += 1;
    if (full === bulk) lane = widen(client, { stream, outward }, meter);
  });
  stream.on('drain', () => {
    client.resume();
  });
  client.resume();
  return () => {
    if (stream.writableLength === 0) lane?.release();
  };
};

const widen = (client: Socket, { stream, outward }: Tunnel, meter: Meter): Lane => {
  const lane = createLane(outward.buffers, (bytes) => sink(bytes));
  const sink = createSink({ socket: client, lane }, stream, (bytes) => {
    meter.up += bytes;
  });
  lane.resize('big');
  takeOver(client, lane);
  return lane;
};

/** What the stream machinery already holds goes first; then reads go straight from the socket's buffer to the client. */
const pumpDown = ({ stream, outward }: Tunnel, client: Socket, { meter, onFirst }: RelayRules): void => {
  const count = (bytes: number): void => {
    if (meter.down === 0) {
      meter.firstDown = now();
      onFirst?.();
    }
    meter.down += bytes;
  };
  stream.on('data', (chunk: Buffer) => {
    count(chunk.length);
    if (!client.write(chunk) && client.writableLength > 0) stream.pause();
  });
  client.on('drain', () => {
    stream.resume();
  });
  if (stream === outward.socket) outward.lane.divert(createSink(outward, client, count));
  stream.resume();
};

/** After so much silence TCP keep-alive begins, every minute; busy and short sessions are spared the calls. */
const keepAliveAfter = 60_000;

const watchRelay = (client: Socket, { stream, outward }: Tunnel, { patience, meter }: RelayRules, onIdle: () => void) =>
  watchStill(meter, patience.idle, onIdle, (still) => {
    const half = client.readableEnded || stream.readableEnded;
    if (half && still >= patience.halfClosed) onIdle();
    if (still < keepAliveAfter) return;
    client.setKeepAlive(true, keepAliveAfter);
    outward.socket.setKeepAlive(true, keepAliveAfter);
  });
