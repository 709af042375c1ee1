/** Takes answers whole from an origin, and writes them again. */

import type { Socket } from 'node:net';
import { writeChunk, writeLastChunk } from '../../../../src/wire/http-body.js';
import { type Field, writeHead } from '../../../../src/wire/http-head.js';
import { type ResponseHead, readResponse } from '../../../../src/wire/http-response.js';
import type { Whole } from './behaviour.js';

/** Reads the answer to one request; interim heads are told as they come. Rejects where the origin ends too early. */
export const takeResponse = (origin: Socket, method: string, interim: (head: Buffer) => void): Promise<Whole> =>
  new Promise((resolve, reject) => {
    let head: ResponseHead | undefined;
    const pieces: Buffer[] = [];
    const over = (): void => void origin.off('data', onData).off('end', onEnd).off('close', onEnd);
    const reader = readResponse(method, {
      interim: (found) => {
        interim(headOf(found));
      },
      head: (found) => (head = found),
      data: (bytes) => pieces.push(Buffer.from(bytes)),
      end: (trailers) => {
        over();
        if (head !== undefined) resolve({ ...wholeOf(head), body: Buffer.concat(pieces), trailers });
      },
    });
    const guarded = (work: () => void): void => {
      try {
        work();
      } catch (thrown) {
        over();
        reject(thrown instanceof Error ? thrown : new Error(String(thrown)));
      }
    };
    const onData = (chunk: Buffer): void => {
      guarded(() => {
        const used = reader.push(chunk);
        if (head?.status !== 101) return;
        // What comes behind an upgrade is for those who go on with it.
        origin.pause();
        if (used < chunk.length) origin.unshift(chunk.subarray(used));
      });
    };
    const onEnd = (): void => {
      guarded(() => {
        reader.close();
      });
    };
    origin.on('data', onData).on('end', onEnd).on('close', onEnd);
    if (origin.destroyed || origin.readableEnded) onEnd();
    origin.resume();
  });

const wholeOf = ({ status, reason, fields }: ResponseHead) => ({ status, reason, fields });

const headOf = ({ status, reason, fields }: Pick<Whole, 'status' | 'reason' | 'fields'>): Buffer =>
  writeHead({ start: `HTTP/1.1 ${status} ${reason}`, fields });

/** An answer with the length that it has, and everything else as it is. */
export const writeWhole = (whole: Whole, method: string): Buffer => {
  const { status, fields, body, trailers = [] } = whole;
  if (status < 200 || status === 204 || status === 304 || method === 'HEAD') return headOf(whole);
  if (has(fields, 'transfer-encoding'))
    return Buffer.concat([headOf(whole), ...(body.length > 0 ? writeChunk(body) : []), writeLastChunk(trailers)]);
  const length = { name: 'Content-Length', value: String(body.length) };
  const sized = fields.map((field) => (isNamed(field, 'content-length') ? { ...field, value: length.value } : field));
  return Buffer.concat([
    headOf({ ...whole, fields: has(fields, 'content-length') ? sized : [...sized, length] }),
    body,
  ]);
};

const isNamed = (field: Field, name: string): boolean => field.name.toLowerCase() === name;
const has = (fields: readonly Field[], name: string): boolean => fields.some((field) => isNamed(field, name));

/** A page of a proxy's own. */
export const ownPage = (status: number, reason: string, text: string): Whole => ({
  ...{ status, reason, body: Buffer.from(text, 'latin1') },
  fields: [
    { name: 'Content-Type', value: 'text/html' },
    { name: 'Connection', value: 'keep-alive' },
  ],
});
