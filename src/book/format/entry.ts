/** The last steps from a host, a port and a login to what is said of a line: a hop, or why there is none. */

import { type Host, labelEndpoint } from '../../model/address.js';
import type { Hearsay, Rejection } from '../../model/book.js';
import type { Port } from '../../model/brand.js';
import { type Hop, parseHop } from '../../model/hop.js';
import type { Choice } from './scheme.js';
import { isHost, isReserved, readHost, readPort } from './host.js';

/** How a line was written. */
export type Form =
  | 'url'
  | 'host:port'
  | 'host port'
  | 'host:port:tag'
  | 'host:port:user:password'
  | 'user:password:host:port'
  | 'user:password@host:port'
  | 'host:port@user:password'
  | 'record';

/** A proxy that was read, with the form it was written in. */
export interface Taken {
  readonly hop: Hop;
  readonly choice: Choice;
  readonly form: Form;
  readonly hearsay?: Hearsay;
}

/** What one line or record is: a proxy, or nothing that is taken, and why. */
export type Entry = Taken | { readonly why: Rejection };

/** Names as they are sent: percent-encoding, if there was any, is already undone. */
export interface Login {
  readonly user: string;
  readonly password: string;
}

/** What an entry is made of, as text. */
export interface Pieces {
  readonly host: string;
  readonly port: string;
  readonly choice: Choice;
  readonly form: Form;
  readonly privates: 'refuse' | 'allow';
  readonly login?: Login;
  readonly hearsay?: Hearsay;
  /** `verify=no`, `mode=forward` … as in the text of a hop. */
  readonly options?: string;
}

/** Why nothing is taken. */
export const refuse = (why: Rejection): Entry => ({ why });

/** Tells whether an entry was refused. */
export const isRefused = (entry: Entry): entry is { readonly why: Rejection } => 'why' in entry;

/** Reads host and port and puts the entry together; the host's fault is told before the port's. */
export const makeEntry = (pieces: Pieces): Entry => {
  const host = readHostOf(pieces);
  if (!isHost(host)) return refuse(host);
  const port = readPort(pieces.port);
  if (typeof port === 'string') return refuse(port);
  if (pieces.privates === 'refuse' && isReserved(host)) return refuse('reserved');
  const hop = makeHop(pieces, host, port);
  if (typeof hop === 'string') return refuse(hop);
  const { choice, form, hearsay } = pieces;
  return { hop, choice, form, ...(hearsay === undefined ? {} : { hearsay }) };
};

/** `localhost` is the one word that names a host on every machine. */
const readHostOf = ({ host, privates }: Pieces): Host | Rejection =>
  privates === 'allow' && host.toLowerCase() === 'localhost' ? { kind: 'name', name: 'localhost' } : readHost(host);

const makeHop = ({ choice: { scheme }, login, options }: Pieces, host: Host, port: Port): Hop | Rejection => {
  const endpoint = { host, port };
  if (login === undefined && options === undefined)
    return scheme === 'https' ? { scheme, endpoint, trust: { by: 'authorities' } } : { scheme, endpoint };
  const userinfo = login === undefined ? '' : encodeLogin(login);
  if (userinfo === undefined) return 'bad-login';
  try {
    return parseHop(`${scheme}://${userinfo}${labelEndpoint(endpoint)}${options === undefined ? '' : `?${options}`}`);
  } catch {
    return login === undefined ? 'trailing-text' : 'bad-login';
  }
};

/** Undefined where a name is empty or holds half a character, which no encoding can carry. */
const encodeLogin = ({ user, password }: Login): string | undefined => {
  if (user === '' && password === '') return undefined;
  try {
    return `${encodeURIComponent(user)}${password === '' ? '' : `:${encodeURIComponent(password)}`}@`;
  } catch {
    return undefined;
  }
};
