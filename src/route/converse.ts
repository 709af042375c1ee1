/** The wire work of one plain request: its head and body go up, its answer comes down, and nothing else passes. */

import type { Duplex } from 'node:stream';
import type { Millis } from '../model/brand.js';
import { asKaskadeError, fail } from '../model/error.js';
import type { PlainRequest } from '../inbound/request.js';
import { type Cancel, reasonOf } from '../net/cancel.js';
import { watchStill } from '../net/idle.js';
import type { Meter } from '../net/idle.js';
import type { Tunnel } from '../net/relay.js';
import { type Forwarding, type Outcome, createDownload } from './download.js';
import { createUpload } from './upload.js';

/** How a request is carried. */
export interface Manner {
  readonly meter: Meter;
  /** The tunnel has carried requests before: that it is closed says nothing about this one. */
  readonly kept: boolean;
  readonly forward: Forwarding | undefined;
  /** How long nothing may move. */
  readonly patience: Millis;
  readonly stop: Cancel;
}

/**
 * Carries one request. Rejects with a KaskadeError while nothing was answered; an answer that breaks off later is cut,
 * so that the client sees it. Leaves no listener on the tunnel and never ends it.
 */
export const converse = (request: PlainRequest, { stream }: Tunnel, manner: Manner): Promise<Outcome> =>
  new Promise((resolve, reject) => {
    const { answer } = request;
    const { meter, stop } = manner;
    const download = createDownload(request, manner.forward);
    const upload = createUpload(request.message, stream, manner);
    let over = false;

    const settle = (outcome: Outcome): void => {
      if (over) return;
      over = true;
      idle.stop();
      upload.stop();
      stop.signal.removeEventListener('abort', onStop);
      unlisten(stream, listeners);
      resolve(outcome);
    };
    const refuse = (thrown: unknown): void => {
      if (over) return;
      if (answer.begun()) answer.cut();
      else reject(asKaskadeError(thrown));
      settle('close');
    };
    const attempt = (work: () => void): void => {
      try {
        work();
      } catch (thrown) {
        refuse(thrown);
      }
    };
    const listeners = {
      data: (bytes: Buffer): void => {
        meter.down += bytes.length;
        attempt(() => {
          const used = download.push(bytes);
          if (used < bytes.length) stream.unshift(bytes.subarray(used));
          if (download.ended()) settle(outcomeOf(download.outcome(), upload.finished() && used === bytes.length));
          else if (download.full()) stream.pause();
        });
      },
      end: (): void => {
        attempt(() => {
          if (manner.kept && !download.begun()) settle('stale');
          else download.close();
          settle('close');
        });
      },
      drain: upload.more,
    };
    const onStop = (): void => {
      refuse(reasonOf(stop));
    };
    const idle = watchStill(meter, manner.patience, () => {
      refuse(fail('answer-timeout', { blame: { reporter: 0, suspect: 'target', phase: 'first-byte' } }));
    });
    answer.onDrain(() => {
      if (!over) stream.resume();
    });
    answer.onGone(() => {
      settle('gone');
    });
    stop.signal.addEventListener('abort', onStop, { once: true });
    listen(stream, listeners);
    upload.begin();
  });

interface Listeners {
  readonly data: (bytes: Buffer) => void;
  readonly end: () => void;
  readonly drain: () => void;
}

const listen = (stream: Duplex, { data, end, drain }: Listeners): void => {
  stream.on('data', data).on('end', end).on('close', end).on('drain', drain);
  if (stream.destroyed || stream.readableEnded) queueMicrotask(end);
  else stream.resume();
};

const unlisten = (stream: Duplex, { data, end, drain }: Listeners): void => {
  stream.pause();
  stream.off('data', data).off('end', end).off('close', end).off('drain', drain);
};

/** A tunnel is only clean when the request went up whole and nothing came behind its answer. */
const outcomeOf = (outcome: Outcome, clean: boolean): Outcome => (outcome === 'keep' && !clean ? 'close' : outcome);
