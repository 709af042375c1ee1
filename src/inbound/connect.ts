/** Clients that open a tunnel with HTTP CONNECT. */

import type { Socket } from 'node:net';
import { asKaskadeError } from '../model/error.js';
import { parseAsker } from '../model/route.js';
import { drive } from '../net/drive.js';
import { farewell } from '../net/farewell.js';
import type { ClientRequest } from '../wire/client-request.js';
import { answerConnect, connected } from '../wire/http-connect-server.js';
import { failureAnswer } from './failure-answer.js';
import type { InboundProtocol, TunnelRequest } from './request.js';

const method = Buffer.from('CONNECT ', 'latin1');

/** CONNECT as the first request of a connection; a later one arrives through http. */
export const connect: InboundProtocol = {
  name: 'connect',
  claims: (first) => {
    const known = Math.min(first.length, method.length);
    if (first.compare(method, 0, known, 0, known) !== 0) return false;
    return known === method.length ? true : undefined;
  },
  meet: (visit) => {
    const { client, hall, turnedAway, done } = visit;
    drive(answerConnect(hall.login), client, visit)
      .then((request) => {
        if (turnedAway !== undefined) throw turnedAway;
        hall.submit(connectRequest(client, request));
      })
      .catch((thrown: unknown) => {
        farewell(client, failureAnswer(asKaskadeError(thrown)));
      })
      .finally(done);
  },
};

/** The request for a tunnel, with the answers that HTTP has for it. */
export const connectRequest = (client: Socket, { target, user }: ClientRequest): TunnelRequest => ({
  kind: 'tunnel',
  protocol: 'connect',
  target,
  asker: parseAsker(user),
  client,
  accept: () => {
    client.write(connected);
  },
  refuse: (error) => {
    farewell(client, failureAnswer(error));
  },
});
