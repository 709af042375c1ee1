/** A certificate of a judge’s own: whoever knows its public key needs nobody to vouch for it (RFC 5280, written in DER, X.690). */

import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { type Host, addressBytes } from '../../model/address.js';

/** A certificate with its key, PEM, and the SHA-256 of its public key, base64. */
export interface OwnCertificate {
  readonly cert: string;
  readonly key: string;
  readonly spki: string;
}

/** Makes a certificate for a host, good for ten years from yesterday on. */
export const selfSigned = (host: Host, now: Date): OwnCertificate => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const name = sequence(set(sequence(oid([0x55, 0x04, 0x03]), tagged(0x0c, Buffer.from('judge', 'utf8')))));
  const from = new Date(now.getTime() - 86_400_000);
  const to = new Date(from);
  to.setUTCFullYear(from.getUTCFullYear() + 10);
  const body = sequence(
    tagged(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([0x01]), randomBytes(15)])),
    ecdsaWithSha256,
    name,
    sequence(time(from), time(to)),
    name,
    spki,
    tagged(0xa3, sequence(alternativeName(host))),
  );
  const signature = sign('sha256', body, privateKey);
  const der = sequence(body, ecdsaWithSha256, tagged(0x03, Buffer.concat([Buffer.from([0]), signature])));
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${(der.toString('base64').match(/.{1,64}/g) ?? []).join('\n')}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    spki: createHash('sha256').update(spki).digest('base64'),
  };
};

const tagged = (tag: number, ...parts: readonly Buffer[]): Buffer => {
  const content = Buffer.concat(parts);
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content]);
  const bytes = length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...bytes]), content]);
};

const sequence = (...parts: readonly Buffer[]): Buffer => tagged(0x30, ...parts);
const set = (...parts: readonly Buffer[]): Buffer => tagged(0x31, ...parts);
const integer = (bytes: Buffer): Buffer => tagged(0x02, bytes);
const oid = (bytes: readonly number[]): Buffer => tagged(0x06, Buffer.from(bytes));

/** 1.2.840.10045.4.3.2 */
const ecdsaWithSha256 = sequence(oid([0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02]));

/** UTCTime, which is right until 2049. */
const time = (date: Date): Buffer =>
  tagged(0x17, Buffer.from(`${date.toISOString().slice(2, 19).replace(/[-:T]/g, '')}Z`, 'latin1'));

/** 2.5.29.17 (RFC 5280 §4.2.1.6). */
const alternativeName = (host: Host): Buffer => {
  const name = host.kind === 'name' ? tagged(0x82, Buffer.from(host.name, 'latin1')) : tagged(0x87, addressBytes(host));
  return sequence(oid([0x55, 0x1d, 0x11]), tagged(0x04, sequence(name)));
};
