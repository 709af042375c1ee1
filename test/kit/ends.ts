/** Two bare ends of a conversation through a proxy, so that a test holds every byte that left and every byte that came. */

import { once } from 'node:events';
import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net';
import type { Animal, OpenAnimal, Speech, World } from './zoo/animal.js';
import { b01 } from './zoo/animals/honest-http.js';

/** Where origins of these tests stand. */
export const originAt = '127.0.2.9';

/** One end. */
export interface End {
  readonly socket: Socket;
  /** Takes so many bytes, once they are there. */
  readonly take: (count: number) => Promise<Buffer>;
  /** Takes everything up to and with these bytes. */
  readonly until: (mark: string) => Promise<string>;
  /** Takes what is left once the other side has ended. Rejects where it was reset. */
  readonly rest: () => Promise<Buffer>;
  readonly say: (bytes: string | Uint8Array) => void;
}

/** An origin that takes connections and says nothing of its own. */
export interface Origin extends AsyncDisposable {
  readonly port: number;
  /** The next connection that comes. */
  readonly next: () => Promise<End>;
}

/** The world of these tests: the origin has two names, and is a famous judge by one of them. */
export const worldAt = (port: number): World => ({
  ...{ client: '127.0.0.1', lan: '192.168.1.23', famous: ['famous.test'], secure: [port], seed: 7 },
  names: new Map([
    ['origin.test', originAt],
    ['famous.test', originAt],
  ]),
});

/** An animal with an origin of its own, and the host and port by which it is asked for it. */
export interface Scene {
  readonly origin: Origin;
  readonly open: OpenAnimal;
  readonly site: string;
}

/** Opens one; both are gone when the work is done. */
export const withAnimal = async (animal: Animal, work: (scene: Scene) => Promise<void>): Promise<void> => {
  await using origin = await openOrigin();
  const open = await animal.open(worldAt(origin.port));
  try {
    await work({ origin, open, site: `origin.test:${origin.port}` });
  } finally {
    await open.close();
  }
};

/** A client of the most honest animal, the connection that it will make, and what is asked. */
export interface Pair extends Scene {
  readonly client: End;
  readonly far: Promise<End>;
  readonly asked: (path: string, more?: string) => string;
}

/** Runs a test with one. */
export const withPair = (work: (pair: Pair) => Promise<void>) => () =>
  withAnimal(b01, async (scene) => {
    const asked = (path: string, more = ''): string =>
      `GET http://${scene.site}${path} HTTP/1.1\r\nHost: ${scene.site}\r\n${more}\r\n`;
    const client = await meet(scene.open);
    await work({ ...scene, asked, client, far: scene.origin.next() });
    client.socket.destroy();
  });

/** Opens an origin. */
export const openOrigin = async (): Promise<Origin> => {
  const sockets = new Set<Socket>();
  const waiting: End[] = [];
  let wake = (): void => undefined;
  const server: Server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    sockets.add(socket);
    waiting.push(endOf(socket));
    wake();
  });
  server.listen(0, originAt);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    next: async () => {
      for (;;) {
        const end = waiting.shift();
        if (end !== undefined) return end;
        await new Promise<void>((resolve) => (wake = resolve));
      }
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
};

/** A client's connection to an animal. */
export const meet = async (animal: OpenAnimal, speech: Speech = 'http'): Promise<End> => {
  const { hostname, port } = new URL(animal.url(speech).replace(/^\w+:/, 'http:'));
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true, noDelay: true });
  await once(socket, 'connect');
  return endOf(socket);
};

const endOf = (socket: Socket): End => {
  let joined: Buffer = Buffer.alloc(0);
  let pieces: Buffer[] = [];
  let state: 'open' | 'ended' | 'reset' = 'open';
  let wake = (): void => undefined;
  socket.on('data', (chunk: Buffer) => {
    pieces.push(chunk);
    wake();
  });
  socket.once('end', () => {
    state = 'ended';
    wake();
  });
  socket.on('error', () => {
    state = 'reset';
    wake();
  });
  const seen = (): Buffer => {
    if (pieces.length > 0) [joined, pieces] = [Buffer.concat([joined, ...pieces]), []];
    return joined;
  };
  const when = async <Result>(look: () => Result | undefined): Promise<Result> => {
    for (;;) {
      const found = look();
      if (found !== undefined) return found;
      if (state !== 'open')
        throw new Error(`${state} after ${JSON.stringify(seen().toString('latin1').slice(0, 400))}`);
      await new Promise<void>((resolve) => (wake = resolve));
    }
  };
  const cut = (count: number): Buffer => {
    const taken = seen().subarray(0, count);
    joined = seen().subarray(count);
    return taken;
  };
  return {
    socket,
    take: (count) => when(() => (seen().length < count ? undefined : cut(count))),
    until: (mark) =>
      when(() => {
        const at = seen().indexOf(mark, 0, 'latin1');
        return at === -1 ? undefined : cut(at + mark.length).toString('latin1');
      }),
    rest: () => when(() => (state === 'ended' ? cut(seen().length) : undefined)),
    say: (bytes) => void socket.write(bytes),
  };
};

/** Opens a tunnel to a host, by CONNECT, SOCKS5 or SOCKS4a, and takes the answer. */
export const openTunnel = async (client: End, speech: Speech, host: string, port: number): Promise<void> => {
  const at = Buffer.from([port >> 8, port & 255]);
  const name = Buffer.from(host, 'latin1');
  const octets = host.split('.').map(Number);
  const isName = octets.length !== 4 || octets.some(Number.isNaN);
  if (speech === 'http') {
    client.say(`CONNECT ${host}:${port} HTTP/1.1\r\nHost: ${host}:${port}\r\n\r\n`);
    const answer = await client.until('\r\n\r\n');
    if (!answer.startsWith('HTTP/1.1 200 ')) throw new Error(answer);
    return;
  }
  if (speech === 'socks4a') {
    const to = isName ? [0, 0, 0, 1, 0, ...name, 0] : [...octets, 0];
    client.say(Buffer.from([4, 1, ...at, ...to]));
    if ((await client.take(8))[1] !== 0x5a) throw new Error('refused');
    return;
  }
  client.say(Buffer.from([5, 1, 0]));
  await client.take(2);
  client.say(Buffer.from([5, 1, 0, ...(isName ? [3, name.length, ...name] : [1, ...octets]), ...at]));
  if ((await client.take(10))[1] !== 0x00) throw new Error('refused');
};
