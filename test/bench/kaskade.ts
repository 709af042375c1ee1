/** kaskade as a child process: `node kaskade.js CHAIN`. */

import { storedAs } from '../kit/house.js';
import { millis } from '../../src/model/brand.js';
import { parseCascade } from '../../src/model/cascade.js';
import { parseHost } from '../../src/model/address.js';
import { startEngine } from '../../src/engine/engine.js';
import { announcePorts } from './child.js';

const cascade = parseCascade('bench', process.argv[2] ?? '');
const { snapshot } = await startEngine({
  listen: [{ host: parseHost('127.0.0.1'), port: 0 }],
  login: { required: false, check: () => true },
  rules: { private: 'allow', refusedPorts: new Set([25]), plainPorts: new Set() },
  limits: {
    sessions: 12_000,
    handshake: millis(10_000),
    dial: millis(60_000),
    hold: millis(0),
    idle: millis(900_000),
    idleTunnels: millis(7_200_000),
  },
  cascadeFor: () => cascade,
  inUse: () => cascade,
  stored: storedAs(cascade),
});
announcePorts(snapshot.listeners.map(({ port }) => port));
