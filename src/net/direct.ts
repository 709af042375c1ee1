/** A connection that goes around every proxy: only for what the user has allowed to see this machine's address. */

import { lookup } from 'node:dns/promises';
import { type Socket, createConnection, isIP } from 'node:net';
import { type Endpoint, type Family, type Host, hostText, parseHost } from '../model/address.js';
import { fail } from '../model/error.js';
import { type Cancel, reasonOf, whenAborted } from './cancel.js';

/** The addresses of a host; an address is its own. Rejects as the system's resolver does. */
export type Resolve = (host: Host) => Promise<readonly string[]>;

/** Asks the system, once. */
export const resolveBySystem: Resolve = async (host) => {
  if (host.kind !== 'name') return [host.address];
  return (await lookup(host.name, { all: true })).map(({ address }) => address);
};

/** Who may be reached, and how names are looked up. */
export interface DirectRules {
  readonly resolve: Resolve;
  /** Asked of every address that a name has: one that may not be reached refuses them all. */
  readonly mayReach: (address: Host) => boolean;
  /** Only addresses of this family are dialled; of both where it is missing. */
  readonly family?: Family | undefined;
}

/**
 * Connects to a host: its name is looked up once, all answers are checked, and what was checked is what is dialled, so that a
 * name which changes in between leads nowhere else. Rejects with `list-refused`, `list-unreachable`, or the signal's reason.
 */
export const connectDirect = async (
  { host, port }: Endpoint,
  { resolve, mayReach, family }: DirectRules,
  cancel: Cancel,
): Promise<Socket> => {
  const addresses = await resolve(host).catch((thrown: unknown) => {
    throw fail('list-unreachable', { note: `nobody knows the name ${hostText(host)}` }, thrown);
  });
  if (!addresses.every((address) => isIP(address) !== 0 && mayReach(parseHost(address))))
    throw fail('list-refused', { note: `${hostText(host)} leads to an address that is not public` });
  const dialled = addresses.filter((address) => family === undefined || parseHost(address).kind === family);
  let last: unknown;
  for (const address of dialled) {
    if (cancel.signal.aborted) throw reasonOf(cancel);
    try {
      return await open(address, port, cancel);
    } catch (thrown) {
      last = thrown;
    }
  }
  throw cancel.signal.aborted ? reasonOf(cancel) : fail('list-unreachable', { note: codeOf(last) }, last);
};

const open = (host: string, port: number, cancel: Cancel): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = createConnection({ host, port, noDelay: true });
    const forget = whenAborted(cancel, () => socket.destroy(reasonOf(cancel)));
    socket.once('connect', () => {
      forget();
      socket.off('error', reject);
      resolve(socket);
    });
    socket.once('error', reject);
    socket.on('error', () => undefined);
  });

const codeOf = (thrown: unknown): string => (thrown as { readonly code?: string } | undefined)?.code ?? 'no answer';
