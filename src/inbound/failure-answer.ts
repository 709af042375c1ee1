/** A failure as an HTTP answer: status, X-Kaskade-Failure and a short page, all from the failure table. */

import { STATUS_CODES } from 'node:http';
import type { KaskadeError } from '../model/error.js';
import { explain, failureHeader } from '../model/failure.js';
import { type Field, writeHead } from '../wire/http-head.js';
import { page } from './page.js';

/** Status, fields and body of the answer for a failure. `misdirected` says nothing of the program. */
export const failureParts = (error: KaskadeError) => {
  const { sentence, hint, http } = explain(error.failure);
  const reason = STATUS_CODES[http] ?? 'Failure';
  const silent = error.code === 'misdirected';
  const body = silent ? '' : page(`${http} ${reason}`, [sentence, hint]);
  const fields: readonly Field[] = [
    ...(silent ? [] : [{ name: 'X-Kaskade-Failure', value: failureHeader(error.failure) }]),
    ...(http === 407 ? [{ name: 'Proxy-Authenticate', value: 'Basic realm="proxy", charset="UTF-8"' }] : []),
    ...(silent ? [] : [{ name: 'Content-Type', value: 'text/html; charset=utf-8' }]),
    { name: 'Content-Length', value: String(Buffer.byteLength(body)) },
    { name: 'Cache-Control', value: 'no-store' },
  ];
  return { status: http, reason, fields, body };
};

/** The whole answer as bytes; the connection is closed behind it. */
export const failureAnswer = (error: KaskadeError): Buffer => {
  const { status, reason, fields, body } = failureParts(error);
  const head = writeHead({
    start: `HTTP/1.1 ${status} ${reason}`,
    fields: [...fields, { name: 'Connection', value: 'close' }],
  });
  return Buffer.concat([head, Buffer.from(body, 'utf8')]);
};
