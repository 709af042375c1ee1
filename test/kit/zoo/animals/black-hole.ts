/** P50: a port at which packets vanish: the queue of a thread that never takes anybody in is full, so no connection is answered. */

import { once } from 'node:events';
import { type Socket, connect } from 'node:net';
import { Worker } from 'node:worker_threads';
import type { Animal, OpenAnimal } from '../animal.js';
import { nextPlace } from '../core/places.js';

export const p50: Animal = {
  id: 'P50',
  about: 'answers nothing at all, not even that it is not there',
  speaks: ['http'],
  truth: { outcome: 'dead' },
  fires: [],
  open: () => openHole(),
};

const script = `
  const { parentPort, workerData } = require('node:worker_threads');
  const server = require('node:net').createServer();
  server.listen({ host: workerData, port: 0, backlog: 1 }, () => {
    parentPort.postMessage(server.address().port);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });
`;

const openHole = async (): Promise<OpenAnimal> => {
  const { entry } = nextPlace();
  const thread = new Worker(script, { eval: true, workerData: entry });
  const [port] = (await once(thread, 'message')) as [number];
  const fillers = await fill(entry, port);
  return {
    url: (speech) => `${speech}://${entry}:${port}`,
    close: async () => {
      for (const filler of fillers) filler.destroy();
      await thread.terminate();
    },
  };
};

/** So many that the next one finds no room. */
const fill = async (host: string, port: number): Promise<readonly Socket[]> => {
  const fillers = Array.from({ length: 4 }, () => connect({ host, port }).on('error', () => undefined));
  await Promise.all(fillers.slice(0, 2).map((filler) => once(filler, 'connect')));
  return fillers;
};
