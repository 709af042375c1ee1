/** What scripted proxies say and understand: the server half of each hop protocol, written a second time so that it can contradict. */

import type { Duplex } from 'node:stream';
import { hear, hearByte, hearUntil } from './ear.js';
import type { Mouth } from './faults.js';

/** User name and password; SOCKS4 has the name only. */
export interface Login {
  readonly user: string;
  readonly password: string;
}

/** What a proxy was asked for. */
export interface Asked {
  readonly host: string;
  readonly port: number;
  readonly kind: 'name' | 'address';
}

/** Reads what a client wants; undefined where the fault or a wrong login ended the conversation. */
export type Understand = (
  stream: Duplex,
  say: Mouth,
  log: { readonly login: Login | undefined; readonly heard: (secret: string) => void },
) => Promise<Asked | undefined>;

/** One protocol: how it reads requests, and how it says yes and no. */
export interface Speech {
  readonly understand: Understand;
  readonly yes: Buffer;
  readonly no: Buffer;
}

const socks5Reply = (code: number): Buffer => Buffer.from([5, code, 0, 1, 127, 0, 0, 1, 0x12, 0x34]);
const socks4Reply = (code: number): Buffer => Buffer.from([0, code, 0x12, 0x34, 127, 0, 0, 1]);

/** An HTTP answer to CONNECT. */
export const httpAnswer = (status: number, reason = 'Because', fields = ''): Buffer =>
  Buffer.from(`HTTP/1.1 ${status} ${reason}\r\n${fields}\r\n`, 'latin1');

const asAsked = (host: string, port: number): Asked => {
  const bare = host.replace(/^\[(.*)\]$/, '$1');
  return { host: bare, port, kind: /^[\d.]+$|:/.test(bare) ? 'address' : 'name' };
};

const understandSocks5: Understand = async (stream, say, { login, heard }) => {
  if ((await hearByte(stream)) !== 5) return undefined;
  const methods = await hear(stream, await hearByte(stream));
  const wanted = login === undefined ? 0 : 2;
  if (!methods.includes(wanted)) {
    await say('greeting', Buffer.from([5, 0xff]));
    return undefined;
  }
  if (!(await say('greeting', Buffer.from([5, wanted])))) return undefined;
  if (login !== undefined && !(await checkPassword(stream, say, { login, heard }))) return undefined;
  const head = await hear(stream, 4);
  if (!head.subarray(0, 3).equals(Buffer.from([5, 1, 0]))) return undefined;
  const host = await hearHost(stream, head.readUInt8(3));
  return asAsked(host, (await hear(stream, 2)).readUInt16BE(0));
};

const checkPassword = async (
  stream: Duplex,
  say: Mouth,
  { login, heard }: { readonly login: Login; readonly heard: (secret: string) => void },
): Promise<boolean> => {
  if ((await hearByte(stream)) !== 1) return false;
  const user = (await hear(stream, await hearByte(stream))).toString('utf8');
  const password = (await hear(stream, await hearByte(stream))).toString('utf8');
  heard(`${user}:${password}`);
  const right = user === login.user && password === login.password;
  return (await say('auth', Buffer.from([1, right ? 0 : 1]))) && right;
};

const hearHost = async (stream: Duplex, type: number): Promise<string> => {
  if (type === 1) return (await hear(stream, 4)).join('.');
  if (type === 3) return (await hear(stream, await hearByte(stream))).toString('latin1');
  const groups = (await hear(stream, 16)).toString('hex').match(/.{4}/g) ?? [];
  return groups.join(':');
};

const understandSocks4: Understand = async (stream, say, { login, heard }) => {
  const head = await hear(stream, 8);
  const user = (await hearUntil(stream, '\0')).slice(0, -1);
  heard(user);
  const named = head.readUInt32BE(4) <= 0xff && head.readUInt8(7) !== 0;
  const host = named ? (await hearUntil(stream, '\0')).slice(0, -1) : head.subarray(4).join('.');
  if (login !== undefined && Buffer.from(user, 'latin1').toString('utf8') !== login.user) {
    await say('request', socks4Reply(0x5d));
    return undefined;
  }
  return asAsked(host, head.readUInt16BE(2));
};

const understandHttp: Understand = async (stream, say, { login, heard }) => {
  const head = await hearUntil(stream, '\r\n\r\n');
  const [, host = '', port = ''] = /^CONNECT (\[[^\]]*\]|[^:]*):(\d+) HTTP\/1\.1\r\n/.exec(head) ?? [];
  const basic = /^proxy-authorization: basic (.*)$/im.exec(head)?.[1] ?? '';
  const sent = Buffer.from(basic, 'base64').toString('utf8');
  heard(sent);
  if (login !== undefined && sent !== `${login.user}:${login.password}`) {
    await say('request', httpAnswer(407, 'Proxy Authentication Required', 'Proxy-Authenticate: Basic realm="x"\r\n'));
    return undefined;
  }
  return asAsked(host, Number(port));
};

const http: Speech = {
  understand: understandHttp,
  yes: httpAnswer(200, 'Connection established'),
  no: httpAnswer(502, 'Bad Gateway'),
};

/** Every protocol by its scheme. */
export const speeches = {
  http,
  https: http,
  socks4a: { understand: understandSocks4, yes: socks4Reply(0x5a), no: socks4Reply(0x5b) },
  socks5h: { understand: understandSocks5, yes: socks5Reply(0), no: socks5Reply(5) },
} as const satisfies Record<string, Speech>;

/** A scheme that scripted proxies speak. */
export type TestScheme = keyof typeof speeches;

/** Every scheme. */
export const testSchemes = Object.keys(speeches) as readonly TestScheme[];
