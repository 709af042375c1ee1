/** Self-signed certificates, made by openssl when a test runs. */

import { X509Certificate, createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathOf, run } from './real-program.js';

/** A certificate with its key, as files and as text. */
export interface Certificate {
  readonly certFile: string;
  readonly keyFile: string;
  /** Both in one file, as haproxy wants them. */
  readonly bothFile: string;
  readonly cert: string;
  readonly key: string;
  /** What `?pin=` wants of it. */
  readonly pin: string;
}

/** Makes a certificate for localhost and 127.0.0.1, or for the name given. */
export const makeCertificate = async (folder: string, name = 'localhost'): Promise<Certificate> => {
  const [certFile, keyFile, bothFile] = ['cert', 'key', 'both'].map((what) => join(folder, `${name}-${what}.pem`)) as [
    string,
    string,
    string,
  ];
  const names = name === 'localhost' ? 'DNS:localhost,IP:127.0.0.1,IP:::1' : `DNS:${name}`;
  const { code, stderr } = await run([
    ...[pathOf('openssl'), 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
    ...['-keyout', keyFile, '-out', certFile, '-days', '2', '-subj', `/CN=${name}`],
    ...['-addext', `subjectAltName=${names}`],
  ]);
  if (code !== 0) throw new Error(`openssl: ${stderr}`);
  const [cert, key] = [readFileSync(certFile, 'utf8'), readFileSync(keyFile, 'utf8')];
  writeFileSync(bothFile, cert + key, { mode: 0o600 });
  const spki = new X509Certificate(cert).publicKey.export({ type: 'spki', format: 'der' });
  return {
    certFile,
    keyFile,
    bothFile,
    cert,
    key,
    pin: `sha256/${createHash('sha256').update(spki).digest('base64')}`,
  };
};
