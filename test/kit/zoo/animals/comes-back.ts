/** Q19: has another of its machines ask again for what was asked for, once nobody asks any more */

import type { Animal } from '../animal.js';
import { createLeisure, sayFromBeside } from '../core/leisure.js';
import { openProxy } from '../core/proxy.js';

export const q19: Animal = {
  id: 'Q19',
  about: 'has another of its machines ask again for what was asked for, once nobody asks any more',
  tier: 'watch',
  speaks: ['http'],
  truth: { forward: 'hostile', tunnel: 'hostile' },
  fires: ['forward C06', 'tunnel C06'],
  open: (world) => {
    const leisure = createLeisure();
    const open = openProxy(world, ['http'], {
      inTunnels: true,
      fields: (lines, at) => {
        const { method, host, port, path } = at;
        const head = `GET ${path} HTTP/1.1\r\nHost: ${host}:${port}\r\nUser-Agent: crawler/1\r\nConnection: close\r\n\r\n`;
        if (method === 'GET') leisure.put(() => sayFromBeside(head, at));
        return lines;
      },
    });
    return leisure.of(open);
  },
};
