/** Looks names of the judge's zone up, as the resolver of a proxy does: by a query of its own to the name server. */

import { createSocket } from 'node:dgram';
import { type OptAnswer, decode, encode } from 'dns-packet';
import type { World } from '../animal.js';

/** How a resolver asks. */
export interface Asking {
  /** Where it goes out. */
  readonly from: string;
  /** A network for which it says that it asks (RFC 7871). */
  readonly subnet?: string;
}

const patience = 2_000;

/** The IPv4 address of a name of the zone; undefined for every other name. Rejects where nobody answers, which says nothing of a name. */
export const lookUp = (host: string, { zone }: World, asking: Asking): Promise<string | undefined> => {
  if (zone === undefined || !host.toLowerCase().endsWith(`.${zone.name}`)) return Promise.resolve(undefined);
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4');
    const end = (): void => {
      clearTimeout(timer);
      socket.close();
    };
    const lost = (): void => {
      end();
      reject(new Error('no name server answers'));
    };
    const timer = setTimeout(lost, patience);
    socket.on('error', lost);
    socket.on('message', (bytes: Buffer) => {
      const [answer] = decode(bytes).answers ?? [];
      end();
      resolve(answer?.type === 'A' ? answer.data : undefined);
    });
    socket.bind(0, asking.from, () => {
      socket.send(queryFor(host, asking), zone.server.port, zone.server.host);
    });
  });
};

const queryFor = (name: string, { subnet }: Asking): Buffer =>
  encode({
    ...{ type: 'query', id: 1 + (name.length % 999), flags: 1 << 8, questions: [{ type: 'A', name }] },
    additionals: subnet === undefined ? [] : [optFor(subnet)],
  });

const optFor = (subnet: string): OptAnswer => {
  const [ip = '', length = '32'] = subnet.split('/');
  return {
    ...{ type: 'OPT', name: '.', udpPayloadSize: 1_232, extendedRcode: 0, ednsVersion: 0, flags: 0, flag_do: false },
    options: [{ code: 8, family: 1, ip, sourcePrefixLength: Number(length), scopePrefixLength: 0 }],
  };
};
