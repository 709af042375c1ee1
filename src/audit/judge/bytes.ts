/** A stretch of raw bytes both ways behind an upgrade: whether a tunnel carries every bit, and the end of one direction alone. */

import { createHash } from 'node:crypto';
import type { Duplex } from 'node:stream';
import type { Cancel } from '../../net/cancel.js';
import { whenAborted } from '../../net/cancel.js';
import type { Keep } from './keep.js';
import type { JudgeParts } from './judge.js';
import type { JudgeRecord } from './record.js';
import { seededBytes } from './stream.js';

/** So many bytes go each way. */
export const stretch = 160 * 1024;

/** What goes each way for an id. */
export const upward = (id: string): Buffer => seededBytes(`${id}/up`, stretch);
export const downward = (id: string): Buffer => seededBytes(`${id}/down`, stretch);

interface Means {
  readonly parts: JudgeParts;
  readonly keep: Keep;
  readonly connection: number;
  readonly cancel: Cancel;
}

/** Sends its half, takes the other until its end, and then tells what came: whoever reads that knows that half a close was enough. */
export const takeBytes = (
  stream: Duplex,
  { id, page }: { readonly id: string; readonly page: string },
  { parts, keep, connection, cancel }: Means,
): Promise<void> =>
  new Promise((resolve) => {
    const hash = createHash('sha256');
    let length = 0;
    let told = false;
    const tell = (): void => {
      if (told) return;
      told = true;
      const record: JudgeRecord = {
        ...{ id, page, at: parts.clock(), peer: '', peerPort: 0, port: 0, connection, request: 2, visit: 1, head: '' },
        body: { length, sha256: hash.digest('hex') },
      };
      keep.add(record);
      if (stream.writable) stream.write(`\n${parts.keys.sign(record)}\n`);
      forget();
      resolve();
    };
    const forget = whenAborted(cancel, () => {
      stream.destroy();
    });
    stream.on('data', (chunk: Buffer) => {
      length += chunk.length;
      hash.update(chunk);
      if (length > stretch * 2) stream.destroy();
    });
    stream.once('end', tell).once('close', tell);
    stream.resume();
    if (stream.writable) stream.write(downward(id));
  });
