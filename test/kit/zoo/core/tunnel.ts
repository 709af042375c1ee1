/** Tunnels: bytes both ways as they are, or as a behaviour wants them. */

import { Socket, isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { TLSSocket, connect as tlsConnect, createSecureContext } from 'node:tls';
import type { Behaviour, Change } from './behaviour.js';

/** Joins a client with an origin until both directions have ended; a reset on one side is one on the other. */
export const join = (client: Duplex, origin: Duplex, { up, down, breaksHalfClose }: Behaviour): void => {
  pump(client, origin, up?.());
  pump(origin, client, down?.());
  if (breaksHalfClose === true) endTogether(client, origin);
  else cutTogether(client, origin);
};

/** The end of one direction is the end of both. */
const endTogether = (client: Duplex, origin: Duplex): void => {
  const both = [client, origin];
  const end = (): void => {
    for (const each of both) each.end(() => each.destroy());
  };
  for (const each of both) each.once('end', end).once('close', end);
};

const cutTogether = (client: Duplex, origin: Duplex): void => {
  for (const [one, other] of [
    [client, origin],
    [origin, client],
  ] as const) {
    one.once('close', () => {
      if (!one.readableEnded || !one.writableFinished) cut(other);
    });
    if (one.destroyed) cut(other);
  }
};

/** A socket that was reset is told from one that ended. */
const cut = (stream: Duplex): void => {
  if (stream.destroyed) return;
  if (stream instanceof Socket && !(stream instanceof TLSSocket)) stream.resetAndDestroy();
  else stream.destroy();
};

/** Takes what comes from one side to the other, its end included, as fast as the other takes it. */
export const pump = (from: Duplex, to: Duplex, change: Change | undefined): void => {
  from.on('data', (chunk: Buffer) => {
    if (!to.write(change === undefined ? chunk : change(chunk))) from.pause();
  });
  to.on('drain', () => from.resume());
  from.once('end', () => to.end());
  from.resume();
};

/** Waits for the first bytes of the client, puts them back, and tells them; or tells that it ends without a word. */
export const peek = (client: Socket, found: (first: Buffer) => void, gone: () => void): void => {
  client.once('end', gone);
  client.once('data', (first: Buffer) => {
    client.off('end', gone).pause();
    client.unshift(first);
    found(first);
  });
  client.resume();
};

/** Ends TLS on both sides, so that everything passes in clear between; the origin's side first, to see its certificate. */
export const openTls = (
  client: Socket,
  origin: Socket,
  { host, opens }: { readonly host: string; readonly opens: NonNullable<Behaviour['opens']> },
): void => {
  const name = isIP(host) === 0 ? { servername: host } : {};
  const far = tlsConnect({ socket: origin, rejectUnauthorized: false, ALPNProtocols: ['http/1.1'], ...name });
  far.on('error', () => client.destroy());
  client.once('close', () => far.destroy());
  far.once('secureConnect', () => {
    const { key, cert, alpn } = opens(host, far.getPeerCertificate());
    const secureContext = createSecureContext({ key, cert });
    const near = new TLSSocket(client, { isServer: true, secureContext, ALPNProtocols: [...alpn] });
    near.on('error', () => far.destroy());
    join(near, far, {});
  });
};
