/** Reads whether this machine has any way out: its interfaces and, on Linux, its default routes. */

import { readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import type { Ways } from './outage.js';

/** `none` where no interface but loopback has an address, or where Linux has no default route at all. */
export const readWays = (): Ways => {
  try {
    const outside = Object.values(networkInterfaces()).some((addresses) =>
      addresses?.some(({ internal, address }) => !internal && !address.startsWith('fe80:')),
    );
    if (!outside) return 'none';
  } catch {
    return 'unknown';
  }
  const [ipv4, ipv6] = [read('/proc/net/route'), read('/proc/net/ipv6_route')];
  if (ipv4 === undefined && ipv6 === undefined) return 'unknown';
  return hasWay(ipv4 ?? '', ipv6 ?? '') ? 'some' : 'none';
};

/** Whether the kernel's tables hold a way that leads off this machine: a default one, or one to a network. */
export const hasWay = (ipv4: string, ipv6: string): boolean =>
  ipv4.split('\n').slice(1).some(leadsOut4) || ipv6.split('\n').some(leadsOut6);

/** Flags of both tables: RTF_UP, and RTF_REJECT, with which a way is closed. */
const [up, reject] = [0x1, 0x200];

/** `Iface Destination Gateway Flags …`, numbers in hexadecimal. */
const leadsOut4 = (line: string): boolean => {
  const [device, , , flags] = line.split(/\s+/);
  return isOpen(device, flags);
};

/** `destination length source length gateway metric references uses flags device`; ff00 is multicast, fe80 link-local. */
const leadsOut6 = (line: string): boolean => {
  const parts = line.trim().split(/\s+/);
  return !/^(?:ff|fe80)/.test(parts[0] ?? 'ff') && parts[1] !== '80' && isOpen(parts[9], parts[8]);
};

const isOpen = (device: string | undefined, flags: string | undefined): boolean => {
  const bits = Number.parseInt(flags ?? '0', 16);
  return device !== undefined && device !== '' && device !== 'lo' && (bits & up) !== 0 && (bits & reject) === 0;
};

const read = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
};
