/** Rows of the failure table: what a client asked for and does not get, before any hop is involved. */

import type { FailureDetail, FailureRow } from './failure-row.js';

const noted = ({ note }: FailureDetail): string => (note === undefined ? '' : ` (${note})`);

const refusal = (
  http: number,
  socks5: number,
  text: { readonly sentence: FailureRow['sentence']; readonly hint: string; readonly exit?: 2 },
) => ({ exit: 3, ...text, http, socks5 }) as const satisfies FailureRow;

export const requestRows = {
  'bad-request': refusal(400, 0x01, {
    sentence: (d) => `The request is not well formed${noted(d)}.`,
    hint: 'Nothing was sent onward. Check the program that made it.',
  }),
  'bad-name': refusal(400, 0x01, {
    sentence: (d) => `The target has no valid host name or address${noted(d)}.`,
    hint: 'Names are letters, digits, hyphens, underscores and dots, 253 characters at most; other letters in IDNA form.',
  }),
  'header-too-large': refusal(431, 0x01, {
    sentence: (d) => `The header of the request is too large${noted(d)}.`,
    hint: 'The limits are 64 KiB and 200 fields.',
  }),
  'unsupported-command': refusal(501, 0x07, {
    sentence: (d) => `Only connections to a target can be made here${noted(d)}.`,
    hint: 'BIND and UDP ASSOCIATE are not available; let the program use TCP.',
  }),
  'unsupported-address': refusal(400, 0x08, {
    sentence: (d) => `The kind of address is not known${noted(d)}.`,
    hint: 'IPv4, IPv6 and host names are.',
  }),
  'auth-required': refusal(407, 0x02, {
    sentence: () => 'This listener wants a user name and a password.',
    hint: 'Use one of the user:password lines of the file given with --auth-file.',
  }),
  misdirected: refusal(421, 0x01, {
    sentence: () => 'This request is not for this server.',
    hint: 'Use this port as a proxy.',
  }),
  'not-a-proxy-request': refusal(400, 0x01, {
    sentence: (d) => `Something that is neither SOCKS nor HTTP came to the port${noted(d)}.`,
    hint: 'Set the program to use this port as an HTTP or SOCKS proxy, without TLS to the proxy.',
  }),
  'handshake-timeout': refusal(408, 0x01, {
    sentence: () => 'The client did not finish its request in time.',
    hint: 'The setting handshake.deadline says how long to wait.',
  }),
  'client-gone': refusal(400, 0x01, {
    sentence: () => 'The client went away.',
    hint: 'Nothing is to be done.',
  }),
  'too-many-sessions': refusal(503, 0x01, {
    sentence: (d) => `Too many sessions are open${noted(d)}.`,
    hint: 'Close some, or raise the setting sessions.most.',
  }),
  'too-many-from-client': refusal(503, 0x01, {
    sentence: () => 'This client holds half of all sessions already.',
    hint: 'Close some of them, or raise the setting sessions.most.',
  }),
  'out-of-files': refusal(503, 0x01, {
    sentence: (d) => `This machine lets the program open no more connections${noted(d)}.`,
    hint: 'Raise the limit of open files (ulimit -n), or lower the setting sessions.most.',
  }),
  'target-private': refusal(403, 0x02, {
    sentence: (d) => `The target is a private, local or reserved address${noted(d)}.`,
    hint: 'It would be looked for at the last hop. If that is what you want: kaskade config set targets.private allow.',
  }),
  'target-port': refusal(403, 0x02, {
    sentence: (d) => `Connections to this port are refused${noted(d)}.`,
    hint: 'The setting targets.refusedPorts lists such ports.',
  }),
  'lab-only': refusal(403, 0x02, {
    sentence: (d) => `The lab reaches its own targets only${noted(d)}.`,
    hint: 'Add a cascade of real proxies: kaskade cascade add NAME CHAIN.',
  }),
  'cascade-unknown': refusal(502, 0x01, {
    sentence: (d) => `There is no cascade of that name${noted(d)}.`,
    hint: 'kaskade cascade ls shows the stored ones. Nothing was sent.',
    exit: 2,
  }),
  'cascade-missing': refusal(503, 0x01, {
    sentence: () => 'No cascade is in use.',
    hint: 'kaskade cascade use NAME picks one; kaskade cascade add NAME CHAIN stores one. Nothing was sent.',
    exit: 2,
  }),
  'book-missing': refusal(503, 0x01, {
    sentence: (d) => `The cascade draws hops from the book, and there is no book here${noted(d)}.`,
    hint: 'Use a cascade of named proxies, or one of a kaskade that has a book. Nothing was sent.',
    exit: 2,
  }),
  'no-route-fits': refusal(503, 0x01, {
    sentence: (d) => `No route through the book keeps all rules of the cascade${noted(d)}.`,
    hint: 'Release or audit more proxies, widen the filters, or let something repeat: ;repeat=country behind the chain. Nothing was sent.',
  }),
  stopped: refusal(503, 0x01, {
    sentence: () => 'The program is stopping.',
    hint: 'Start it again.',
  }),
  internal: {
    sentence: (d) => `Something happened that should not${noted(d)}.`,
    hint: 'This is a defect of kaskade. KASKADE_DEBUG=1 shows where it happened.',
    socks5: 0x01,
    http: 500,
    exit: 3,
  },
} as const satisfies Record<string, FailureRow>;
