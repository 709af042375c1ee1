/** What is said to a person of each reason why a line of a list was not taken: one sentence, and what to do. */

import type { Rejection } from '../../model/book.js';

/** A reason for people. */
export interface Reason {
  readonly sentence: string;
  readonly remedy: string;
}

const because = (sentence: string, remedy: string): Reason => ({ sentence, remedy });

const asUrl = 'Write it as scheme://[user:password@]host:port.';

/** One row a reason. */
export const reasons: Readonly<Record<Rejection, Reason>> = {
  'not-a-proxy': because('There is no address of a proxy here.', `If there is one, write it alone. ${asUrl}`),
  'no-port': because('There is a host, but no port.', 'Add the port: host:port. None is assumed.'),
  'bad-port': because('The port is not a plain number from 1 to 65535.', 'Write it in decimal, without sign or zeros.'),
  'bad-host': because('The host is neither an address nor a name.', 'Check for characters that no name can have.'),
  'bad-octets': because(
    'This is not an IPv4 address: four numbers from 0 to 255 without leading zeros.',
    'Find out which machine is meant: programs disagree on how such an address is read.',
  ),
  'number-as-host': because(
    'The host is a number that only some programs read as an address.',
    'Write the address with four decimal numbers.',
  ),
  'single-label': because('The host is a word without a dot.', 'Write the full name, or the address.'),
  range: because(
    'This is a range of addresses or ports; a range is never expanded, that would be a scan.',
    'Name the single proxy, or import the file as a block list with --format blocklist.',
  ),
  zone: because('The IPv6 address has a zone, which means something on one machine only.', 'Leave the %… away.'),
  'mixed-script': because(
    'The name mixes letters of several scripts, as names do that imitate others.',
    'If it is right, write it in its xn-- form after comparing it with its source; mixed ones are refused there too.',
  ),
  'hidden-characters': because(
    'There are control characters or characters without width in the line: what is seen is not what is there.',
    'Type the address again instead of pasting it.',
  ),
  obfuscated: because(
    'The address or its port is disguised: look-alike digits, HTML entities or a script.',
    'Type what is meant in plain digits. Scripts are never run.',
  ),
  'foreign-scheme': because(
    'This is a proxy of a kind that is not spoken here (Shadowsocks, VMess, Trojan, Telegram …).',
    'Use http, https, socks4 or socks5 proxies, or run a client for it and use its local port.',
  ),
  'unknown-scheme': because(
    'The scheme is not one of a proxy.',
    'Schemes are http, https, socks4, socks4a, socks5, socks5h.',
  ),
  'bad-login': because(
    'User name or password cannot be read or cannot be sent.',
    'Write special characters as %XX; SOCKS4 has no password; each has at most 255 bytes.',
  ),
  ambiguous: because('It can be read in more than one way, and the readings are different proxies.', asUrl),
  reserved: because(
    'The address is private, local or reserved: no stranger can be reached there.',
    'If it is your own proxy, use it in a cascade by its URL, or import with privates allowed.',
  ),
  'own-address': because(
    'It is an address of this machine, or one that you have named as your own.',
    'A proxy of your own is named in a cascade, not in a list.',
  ),
  blocked: because('A block list has the address.', 'Look at the block lists among the sources.'),
  'trailing-text': because('After the address comes text that is not understood.', 'Put remarks behind a #.'),
  'too-long': because('The line or record is longer than 64 KiB.', 'Check whether the file is a list at all.'),
  'broken-record': because('The record is cut or not well formed.', 'Mend it, or fetch the list again.'),
  'no-address': because('The record names no host.', 'Name the fields host and port, or write a URL in a field proxy.'),
  direct: because('The entry means: without a proxy.', 'Nothing is to be done; there is never a direct way.'),
  'too-deep': because('The text is nested deeper than any list is.', 'Do not trust its source.'),
  'too-many': because('It unpacks to far more than it holds.', 'Do not trust its source.'),
};
