/** P32: opens TLS with a certificate that looks like the right one, without h2 */

import type { PeerCertificate } from 'node:tls';
import type { Animal } from '../animal.js';
import { type Saying, certificateFor } from '../core/certificate.js';
import { openProxy } from '../core/proxy.js';

/** The subject and the names of the origin, with another key. */
const alike = ({ subject, subjectaltname }: PeerCertificate): Saying => ({
  subject: `/CN=${String(subject.CN).replaceAll('/', '')}`,
  ...(subjectaltname === undefined
    ? {}
    : { names: subjectaltname.replaceAll('IP Address:', 'IP:').replaceAll(' ', '') }),
});

export const p32: Animal = {
  id: 'P32',
  about: 'opens TLS with a certificate that looks like the right one, without h2',
  speaks: ['http'],
  truth: { forward: 'clean', tunnel: 'hostile' },
  fires: ['tunnel T02', 'tunnel T03'],
  open: (world) =>
    openProxy(world, ['http'], {
      opens: (_host, origin) => ({ ...certificateFor(alike(origin)), alpn: ['http/1.1'] }),
    }),
};
