/** Asks a PAC file of the user which proxy is for a URL; it looks nothing up, runs for a bounded time, and never says "direct" for us. */

import { createPacResolver } from 'pac-resolver';
import { QuickJS } from 'quickjs-wasi';
import { now, since } from '../../model/brand.js';
import { fail } from '../../model/error.js';

/** A usual script takes some milliseconds. */
const within = 1_000;
const mostMemory = 32 * 2 ** 20;

/**
 * The URL of the first proxy that the script names for a URL. Rejects with `list-refused` where it names none first, fails, or
 * does not end; its word DIRECT counts as none.
 */
export const askPac = async (script: string, url: URL): Promise<string> => {
  const answer = await run(script, url).catch((thrown: unknown) => {
    throw fail('list-refused', { note: 'the PAC file fails, or does not end' }, thrown);
  });
  const proxy = proxyOf(String(answer).split(';')[0]?.trim() ?? '');
  if (proxy === undefined) throw fail('list-refused', { note: 'the PAC file names no proxy for it first' });
  return proxy;
};

const run = async (script: string, url: URL): Promise<unknown> => {
  const began = now();
  const machine = await QuickJS.create({
    memoryLimit: mostMemory,
    interruptHandler: () => since(began, now()) > within,
  });
  try {
    const find = createPacResolver(machine, script, { sandbox: { ...helpers } });
    // As browsers do: no path, no query.
    return await find(`${url.origin}/`, url.hostname);
  } finally {
    machine.dispose();
  }
};

const ipv4 = /^\d{1,3}(?:\.\d{1,3}){3}$/;

const numberOf = (address: string): number =>
  address.split('.').reduce((sum, part) => ((sum << 8) | Number(part)) >>> 0, 0);

/** In the place of those that would ask the resolver of this system: only addresses are known. */
const helpers = {
  dnsResolve: (host: string): string | null => (ipv4.test(host) ? host : null),
  isResolvable: (host: string): boolean => ipv4.test(host),
  isInNet: (host: string, pattern: string, mask: string): boolean =>
    ipv4.test(host) && (numberOf(host) & numberOf(mask)) === (numberOf(pattern) & numberOf(mask)),
  myIpAddress: (): string => '127.0.0.1',
  alert: (): void => undefined,
};

const schemes: Readonly<Record<string, string>> = {
  ...{ PROXY: 'http', HTTP: 'http', HTTPS: 'https', SOCKS: 'socks5h', SOCKS5: 'socks5h', SOCKS4: 'socks4a' },
};

const proxyOf = (entry: string): string | undefined => {
  const [, kind = '', place = ''] = /^([A-Z0-9]+)\s+([\w.[\]:-]+)$/i.exec(entry) ?? [];
  const scheme = schemes[kind.toUpperCase()];
  return scheme === undefined ? undefined : `${scheme}://${place}`;
};
