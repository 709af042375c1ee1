/** From settings and flags to a running engine, through a cascade or through the lab. */

import { labelEndpoint } from '../model/address.js';
import type { Port } from '../model/brand.js';
import { type Cascade, parseCascade, refuseListeners } from '../model/cascade.js';
import { fail } from '../model/error.js';
import { privateKind } from '../model/private.js';
import type { Asker } from '../model/route.js';
import { readAuthFile } from '../config/auth-file.js';
import { type Settings, readSetting } from '../config/settings.js';
import type { Store } from '../config/store.js';
import type { ListenAt } from '../net/listen.js';
import type { TargetRules } from '../route/targets.js';
import type { Login } from '../wire/client-request.js';
import type { Controller, ServeOptions } from './controller.js';
import { endingWith } from './daemon.js';
import { type EngineParts, type Stored, startEngine } from './engine.js';
import { type Lab, openLab } from './lab.js';

/** Notices from the beginning, by topic. */
export type Remarks = NonNullable<EngineParts['remarks']>;

/** Serves a cascade: the given one until a face picks another, else the stored one in use, looked up anew for every session. */
export const serveCascade = (store: Store, options: ServeOptions, remarks: Remarks = {}): Promise<Controller> => {
  const parts = partsOf(store, options);
  const choice = createChoice(store, options.cascade);
  const own = parts.listen.flatMap(({ host, port }) => (port === 0 ? [] : [{ host, port }]));
  const checked = new WeakSet<Cascade>();
  const usable = (cascade: Cascade): Cascade => {
    if (!checked.has(cascade)) refuseListeners(cascade, own);
    checked.add(cascade);
    return cascade;
  };
  const cascadeFor = ({ cascade: name }: Asker): Cascade => {
    const found = name === undefined ? choice.inUse() : storedAs(store, name);
    if (found === undefined) throw fail(name === undefined ? 'cascade-missing' : 'cascade-unknown');
    return usable(found);
  };
  const cascade = choice.inUse();
  if (cascade === undefined) return Promise.reject(fail('cascade-missing'));
  usable(cascade);
  return startEngine({ ...parts, ...choice, cascadeFor, remarks });
};

/** What new sessions go by, as long as the stored settings and the faces leave it so. */
const createChoice = (store: Store, wanted: string | undefined): Pick<EngineParts, 'inUse' | 'rules' | 'stored'> => {
  let given = wanted === undefined ? undefined : findCascade(store, wanted);
  let rules = rulesOf(store.settings());
  const inUse = (): Cascade | undefined => given ?? cascadeInUse(store);
  const stored: Stored = {
    cascades: () => {
      const all = store.cascades();
      return given === undefined || all.some(({ name }) => name === given?.name) ? all : [given, ...all];
    },
    use: (name) => {
      store.use(name);
      given = undefined;
    },
    reload: () => {
      store.reload();
      rules = rulesOf(store.settings());
    },
    isWarm: () => false,
  };
  const live: TargetRules = {
    get private() {
      return rules.private;
    },
    get refusedPorts() {
      return rules.refusedPorts;
    },
    get plainPorts() {
      return rules.plainPorts;
    },
  };
  return { inUse, rules: live, stored };
};

/** Serves the lab, which begins and ends with the engine. */
export const serveLab = async (
  store: Store,
  options: ServeOptions & { readonly lab: number },
  remarks: Remarks = {},
): Promise<Controller> => {
  const parts = partsOf(store, options);
  const lab = await openLab(options.lab);
  const cascadeFor = ({ cascade: name }: Asker): Cascade => {
    if (name !== undefined && name !== lab.cascade.name) throw fail('cascade-unknown');
    return lab.cascade;
  };
  const rules = { ...parts.rules, plainPorts: new Set<number>(), only: lab.targets };
  try {
    const inUse = (): Cascade => lab.cascade;
    const controller = await startEngine({ ...parts, rules, cascadeFor, inUse, stored: onlyLab(lab), remarks });
    return endingWith(controller, lab.close);
  } catch (thrown) {
    await lab.close();
    throw thrown;
  }
};

/** A lab has its own cascade, and what is stored does not concern it. */
const onlyLab = ({ cascade }: Lab): Stored => ({
  cascades: () => [cascade],
  use: (name) => {
    if (name !== cascade.name) throw fail('cascade-unknown');
  },
  reload: () => undefined,
  isWarm: () => false,
});

/** A stored cascade of that name, or the text as a chain; a name without `://` is never read as a chain. */
export const findCascade = (store: Store, nameOrChain: string): Cascade => {
  const stored = storedAs(store, nameOrChain);
  if (stored !== undefined) return stored;
  // A text that is no name may be a hop with its password.
  const isName = /^[\w.-]{1,64}$/.test(nameOrChain);
  if (!nameOrChain.includes('://')) throw fail('cascade-unknown', isName ? { note: nameOrChain } : {});
  return parseCascade('the given chain', nameOrChain);
};

/** The stored cascade that new sessions go through, if there is one. */
export const cascadeInUse = (store: Store): Cascade | undefined => {
  const name = store.inUse();
  return name === undefined ? undefined : storedAs(store, name);
};

/** What the settings say of targets. */
export const rulesOf = (settings: Settings): TargetRules => ({
  private: settings['targets.private'],
  refusedPorts: settings['targets.refusedPorts'],
  plainPorts: settings['targets.plainPortsWarn'],
});

const storedAs = (store: Store, name: string): Cascade | undefined =>
  store.cascades().find((cascade) => cascade.name === name);

const partsOf = (store: Store, options: ServeOptions): Omit<EngineParts, 'cascadeFor' | 'inUse' | 'stored'> => {
  const settings = store.settings();
  return {
    listen: listenersOf(settings, options),
    login: options.authFile === undefined ? anybody : readAuthFile(options.authFile),
    rules: rulesOf(settings),
    limits: {
      sessions: settings['sessions.most'],
      handshake: settings['handshake.deadline'],
      dial: settings['dial.deadline'],
      idle: settings['idle.after'],
      idleTunnels: settings['idle.tunnels'],
    },
  };
};

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
