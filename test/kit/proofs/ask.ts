/** One request through an animal, told from both ends. */

import type { End, Scene } from '../ends.js';
import { meet } from '../ends.js';

/** Shows, by bytes and without the audit, that an animal does what it is said to do. */
export type Proof = (scene: Scene) => Promise<void>;

/** What was sent and what came, at both ends. */
export interface Told {
  /** Lines that arrived beside those that were sent, and those that did not arrive; the request line counts as one. */
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** The answer as it came, and its parts. */
  readonly came: string;
  readonly head: string;
  readonly body: Buffer;
  /** Who connected to the origin. */
  readonly peer: string;
}

/** What is asked, where it is not the usual. */
export interface Asking {
  readonly host?: string;
  readonly path?: string;
  readonly lines?: readonly string[];
  /** The answer of the origin. */
  readonly answer?: string | Buffer;
  readonly client?: End;
  readonly far?: End;
}

/** As a browser asks. */
export const usual = [
  'user-agent: Mozilla/5.0 (X11)',
  'Accept: */*',
  'Accept-Encoding: identity',
  'Cookie: a=b; c=d',
  'Referer:  http://before.test/',
  'X-Odd-Case: as it is',
  'Connection: keep-alive',
] as const;

export const plain = 'HTTP/1.1 200 OK\r\ndate: now\r\nContent-Length: 5\r\n\r\nhello';

/** An answer of a type. */
export const typed = (type: string, body: string | Buffer, more = ''): Buffer => {
  const bytes = Buffer.from(body as string, 'latin1');
  return Buffer.concat([
    Buffer.from(`HTTP/1.1 200 OK\r\nContent-Type: ${type}\r\n${more}Content-Length: ${bytes.length}\r\n\r\n`),
    bytes,
  ]);
};

/** Asks once, and answers at the origin. */
export const ask = async ({ origin, open, site }: Scene, asking: Asking = {}): Promise<Told> => {
  const { host = site, path = '/a/page?x=1', lines = usual, answer = plain } = asking;
  const client = asking.client ?? (await meet(open));
  const sent = [`GET ${path} HTTP/1.1`, `Host: ${host}`, ...lines];
  client.say(`GET http://${host}${path} HTTP/1.1\r\n${sent.slice(1).join('\r\n')}\r\n\r\n`);
  const far = asking.far ?? (await origin.next());
  const arrived = (await far.until('\r\n\r\n')).slice(0, -4).split('\r\n');
  far.say(answer);
  const told = await takeAnswer(client);
  if (asking.client === undefined) client.socket.destroy();
  return {
    ...told,
    added: arrived.filter((line) => !sent.includes(line)),
    removed: sent.filter((line) => !arrived.includes(line)),
    peer: far.socket.remoteAddress ?? '',
  };
};

/** Asks for what the animal answers by itself. */
export const askOnly = async ({ open, site }: Scene, { host = site, path = '/', lines = usual }: Asking = {}) => {
  const client = await meet(open);
  client.say(`GET http://${host}${path} HTTP/1.1\r\nHost: ${host}\r\n${lines.join('\r\n')}\r\n\r\n`);
  const told = await takeAnswer(client);
  client.socket.destroy();
  return told;
};

/** Takes an answer with a length, or in one chunk. */
export const takeAnswer = async (client: End): Promise<Pick<Told, 'came' | 'head' | 'body'>> => {
  const head = await client.until('\r\n\r\n');
  const size = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
  if (!/^transfer-encoding: *chunked/im.test(head)) {
    const body = await client.take(size);
    return { head, body, came: head + body.toString('latin1') };
  }
  const whole = await client.until('0\r\n\r\n');
  const from = whole.indexOf('\r\n') + 2;
  const body = Buffer.from(whole, 'latin1').subarray(from, from + Number.parseInt(whole, 16));
  return { head, body, came: head + whole };
};
