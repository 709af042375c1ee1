/** An engine with a control socket on a home of its own, in this process, and faces on it. */

import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type Socket, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Controller } from '../../src/engine/controller.js';
import { claimHome } from '../../src/engine/daemon.js';
import { type Place, controlPlace } from '../../src/engine/place.js';
import { attach } from '../../src/engine/remote.js';
import { type House, type HouseOptions, startHouse } from './house.js';

/** A folder that is gone with the test. */
export interface TestHome extends AsyncDisposable {
  readonly folder: string;
  /** Where the socket of this home is. */
  readonly place: Place;
}

/** Makes a home. */
export const makeHome = (folder = mkdtempSync(join(tmpdir(), 'kaskade-home-'))): TestHome => ({
  folder,
  place: controlPlace(join(folder, 'settings.json')),
  [Symbol.asyncDispose]: async () => {
    rmSync(folder, { recursive: true, force: true });
  },
});

/** A house that faces can attach to. */
export interface DaemonHouse extends House {
  readonly place: Place;
  /** Attaches a face, which is detached with the house. */
  readonly face: () => Promise<Controller>;
  /** Connects to the socket without a word. */
  readonly knock: () => Promise<Socket>;
}

/** Starts a house on a home of its own. */
export const startDaemon = async (chain: string, options: HouseOptions = {}): Promise<DaemonHouse> => {
  const home = makeHome();
  const reception = await claimHome(home.place);
  const house = await startHouse(chain, options);
  const controller = reception.open(house.controller);
  const faces: AsyncDisposable[] = [];
  const sockets: Socket[] = [];
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    await Promise.all(faces.map((face) => face[Symbol.asyncDispose]()));
    await controller[Symbol.asyncDispose]();
    await home[Symbol.asyncDispose]();
  };
  return {
    ...house,
    controller,
    place: home.place,
    face: async () => {
      const face = await attach(home.place);
      if (face === undefined) throw new Error('no engine runs');
      faces.push(face);
      return face;
    },
    knock: async () => {
      const socket = connect({ path: home.place.path });
      socket.on('error', () => undefined);
      sockets.push(socket);
      await once(socket, 'connect');
      return socket;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
};
