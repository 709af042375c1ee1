/** From settings and flags to a running engine, through a cascade or through the lab. */

import { dirname } from 'node:path';
import { labelEndpoint } from '../model/address.js';
import type { Port } from '../model/brand.js';
import { fail } from '../model/error.js';
import { privateKind } from '../model/private.js';
import { readAuthFile } from '../config/auth-file.js';
import { keepHealth } from '../config/health-file.js';
import { type Settings, readSetting } from '../config/settings.js';
import type { Store } from '../config/store.js';
import type { ListenAt } from '../net/listen.js';
import type { Login } from '../wire/client-request.js';
import type { Pulse } from './care.js';
import { createChoice, findCascade } from './choice.js';
import { openRouteBook } from './book.js';
import type { Controller, ServeOptions } from './controller.js';
import { endingWith } from './daemon.js';
import { type EngineParts, startEngine } from './engine.js';
import { type Lab, openLab } from './lab.js';
import { fetchInThread, watchSubscriptions } from './subscriptions.js';

/** Notices from the beginning, by topic. */
export type Remarks = NonNullable<EngineParts['remarks']>;

/**
 * Serves: through the given cascade or the lab until a face picks another, else through the stored one in use, looked up anew
 * for every session. Rejects with `cascade-missing` where there is none, unless faces may pick one later (`open`).
 */
export const serve = async (store: Store, options: ServeOptions, remarks: Remarks = {}): Promise<Controller> => {
  const parts = partsOf(store, options);
  if (options.lab === undefined) return begin(store, options, { ...parts, remarks });
  const lab = await openLab(options.lab);
  options.onLab?.(lab.view);
  try {
    return endingWith(await begin(store, options, { ...parts, remarks }, lab), lab.close);
  } catch (thrown) {
    await lab.close();
    throw thrown;
  }
};

type Chosen = 'cascadeFor' | 'inUse' | 'rules' | 'stored';

const begin = async (
  store: Store,
  options: ServeOptions,
  parts: Omit<EngineParts, Chosen>,
  lab?: Lab,
): Promise<Controller> => {
  const own = parts.listen.flatMap(({ host, port }) => (port === 0 ? [] : [{ host, port }]));
  const given = options.cascade === undefined ? lab?.cascade : findCascade(store, options.cascade);
  const choice = createChoice(store, { lab, given, own });
  if (choice.inUse() === undefined && options.open !== true) throw fail('cascade-missing');
  const book = openRouteBook(store.path, store.settings);
  const remarks = { ...parts.remarks, ...(book.trouble === undefined ? {} : { book: book.trouble }) };
  const { routes, known, note, due, close } = book;
  const fetch = fetchInThread(dirname(store.path));
  try {
    return endingWith(
      await startEngine({
        ...parts,
        remarks,
        ...choice,
        pulse: { ...pulseOf(store), diary: note },
        book: routes,
        known,
        chores: (notices) => watchSubscriptions({ due, fetch, notices }),
      }),
      close,
    );
  } catch (thrown) {
    await close();
    throw thrown;
  }
};

const partsOf = (store: Store, options: ServeOptions): Omit<EngineParts, Chosen> => {
  const settings = store.settings();
  return {
    listen: listenersOf(settings, options),
    login: options.authFile === undefined ? anybody : readAuthFile(options.authFile),
    limits: {
      sessions: settings['sessions.most'],
      handshake: settings['handshake.deadline'],
      dial: settings['dial.deadline'],
      hold: settings.hold,
      idle: settings['idle.after'],
      idleTunnels: settings['idle.tunnels'],
    },
  };
};

const pulseOf = (store: Store): Pulse => ({
  probes: store.settings()['health.probes'] === 'on',
  keepsake: keepHealth(store.path),
});

/** On loopback only programs of this machine come in. */
const anybody: Login = { required: false, check: () => true };

const listenersOf = (settings: Settings, options: ServeOptions): readonly ListenAt[] => {
  const given = options.listen.flatMap((text) => readSetting('listen', text));
  const listen = given.length > 0 ? given : settings.listen;
  const exposed = listen.find((at) => privateKind(at.host) !== 'loopback');
  if (exposed !== undefined && !(options.public && options.authFile !== undefined)) {
    throw fail('public-refused', { note: labelEndpoint({ ...exposed, port: exposed.port as Port }) });
  }
  return listen;
};
