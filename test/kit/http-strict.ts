/** A second reader of HTTP/1.x, written apart from the program's own and as strict as RFC 9112 allows: the judge of what went over the wire. */

/** One message as it stood on the wire. */
export interface Message {
  readonly start: string;
  /** `Name: value` lines as they were written. */
  readonly lines: readonly string[];
  readonly body: Buffer;
  readonly trailers: readonly string[];
  /** How the end of the body was known. */
  readonly framing: 'none' | 'sized' | 'chunked' | 'until-close';
}

/** What a stream of bytes holds: whole messages, and bytes of one that is not whole. */
export interface Reading {
  readonly messages: readonly Message[];
  readonly rest: Buffer;
}

/** What a stream holds before the first byte that cannot be read, and why not. */
export interface Attempt extends Reading {
  readonly error: NotHttp | undefined;
}

/** Thrown at bytes that are not HTTP/1.x, strictly read. */
export class NotHttp extends Error {}

const blankLine = Buffer.from('\r\n\r\n');
const line = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\t\x20-\x7e\x80-\xff]*?)[ \t]*$/;

/** Reads requests, one after the other. */
export const readRequests = (bytes: Buffer): Reading =>
  readAll(bytes, frameRequest, { wants: () => true, ended: undefined });

/** Reads requests as far as they can be read; RFC 9112 §7.1.1 lets chunks of a client have extensions. */
export const tryRequests = (bytes: Buffer): Attempt => {
  const messages: Message[] = [];
  let rest = bytes;
  try {
    for (;;) {
      let wanted = 1;
      const wants = (): boolean => wanted-- > 0;
      const next = readAll(rest, frameRequest, { wants, ended: undefined, extensions: true });
      messages.push(...next.messages);
      if (next.messages.length === 0) return { messages, rest, error: undefined };
      rest = withoutBlankLines(next.rest);
    }
  } catch (thrown) {
    if (thrown instanceof NotHttp) return { messages, rest, error: thrown };
    throw thrown;
  }
};

/** RFC 9112 §2.2 lets a reader skip them between requests. */
const withoutBlankLines = (bytes: Buffer): Buffer =>
  bytes.toString('latin1', 0, 2) === '\r\n' ? withoutBlankLines(bytes.subarray(2)) : bytes;

const frameRequest = (head: Found): Message['framing'] => {
  const [, target = ''] = /^[A-Z][A-Z_-]{0,31} (\S+) HTTP\/1\.[01]$/.exec(head.start) ?? [];
  if (!/^(?:\/[\x21-\x7e]*|\*|[a-z]+:\/\/[\x21-\x7e]+|[\x21-\x7e]+:\d+)$/.test(target)) {
    throw new NotHttp(`request line ${JSON.stringify(head.start)}`);
  }
  if (namesOf(head.lines, 'host').length > 1) throw new NotHttp('two Hosts');
  const framing = framingOf(head.lines);
  return framing === 'until-close' ? 'none' : framing;
};

/** Reads the answers to requests of these methods, interim ones included, and no more; `closed` tells that nothing follows. */
export const readAnswers = (bytes: Buffer, methods: readonly string[], closed = false): Reading =>
  readAnswersBy(bytes, methods, { ended: closed ? bytes.length : undefined });

/** The whole answer of a target to GET, interim ones left out, where its bytes hold one; chunks may have extensions. */
export const tryAnswer = (bytes: Buffer): Message | undefined => {
  try {
    const { messages } = readAnswersBy(bytes, ['GET'], { ended: bytes.length, extensions: true });
    return messages.find(({ start }) => statusOf(start) >= 200);
  } catch (thrown) {
    if (thrown instanceof NotHttp) return undefined;
    throw thrown;
  }
};

const readAnswersBy = (bytes: Buffer, methods: readonly string[], rules: Omit<Rules, 'wants'>): Reading => {
  const waiting = [...methods];
  const frame = (head: Found): Message['framing'] => {
    const status = statusOf(head.start);
    const framing = framingOf(head.lines);
    if (status < 200 && status !== 101) return 'none';
    const method = waiting.shift();
    const opens = method === 'CONNECT' && status < 300;
    return opens || method === 'HEAD' || status === 101 || status === 204 || status === 304 ? 'none' : framing;
  };
  return readAll(bytes, frame, { wants: () => waiting.length > 0, ...rules });
};

/** The status of a status line. */
export const statusOf = (start: string): number => {
  const [, status] = /^HTTP\/1\.[01] ([1-9]\d\d) [\t\x20-\x7e\x80-\xff]*$/.exec(start) ?? [];
  if (status === undefined) throw new NotHttp(`status line ${JSON.stringify(start)}`);
  return Number(status);
};

/** The values of all fields of that name. */
export const valuesIn = (lines: readonly string[], name: string): readonly string[] =>
  namesOf(lines, name).map((text) => line.exec(text)?.[2] ?? '');

const namesOf = (lines: readonly string[], name: string): readonly string[] =>
  lines.filter((text) => text.toLowerCase().startsWith(`${name}:`));

interface Found {
  readonly start: string;
  readonly lines: readonly string[];
}

interface Rules {
  readonly wants: () => boolean;
  /** Where the stream ends, once it has ended. */
  readonly ended: number | undefined;
  /** Whether chunks may have extensions, and blanks behind their size. */
  readonly extensions?: boolean;
}

/** Reads messages as long as they are wanted. */
const readAll = (bytes: Buffer, frame: (head: Found) => Message['framing'], rules: Rules): Reading => {
  const messages: Message[] = [];
  let at = 0;
  while (rules.wants()) {
    const end = bytes.indexOf(blankLine, at);
    if (end === -1) break;
    const head = readHead(bytes.toString('latin1', at, end));
    const body = readBody(bytes, end + 4, { framing: frame(head), lines: head.lines, ...rules });
    if (body === undefined) break;
    messages.push({ ...head, ...body });
    at = body.end;
  }
  return { messages, rest: bytes.subarray(at) };
};

const readHead = (text: string): Found => {
  const [start = '', ...lines] = text.split('\r\n');
  for (const one of [start, ...lines]) if (/[\r\n\0]/.test(one)) throw new NotHttp('CR, LF or NUL inside a line');
  for (const one of lines) if (!line.test(one)) throw new NotHttp(`field line ${JSON.stringify(one)}`);
  return { start, lines };
};

const framingOf = (lines: readonly string[]): Message['framing'] => {
  const lengths = valuesIn(lines, 'content-length');
  const codings = valuesIn(lines, 'transfer-encoding');
  if (lengths.length + codings.length > 1) throw new NotHttp('more than one framing');
  if (codings.length === 1) {
    if (codings[0]?.toLowerCase() !== 'chunked') throw new NotHttp('Transfer-Encoding is not chunked');
    return 'chunked';
  }
  if (lengths.length === 0) return 'until-close';
  if (!/^\d{1,15}$/.test(lengths[0] ?? '')) throw new NotHttp('Content-Length');
  return 'sized';
};

interface FoundBody extends Pick<Message, 'framing' | 'body' | 'trailers'> {
  readonly end: number;
}

interface BodyRules extends Omit<Rules, 'wants'> {
  readonly framing: Message['framing'];
  readonly lines: readonly string[];
}

const readBody = (bytes: Buffer, from: number, rules: BodyRules): FoundBody | undefined => {
  const { framing, lines, ended } = rules;
  const cut = (end: number): FoundBody => ({ framing, body: bytes.subarray(from, end), trailers: [], end });
  switch (framing) {
    case 'none':
      return cut(from);
    case 'until-close':
      return ended === undefined ? undefined : cut(ended);
    case 'sized': {
      const end = from + Number(valuesIn(lines, 'content-length')[0]);
      return end > bytes.length ? undefined : cut(end);
    }
    case 'chunked':
      return readChunks(bytes, from, rules.extensions === true ? lenientSize : strictSize);
  }
};

const strictSize = /^([0-9a-fA-F]{1,13})$/;
const lenientSize = /^([0-9a-fA-F]{1,13})[\t ]*(?:;[\t\x20-\x7e\x80-\xff]*)?$/;

const readChunks = (bytes: Buffer, from: number, sizeLine: RegExp): FoundBody | undefined => {
  const pieces: Buffer[] = [];
  let at = from;
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd === -1) return undefined;
    const sizeText = bytes.toString('latin1', at, lineEnd);
    const digits = sizeLine.exec(sizeText)?.[1];
    if (digits === undefined) throw new NotHttp(`chunk size ${JSON.stringify(sizeText)}`);
    const size = Number.parseInt(digits, 16);
    if (size === 0) return readTrailers(bytes, lineEnd + 2, pieces);
    const dataEnd = lineEnd + 2 + size;
    if (bytes.length < dataEnd + 2) return undefined;
    if (bytes.toString('latin1', dataEnd, dataEnd + 2) !== '\r\n') throw new NotHttp('no CRLF behind a chunk');
    pieces.push(bytes.subarray(lineEnd + 2, dataEnd));
    at = dataEnd + 2;
  }
};

const readTrailers = (bytes: Buffer, from: number, pieces: readonly Buffer[]): FoundBody | undefined => {
  const empty = bytes.toString('latin1', from, from + 2) === '\r\n';
  const end = empty ? from + 2 : bytes.indexOf(blankLine, from) + 4;
  if (end < from + 2 || end > bytes.length) return undefined;
  const trailers = empty ? [] : bytes.toString('latin1', from, end - 4).split('\r\n');
  for (const one of trailers) if (!line.test(one)) throw new NotHttp(`trailer ${JSON.stringify(one)}`);
  return { framing: 'chunked', body: Buffer.concat(pieces), trailers, end };
};
