/** Q20: keeps the logins that go through it, and tries them later from another of its machines */

import type { Animal } from '../animal.js';
import { createLeisure, sayFromBeside } from '../core/leisure.js';
import { openProxy } from '../core/proxy.js';

const login = /^user=[^&]*&password=.*$/;

export const q20: Animal = {
  id: 'Q20',
  about: 'keeps the logins that go through it, and tries them later from another of its machines',
  tier: 'watch',
  speaks: ['http'],
  truth: { forward: 'hostile', tunnel: 'exact' },
  fires: ['forward C07'],
  open: (world) => {
    const leisure = createLeisure();
    const open = openProxy(world, ['http'], {
      upload: (bytes, at) => {
        const [body] = login.exec(bytes.toString('latin1')) ?? [];
        const head = `POST ${at.path} HTTP/1.1\r\nHost: ${at.host}:${at.port}\r\nConnection: close\r\n`;
        const form = 'Content-Type: application/x-www-form-urlencoded\r\n';
        if (body !== undefined)
          leisure.put(() => sayFromBeside(`${head}${form}Content-Length: ${body.length}\r\n\r\n${body}`, at));
        return bytes;
      },
    });
    return leisure.of(open);
  },
};
