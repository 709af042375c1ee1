/** The wire work of one plain request: its head and body go up, its answer comes down, and nothing else passes. */

import type { Duplex } from 'node:stream';
import type { Millis } from '../model/brand.js';
import { asKaskadeError, fail } from '../model/error.js';
import type { PlainRequest } from '../inbound/request.js';
import { type Cancel, reasonOf, whenAborted } from '../net/cancel.js';
import { type Meter, watchStill } from '../net/idle.js';
import { type Download, type Forwarding, type Outcome, createDownload } from './download.js';
import { type Upload, createUpload } from './upload.js';

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
export const converse = (request: PlainRequest, stream: Duplex, manner: Manner): Promise<Outcome> =>
  new Promise((resolve, reject) => {
    const { answer, message } = request;
    const download = createDownload(request, manner.forward);
    const upload = createUpload(message, stream, manner);
    const releases: (() => void)[] = [upload.stop];

    const settle = (outcome: Outcome): void => {
      for (const release of releases.splice(0)) release();
      resolve(outcome);
    };
    const refuse = (thrown: unknown): void => {
      if (releases.length === 0) return;
      if (answer.begun()) answer.cut();
      else reject(asKaskadeError(thrown));
      settle('close');
    };

    releases.push(
      listenTo(stream, { download, upload, settle, refuse, manner }),
      answer.watch({
        drained: () => stream.resume(),
        gone: () => {
          settle('gone');
        },
      }),
      watchStill(manner.meter, manner.patience, () => {
        refuse(fail('answer-timeout', { blame: { reporter: 0, suspect: 'target', phase: 'first-byte' } }));
      }).stop,
      onAbort(manner.stop, () => {
        refuse(reasonOf(manner.stop));
      }),
    );
    upload.begin(refuse);
  });

/** A request under way, and the two ways in which it ends. */
interface Talk {
  readonly download: Download;
  readonly upload: Upload;
  readonly manner: Manner;
  readonly settle: (outcome: Outcome) => void;
  readonly refuse: (thrown: unknown) => void;
}

/** Feeds the download with what the tunnel brings; returns how to let go of the tunnel. */
const listenTo = (stream: Duplex, talk: Talk): (() => void) => {
  const attempt = (work: () => void) => (): void => {
    try {
      work();
    } catch (thrown) {
      talk.refuse(thrown);
    }
  };
  const onData = (bytes: Buffer): void => {
    talk.manner.meter.down += bytes.length;
    attempt(() => {
      take(bytes, stream, talk);
    })();
  };
  const onEnd = attempt(() => {
    endAnswer(talk);
  });
  const onClose = attempt(() => {
    // An end was told before: without one the tunnel was broken, and an answer that ends with its connection is not whole.
    if (isStale(talk)) talk.settle('stale');
    else throw missing(talk.download.begun());
  });
  stream.on('data', onData).on('end', onEnd).on('close', onClose).on('drain', talk.upload.more);
  if (stream.destroyed || stream.readableEnded) queueMicrotask(onClose);
  else stream.resume();
  return () => {
    stream.pause();
    stream.off('data', onData).off('end', onEnd).off('close', onClose).off('drain', talk.upload.more);
  };
};

/** A tunnel is only kept when the request went up whole and nothing came behind its answer. */
const take = (bytes: Buffer, stream: Duplex, { download, upload, settle }: Talk): void => {
  const used = download.push(bytes);
  if (!download.ended()) {
    if (download.full()) stream.pause();
    return;
  }
  const outcome = download.outcome();
  const clean = upload.finished() && used === bytes.length;
  if (outcome === 'switch' && used < bytes.length) stream.unshift(bytes.subarray(used));
  settle(outcome === 'keep' && !clean ? 'close' : outcome);
};

const endAnswer = (talk: Talk): void => {
  if (isStale(talk)) {
    talk.settle('stale');
    return;
  }
  talk.download.close();
  talk.settle('close');
};

const isStale = ({ download, manner }: Talk): boolean => manner.kept && !download.begun();

const missing = (begun: boolean) =>
  fail('answer-missing', {
    blame: { reporter: 0, suspect: 'target', phase: 'first-byte' },
    ...(begun ? { note: 'cut off' } : {}),
  });

const onAbort = (cancel: Cancel, act: () => void): (() => void) => {
  if (!cancel.signal.aborted) return whenAborted(cancel, act);
  queueMicrotask(act);
  return () => undefined;
};
