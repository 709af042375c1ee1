/** Forward mode: requests with whole URLs, one after the other, each passed on with a path. */

import type { Socket } from 'node:net';
import type { Behaviour, Passage } from './behaviour.js';
import { type Origin, type Outcome, flowBack } from './origin.js';
import { cutRequests, fieldsOf, valueOf } from './requests.js';
import { ownPage, takeResponse, writeWhole } from './responses.js';
import { held, written } from './streams.js';
import { join, pump } from './tunnel.js';

/** What forwarding needs of the proxy around it. */
export interface Around {
  readonly behaviour: Behaviour;
  /** Opens a connection from the exit. Rejects where nobody is there. */
  readonly dial: (host: string, port: number) => Promise<Socket>;
  readonly passage: (of: Pick<Passage, 'host' | 'port' | 'method' | 'path' | 'fields' | 'request'>) => Passage;
}

/** A request and what became of it; the origin of before is kept beside an answer of the proxy's own. */
interface Exchange {
  readonly at: Passage;
  readonly isOwn: boolean;
  readonly origin: Origin | undefined;
  readonly asksUpgrade: boolean;
  readonly answered: Promise<Outcome>;
}

interface Asked {
  readonly line: string;
  readonly lines: readonly string[];
  readonly request: number;
}

/** Serves a connection on which the first request comes. A request waits until the one before it is answered. */
export const forward = (client: Socket, around: Around): void => {
  let turn: Promise<void> = Promise.resolve();
  let now: Exchange | undefined;
  let request = 0;
  let isInside = false;
  const next = (step: () => Promise<void> | void): void => {
    turn = turn.then(step);
    turn.catch(() => client.destroy());
  };
  const cut = cutRequests({
    head: (line, lines) => {
      next(async () => {
        await now?.answered;
        [request, isInside] = [request + 1, true];
        now = await begin({ line, lines, request }, now?.origin, { client, around });
        now.answered.catch(() => client.destroy());
      });
    },
    body: (raw) => {
      next(() => {
        if (now?.isOwn !== false || now.origin === undefined) return undefined;
        return written(now.origin.socket, around.behaviour.upload?.(raw, now.at) ?? raw);
      });
    },
    end: () => {
      next(async () => {
        isInside = false;
        if (now?.asksUpgrade === true && (await now.answered) === 'upgraded') upgrade(now.origin);
      });
    },
  });
  const onData = (chunk: Buffer): void => {
    client.pause();
    guarded(() => {
      cut(chunk);
    }, client);
    next(() => void client.resume());
  };
  /** Half-closed clients still get their answers. */
  const onEnd = (): void => {
    next(async () => {
      if (isInside && now?.isOwn === false) now.origin?.socket.end();
      await now?.answered;
      client.end();
      now?.origin?.socket.end();
    });
  };
  const upgrade = (origin: Origin | undefined): void => {
    client.off('data', onData).off('end', onEnd);
    if (origin?.watch === undefined) join(client, origin?.socket ?? client, {});
    else pump(client, origin.socket, undefined);
  };
  client.on('data', onData).once('end', onEnd);
  client.once('close', () => {
    if (!client.readableEnded || !client.writableFinished) now?.origin?.socket.destroy();
  });
  client.resume();
};

/** What is no HTTP ends the connection. */
const guarded = (work: () => void, client: Socket): void => {
  try {
    work();
  } catch {
    client.destroy();
  }
};

interface Sides {
  readonly client: Socket;
  readonly around: Around;
}

const begin = async (asked: Asked, before: Origin | undefined, sides: Sides): Promise<Exchange> => {
  const { client, around } = sides;
  const at = passageOf(asked, around);
  const own = around.behaviour.answer?.(at) ?? (at.host === '' ? ownPage(400, 'Bad Request', 'bad') : undefined);
  const origin = own === undefined ? await reuse(before, at, sides) : before;
  if (own !== undefined || origin === undefined) {
    client.write(writeWhole(own ?? ownPage(502, 'Bad Gateway', 'nobody is there'), at.method));
    return { at, isOwn: true, origin, asksUpgrade: false, answered: Promise.resolve('whole') };
  }
  origin.socket.write(headOf(asked, at, around.behaviour));
  const asksUpgrade = valueOf(at.fields, 'upgrade') !== undefined;
  return { at, isOwn: false, origin, asksUpgrade, answered: answer(origin, at, sides) };
};

/** What is no whole URL, as it is sent to web servers, has no host. */
const passageOf = ({ line, lines, request }: Asked, { passage }: Around): Passage => {
  const [, method = '', target = ''] = /^(\S+) (\S+) HTTP\/1\.[01]$/.exec(line) ?? [];
  const [, host = '', port = '80', path = '/'] =
    /^http:\/\/(?:[^/?@]*@)?(\[[^\]]*\]|[^/?:]*)(?::(\d+))?([/?]\S*)?$/i.exec(target) ?? [];
  const plain = host.replace(/^\[|\]$/g, '');
  return passage({
    ...{ host: plain, port: Number(port), method, fields: fieldsOf(lines), request },
    path: host === '' ? target : path.replace(/^\?/, '/?'),
  });
};

const headOf = ({ line, lines }: Asked, at: Passage, behaviour: Behaviour): Buffer => {
  const onward = `${at.method} ${at.path} ${line.slice(-'HTTP/1.1'.length)}`;
  const isOwn = (each: string): boolean => /^proxy-(?:connection|authorization):/i.test(each);
  const kept = behaviour.keepsHopFields === true ? lines : lines.filter((each) => !isOwn(each));
  const sent = [behaviour.requestLine?.(onward, at) ?? onward, ...(behaviour.fields?.(kept, at) ?? kept)];
  return Buffer.from(`${sent.join('\r\n')}\r\n\r\n`, 'latin1');
};

/** The connection of before where it leads to the same place, else another one; undefined where nobody is there. */
const reuse = async (before: Origin | undefined, at: Passage, sides: Sides): Promise<Origin | undefined> => {
  const place = `${at.host}:${at.port}`;
  if (before?.place === place && !before.socket.destroyed && !before.socket.readableEnded) return before;
  before?.socket.destroy();
  try {
    return await open(at, place, sides);
  } catch {
    return undefined;
  }
};

const open = async (at: Passage, place: string, { client, around }: Sides): Promise<Origin> => {
  const { behaviour, dial } = around;
  const socket = await dial(at.host, at.port);
  if (behaviour.preamble !== undefined) socket.write(behaviour.preamble(at));
  return behaviour.response === undefined ? { socket, place, watch: flowBack(socket, client) } : { socket, place };
};

const answer = async (origin: Origin, at: Passage, { client, around }: Sides): Promise<Outcome> => {
  const { delay } = around.behaviour;
  const { socket, watch } = origin;
  if (watch === undefined) return answerWhole(socket, at, { client, around });
  const outcome = watch(at.method);
  if (delay !== undefined) await held(socket, delay);
  return outcome;
};

/** With a hook the answer is taken whole before it goes back. */
const answerWhole = async (socket: Socket, at: Passage, { client, around: { behaviour } }: Sides): Promise<Outcome> => {
  const taken = await takeResponse(socket, at.method, (interim) => void client.write(interim));
  const whole = (await behaviour.response?.(taken, at)) ?? taken;
  await written(client, writeWhole(whole, at.method));
  if (whole.status === 101) return 'upgraded';
  if (!socket.readableEnded) return 'whole';
  client.end();
  return 'over';
};
