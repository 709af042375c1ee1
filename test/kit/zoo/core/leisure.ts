/** What a proxy does once nobody has asked it for anything for a while: it comes to origins by itself, from another address. */

import { type Socket, connect } from 'node:net';
import type { OpenAnimal } from '../animal.js';
import type { Passage } from './behaviour.js';

/** Says something to the origin of a request, from the address beside the exit, and hears the answer. */
export const sayFromBeside = (request: string, { world, exit, host, port }: Passage): Socket => {
  const localAddress = exit.replace(/\d+$/, (low) => String(low === '255' ? 254 : Number(low) + 1));
  const socket = connect({ host: world.names.get(host) ?? host, port, localAddress });
  socket.on('error', () => undefined).setTimeout(2_000, () => socket.destroy());
  socket.end(request);
  return socket.resume();
};

/** Work for later. */
export interface Leisure {
  /** Puts work off; the last few things that were put off are done. */
  readonly put: (work: () => Socket) => void;
  /** The animal; when it is closed, what is still put off is not done. */
  readonly of: (open: Promise<OpenAnimal>) => Promise<OpenAnimal>;
}

const most = 8;

/** It begins so many milliseconds after the last thing that was put off. */
const rest = 1_200;

/** Leisure in which nothing is to be done. */
export const createLeisure = (): Leisure => {
  let works: readonly (() => Socket)[] = [];
  let timer: NodeJS.Timeout | undefined;
  const out = new Set<Socket>();
  const begin = (): void => {
    const all = works;
    works = [];
    for (const work of all) {
      const socket = work();
      out.add(socket);
      socket.once('close', () => out.delete(socket));
    }
  };
  return {
    put: (work) => {
      works = [...works, work].slice(-most);
      clearTimeout(timer);
      timer = setTimeout(begin, rest);
    },
    of: async (open) => {
      const animal = await open;
      return {
        ...animal,
        close: async () => {
          clearTimeout(timer);
          for (const socket of out) socket.destroy();
          await animal.close();
        },
      };
    },
  };
};
