/** Clients of the listener: each protocol spoken by hand, byte for byte, up to the answer; what follows stays in the socket. */

import { once } from 'node:events';
import { type Socket, connect } from 'node:net';
import { hear, hearUntil } from './ear.js';
import type { Login } from './speech.js';

/** How a client may ask for a tunnel. */
export type ClientProtocol = 'socks5' | 'socks4' | 'socks4a' | 'connect';

/** Every way. */
export const clientProtocols: readonly ClientProtocol[] = ['socks5', 'socks4', 'socks4a', 'connect'];

/** What a client wants. */
export interface Wish {
  readonly protocol: ClientProtocol;
  /** `host:port`; SOCKS4 takes IPv4 addresses only. */
  readonly target: string;
  readonly login?: Login;
  /** Sent in the same segment as the request. */
  readonly early?: Buffer;
  /** One byte at a time. */
  readonly slowly?: boolean;
  /** The address of loopback that the client comes from. */
  readonly from?: string;
}

/** What the listener said; the socket is the caller's. */
export interface Said {
  readonly socket: Socket;
  readonly ok: boolean;
  /** SOCKS reply code or HTTP status; -1 where the login was refused. */
  readonly code: number;
  /** The head of an HTTP answer, or the bytes of a SOCKS one in hex. */
  readonly text: string;
}

/** Connects to the listener and asks. Rejects with Silent when the listener ends the connection without an answer. */
export const ask = async (port: number, wish: Wish): Promise<Said> => {
  const socket = await dialUp(port, wish.from);
  try {
    return await asks[wish.protocol](socket, wish);
  } catch (thrown) {
    socket.destroy();
    throw thrown;
  }
};

/** A plain connection to the listener. */
export const dialUp = async (port: number, from = '127.0.0.1'): Promise<Socket> => {
  const socket = connect({ host: '127.0.0.1', port, localAddress: from, allowHalfOpen: true, noDelay: true });
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
};

/** Writes bytes in one segment, or each in one of its own. */
export const tell = async (socket: Socket, bytes: Buffer, slowly: boolean | undefined): Promise<void> => {
  if (slowly !== true) {
    socket.write(bytes);
    return;
  }
  for (const byte of bytes) {
    await new Promise<void>((resolve) => socket.write(Buffer.from([byte]), () => setImmediate(resolve)));
  }
};

/** Host and port of `host:port`. */
const split = (target: string): { readonly host: string; readonly port: number } => {
  const colon = target.lastIndexOf(':');
  return { host: target.slice(0, colon), port: Number(target.slice(colon + 1)) };
};

const none = Buffer.alloc(0);

const portBytes = (port: number): Buffer => Buffer.from([port >> 8, port & 0xff]);

/** A SOCKS5 request with a name. */
export const socks5Request = (target: string, command = 1): Buffer => {
  const { host, port } = split(target);
  const name = Buffer.from(host, 'latin1');
  return Buffer.concat([Buffer.from([5, command, 0, 3, name.length]), name, portBytes(port)]);
};

/** A SOCKS4a request, or one of SOCKS4 where the host is an IPv4 address. */
export const socks4Request = (target: string, user = '', command = 1): Buffer => {
  const { host, port } = split(target);
  const literal = /^[\d.]+$/.test(host);
  const address = literal ? host.split('.').map(Number) : [0, 0, 0, 1];
  const text = Buffer.from(`${user}\0${literal ? '' : `${host}\0`}`, 'utf8');
  return Buffer.concat([Buffer.from([4, command]), portBytes(port), Buffer.from(address), text]);
};

/** A CONNECT request. */
export const connectRequest = (target: string, login?: Login): Buffer => {
  const basic = Buffer.from(`${login?.user ?? ''}:${login?.password ?? ''}`).toString('base64');
  const field = login === undefined ? '' : `Proxy-Authorization: Basic ${basic}\r\n`;
  return Buffer.from(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n${field}\r\n`, 'latin1');
};

const askSocks5 = async (socket: Socket, { target, login, early = none, slowly }: Wish): Promise<Said> => {
  await tell(socket, Buffer.from(login === undefined ? [5, 1, 0] : [5, 1, 2]), slowly);
  const method = await hear(socket, 2);
  const answered = (code: number, bytes: Buffer): Said => ({
    socket,
    ok: code === 0,
    code,
    text: bytes.toString('hex'),
  });
  if (method[1] === 0xff) return answered(-1, method);
  if (login !== undefined) {
    const [user, password] = [Buffer.from(login.user), Buffer.from(login.password)];
    const bytes = Buffer.concat([Buffer.from([1, user.length]), user, Buffer.from([password.length]), password]);
    await tell(socket, bytes, slowly);
    const status = await hear(socket, 2);
    if (status[1] !== 0) return answered(-1, status);
  }
  await tell(socket, Buffer.concat([socks5Request(target), early]), slowly);
  const reply = await hear(socket, 10);
  return answered(reply.readUInt8(1), reply);
};

const askSocks4 = async (socket: Socket, { target, login, early = none, slowly }: Wish): Promise<Said> => {
  await tell(socket, Buffer.concat([socks4Request(target, login?.user), early]), slowly);
  const reply = await hear(socket, 8);
  const code = reply.readUInt8(1);
  return { socket, ok: code === 0x5a, code, text: reply.toString('hex') };
};

const askConnect = async (socket: Socket, { target, login, early = none, slowly }: Wish): Promise<Said> => {
  await tell(socket, Buffer.concat([connectRequest(target, login), early]), slowly);
  const text = await hearUntil(socket, '\r\n\r\n');
  const code = Number(/^HTTP\/1\.1 (\d{3}) /.exec(text)?.[1]);
  return { socket, ok: code === 200, code, text };
};

const asks = { socks5: askSocks5, socks4: askSocks4, socks4a: askSocks4, connect: askConnect };
