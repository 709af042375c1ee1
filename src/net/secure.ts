/** TLS to a proxy, over whatever stream leads to it (RFC 8446; pins are of the public key, RFC 7469 §2.4). */

import { createHash } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { type TLSSocket, checkServerIdentity, connect as tlsConnect } from 'node:tls';
import { type Endpoint, hostText } from '../model/address.js';
import { type KaskadeError, fail } from '../model/error.js';
import type { Trust } from '../model/hop.js';
import { type Cancel, reasonOf } from './cancel.js';

/** Whom to expect at the other end, and how its certificate is judged. */
export interface Expected {
  readonly endpoint: Endpoint;
  readonly trust: Trust;
}

/**
 * Makes a TLS connection over `stream`; the certificate is judged before a byte of ours goes through it. No session is
 * resumed, so that no ticket links two connections. Rejects with `hop-untrusted`, `hop-pin-mismatch`, `hop-tls-failed`,
 * `hop-closed`, `hop-reset`, or the signal's reason; the caller ends `stream`, and with it the TLS stream.
 */
export const secure = (stream: Duplex, expected: Expected, cancel: Cancel): Promise<TLSSocket> =>
  new Promise((resolve, reject) => {
    if (cancel.signal.aborted) {
      reject(reasonOf(cancel));
      return;
    }
    const { host } = expected.endpoint;
    const named = host.kind === 'name' ? { servername: host.name.replace(/\.$/, '') } : { host: host.address };
    const tls = tlsConnect({
      socket: stream,
      ...named,
      ALPNProtocols: ['http/1.1'],
      rejectUnauthorized: expected.trust.by === 'authorities',
    });
    const settle = (): void => {
      tls.off('secureConnect', onSecure).off('error', onError).off('close', onClose);
      tls.on('error', () => undefined);
      cancel.signal.removeEventListener('abort', onAbort);
    };
    const refuse = (error: KaskadeError): void => {
      settle();
      tls.destroy();
      reject(error);
    };
    const onSecure = (): void => {
      const wrong = pinFailure(tls, expected.trust);
      if (wrong !== undefined) {
        refuse(wrong);
        return;
      }
      settle();
      resolve(tls);
    };
    const onError = (error: NodeJS.ErrnoException): void => {
      refuse(tlsFailure(error, expected));
    };
    const onClose = (): void => {
      refuse(fail('hop-closed'));
    };
    const onAbort = (): void => {
      refuse(reasonOf(cancel));
    };
    tls.on('secureConnect', onSecure).on('error', onError).on('close', onClose);
    cancel.signal.addEventListener('abort', onAbort, { once: true });
  });

const pinFailure = (tls: TLSSocket, trust: Trust): KaskadeError | undefined => {
  if (trust.by !== 'pin') return undefined;
  const key = tls.getPeerX509Certificate()?.publicKey.export({ type: 'spki', format: 'der' });
  const sha256 = key === undefined ? 'none' : createHash('sha256').update(key).digest('base64');
  return sha256 === trust.sha256 ? undefined : fail('hop-pin-mismatch', { note: `it is sha256/${sha256}` });
};

/** OpenSSL's and Node's verification failures have codes of their own; everything else is a failed handshake. */
const tlsFailure = (error: NodeJS.ErrnoException, { endpoint }: Expected): KaskadeError => {
  const code = error.code ?? '';
  // Node says ECONNRESET of an end too, but without the call that failed.
  if (code === 'ECONNRESET' && error.syscall === undefined) return fail('hop-closed', {}, error);
  if (code === 'ECONNRESET' || code === 'EPIPE') return fail('hop-reset', { note: code }, error);
  const doubt = doubtIn(code, hostText(endpoint.host));
  if (doubt !== undefined) return fail('hop-untrusted', { note: doubt }, error);
  return fail('hop-tls-failed', { note: code === '' ? 'handshake' : code }, error);
};

/** What is wrong with the certificate of a host, by the code of Node's error; undefined where the error is about something else. */
export const doubtIn = (code: string, host: string): string | undefined => {
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return `it is not for ${host}`;
  const isOfCertificate = !code.startsWith('ERR_SSL_') && /CERT|SELF_SIGNED|UNABLE_TO|CRL|CA_|HOSTNAME/.test(code);
  return isOfCertificate ? code.toLowerCase().replaceAll('_', ' ') : undefined;
};

/** Judges a certificate by the host that was meant: over another's stream Node would take an address for localhost. */
export const judgedBy =
  (host: string): typeof checkServerIdentity =>
  (_name, certificate) =>
    checkServerIdentity(host, certificate);
