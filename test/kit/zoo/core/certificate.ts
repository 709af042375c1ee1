/** Certificates for proxies that open TLS, made on the spot by the openssl program. */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A certificate, with those that vouch for it behind it, and its key: PEM. */
export interface Identity {
  readonly key: string;
  readonly cert: string;
}

/** What a certificate says: `/CN=…`, and perhaps the names it is for (`DNS:a.test,IP:127.0.0.1`). */
export interface Saying {
  readonly subject: string;
  readonly names?: string;
}

const made = new Map<string, Identity>();

/** A certificate that says so, signed by itself or by an authority; the same words get the same one in one process. */
export const certificateFor = (saying: Saying, authority?: Identity): Identity => {
  const words = `${saying.subject} ${saying.names ?? ''} ${authority?.cert ?? ''}`;
  const known = made.get(words) ?? make(saying, authority);
  made.set(words, known);
  return known;
};

/** The names of a host, as certificates write them. */
export const namesOf = (host: string): string => `${isIP(host) === 0 ? 'DNS' : 'IP'}:${host}`;

const make = ({ subject, names }: Saying, authority: Identity | undefined): Identity => {
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const shape = [
    '-days',
    '2',
    '-subj',
    subject,
    ...(names === undefined ? [] : ['-addext', `subjectAltName=${names}`]),
  ];
  if (authority === undefined) return openssl(['req', '-x509', ...curve, ...shape]);
  const folder = mkdtempSync(join(tmpdir(), 'zoo-'));
  try {
    const [cert, key] = [join(folder, 'ca.pem'), join(folder, 'ca.key')];
    writeFileSync(cert, authority.cert);
    writeFileSync(key, authority.key, { mode: 0o600 });
    const kind = ['-addext', 'basicConstraints=critical,CA:false'];
    const leaf = openssl(['req', '-x509', ...curve, ...shape, ...kind, '-CA', cert, '-CAkey', key]);
    return { key: leaf.key, cert: `${leaf.cert}\n${authority.cert}` };
  } finally {
    rmSync(folder, { recursive: true });
  }
};

const openssl = (words: readonly string[]): Identity => {
  const both = execFileSync('openssl', [...words, '-keyout', '-', '-out', '-'], {
    encoding: 'latin1',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [key = '', cert = ''] = ['PRIVATE KEY', 'CERTIFICATE'].map(
    (kind) => new RegExp(`-----BEGIN ${kind}-----[^-]*-----END ${kind}-----`).exec(both)?.[0],
  );
  return { key, cert };
};
