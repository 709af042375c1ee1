/** A scripted HTTP proxy for tests: it keeps what it was asked, and leads names to targets of the test. */

import { type AddressInfo, type Socket, connect, createServer } from 'node:net';

/** What a hop does with one CONNECT: leads on to a port of this machine, or answers these bytes and closes. */
export type Verdict = { readonly port: number } | { readonly say: string };

/** Decides on one CONNECT by its authority and its whole head. */
export type Lead = (authority: string, head: string) => Verdict | Promise<Verdict>;

/** A running hop. */
export interface ScriptedHop extends AsyncDisposable {
  readonly port: number;
  /** The heads of the CONNECT requests that came, in order. */
  readonly heads: readonly string[];
  /** The authorities that CONNECT named, in order. */
  readonly asked: () => readonly string[];
  /** How many connections to it are open now. */
  readonly open: () => number;
  /** Resolves when no connection is open. */
  readonly empty: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Starts a hop; `lead` is asked for every CONNECT and may take its time. */
export const startHop = async (lead: Lead): Promise<ScriptedHop> => {
  const heads: string[] = [];
  const sockets = new Set<Socket>();
  const waiting: (() => void)[] = [];
  const leave = (socket: Socket): void => {
    sockets.delete(socket);
    if (sockets.size === 0) for (const resolve of waiting.splice(0)) resolve();
  };
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    sockets.add(client);
    client.on('error', () => undefined);
    client.on('close', () => {
      leave(client);
    });
    void serve(client, heads, lead);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => {
        resolve();
      });
      for (const socket of sockets) socket.destroy();
    });
  return {
    port: (server.address() as AddressInfo).port,
    heads,
    asked: () => heads.map((head) => /^CONNECT (\S+)/.exec(head)?.[1] ?? head),
    open: () => sockets.size,
    empty: () =>
      new Promise((resolve) => {
        if (sockets.size === 0) resolve();
        else waiting.push(resolve);
      }),
    close,
    [Symbol.asyncDispose]: close,
  };
};

/** A hop that leads every name to one target. */
export const startHopTo = (port: number): Promise<ScriptedHop> => startHop(() => ({ port }));

const serve = async (client: Socket, heads: string[], lead: Lead): Promise<void> => {
  let seen = Buffer.alloc(0);
  const collect = (piece: Buffer): void => {
    seen = Buffer.concat([seen, piece]);
  };
  const leave = (): void => {
    client.destroy();
  };
  client.on('data', collect).on('end', leave);
  const end = await headEnd(client, () => seen);
  if (end === undefined) return;
  const head = seen.toString('latin1', 0, end);
  heads.push(head);
  const verdict = await lead(/^CONNECT (\S+)/.exec(head)?.[1] ?? '', head);
  if (client.destroyed) return;
  if ('say' in verdict) {
    client.end(Buffer.from(verdict.say, 'latin1'));
    return;
  }
  client.off('data', collect).off('end', leave).pause();
  tunnel(client, verdict.port, seen.subarray(end));
};

const headEnd = (client: Socket, seen: () => Buffer): Promise<number | undefined> =>
  new Promise((resolve) => {
    client.on('data', () => {
      const end = seen().indexOf('\r\n\r\n');
      if (end !== -1) resolve(end + 4);
    });
    client.on('close', () => {
      resolve(undefined);
    });
  });

const tunnel = (client: Socket, port: number, early: Buffer): void => {
  const target = connect({ host: '127.0.0.1', port, allowHalfOpen: true, noDelay: true });
  target.on('error', () => client.resetAndDestroy());
  client.on('error', () => target.resetAndDestroy());
  target.once('connect', () => {
    client.write('HTTP/1.1 200 OK\r\n\r\n');
    target.write(early);
    client.pipe(target);
    target.pipe(client, { end: false });
  });
  target.on('end', () => {
    endClient(client, target);
  });
  client.on('close', () => target.destroy());
  target.on('close', () => client.destroy());
};

/** Node 20 tells of a reset that comes with the last bytes as if it were an end; a write of nothing fails then. */
const endClient = (client: Socket, target: Socket): void => {
  if (target.writableEnded) client.end();
  else {
    target.write('', (error) => {
      if (error) client.resetAndDestroy();
      else client.end();
    });
  }
};
