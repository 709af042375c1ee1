/** Tunnels: bytes both ways as they are, or as a behaviour wants them. */

import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { TLSSocket, connect as tlsConnect, createSecureContext } from 'node:tls';
import type { Behaviour, Change } from './behaviour.js';

/** Joins a client with an origin until both directions have ended. */
export const join = (client: Duplex, origin: Duplex, { up, down, breaksHalfClose }: Behaviour): void => {
  pump(client, origin, up?.());
  pump(origin, client, down?.());
  if (breaksHalfClose === true) client.once('end', () => origin.destroy());
  for (const [one, other] of [
    [client, origin],
    [origin, client],
  ] as const) {
    one.on('error', () => other.destroy());
    one.once('close', () => (one.readableEnded ? undefined : other.destroy()));
  }
  client.once('close', () => origin.destroy());
};

const pump = (from: Duplex, to: Duplex, change: Change | undefined): void => {
  from.on('data', (chunk: Buffer) => {
    if (!to.write(change === undefined ? chunk : change(chunk))) from.pause();
  });
  to.on('drain', () => from.resume());
  from.once('end', () => to.end());
  from.resume();
};

/** Waits for the first bytes of the client, puts them back, and tells them. */
export const peek = (client: Socket, found: (first: Buffer) => void): void => {
  client.once('data', (first: Buffer) => {
    client.pause();
    client.unshift(first);
    found(first);
  });
  client.resume();
};

/** Ends TLS on both sides, so that everything passes in clear between. */
export const openTls = (
  client: Socket,
  origin: Socket,
  { key, cert, alpn }: ReturnType<NonNullable<Behaviour['opens']>>,
): void => {
  const near = new TLSSocket(client, {
    isServer: true,
    secureContext: createSecureContext({ key, cert }),
    ALPNProtocols: [...alpn],
  });
  const far = tlsConnect({ socket: origin, rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] });
  for (const stream of [near, far]) stream.on('error', () => [near, far].forEach((each) => each.destroy()));
  join(near, far, {});
};
