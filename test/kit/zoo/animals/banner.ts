/** P45: is a server of another kind that says its name */

import type { Animal } from '../animal.js';
import { openProxy } from '../core/proxy.js';
import type { Socket } from 'node:net';

const banner = (socket: Socket): boolean => {
  socket.write('SSH-2.0-OpenSSH_9.2\r\n\x1b]0;hello\x07\r\n');
  socket.resume();
  return true;
};

export const p45: Animal = {
  id: 'P45',
  about: 'is a server of another kind that says its name',
  speaks: ['http'],
  truth: { outcome: 'not-a-proxy' },
  fires: [],
  open: (world) => openProxy(world, ['http'], { takes: banner }),
};
