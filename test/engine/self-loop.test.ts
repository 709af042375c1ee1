/** A cascade that begins at the program's own listener ends there at once. */

import { storedAs } from '../kit/house.js';
import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { type Socket, isIPv4 } from 'node:net';
import { networkInterfaces } from 'node:os';
import { describe, test } from 'node:test';
import { type Host, parseHost } from '../../src/model/address.js';
import { type Millis, millis } from '../../src/model/brand.js';
import { parseCascade } from '../../src/model/cascade.js';
import { startEngine } from '../../src/engine/engine.js';
import { ask } from '../kit/clients.js';
import { backTo, holdings } from '../kit/leak.js';

/** Asks once through a chain that ends at the listener itself, and counts the connections that this makes. */
const askItself = async (listen: Host, chainTo: (port: number) => string) => {
  const accepted: Socket[] = [];
  const note = (message: unknown): void => void accepted.push((message as { readonly socket: Socket }).socket);
  let port = 0;
  const engine = await startEngine({
    listen: [{ host: listen, port: 0 }],
    login: { required: false, check: () => true },
    rules: { private: 'allow', refusedPorts: new Set(), plainPorts: new Set() },
    limits: {
      ...{ sessions: 100, handshake: millis(2_000), dial: millis(2_000), hold: millis(0) },
      ...{ idle: millis(60_000), idleTunnels: millis(60_000) },
    },
    cascadeFor: () => parseCascade('loop', chainTo(port)),
    inUse: () => undefined,
    stored: storedAs(),
  });
  port = engine.snapshot.listeners[0]?.port ?? 0;
  subscribe('net.server.socket', note);
  try {
    const { socket, text } = await ask(port, { protocol: 'connect', target: 'target.test:80' });
    socket.destroy();
    return { text, connections: accepted.length };
  } finally {
    unsubscribe('net.server.socket', note);
    await engine.stop(0 as Millis);
  }
};

/** An address of this machine that other machines see, where it has one. */
const ownAddress = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .find(({ address, internal }) => !internal && isIPv4(address))?.address;

const loops: readonly (readonly [string, string, string | undefined])[] = [
  ['its address', '127.0.0.1', '127.0.0.1'],
  ['a name', '127.0.0.1', 'localhost'],
  ['another address of loopback', '0.0.0.0', '127.0.0.9'],
  ['no address', '0.0.0.0', '0.0.0.0'],
  ['the address that other machines see', '0.0.0.0', ownAddress],
  ['a mapped address', '0.0.0.0', '[::ffff:127.0.0.1]'],
];

describe('a cascade that begins at the own listener', () => {
  for (const [what, listen, first] of loops) {
    for (const scheme of ['http', 'socks5h', 'socks4a']) {
      const skip = first === undefined && 'this machine has loopback only';
      test(`by ${what} is refused (${scheme})`, { skip }, async () => {
        const base = holdings();
        const chain = (port: number): string => `${scheme}://${first ?? ''}:${port},http://other.test:3128`;
        const { text, connections } = await askItself(parseHost(listen), chain);
        assert.match(text, /^HTTP\/1\.1 502 [^]*X-Kaskade-Failure: hop-unreachable; hop=1\r\n/);
        assert.ok(connections <= 2, `${connections} connections`);
        await backTo(base);
      });
    }
  }
});
