/** Certificates for proxies that open TLS, made on the spot by the openssl program. */

import { execFileSync } from 'node:child_process';

const made = new Map<string, { readonly key: string; readonly cert: string }>();

/** A self-signed certificate for a subject; the same subject gets the same one in one process. */
export const certificateFor = (subject: string): { readonly key: string; readonly cert: string } => {
  const known = made.get(subject) ?? make(subject);
  made.set(subject, known);
  return known;
};

const make = (subject: string) => {
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const both = execFileSync(
    'openssl',
    ['req', '-x509', ...curve, '-days', '2', '-subj', subject, '-keyout', '-', '-out', '-'],
    {
      encoding: 'latin1',
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  const [key = '', cert = ''] = ['PRIVATE KEY', 'CERTIFICATE'].map(
    (kind) => new RegExp(`-----BEGIN ${kind}-----[^-]*-----END ${kind}-----`).exec(both)?.[0],
  );
  return { key, cert };
};
