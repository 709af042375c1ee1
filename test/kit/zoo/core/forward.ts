/** Forward mode: requests with whole URLs, one after the other, each passed on with a path. */

import type { Socket } from 'node:net';
import type { Behaviour, Passage } from './behaviour.js';
import { cutRequests, fieldsOf } from './requests.js';
import { ownPage, takeResponse, writeWhole } from './responses.js';

/** What forwarding needs of the proxy around it. */
export interface Around {
  readonly behaviour: Behaviour;
  /** Opens a connection from the exit. Rejects where nobody is there. */
  readonly dial: (host: string, port: number) => Promise<Socket>;
  readonly passage: (of: Pick<Passage, 'host' | 'port' | 'method' | 'path' | 'fields' | 'request'>) => Passage;
}

interface Origin {
  readonly socket: Socket;
  readonly place: string;
}

/** Serves a connection on which the first request has come; `first` is what was read of it. */
export const forward = (client: Socket, around: Around): void => {
  let turn: Promise<void> = Promise.resolve();
  let origin: Promise<Origin> | undefined;
  let at: Passage | undefined;
  let count = 0;
  let isOwn = false;
  const write = (bytes: Buffer | string): void => {
    turn = turn.then(async () => {
      if (!isOwn) (await origin)?.socket.write(bytes);
    });
    turn.catch(() => client.destroy());
  };
  const begin = (line: string, lines: readonly string[]): void => {
    turn = turn.then(async () => {
      count += 1;
      at = passageOf(line, lines, { around, request: count });
      const own = at === undefined ? ownPage(400, 'Bad Request', 'bad') : around.behaviour.answer?.(at);
      isOwn = own !== undefined;
      if (own !== undefined || at === undefined) {
        client.write(writeWhole(own ?? ownPage(400, 'Bad Request', 'bad'), at?.method ?? 'GET'));
        return;
      }
      origin = reuse(await origin?.catch(() => undefined), at, { client, around });
      sendHead(line, lines, { at, around, origin: await origin.catch(() => undefined), client });
    });
    turn.catch(() => client.destroy());
  };
  const cut = cutRequests({
    head: begin,
    body: write,
    end: () => {
      turn = turn.then(() => finish(client, { at, isOwn, origin, around }));
      turn.catch(() => client.destroy());
    },
  });
  client.on('data', cut);
  client.once('end', () => client.end());
  client.once('close', () => void origin?.then(({ socket }) => socket.destroy()).catch(() => undefined));
  client.resume();
};

const passageOf = (
  line: string,
  lines: readonly string[],
  { around, request }: { readonly around: Around; readonly request: number },
): Passage | undefined => {
  const [, method = '', host = '', port = '80', path = '/'] =
    /^([A-Z]+) http:\/\/(\[[^\]]*\]|[^/:]*)(?::(\d+))?(\/\S*)? HTTP\/1\.[01]$/.exec(line) ?? [];
  if (method === '') return undefined;
  const plain = host.replace(/^\[|\]$/g, '');
  return around.passage({ host: plain, port: Number(port), method, path, fields: fieldsOf(lines), request });
};

/** The connection of before where it leads to the same place, else another one. Without a hook for answers they flow back as they come. */
const reuse = async (
  before: Origin | undefined,
  at: Passage,
  { client, around: { behaviour, dial } }: { readonly client: Socket; readonly around: Around },
): Promise<Origin> => {
  const place = `${at.host}:${at.port}`;
  if (before?.place === place && !before.socket.destroyed && !before.socket.readableEnded) return before;
  before?.socket.destroy();
  const socket = await dial(at.host, at.port);
  if (behaviour.preamble !== undefined) socket.write(behaviour.preamble(at));
  if (behaviour.response === undefined && behaviour.delay === undefined) {
    socket.on('data', (chunk: Buffer) => {
      if (!client.write(chunk)) socket.pause();
    });
    client.on('drain', () => socket.resume());
    socket.once('end', () => client.end());
  }
  return { socket, place };
};

const sendHead = (
  line: string,
  lines: readonly string[],
  {
    at,
    around: { behaviour },
    origin,
    client,
  }: { readonly at: Passage; readonly around: Around; readonly origin: Origin | undefined; readonly client: Socket },
): void => {
  if (origin === undefined) {
    client.end(writeWhole(ownPage(502, 'Bad Gateway', 'nobody is there'), at.method));
    throw new Error('nobody is there');
  }
  const onward = line.replace(/ http:\/\/[^/ ]*\/?/, ' /');
  const isOwn = (each: string): boolean => /^proxy-(?:connection|authorization):/i.test(each);
  const kept = behaviour.keepsHopFields === true ? lines : lines.filter((each) => !isOwn(each));
  const sent = [behaviour.requestLine?.(onward, at) ?? onward, ...(behaviour.fields?.(kept, at) ?? kept)];
  origin.socket.write(Buffer.from(`${sent.join('\r\n')}\r\n\r\n`, 'latin1'));
};

interface Ended {
  readonly at: Passage | undefined;
  readonly isOwn: boolean;
  readonly origin: Promise<Origin> | undefined;
  readonly around: Around;
}

/** With a hook, or a delay, the answer is taken whole before it goes back. */
const finish = async (client: Socket, { at, isOwn, origin, around: { behaviour } }: Ended): Promise<void> => {
  const { response, delay } = behaviour;
  if (isOwn || at === undefined || origin === undefined || (response === undefined && delay === undefined)) return;
  const answer = await takeResponse((await origin).socket, at.method);
  if (delay !== undefined) await new Promise((resolve) => setTimeout(resolve, delay));
  client.write(writeWhole(response === undefined ? answer : await response(answer, at), at.method));
};
