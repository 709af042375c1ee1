/** Any requests and answers: names, values, bodies, chunks and trailers as odd as HTTP lets them be. */

import fc from 'fast-check';

/** A head without its start line, and a body. */
export interface Message {
  readonly head: string;
  readonly body: Buffer;
}

/** A request for a path, and its answer. */
export interface Exchange {
  readonly ask: Message;
  readonly answer: Message;
  readonly path: string;
}

const word = fc.stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,12}$/);
const value = fc.stringMatching(/^[\t\x20-\x7e\x80-\xff]{0,30}$/);
const field = fc
  .tuple(word, value)
  .filter(([name]) => !/^(?:proxy-.*|content-length|transfer-encoding|upgrade|connection|expect|trailer)$/i.test(name))
  .map(([name, text]) => `${name}:${text}`);
const bytes = (most: number) => fc.uint8Array({ maxLength: most }).map((each) => Buffer.from(each));
const chunked = (extra: fc.Arbitrary<string>, last: fc.Arbitrary<readonly string[]>) =>
  fc.tuple(fc.array(fc.tuple(bytes(300), extra), { maxLength: 4 }), last).map(([chunks, trailers]) => ({
    lines: ['tRansfer-encoding:  chunked'],
    body: Buffer.concat([
      ...chunks
        .filter(([each]) => each.length > 0)
        .flatMap(([each, tail]) => [Buffer.from(`${each.length.toString(16)}${tail}\r\n`), each, Buffer.from('\r\n')]),
      Buffer.from(`0\r\n${trailers.map((line) => `${line}\r\n`).join('')}\r\n`),
    ]),
  }));
const sized = bytes(3_000).map((body) => ({ lines: [`CONTENT-length: ${body.length}`], body }));
const payload = fc.oneof(
  sized,
  chunked(fc.constantFrom('', ';a=b', ';q="x y"'), fc.constantFrom([], ['X-Sum: 1', 'x-sum:  2'])),
);
const message = fc.tuple(fc.array(field, { maxLength: 8 }), payload).map(([fields, { lines, body }]) => ({
  head: [...fields, ...lines].map((line) => `${line}\r\n`).join(''),
  body,
}));
/** Any of them. */
export const exchanges: fc.Arbitrary<Exchange> = fc.record({
  ask: message,
  answer: message,
  path: fc.stringMatching(/^\/[!-~]{0,30}$/),
});
