/** P50: a port at which packets vanish: the queue of a stopped process is full, so no connection is ever answered. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type Socket, connect } from 'node:net';
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
  const server = require('node:net').createServer();
  server.listen({ host: process.argv[1], port: 0, backlog: 1 }, () => process.stdout.write(String(server.address().port)));
`;

/** In a process group of its own: a stopped member would take a whole orphaned one down. */
const openHole = async (): Promise<OpenAnimal> => {
  const { entry } = nextPlace();
  const child = spawn(process.execPath, ['-e', script, entry], { detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  const port = Number(said.toString());
  child.kill('SIGSTOP');
  const fillers = await fill(entry, port);
  return { url: (speech) => `${speech}://${entry}:${port}`, close: () => close(child, fillers) };
};

/** So many that the next one finds no room. */
const fill = async (host: string, port: number): Promise<readonly Socket[]> => {
  const fillers = Array.from({ length: 4 }, () => connect({ host, port }).on('error', () => undefined));
  await Promise.all(fillers.slice(0, 2).map((filler) => once(filler, 'connect')));
  return fillers;
};

const close = async (child: ChildProcess, fillers: readonly Socket[]): Promise<void> => {
  for (const filler of fillers) filler.destroy();
  child.kill('SIGKILL');
  await once(child, 'exit');
};
