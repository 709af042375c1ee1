/** Scripted proxies over real sockets: each speaks one protocol, remembers who came and what was asked, and plays one fault. */

import { type Socket, connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { TLSSocket, createSecureContext } from 'node:tls';
import { type Certificate, certificateFor } from './certificate.js';
import { type TestDoor, linkAt, linkFrom, openDoor } from './door.js';
import { type Fault, createMouth } from './faults.js';
import { type Asked, type Login, type TestScheme, speeches } from './speech.js';
import { splice } from './splice.js';

/** What a scripted proxy is. */
export interface HopScript {
  readonly scheme: TestScheme;
  readonly login?: Login;
  readonly fault?: Fault;
  /** The address behind a name or an address; undefined where it is not known. Without it an address of loopback is itself, everything else 127.0.0.1. */
  readonly resolve?: (host: string) => string | undefined;
  /** For https. */
  readonly certificate?: Certificate;
  /** For https: how the client is to judge the certificate; a pin where nothing is said. */
  readonly trust?: 'pin' | 'nobody' | 'authorities';
  /** The address of loopback that it listens on; 127.0.0.1 without it. */
  readonly address?: string;
  /** The port that it had before; any free one without it. */
  readonly port?: number;
  /** What the client is to call it; its address without it. */
  readonly host?: string;
}

/** One connection to a scripted proxy. */
export interface Visit {
  /** The connection that it came by (see `linkAt`). */
  readonly link: string;
  /** What it asked for, as `host:port`, and whether the host was a name. */
  asked?: Asked;
  /** The connection by which it went on. */
  onward?: string;
  /** Logins that it tried, as `user:password`. */
  readonly heard: string[];
}

/** A running scripted proxy. */
export interface TestHop extends TestDoor {
  readonly scheme: TestScheme;
  /** How a chain names it. */
  readonly url: string;
  readonly visits: readonly Visit[];
}

/** Opens a scripted proxy. */
export const openHop = async (script: HopScript): Promise<TestHop> => {
  const visits: Visit[] = [];
  const door: TestDoor = await openDoor(
    (raw) => {
      const visit: Visit = { link: linkAt(raw), heard: [] };
      visits.push(visit);
      receive(raw, script, { visit, door }).catch(() => raw.destroy());
    },
    script.address,
    script.port,
  );
  return { ...door, scheme: script.scheme, url: urlOf(script, door.port), visits };
};

/** A script with an address of its own: what is closed there stays closed, since no other test is given the port. */
export const apart = <Script extends HopScript>(script: Script): Script & { readonly address: string } => {
  lastApart += 1;
  return { ...script, address: `127.77.${lastApart >> 8}.${lastApart & 255}` };
};

let lastApart = 0;

/** Opens several scripted proxies, first hop first. */
export const openHops = (...scripts: readonly HopScript[]): Promise<readonly TestHop[]> =>
  Promise.all(scripts.map(openHop));

/** A chain as text. */
export const chainOf = (hops: readonly TestHop[]): string => hops.map(({ url }) => url).join(',');

const standardNames = 'IP:127.0.0.1,DNS:localhost,DNS:hop.test,DNS:hop.lan';

const certificateOf = ({ certificate }: HopScript): Certificate => certificate ?? certificateFor(standardNames);

const urlOf = (script: HopScript, port: number): string => {
  const { scheme, login, address = '127.0.0.1', host = address, trust = 'pin' } = script;
  const [user, password] = [encodeURIComponent(login?.user ?? ''), encodeURIComponent(login?.password ?? '')];
  const userinfo = login === undefined ? '' : `${user}${scheme === 'socks4a' ? '' : `:${password}`}@`;
  const judged = { pin: () => `?pin=${certificateOf(script).pin}`, nobody: () => '?verify=no', authorities: () => '' };
  return `${scheme}://${userinfo}${host}:${port}${scheme === 'https' ? judged[trust]() : ''}`;
};

interface Around {
  readonly visit: Visit;
  readonly door: TestDoor;
}

const receive = async (raw: Socket, script: HopScript, { visit, door }: Around): Promise<void> => {
  const { scheme, fault, login } = script;
  if (fault?.play === 'silence' && fault.at === 'accept') {
    endWith(raw);
    return;
  }
  const stream: Duplex = scheme === 'https' ? serveTls(raw, certificateOf(script)) : raw;
  const { understand, yes, no } = speeches[scheme];
  const say = createMouth(stream, raw, fault);
  const heard = (secret: string): void => void visit.heard.push(secret);
  const asked = await understand(stream, say, { login, heard });
  if (asked === undefined) {
    endWith(stream);
    return;
  }
  visit.asked = asked;
  const wrong = fault?.play === 'answer' && fault.at === 'request';
  const address = wrong ? undefined : (script.resolve ?? resolve)(asked.host);
  const onward = address === undefined ? undefined : await reach(address, asked.port, door);
  if (onward === undefined) {
    if (await say('request', no)) stream.end();
    endWith(stream);
    return;
  }
  const drop = (): void => void onward.destroy();
  visit.onward = linkFrom(onward, asked.port);
  raw.once('close', drop);
  if (raw.destroyed) drop();
  if (raw.destroyed) return;
  if (await say('request', yes)) {
    raw.off('close', drop);
    splice({ stream, raw }, onward, fault);
  } else endWith(stream);
};

const resolve = (host: string): string => (host.startsWith('127.') ? host : '127.0.0.1');

/** Hears nothing more than that the client ends, and ends then. */
const endWith = (stream: Duplex): void => {
  stream.on('end', () => stream.end());
  stream.resume();
};

const serveTls = (raw: Socket, { key, cert }: Certificate): TLSSocket => {
  const stream = new TLSSocket(raw, { isServer: true, secureContext: createSecureContext({ key, cert }) });
  stream.on('error', () => undefined);
  return stream;
};

/** Connects onward; undefined where nobody listens. */
const reach = (host: string, port: number, door: TestDoor): Promise<Socket | undefined> =>
  new Promise((resolve) => {
    const onward = connect({ host, port, noDelay: true, allowHalfOpen: true, autoSelectFamily: false });
    door.own(onward);
    onward.once('connect', () => {
      resolve(onward);
    });
    onward.once('close', () => {
      resolve(undefined);
    });
  });
