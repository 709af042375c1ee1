/** Decides by the first bytes of a connection which protocol a client speaks; the bytes stay in the stream. */

import type { Socket } from 'node:net';
import { type KaskadeError, asKaskadeError, fail } from '../model/error.js';
import { type Absorbed, absorb } from '../net/absorb.js';
import { deadline } from '../net/cancel.js';
import { inboundProtocols } from './index.js';
import type { Hall, InboundProtocol } from './request.js';

/** Receives one client: finds its protocol, and lets that read what the client wants. Owns the client until a request is submitted. */
export const greet = (client: Socket, turnedAway: KaskadeError | undefined, hall: Hall): void => {
  const { signal, done } = deadline(hall.handshake, () => fail('handshake-timeout'));
  const lost = (): KaskadeError => fail('client-gone');
  absorb(client, { feed: choose, lost }, { signal }).then(
    (protocol) => {
      protocol.meet({ client, hall, turnedAway, signal, done });
    },
    (thrown: unknown) => {
      done();
      client.destroy();
      report(asKaskadeError(thrown), hall);
    },
  );
};

const choose = (seen: Buffer): Absorbed<InboundProtocol> => {
  if (seen.length === 0) return { used: 0 };
  const claims = inboundProtocols.map((protocol) => ({ protocol, claimed: protocol.claims(seen) }));
  const claimant = claims.find(({ claimed }) => claimed !== false);
  if (claimant === undefined) throw fail('not-a-proxy-request', { note: nameOf(seen) });
  return claimant.claimed === true ? { used: 0, result: { value: claimant.protocol } } : { used: 0 };
};

const tlsHandshake = 0x16;

const nameOf = (seen: Buffer): string =>
  seen[0] === tlsHandshake ? 'a TLS hello' : `first byte ${seen.toString('hex', 0, 1).toUpperCase()}`;

/** Strange bytes are worth a word, since they mean a program that is set up wrongly; clients that just leave are not. */
const report = ({ code, message }: KaskadeError, { notice }: Hall): void => {
  if (code === 'not-a-proxy-request') notice(code, message);
};
