/** P31: opens TLS with a certificate of an authority */

import type { Animal, World } from '../animal.js';
import { type Identity, certificateFor, namesOf } from '../core/certificate.js';
import { openProxy } from '../core/proxy.js';

/** One that the auditor trusts, where there is one. */
const authorityOf = ({ trusted }: World): Identity =>
  trusted ?? certificateFor({ subject: '/O=Trusted Authority/CN=Trusted Root' });

export const p31: Animal = {
  id: 'P31',
  about: 'opens TLS with a certificate of an authority',
  speaks: ['http'],
  truth: { forward: 'clean', tunnel: 'hostile' },
  fires: ['tunnel T02', 'tunnel T03'],
  open: (world) =>
    openProxy(world, ['http'], {
      opens: (host) => ({
        ...certificateFor({ subject: `/CN=${host}`, names: namesOf(host) }, authorityOf(world)),
        alpn: ['http/1.1', 'h2'],
      }),
    }),
};
