/** The whole program for its faces: settings, cascades, serving, trying and connecting, put together. */

import { fail } from '../model/error.js';
import type { Identity } from '../model/route.js';
import { type Store, openStore } from '../config/store.js';
import { createBuffers } from '../net/buffers.js';
import { deadline } from '../net/cancel.js';
import type { Door } from '../net/connect.js';
import { dial } from '../route/dial.js';
import { createEvidence } from '../route/evidence.js';
import { plan } from '../route/plan.js';
import { refusalOf } from '../route/targets.js';
import type { Program } from './controller.js';
import { cascadeInUse, findCascade, rulesOf, serveCascade, serveLab } from './serving.js';
import { carry } from './stdio.js';
import { tryCascade } from './try.js';

/**
 * Opens the program on a home folder, or on the usual folders of the platform. Throws `settings-broken` or `home-unusable`;
 * `leave` lets a broken file stay where it is, for the Tab key, whose messages nobody sees.
 */
export const openProgram = (home?: string, whenBroken?: 'leave'): Program => {
  const store = openStore(home, whenBroken);
  return {
    settings: { path: store.path, all: store.views, find: store.view, set: store.set },
    cascades: {
      all: store.cascades,
      inUse: store.inUse,
      find: (nameOrChain) => findCascade(store, nameOrChain),
      add: store.add,
      use: store.use,
      remove: store.remove,
      test: (trial) => tryCascade({ ...trial, door: freshDoor(), within: store.settings()['dial.deadline'] }),
    },
    serve: (options) =>
      options.lab === undefined ? serveCascade(store, options) : serveLab(store, options, options.lab),
    connect: (options) => connectStdio(store, options),
  };
};

const connectStdio = async (store: Store, options: Parameters<Program['connect']>[0]): Promise<void> => {
  const { target, stdio, signal } = options;
  const refusal = refusalOf(target, rulesOf(store.settings()));
  if (refusal !== undefined) throw refusal;
  const cascade = options.cascade === undefined ? cascadeInUse(store) : findCascade(store, options.cascade);
  if (cascade === undefined) throw fail('cascade-missing');
  const chooser = { evidence: createEvidence(), random: Math.random };
  const route = plan(cascade, { identity: '' as Identity, target }, chooser);
  const limit = deadline(store.settings()['dial.deadline'], () => fail('hop-timeout'), { signal });
  try {
    const tunnel = await dial(route, target, { door: freshDoor(), onHop: () => undefined }, limit);
    limit.done();
    await carry(tunnel, stdio, signal);
  } finally {
    limit.done();
  }
};

/** A door for work beside the engine: this process listens nowhere then. */
const freshDoor = (): Door => ({ buffers: createBuffers(), isOwnListener: () => false });
