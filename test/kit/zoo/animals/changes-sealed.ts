/** Q34: leaves TLS alone until much has come down, and then flips a bit in it */

import type { Animal } from '../animal.js';
import type { Change } from '../core/behaviour.js';
import { openProxy } from '../core/proxy.js';

const from = 8_000;

/** Only where the first byte is one of TLS. */
const flips = (): Change => {
  let passed = 0;
  let isTls: boolean | undefined;
  return (bytes) => {
    isTls ??= bytes[0] === 0x16;
    const at = from - passed;
    passed += bytes.length;
    if (!isTls || at < 0 || at >= bytes.length) return bytes;
    const changed = Buffer.from(bytes);
    changed[at] = (changed[at] ?? 0) ^ 1;
    return changed;
  };
};

export const q34: Animal = {
  id: 'Q34',
  about: 'leaves TLS alone until much has come down, and then flips a bit in it',
  speaks: ['http'],
  truth: { forward: 'clean', tunnel: 'hostile' },
  fires: ['tunnel T13'],
  open: (world) => openProxy(world, ['http'], { down: flips }),
};
