/** A listening port: it accepts, counts and turns away; what a client says is read elsewhere. */

import { type AddressInfo, type Server, type Socket, createServer } from 'node:net';
import { type Endpoint, hostText, parseHost } from '../model/address.js';
import type { Port } from '../model/brand.js';
import { type KaskadeError, fail } from '../model/error.js';
import type { Admission } from './admission.js';

/** Where to listen; port 0 takes any free one. */
export interface ListenAt {
  readonly host: Endpoint['host'];
  readonly port: Port | 0;
}

/** Told of every client that came in. */
export interface Reception {
  /** Gets a client with its error listener on; `turnedAway` says why it must be refused once it has said what it wants. */
  readonly onClient: (client: Socket, turnedAway: KaskadeError | undefined) => void;
  /** Accepting met the limit of the machine, or works again. */
  readonly onPause: (paused: boolean) => void;
}

/** An open listener. */
export interface Listener {
  readonly endpoint: Endpoint;
  /** Accepts no more, at once. Resolves when the clients inside are gone too; they are not touched. */
  readonly close: () => Promise<void>;
}

/** So many clients over the limit are still told why; more are closed at once. */
const politeness = (most: number): number => Math.min(64, Math.ceil(most / 8));
/** After this share of the room is free again, clients are let in again. */
const recovery = 0.8;

/** Opens a listener. Rejects with `port-in-use` when the address cannot be had. */
export const listen = (at: ListenAt, admission: Admission, reception: Reception): Promise<Listener> =>
  new Promise((resolve, reject) => {
    const server = createServer({ allowHalfOpen: true, noDelay: true });
    const turnstile = createTurnstile(server, admission, reception);
    const onError = (error: NodeJS.ErrnoException): void => {
      reject(listenFailure(error, at));
    };
    server.once('error', onError);
    server.on('connection', (client) => {
      admit(client, admission, { reception, turnstile });
    });
    server.on('drop', turnstile.onDrop);
    server.listen({ host: hostText(at.host), port: at.port, backlog: 1024, exclusive: true }, () => {
      server.off('error', onError);
      server.on('error', turnstile.onError);
      resolve(createListener(server));
    });
  });

/** Turns clients away at the door while the machine has no descriptors left, instead of accepting what cannot be served. */
interface Turnstile {
  readonly onError: () => void;
  readonly onDrop: () => void;
  readonly onLeave: () => void;
}

const createTurnstile = (server: Server, admission: Admission, reception: Reception): Turnstile => {
  let paused = false;
  const hardLimit = admission.most + politeness(admission.most);
  server.maxConnections = hardLimit;
  const pause = (): void => {
    if (!paused) reception.onPause(true);
    paused = true;
  };
  return {
    onError: () => {
      server.maxConnections = Math.max(1, admission.inside());
      pause();
    },
    onDrop: pause,
    onLeave: () => {
      if (!paused || admission.inside() > Math.min(hardLimit, server.maxConnections) * recovery) return;
      paused = false;
      server.maxConnections = hardLimit;
      reception.onPause(false);
    },
  };
};

const admit = (
  client: Socket,
  admission: Admission,
  { reception, turnstile }: { readonly reception: Reception; readonly turnstile: Turnstile },
): void => {
  const address = client.remoteAddress ?? '';
  client.on('error', () => undefined);
  client.on('close', () => {
    admission.leave(address);
    turnstile.onLeave();
  });
  reception.onClient(client, admission.enter(address));
};

const createListener = (server: Server): Listener => {
  const { address, port } = server.address() as AddressInfo;
  return {
    endpoint: { host: parseHost(address), port: port as Port },
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
      }),
  };
};

const listenFailure = (error: NodeJS.ErrnoException, { host, port }: ListenAt): KaskadeError =>
  fail('port-in-use', { note: `${hostText(host)}:${port}, ${error.code ?? 'unknown'}` }, error);
