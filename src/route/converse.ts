/** The wire work of one plain request: its head and body go up, its answer comes down, and nothing else passes. */

import type { Duplex } from 'node:stream';
import { type Millis, now } from '../model/brand.js';
import { type KaskadeError, asKaskadeError, fail } from '../model/error.js';
import type { PlainRequest } from '../inbound/request.js';
import { type Cancel, reasonOf, whenAborted } from '../net/cancel.js';
import { type Meter, watchStill } from '../net/idle.js';
import type { Tunnel } from '../net/relay.js';
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
  /** Is told of the first byte that comes down. */
  readonly onFirst: () => void;
  readonly stop: Cancel;
}

/**
 * Carries one request. Rejects with a KaskadeError while nothing was answered; an answer that breaks off later is cut,
 * so that the client sees it. Leaves no listener on the tunnel and never ends it.
 */
export const converse = (request: PlainRequest, tunnel: Tunnel, manner: Manner): Promise<Outcome> =>
  new Promise((resolve, reject) => {
    const { answer, message } = request;
    const { stream } = tunnel;
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
      listenTo(tunnel, { download, upload, manner, settle, refuse, over: () => releases.length === 0 }),
      answer.watch({
        drained: () => stream.resume(),
        gone: () => {
          settle('gone');
        },
      }),
      watchStill(manner.meter, manner.patience, () => {
        refuse(stillness(upload));
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
  readonly over: () => boolean;
}

/** Feeds the download with what the tunnel brings; returns how to let go of the tunnel. */
const listenTo = (tunnel: Tunnel, talk: Talk): (() => void) => {
  const { stream } = tunnel;
  const attempt = (work: () => void): void => {
    try {
      if (!talk.over()) work();
    } catch (thrown) {
      talk.refuse(thrown);
    }
  };
  const onData = (bytes: Buffer): void => {
    countDown(talk.manner, bytes.length);
    attempt(() => {
      take(bytes, stream, talk);
    });
  };
  const onEnd = (): void => {
    if (isStale(talk)) talk.settle('stale');
    else if (talk.download.endsWithTunnel() && stream === tunnel.outward.socket) probe(stream, attempt, talk);
    else attempt(() => endAnswer(talk));
  };
  const onClose = (): void => {
    // An end was told before: without one the tunnel was broken, and an answer that ends with its connection is not whole.
    if (isStale(talk)) talk.settle('stale');
    else talk.refuse(missing(talk.download.begun()));
  };
  stream.on('data', onData).on('end', onEnd).on('close', onClose).on('drain', talk.upload.more);
  if (stream.destroyed || stream.readableEnded) queueMicrotask(onClose);
  else stream.resume();
  return () => {
    stream.pause();
    stream.off('data', onData).off('end', onEnd).off('close', onClose).off('drain', talk.upload.more);
  };
};

const countDown = ({ meter, onFirst }: Manner, bytes: number): void => {
  if (meter.down === 0) {
    meter.firstDown = now();
    onFirst();
  }
  meter.down += bytes;
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
  settle(outcome === 'keep' && !clean ? 'close' : outcome);
  // Only a stream that nobody listens to any more takes bytes back; a flowing one would tell of them at once.
  if (outcome === 'switch' && used < bytes.length) stream.unshift(bytes.subarray(used));
};

/** Node 20 tells of a reset that comes with the last bytes as if it were an end; a write of nothing fails then. */
const probe = (stream: Duplex, attempt: (work: () => void) => void, talk: Talk): void => {
  stream.write('', (error) => {
    if (error === null || error === undefined) attempt(() => endAnswer(talk));
    else talk.refuse(missing(true));
  });
};

const endAnswer = ({ download, settle }: Talk): void => {
  download.close();
  settle('close');
};

const isStale = ({ download, manner }: Talk): boolean => manner.kept && !download.begun();

/** Why nothing moves: the target takes its time, unless there is room for a body that the client does not send. */
const stillness = (upload: Upload): KaskadeError =>
  upload.starved()
    ? fail('handshake-timeout')
    : fail('answer-timeout', { blame: { reporter: 0, suspect: 'target', phase: 'first-byte' } });

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
