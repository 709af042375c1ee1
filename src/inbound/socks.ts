/** What SOCKS4 and SOCKS5 clients have in common: a handshake, one reply, and then a tunnel. */

import type { Socket } from 'node:net';
import type { KaskadeError } from '../model/error.js';
import { parseAsker } from '../model/route.js';
import { drive } from '../net/drive.js';
import { farewell } from '../net/farewell.js';
import type { ClientRequest, Login } from '../wire/client-request.js';
import type { Conversation } from '../wire/conversation.js';
import type { InboundProtocol, TunnelRequest } from './request.js';

/** One version of SOCKS. */
export interface SocksVersion {
  readonly name: 'socks4' | 'socks5';
  readonly version: number;
  readonly answer: (login: Login) => Conversation<ClientRequest>;
  readonly reply: (error?: KaskadeError) => Buffer;
}

/** The listener's side of a version of SOCKS. */
export const socksProtocol = (socks: SocksVersion): InboundProtocol => ({
  name: socks.name,
  claims: (first) => first[0] === socks.version,
  meet: (visit) => {
    const { client, hall, turnedAway, done } = visit;
    drive(socks.answer(hall.login), client, visit)
      .then((request) => {
        const pending = tunnelRequest(socks, client, request);
        if (turnedAway === undefined) hall.submit(pending);
        else pending.refuse(turnedAway);
      })
      .catch(() => {
        // The conversation has said why; what is left is to close without cutting that answer off.
        farewell(client);
      })
      .finally(done);
  },
});

const tunnelRequest = (
  { name, reply }: SocksVersion,
  client: Socket,
  { target, user }: ClientRequest,
): TunnelRequest => ({
  kind: 'tunnel',
  protocol: name,
  target,
  asker: parseAsker(user),
  client,
  accept: () => {
    client.write(reply());
  },
  refuse: (error) => {
    farewell(client, reply(error));
  },
});
