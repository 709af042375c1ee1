/** Which cascade sessions go through: the given one, the lab or the stored one in use, as the user and faces change it. */

import type { Endpoint } from '../model/address.js';
import { type Cascade, parseCascade, refuseListeners } from '../model/cascade.js';
import { fail } from '../model/error.js';
import type { Asker } from '../model/route.js';
import type { Settings } from '../config/settings.js';
import type { Store } from '../config/store.js';
import type { TargetRules } from '../route/targets.js';
import type { EngineParts, Stored } from './engine.js';
import type { Lab } from './lab.js';

/** What a choice begins with. */
interface Beginning {
  readonly lab: Lab | undefined;
  readonly given: Cascade | undefined;
  /** Where this engine listens. */
  readonly own: readonly Endpoint[];
}

/** What new sessions go by, as long as the stored settings and the faces leave it so. Throws `bad-cascade` for one that leads back here. */
export const createChoice = (
  store: Store,
  { lab, given: first, own }: Beginning,
): Pick<EngineParts, 'cascadeFor' | 'inUse' | 'rules' | 'stored'> => {
  const usable = createCheck(own);
  let given = first;
  let rules = rulesOf(store.settings());
  const known = (): readonly Cascade[] => {
    const all = store.cascades();
    return [...new Set(unstored([given, lab?.cascade], all)), ...all];
  };
  const named = (name: string): Cascade => {
    const found = known().find((cascade) => cascade.name === name);
    if (found === undefined) throw fail('cascade-unknown');
    return found;
  };
  const inUse = (): Cascade | undefined => given ?? cascadeInUse(store);
  const cascadeFor = ({ cascade: name }: Asker): Cascade => {
    const found = name === undefined ? inUse() : named(name);
    if (found === undefined) throw fail('cascade-missing');
    return usable(found);
  };
  const stored: Stored = {
    cascades: known,
    use: (name) => {
      const wanted = usable(named(name));
      const isStored = storedAs(store, name) === wanted;
      if (isStored) store.use(name);
      given = isStored ? undefined : wanted;
    },
    reload: () => {
      store.reload();
      rules = rulesOf(store.settings());
    },
    order: () => store.settings()['switch.order'],
    divert: (name) => {
      given = usable(named(name));
    },
    isWarm: (name) => store.settings()['health.warm'].includes(name),
  };
  const only = (): ReadonlySet<string> | undefined => (inUse() === lab?.cascade ? lab?.targets : undefined);
  const now = inUse();
  if (now !== undefined) usable(now);
  return { cascadeFor, inUse, stored, rules: liveRules(() => rules, only) };
};

/** Lets a cascade through unless it leads back to a listener of this engine. Throws `bad-cascade`. */
const createCheck = (own: readonly Endpoint[]): ((cascade: Cascade) => Cascade) => {
  const checked = new WeakSet<Cascade>();
  return (cascade) => {
    if (!checked.has(cascade)) refuseListeners(cascade, own);
    checked.add(cascade);
    return cascade;
  };
};

/** Cascades that have no stored namesake. */
const unstored = (some: readonly (Cascade | undefined)[], stored: readonly Cascade[]): readonly Cascade[] =>
  some.flatMap((one) => (one === undefined || stored.some(({ name }) => name === one.name) ? [] : [one]));

/** Rules that follow the settings; in the lab, where nothing leaves the machine, its own targets are all there is. */
const liveRules = (rules: () => TargetRules, only: () => ReadonlySet<string> | undefined): TargetRules => ({
  get private() {
    return rules().private;
  },
  get refusedPorts() {
    return rules().refusedPorts;
  },
  get plainPorts() {
    return only() === undefined ? rules().plainPorts : new Set<number>();
  },
  get only() {
    return only();
  },
});

/** A stored cascade of that name, or the text as a chain; a name without `://` is never read as a chain. */
export const findCascade = (store: Store, nameOrChain: string): Cascade => {
  const stored = storedAs(store, nameOrChain);
  if (stored !== undefined) return stored;
  // A text that is no name may be a hop with its password.
  const isName = /^[\w.-]{1,64}$/.test(nameOrChain);
  if (!/:\/\/|{/.test(nameOrChain)) throw fail('cascade-unknown', isName ? { note: nameOrChain } : {});
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
