/** A port that strangers send datagrams to: each is answered at most once, and with little. */

import { type RemoteInfo, type Socket, createSocket } from 'node:dgram';
import { type Endpoint, hostText, parseHost } from '../model/address.js';
import type { Port } from '../model/brand.js';
import { fail } from '../model/error.js';
import { plainAddress } from './judge-port.js';
import type { ListenAt } from './listen.js';

/** Gives the answer to a message; undefined for none. Must not throw. */
export type Answering = (message: Buffer, from: string) => Buffer | undefined;

/** An open port. */
export interface DatagramPort {
  readonly endpoint: Endpoint;
  readonly close: () => Promise<void>;
}

/** Opens a port. Rejects with `port-in-use`. */
export const openDatagramPort = ({ host, port }: ListenAt, answering: Answering): Promise<DatagramPort> =>
  new Promise((resolve, reject) => {
    const socket: Socket = createSocket(host.kind === 'ipv6' ? 'udp6' : 'udp4');
    socket.once('error', (error: NodeJS.ErrnoException) => {
      reject(fail('port-in-use', { note: error.code ?? '' }, error));
    });
    socket.on('message', (datagram: Buffer, { address, port: back }: RemoteInfo) => {
      const answer = answering(datagram, plainAddress(address));
      if (answer !== undefined) socket.send(answer, back, address, () => undefined);
    });
    socket.bind(port, hostText(host), () => {
      socket.on('error', () => undefined);
      const at = socket.address();
      resolve({
        endpoint: { host: parseHost(at.address), port: at.port as Port },
        close: () => new Promise((closed) => socket.close(closed)),
      });
    });
  });
