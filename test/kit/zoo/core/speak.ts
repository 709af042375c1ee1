/** The handshakes of a proxy of the zoo: CONNECT, SOCKS5, SOCKS4 and 4a, told by the first byte. */

import type { Socket } from 'node:net';
import { isIP } from 'node:net';

/** A tunnel that is asked for, and how it is answered. */
export interface Asked {
  readonly host: string;
  readonly port: number;
  readonly yes: Buffer;
  readonly no: (status: number) => Buffer;
}

const http = (text: string): Buffer => Buffer.from(`HTTP/1.1 ${text}\r\n\r\n`, 'latin1');

/** Reads a CONNECT from what was seen; undefined while it is incomplete, `null` for another method. */
export const readConnect = (seen: Buffer): { readonly used: number; readonly asked: Asked } | null | undefined => {
  const text = seen.toString('latin1');
  if (!'CONNECT '.startsWith(text.slice(0, 8)) && !text.startsWith('CONNECT ')) return null;
  const end = text.indexOf('\r\n\r\n');
  if (end === -1) return undefined;
  const [, host = '', port = ''] = /^CONNECT (\[[^\]]*\]|[^:]*):(\d+) HTTP/.exec(text) ?? [];
  const asked: Asked = {
    ...{ host: host.replace(/^\[|\]$/g, ''), port: Number(port), yes: http('200 Connection established') },
    no: (status) => http(`${status} No\r\nContent-Length: 0`),
  };
  return { used: end + 4, asked };
};

/** Answers the greeting of SOCKS5, and reads the request (RFC 1928); a login that is wanted is never right (RFC 1929). */
export const readSocks5 = (client: Socket, login: boolean, ready: (asked: Asked, rest: Buffer) => void): void => {
  let seen = Buffer.alloc(0);
  let method: number | undefined;
  const onData = (chunk: Buffer): void => {
    seen = Buffer.concat([seen, chunk]);
    if (method === undefined) {
      const length = 2 + (seen[1] ?? 255);
      if (seen.length < length) return;
      method = seen.subarray(2, length).includes(login ? 0x02 : 0x00) ? (login ? 0x02 : 0x00) : 0xff;
      seen = seen.subarray(length);
      client.write(Buffer.from([0x05, method]));
    }
    if (method !== 0x00) {
      if (method === 0xff) client.end();
      else if (seen.length > 0) client.end(Buffer.from([0x01, 0x01]));
      return;
    }
    const read = request5(seen);
    if (read === undefined) return;
    client.off('data', onData).off('end', onEnd).pause();
    if (read.command !== 0x01) client.end(reply5(0x07));
    else ready(asked5(read), seen.subarray(read.used));
  };
  const onEnd = (): void => void client.end();
  client.on('data', onData).once('end', onEnd);
  client.resume();
};

const reply5 = (code: number): Buffer => Buffer.from([5, code, 0, 1, 0, 0, 0, 0, 0, 0]);

const asked5 = ({ host, port }: { readonly host: string; readonly port: number }): Asked => ({
  ...{ host, port, yes: reply5(0) },
  no: (status) => reply5(status === 403 ? 2 : 4),
});

const request5 = (seen: Buffer) => {
  const [, command = 0, , type = 0, first = 0] = seen;
  const size = type === 1 ? 4 : type === 4 ? 16 : 1 + first;
  if (seen.length < 5 || seen.length < 4 + size + 2) return undefined;
  const address = seen.subarray(4, 4 + size);
  const host = type === 3 ? address.toString('latin1', 1) : textOf(address);
  return { command, host, port: seen.readUInt16BE(4 + size), used: 4 + size + 2 };
};

const textOf = (address: Buffer): string =>
  address.length === 4 ? [...address].join('.') : (address.toString('hex').match(/.{4}/g) ?? []).join(':');

/** Reads a request of SOCKS4 or 4a. */
export const readSocks4 = (client: Socket, noNames: boolean, ready: (asked: Asked, rest: Buffer) => void): void => {
  let seen = Buffer.alloc(0);
  const onData = (chunk: Buffer): void => {
    seen = Buffer.concat([seen, chunk]);
    const read = seen.length < 9 ? undefined : request4(seen);
    if (read === undefined) return;
    client.off('data', onData).off('end', onEnd).pause();
    const code = (byte: number): Buffer => Buffer.from([0, byte, 0, 0, 0, 0, 0, 0]);
    const asked: Asked = { host: read.host, port: seen.readUInt16BE(2), yes: code(0x5a), no: () => code(0x5b) };
    if (seen[1] !== 0x01 || (noNames && isIP(read.host) === 0)) client.end(code(0x5b));
    else ready(asked, seen.subarray(read.used));
  };
  const onEnd = (): void => void client.end();
  client.on('data', onData).once('end', onEnd);
  client.resume();
};

const request4 = (seen: Buffer) => {
  const user = seen.indexOf(0, 8);
  if (user === -1) return undefined;
  const address = seen.subarray(4, 8);
  if (address.readUInt32BE(0) > 255) return { host: textOf(address), used: user + 1 };
  const end = seen.indexOf(0, user + 1);
  return end === -1 ? undefined : { host: seen.toString('latin1', user + 1, end), used: end + 1 };
};
