/** Cuts a stream of requests into heads and the raw bytes of their bodies, without changing one. */

import { type BodyReader, readBody } from '../../../../src/wire/http-body.js';
import { type Field, parseField } from '../../../../src/wire/http-head.js';

/** Told of what comes. */
export interface RequestSink {
  /** The request line and the field lines, without their ends. */
  readonly head: (line: string, lines: readonly string[]) => void;
  readonly body: (raw: Buffer) => void;
  readonly end: () => void;
}

/** A cutter; bytes are pushed into it as they come. */
export const cutRequests = (sink: RequestSink): ((chunk: Buffer) => void) => {
  let pending: Buffer = Buffer.alloc(0);
  let body: BodyReader | undefined;
  let isOver = false;
  const begin = (): boolean => {
    const end = pending.indexOf('\r\n\r\n', 0, 'latin1');
    if (end === -1) return false;
    const [line = '', ...lines] = pending.toString('latin1', 0, end).split('\r\n');
    pending = pending.subarray(end + 4);
    isOver = false;
    body = readBody(framingOf(fieldsOf(lines)), { data: () => undefined, end: () => (isOver = true) });
    sink.head(line, lines);
    return true;
  };
  return (chunk) => {
    pending = Buffer.concat([pending, chunk]);
    while (body !== undefined || begin()) {
      const used = body?.push(pending) ?? 0;
      if (used > 0) sink.body(pending.subarray(0, used));
      pending = pending.subarray(used);
      if (!isOver) return;
      body = undefined;
      sink.end();
    }
  };
};

/** Lines as fields; what is none is left out. */
export const fieldsOf = (lines: readonly string[]): readonly Field[] => lines.flatMap((line) => parseField(line) ?? []);

/** The first value of a field. */
export const valueOf = (fields: readonly Field[], name: string): string | undefined =>
  fields.find((field) => field.name.toLowerCase() === name)?.value;

const framingOf = (fields: readonly Field[]) => {
  if (/chunked/i.test(valueOf(fields, 'transfer-encoding') ?? '')) return { kind: 'chunked' } as const;
  const length = Number(valueOf(fields, 'content-length') ?? 0);
  return length > 0 ? ({ kind: 'sized', length } as const) : ({ kind: 'none' } as const);
};
