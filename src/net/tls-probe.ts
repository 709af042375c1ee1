/** A TLS connection that is made to be looked at: it keeps what was sent first, and refuses no certificate (RFC 8446). */

import { createHash } from 'node:crypto';
import { Duplex } from 'node:stream';
import { type TLSSocket, connect as tlsConnect } from 'node:tls';
import { fail } from '../model/error.js';
import { type Cancel, reasonOf, whenAborted } from './cancel.js';
import { endOfHello } from './judge-port.js';

/** What the other end showed. */
export interface ShownTls {
  readonly stream: TLSSocket;
  /** SHA-256 of the first flight as it was sent, hexadecimal. */
  readonly hello: string;
  /** SHA-256 of the public key of the certificate, base64. */
  readonly spki: string;
  /** Subject and issuer, as they are written there. */
  readonly subject: string;
  readonly issuer: string;
  /** Why the certificate would be refused by who trusts the usual authorities; missing where it would not. */
  readonly distrust?: string;
  readonly protocol: string;
  readonly alpn?: string;
  /** A session of before was gone on with: its key is proof enough, and no certificate is shown. */
  readonly resumed?: true;
}

/** What is asked for. */
export interface TlsWish {
  /** The name for SNI; none is sent where it is missing. */
  readonly name?: string;
  /** None is offered where it is empty. */
  readonly alpn: readonly string[];
  /** The newest version that is offered; that of this machine where it is missing. */
  readonly newest?: 'TLSv1.2';
  /** A session of before that is taken up again. */
  readonly session?: Buffer;
}

/** Whether an error proves that bytes were changed on the way: a record did not fit its seal, here or at the other end (RFC 8446 §5.2, §6.2). */
export const tellsOfChange = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && String(error.code).endsWith('BAD_RECORD_MAC');

/** Speaks TLS over a stream. Rejects with `hop-tls-failed`, `hop-closed`, or the signal's reason; the caller ends `stream`. */
export const probeTls = (stream: Duplex, wish: TlsWish, cancel: Cancel): Promise<ShownTls> =>
  new Promise((resolve, reject) => {
    const { name, alpn, newest, session } = wish;
    const tap = createTap(stream);
    const tls = tlsConnect({
      socket: tap.stream,
      ...(session === undefined ? {} : { session }),
      ...(name === undefined ? {} : { servername: name }),
      ...(alpn.length === 0 ? {} : { ALPNProtocols: [...alpn] }),
      ...(newest === undefined ? {} : { maxVersion: newest }),
      rejectUnauthorized: false,
      checkServerIdentity: () => undefined,
    });
    const settle = (): void => {
      tls.off('secureConnect', onSecure).off('close', onClose).off('error', onError);
      // Over a stream of ours it says nothing of its end by itself.
      tls.on('error', () => tls.destroy());
      forget();
    };
    const refuse = (error: Error): void => {
      settle();
      tls.destroy();
      reject(error);
    };
    const onSecure = (): void => {
      settle();
      resolve(shown(tls, tap.hello()));
    };
    const onError = (error: NodeJS.ErrnoException): void => {
      refuse(fail('hop-tls-failed', { note: error.code ?? 'handshake' }, error));
    };
    const onClose = (): void => {
      refuse(fail('hop-closed'));
    };
    tls.on('secureConnect', onSecure).on('error', onError).on('close', onClose);
    const forget = whenAborted(cancel, () => {
      refuse(reasonOf(cancel));
    });
  });

const shown = (tls: TLSSocket, hello: string): ShownTls => {
  const alpn = tls.alpnProtocol;
  const distrust = (tls.authorizationError as Error | string | null | undefined) ?? undefined;
  return {
    ...{ stream: tls, hello, protocol: tls.getProtocol() ?? '', ...certificateOf(tls) },
    ...(distrust === undefined ? {} : { distrust: typeof distrust === 'string' ? distrust : distrust.message }),
    ...(typeof alpn === 'string' ? { alpn } : {}),
    ...(tls.isSessionReused() ? { resumed: true } : {}),
  };
};

const certificateOf = (tls: TLSSocket): Pick<ShownTls, 'spki' | 'subject' | 'issuer'> => {
  const certificate = tls.getPeerX509Certificate();
  if (certificate === undefined) return { spki: 'none', subject: '', issuer: '' };
  const key = certificate.publicKey.export({ type: 'spki', format: 'der' });
  const { subject, issuer } = certificate;
  return { spki: createHash('sha256').update(key).digest('base64'), subject, issuer };
};

const mostKept = 16 * 1024;

/** Passes everything on, and keeps the first bytes that went out. */
const createTap = (stream: Duplex) => {
  let first = Buffer.alloc(0);
  const tap = new Duplex({
    allowHalfOpen: true,
    read: () => stream.resume(),
    write: (chunk: Buffer, _encoding, done) => {
      if (first.length < mostKept) first = Buffer.concat([first, chunk]);
      stream.write(chunk, (error) => {
        done(error ?? null);
      });
    },
    final: (done) => {
      stream.end(() => {
        done();
      });
    },
    destroy: (error, done) => {
      stream.destroy();
      done(error);
    },
  });
  stream.on('data', (chunk: Buffer) => {
    if (!tap.push(chunk)) stream.pause();
  });
  stream.once('end', () => tap.push(null));
  stream.once('close', () => tap.destroy());
  return {
    stream: tap,
    hello: (): string => {
      const end = endOfHello(first);
      return createHash('sha256')
        .update(end > 0 ? first.subarray(0, end) : first)
        .digest('hex');
    },
  };
};
