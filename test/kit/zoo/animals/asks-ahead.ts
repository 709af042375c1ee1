/** B16: opens a connection ahead for each page, and asks on it again at once, as those do that fear to lose an answer */

import { connect } from 'node:net';
import type { Animal } from '../animal.js';
import type { Passage } from '../core/behaviour.js';
import { openProxy } from '../core/proxy.js';

/** In the same words, from the same address; who answers second is not heard. */
const ahead = (lines: readonly string[], { world, exit, host, port, method, path }: Passage): readonly string[] => {
  if (method !== 'GET' || !path.endsWith('.html')) return lines;
  const spare = { host: world.names.get(host) ?? host, port, localAddress: exit };
  const [idle, again] = [connect(spare), connect(spare)];
  for (const socket of [idle, again]) socket.on('error', () => undefined).setTimeout(2_000, () => socket.destroy());
  again.write([`${method} ${path} HTTP/1.1`, ...lines, '', ''].join('\r\n'));
  again.once('data', () => {
    for (const socket of [idle, again]) socket.destroy();
  });
  return lines;
};

export const b16: Animal = {
  id: 'B16',
  about: 'opens a connection ahead for each page, and asks on it again at once',
  control: true,
  speaks: ['http'],
  truth: { forward: 'clean', tunnel: 'exact' },
  fires: [],
  open: (world) => openProxy(world, ['http'], { fields: ahead }),
};
