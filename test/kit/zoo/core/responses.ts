/** Takes answers whole from an origin, and writes them again. */

import { type Socket } from 'node:net';
import { writeHead } from '../../../../src/wire/http-head.js';
import { type ResponseHead, readResponse } from '../../../../src/wire/http-response.js';
import type { Whole } from './behaviour.js';

/** Reads the answer to one request. Rejects where the origin ends too early. */
export const takeResponse = (origin: Socket, method: string): Promise<Whole> =>
  new Promise((resolve, reject) => {
    let head: ResponseHead | undefined;
    const pieces: Buffer[] = [];
    const settle = (): void => {
      origin.off('data', onData).off('end', onEnd).off('close', onEnd);
      if (head === undefined) reject(new Error('no answer'));
      else resolve({ status: head.status, reason: head.reason, fields: head.fields, body: Buffer.concat(pieces) });
    };
    const reader = readResponse(method, {
      interim: () => undefined,
      head: (found) => (head = found),
      data: (bytes) => pieces.push(Buffer.from(bytes)),
      end: settle,
    });
    const onData = (chunk: Buffer): void => {
      try {
        reader.push(chunk);
      } catch (thrown) {
        reject(thrown instanceof Error ? thrown : new Error(String(thrown)));
      }
    };
    const onEnd = (): void => {
      try {
        reader.close();
      } catch {
        reject(new Error('cut off'));
      }
    };
    origin.on('data', onData).on('end', onEnd).on('close', onEnd);
    origin.resume();
  });

/** An answer with the length that it has, and everything else as it is. */
export const writeWhole = ({ status, reason, fields, body }: Whole, method: string): Buffer => {
  const bodiless = status < 200 || status === 204 || status === 304;
  const isChunked = fields.some(({ name }) => name.toLowerCase() === 'transfer-encoding');
  const sized = fields.map((field) =>
    field.name.toLowerCase() === 'content-length' ? { ...field, value: String(body.length) } : field,
  );
  const has = sized.some(({ name }) => name.toLowerCase() === 'content-length') || isChunked || bodiless;
  const all = has ? sized : [...sized, { name: 'Content-Length', value: String(body.length) }];
  const head = writeHead({ start: `HTTP/1.1 ${status} ${reason}`, fields: all });
  if (bodiless || method === 'HEAD') return head;
  if (!isChunked) return Buffer.concat([head, body]);
  const size = Buffer.from(`${body.length.toString(16)}\r\n`, 'latin1');
  return Buffer.concat([head, ...(body.length > 0 ? [size, body, Buffer.from('\r\n')] : []), Buffer.from('0\r\n\r\n')]);
};

/** A page of a proxy's own. */
export const ownPage = (status: number, reason: string, text: string): Whole => ({
  ...{ status, reason, body: Buffer.from(text, 'latin1') },
  fields: [
    { name: 'Content-Type', value: 'text/html' },
    { name: 'Connection', value: 'keep-alive' },
  ],
});
