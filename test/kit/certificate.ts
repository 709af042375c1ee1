/** Certificates for scripted proxies, made on the spot by the openssl program. */

import { execFileSync } from 'node:child_process';
import { X509Certificate, createHash } from 'node:crypto';

/** A key, its self-signed certificate, and the pin of its public key. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
  /** `sha256/…` as it stands behind `?pin=`. */
  readonly pin: string;
}

const made = new Map<string, Certificate>();

/** A certificate for these names (`DNS:hop.test,IP:127.0.0.1`); the same names get the same one in one process. */
export const certificateFor = (names: string): Certificate => {
  const known = made.get(names) ?? make(names);
  made.set(names, known);
  return known;
};

const make = (names: string): Certificate => {
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const shape = ['-days', '2', '-subj', '/CN=kaskade test', '-addext', `subjectAltName=${names}`];
  const both = execFileSync('openssl', ['req', '-x509', ...curve, ...shape, '-keyout', '-', '-out', '-'], {
    encoding: 'latin1',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [key = '', cert = ''] = ['PRIVATE KEY', 'CERTIFICATE'].map(
    (kind) => new RegExp(`-----BEGIN ${kind}-----[^-]*-----END ${kind}-----`).exec(both)?.[0],
  );
  const spki = new X509Certificate(cert).publicKey.export({ type: 'spki', format: 'der' });
  return { key, cert, pin: `sha256/${createHash('sha256').update(spki).digest('base64')}` };
};
