/** A port that strangers talk to: every connection is counted and bounded; over TLS the client's first flight is kept as it came. */

import { createHash } from 'node:crypto';
import { type AddressInfo, type Server, type Socket, createServer } from 'node:net';
import type { Duplex } from 'node:stream';
import { TLSSocket, type SecureContext, createSecureContext } from 'node:tls';
import { type Endpoint, hostText, parseHost } from '../model/address.js';
import type { Port } from '../model/brand.js';
import { fail } from '../model/error.js';
import type { ListenAt } from './listen.js';

/** How TLS is spoken at a port: a chain and its key, PEM. */
export interface Identity {
  readonly cert: string;
  readonly key: string;
}

/** A connection that came in. */
export interface Caller {
  /** In clear, whatever is spoken below. */
  readonly stream: Duplex;
  readonly peer: string;
  readonly peerPort: number;
  readonly port: number;
  /** What was said before TLS began: somebody on the way announces the client (the PROXY protocol). */
  readonly preamble?: Buffer;
  readonly tls?: {
    /** SHA-256 of the client's first flight, hexadecimal. */
    readonly hello: string;
    readonly protocol: string;
    readonly name?: string;
    readonly alpn?: string;
  };
}

/** What a port keeps to. */
export interface PortRules {
  readonly identity?: Identity;
  /** Connections at once, on the whole and from one address. */
  readonly most: number;
  readonly mostEach: number;
  /** How long a connection may say nothing. */
  readonly silence: number;
  /** Gets each connection; what it does not end is ended with the port. */
  readonly onCaller: (caller: Caller) => void;
}

/** An open port. */
export interface JudgePort {
  readonly endpoint: Endpoint;
  readonly close: () => Promise<void>;
}

/** Opens a port. Rejects with `port-in-use`. */
export const openJudgePort = (at: ListenAt, rules: PortRules): Promise<JudgePort> =>
  new Promise((resolve, reject) => {
    const server = createServer({ allowHalfOpen: true, noDelay: true });
    const inside = new Set<Socket>();
    const each = new Map<string, number>();
    const context = rules.identity === undefined ? undefined : createSecureContext({ ...rules.identity });
    server.on('connection', (socket) => {
      const peer = plainAddress(socket.remoteAddress ?? '');
      const count = (each.get(peer) ?? 0) + 1;
      socket.on('error', () => undefined);
      if (inside.size >= rules.most || count > rules.mostEach) {
        socket.destroy();
        return;
      }
      inside.add(socket);
      each.set(peer, count);
      socket.setTimeout(rules.silence, () => socket.destroy());
      socket.once('close', () => {
        inside.delete(socket);
        const left = (each.get(peer) ?? 1) - 1;
        if (left === 0) each.delete(peer);
        else each.set(peer, left);
      });
      welcome(socket, peer, { rules, context });
    });
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(fail('port-in-use', { note: `${hostText(at.host)}:${at.port}, ${error.code ?? 'unknown'}` }, error));
    });
    server.listen({ host: hostText(at.host), port: at.port, backlog: 2048 }, () => {
      resolve({ endpoint: endpointOf(server), close: () => close(server, inside) });
    });
  });

/** An address of version 4 as itself, also where a port of version 6 has let it in (RFC 4291 §2.5.5.2). */
export const plainAddress = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/, '');

const welcome = (
  socket: Socket,
  peer: string,
  { rules, context }: { readonly rules: PortRules; readonly context: SecureContext | undefined },
): void => {
  const from = { peer, peerPort: socket.remotePort ?? 0, port: socket.localPort ?? 0 };
  if (context === undefined) rules.onCaller({ stream: socket, ...from });
  else
    readHello(socket, ({ hello, preamble }) => {
      const before = preamble.length === 0 ? {} : { preamble };
      secure(socket, context, (tls) => rules.onCaller({ ...tls(hello), ...from, ...before }));
    });
};

const longestHello = 16 * 1024;

interface Opening {
  readonly hello: string;
  readonly preamble: Buffer;
}

/** Waits for the records of the first flight, and puts them back for whoever speaks TLS. */
const readHello = (socket: Socket, found: (opening: Opening) => void): void => {
  let seen = Buffer.alloc(0);
  const onEnd = (): void => void socket.destroy();
  const onData = (chunk: Buffer): void => {
    seen = Buffer.concat([seen, chunk]);
    const from = seen[0] === 0x16 ? 0 : announcement(seen);
    const end = from === -1 ? 0 : endOfHello(seen.subarray(from));
    if (end === 0 && seen.length <= longestHello) return;
    socket.off('data', onData).off('end', onEnd).pause();
    if (end <= 0 || seen.length > longestHello) {
      socket.destroy();
      return;
    }
    const hello = createHash('sha256')
      .update(seen.subarray(from, from + end))
      .digest('hex');
    socket.unshift(seen.subarray(from));
    found({ hello, preamble: Buffer.from(seen.subarray(0, from)) });
  };
  socket.on('data', onData);
  socket.once('end', onEnd);
};

const secondVersion = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');

/** Where a header of the PROXY protocol ends (version 1 is a line, version 2 has a length); 0 for none, −1 while it is incomplete. */
export const announcement = (seen: Buffer): number => {
  if (seen.subarray(0, secondVersion.length).equals(secondVersion)) {
    const end = seen.length < 16 ? Number.POSITIVE_INFINITY : 16 + seen.readUInt16BE(14);
    return end <= seen.length ? end : -1;
  }
  if (seen.toString('latin1', 0, 6) !== 'PROXY ') return 0;
  const end = seen.indexOf('\r\n', 0, 'latin1');
  return end === -1 ? -1 : end + 2;
};

/** Where the records that carry the ClientHello end (RFC 8446 §5.1, §4.1.2); 0 while they are not here, −1 for what is none. */
export const endOfHello = (seen: Buffer): number => {
  let at = 0;
  let have = 0;
  let need = Number.POSITIVE_INFINITY;
  while (have < need) {
    if (seen.length < at + 5) return seen.length > 0 && seen[0] !== 0x16 ? -1 : 0;
    if (seen[at] !== 0x16) return -1;
    const length = seen.readUInt16BE(at + 3);
    if (seen.length < at + 5 + length) return 0;
    if (at === 0 && length >= 4) need = 4 + (seen.readUInt32BE(5) & 0xffffff);
    have += length;
    at += 5 + length;
  }
  return at;
};

type Told = (hello: string) => Pick<Caller, 'stream' | 'tls'>;

const secure = (socket: Socket, context: SecureContext, ready: (told: Told) => void): void => {
  const tls = new TLSSocket(socket, { isServer: true, secureContext: context, ALPNProtocols: ['http/1.1'] });
  tls.on('error', () => socket.destroy());
  // What lies under TLS is not told of its end.
  tls.once('close', () => socket.destroy());
  tls.once('secure', () => {
    const name = (tls as TLSSocket & { readonly servername?: string | false | null }).servername;
    const alpn = tls.alpnProtocol;
    ready((hello) => ({
      stream: tls,
      tls: {
        hello,
        protocol: tls.getProtocol() ?? '',
        ...(typeof name === 'string' && name !== '' ? { name } : {}),
        ...(typeof alpn === 'string' ? { alpn } : {}),
      },
    }));
  });
};

const endpointOf = (server: Server): Endpoint => {
  const { address, port } = server.address() as AddressInfo;
  return { host: parseHost(address), port: port as Port };
};

const close = (server: Server, inside: ReadonlySet<Socket>): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
    for (const socket of inside) socket.destroy();
  });
