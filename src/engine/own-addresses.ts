/** The addresses of the user: of this machine's own interfaces, and those that the user has named, as behind a translator only they can be. */

import { networkInterfaces } from 'node:os';
import { type Host, parseHost } from '../model/address.js';
import { privateKind } from '../model/private.js';

/** Interfaces come and go: they are looked at anew after so long. */
const ownFor = 10_000;

/** The user's public addresses; `named` are those of the settings. */
export const createOwn = (named: () => readonly string[]) => {
  let known: { readonly at: number; readonly all: readonly string[] } | undefined;
  const all = (): readonly string[] => {
    if (known === undefined || Date.now() - known.at > ownFor)
      known = { at: Date.now(), all: [...new Set([...ownAddresses(), ...named()])] };
    return known.all;
  };
  return { all, has: (host: Host): boolean => host.kind !== 'name' && all().includes(host.address) };
};

/** The public addresses of this machine's own interfaces; one behind a translator is not among them. */
const ownAddresses = (): readonly string[] =>
  Object.values(networkInterfaces())
    .flatMap((all) => all ?? [])
    .map(({ address }) => address.replace(/%.*$/, ''))
    .filter((address) => privateKind(parseHost(address)) === undefined);
