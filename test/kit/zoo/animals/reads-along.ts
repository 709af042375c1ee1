/** Q14: has another of its machines ask for the same things */

import { connect } from 'node:net';
import type { Animal } from '../animal.js';
import type { Passage } from '../core/behaviour.js';
import { openProxy } from '../core/proxy.js';

/** From the next address, as a crawler would. */
const again = (lines: readonly string[], { world, exit, host, port, path }: Passage): readonly string[] => {
  const localAddress = exit.replace(/\d+$/, (low) => String(Number(low) + 1));
  const socket = connect({ host: world.names.get(host) ?? host, port, localAddress });
  socket.on('error', () => undefined).setTimeout(2_000, () => socket.destroy());
  socket.end(`GET ${path} HTTP/1.1\r\nHost: ${host}:${port}\r\nUser-Agent: crawler/1\r\nConnection: close\r\n\r\n`);
  socket.resume();
  return lines;
};

export const q14: Animal = {
  id: 'Q14',
  about: 'has another of its machines ask for the same things',
  speaks: ['http'],
  truth: { forward: 'hostile', tunnel: 'exact' },
  fires: ['forward C10'],
  open: (world) => openProxy(world, ['http'], { fields: again }),
};
