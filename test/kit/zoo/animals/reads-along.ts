/** Q14: has another of its machines ask for the same things */

import type { Animal } from '../animal.js';
import type { Passage } from '../core/behaviour.js';
import { sayFromBeside } from '../core/leisure.js';
import { openProxy } from '../core/proxy.js';

/** From the next address, as a crawler would. */
const again = (lines: readonly string[], at: Passage): readonly string[] => {
  const { host, port, path } = at;
  sayFromBeside(
    `GET ${path} HTTP/1.1\r\nHost: ${host}:${port}\r\nUser-Agent: crawler/1\r\nConnection: close\r\n\r\n`,
    at,
  );
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
