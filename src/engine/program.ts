/** The whole program for its faces: settings, cascades, serving, trying and connecting, put together. */

import { now } from '../model/brand.js';
import { asKaskadeError } from '../model/error.js';
import { type Store, openStore } from '../config/store.js';
import { createBuffers } from '../net/buffers.js';
import type { Door } from '../net/connect.js';
import { createBookDesk } from './book-desk.js';
import { createAuditDesk } from './audit-desk.js';
import { auditDoor } from './audit-jobs.js';
import { homeBook, lookUpFor, openRouteBook } from './book.js';
import { noEvidence } from '../route/evidence.js';
import { createPlanner } from '../route/plan.js';
import { type Beside, connectStdio, openTunnel } from './connect.js';
import type { Controller, Program, ServeOptions } from './controller.js';
import { type Reception, claimHome } from './daemon.js';
import { type Place, controlPlace } from './place.js';
import { attach } from './remote.js';
import { findCascade } from './choice.js';
import { type Remarks, serve } from './serving.js';
import { tryCascade } from './try.js';

/**
 * Opens the program on a home folder, or on the usual folders of the platform. Throws `settings-broken` or `home-unusable`;
 * `leave` lets a broken file stay where it is, for the Tab key, whose messages nobody sees.
 */
export const openProgram = (home?: string, whenBroken?: 'leave'): Program => {
  const store = openStore(home, whenBroken);
  const place = (): Place => controlPlace(store.path);
  const bookHome = homeBook(store.path, store.settings);
  return {
    settings: { path: store.path, all: store.views, find: store.view, set: store.set },
    cascades: {
      all: store.cascades,
      inUse: store.inUse,
      reload: store.reload,
      find: (nameOrChain) => findCascade(store, nameOrChain),
      add: store.add,
      compose: store.compose,
      put: store.put,
      use: store.use,
      remove: store.remove,
      test: (trial) =>
        beside(store)((planner, door) =>
          tryCascade({ ...trial, planner, door, within: store.settings()['dial.deadline'] }),
        ),
    },
    audits: createAuditDesk({
      ...{ store, openBook: bookHome.open, hasBook: bookHome.exists, door: auditDoor },
      placeOf: lookUpFor(store.settings()['book.tables']),
    }),
    book: createBookDesk(bookHome.open, {
      throughCascade: async (target, cascade, cancel) => {
        const means = { store, beside: beside(store), place: place(), door: freshDoor() };
        const { stream } = await openTunnel(
          { target, ...(cascade === undefined ? {} : { cascade }), ...cancel },
          means,
        );
        return stream;
      },
      mayGoDirect: () => store.settings()['book.direct'],
      allowDirect: () => {
        store.set('book.direct', 'yes');
      },
      environment: process.env,
    }),
    serve: (options) => serveHome(store, options),
    attach: () => attach(place()),
    connect: (options) => connectStdio(options, { store, beside: beside(store), place: place(), door: freshDoor() }),
  };
};

type Claimed = Reception & { readonly remarks?: Remarks };

/** Serves, with the home claimed first: what runs on it already is told, and no port is opened for nothing. */
const serveHome = async (store: Store, options: ServeOptions): Promise<Controller> => {
  const reception: Claimed = await claimHome(controlPlace(store.path)).catch(asRemark);
  try {
    return reception.open(await serve(store, options, reception.remarks));
  } catch (thrown) {
    await reception.release();
    throw thrown;
  }
};

/** An engine without a control socket serves as well; that no face finds it is worth a word. */
const asRemark = (thrown: unknown): Claimed => {
  const error = asKaskadeError(thrown);
  if (error.code !== 'home-unusable') throw error;
  const text = `Other commands of kaskade cannot see this one: the control socket could not be opened (${error.failure.note ?? ''}).`;
  return { open: (controller) => controller, release: () => Promise.resolve(), remarks: { control: text } };
};

/** Plans routes for work beside the engine, with the book of the home and its stable entries. */
const beside =
  (store: Store): Beside =>
  async (work) => {
    const book = openRouteBook(store.path, store.settings);
    const { isBarred } = book.routes.catalog;
    try {
      return await work(createPlanner({ evidence: noEvidence, random: Math.random, clock: now, book: book.routes }), {
        ...freshDoor(),
        isBarred,
      });
    } finally {
      await book.close();
    }
  };

/** A door for work beside the engine: this process listens nowhere then. */
const freshDoor = (): Door => ({ buffers: createBuffers(), isOwnListener: () => false });
