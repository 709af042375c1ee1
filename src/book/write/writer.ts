/** What an export format is: it writes what it can express, and says what it left out and why. */

import type { Hop } from '../../model/hop.js';

/** The formats that the book exports. */
export type ExportFormat = 'txt' | 'json' | 'jsonl' | 'csv' | 'proxychains' | 'clash';

/** A proxy to be written. */
export interface Exported {
  readonly hop: Hop;
  /** The list did not say the protocol; only formats with columns can keep that. */
  readonly assumed?: boolean;
  readonly country?: string;
}

/** Why a proxy was left out of an export. */
export type LeftOut = 'scheme' | 'name' | 'ipv6' | 'login' | 'verification' | 'forward-mode';

/** One row of the table of writers. `logins` says whether credentials are written; without them the proxy is written bare. */
export interface Writer {
  readonly format: ExportFormat;
  readonly about: string;
  /** What this format cannot say, for people. */
  readonly limits: string;
  readonly head: string;
  /** Between two rows. */
  readonly between: string;
  readonly foot: string;
  /** The text of one proxy, or why it is left out. */
  readonly row: (proxy: Exported, logins: boolean) => { readonly text: string } | { readonly left: LeftOut };
}

/** What is said to a person of each reason to leave a proxy out. */
export const leftOutReasons: Readonly<Record<LeftOut, string>> = {
  scheme: 'the format has no such protocol',
  name: 'the format takes numeric addresses only',
  ipv6: 'the format takes IPv4 addresses only',
  login: 'the user name or password has characters that the format cannot hold',
  verification: 'the format cannot say how the certificate of the proxy is judged',
  'forward-mode': 'the format cannot say that plain requests are handed over in absolute form',
};
