/** What a proxy of the zoo may do otherwise than an honest one. Every hook that is missing leaves bytes as they are. */

import type { Socket } from 'node:net';
import type { PeerCertificate } from 'node:tls';
import type { World } from '../animal.js';
import type { Field } from '../../../../src/wire/http-head.js';

/** One request on its way. */
export interface Passage {
  readonly world: World;
  /** The client as the proxy's socket sees it. */
  readonly client: string;
  /** Where this connection goes out. */
  readonly exit: string;
  /** The host and port that are asked for; no host where the request is not for a proxy. */
  readonly host: string;
  readonly port: number;
  readonly method: string;
  readonly path: string;
  /** Fields as the client wrote them. */
  readonly fields: readonly Field[];
  /** The client's connection, and the request on it, from 1. */
  readonly connection: number;
  readonly request: number;
  readonly random: () => number;
}

/** An answer, whole. */
export interface Whole {
  readonly status: number;
  readonly reason: string;
  readonly fields: readonly Field[];
  readonly body: Buffer;
  /** Behind a body in chunks. */
  readonly trailers?: readonly Field[];
}

/** Changes bytes on their way through a tunnel. */
export type Change = (bytes: Buffer) => Buffer;

/** What a proxy shows in place of an origin's certificate. */
export interface Forged {
  readonly key: string;
  readonly cert: string;
  readonly alpn: readonly string[];
}

/** The hooks. */
export interface Behaviour {
  /** Field lines, without the request line; what comes back is sent. Also inside tunnels where `inTunnels` says so. */
  readonly fields?: (lines: readonly string[], at: Passage) => readonly string[];
  readonly requestLine?: (line: string, at: Passage) => string;
  readonly inTunnels?: true;
  /** Said to the origin before the first request of a connection. */
  readonly preamble?: (at: Passage) => string | Buffer;
  /** Bytes of a request's body, as they are framed. */
  readonly upload?: (bytes: Buffer, at: Passage) => Buffer;
  /** An answer of its own; the origin is not asked then. */
  readonly answer?: (at: Passage) => Whole | undefined;
  readonly response?: (answer: Whole, at: Passage) => Whole | Promise<Whole>;
  /** Made for each tunnel. */
  readonly up?: () => Change;
  readonly down?: () => Change;
  /** Ends both directions of a tunnel as soon as the client ends one. */
  readonly breaksHalfClose?: true;
  /** Opens TLS inside tunnels, with this certificate. */
  readonly opens?: (host: string, origin: PeerCertificate) => Forged;
  /** Asked of each tunnel with TLS in it, by its first bytes and the host that it was asked for; leaves that one alone. */
  readonly spares?: (hello: Buffer, host: string) => boolean;
  /** The status with which a tunnel is refused. */
  readonly refuses?: (host: string, port: number) => number | undefined;
  readonly exit?: (exit: string, connection: number) => string;
  /** For whom name servers are asked, as its resolver tells them. */
  readonly asksFor?: (client: string) => string;
  /** Where unknown names lead. */
  readonly nowhere?: () => string;
  /** Takes the connection for itself; nothing of the proxy is left then. */
  readonly takes?: (socket: Socket, random: () => number) => boolean;
  /** Milliseconds before an answer begins. */
  readonly delay?: number;
  /** SOCKS4 without names. */
  readonly noNames?: true;
  readonly login?: true;
  /** Passes on what is meant for itself. */
  readonly keepsHopFields?: true;
}
