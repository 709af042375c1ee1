/** Settings and cascades on disk: read once, written on change, one writer at a time; nothing that was there is ever lost. */

import { basename, dirname, resolve } from 'node:path';
import Conf from 'conf';
import { type Cascade, type Draft, everyProxy, parseCascade, parseCascadeName } from '../model/cascade.js';
import { asKaskadeError, fail, withDetail } from '../model/error.js';
import { parseFilter, printFilter } from '../model/filter-text.js';
import { printChain, printHop } from './chain.js';
import { makeFolder, tighten, withErrno } from './folder.js';
import type { Saved, SavedCascade } from './saved.js';
import { type Source, type WhenBroken, openSavedFile } from './saved-file.js';
import { type SettingText, type Settings, checkSetting, readSettings, viewSetting, viewSettings } from './settings.js';

/** What the user has set. */
export interface Store {
  /** The path of the settings file. */
  readonly path: string;
  /** Typed values. Throws `bad-setting` when the file holds something that is not legal. */
  readonly settings: () => Settings;
  /** Every setting as text, in the order of the table. */
  readonly views: () => readonly SettingText[];
  /** Throws `bad-setting` for an unknown key. */
  readonly view: (key: string) => SettingText;
  /** Throws `bad-setting` with near keys, or with what would be legal. */
  readonly set: (key: string, text: string) => void;
  /** Reads the file again, which another process may have changed. Throws as opening it does; what was read before holds then. */
  readonly reload: () => void;
  /** In the order in which they were stored; the same objects as long as nothing changes. Throws `bad-cascade` or `bad-hop` with name and path. */
  readonly cascades: () => readonly Cascade[];
  /** The name of the cascade for new sessions; it may be unknown when the file was edited by hand. */
  readonly inUse: () => string | undefined;
  /** Stores a cascade; the first one is in use from then on. Throws `bad-cascade` where the name is taken, or what reading the chain throws. */
  readonly add: (name: string, chain: string) => Cascade;
  /** A cascade of known proxies, which keep their credentials, and new ones. Throws what reading a chain throws; nothing is stored. */
  readonly compose: (draft: Draft) => Cascade;
  /** Stores a draft under a name, in the place of another cascade where one is named. Throws as `add` does, or `cascade-unknown`. */
  readonly put: (name: string, draft: Draft, replaces?: string) => Cascade;
  /** Throws `cascade-unknown`. */
  readonly use: (name: string) => Cascade;
  /** Removes a cascade; none is in use then if it was. Throws `cascade-unknown`. */
  readonly remove: (name: string) => Cascade;
}

/** The file as the library sees it: a text. It is parsed and judged here, so that nothing broken is mistaken for nothing. */
interface Held {
  readonly text?: string;
}

/**
 * Opens the settings of a home, or of the platform's usual folder. Throws `home-unusable`, or `settings-broken` after a
 * file that cannot be understood was kept aside; every change may throw the same.
 */
export const openStore = (home: string | undefined, whenBroken: WhenBroken = 'keep aside'): Store => {
  const source = sourceOf(withErrno(home, () => openConf(home)));
  const { path } = source;
  const { saved, update, reload } = openSavedFile(source, whenBroken);
  const parse = createParser(path);
  return {
    path,
    settings: () => readSettings(saved().settings, path),
    views: () => viewSettings(saved().settings),
    view: (key) => viewSetting(saved().settings, key),
    set: (key, text) => {
      const checked = checkSetting(key, text);
      update((before) => ({ ...before, settings: { ...before.settings, [key]: checked } }));
    },
    reload,
    cascades: () => saved().cascades.map(parse),
    inUse: () => saved().use,
    add: (name, chain) => {
      const added = { name: parseCascadeName(name), chain: chainText(parseCascade(name, chain)) };
      update((before) => withCascade(before, added));
      return parse(added);
    },
    compose: (draft) => parseCascade('draft', draftText(draft, saved().cascades.map(parse))),
    put: (name, draft, replaces) => {
      const chain = draftText(draft, saved().cascades.map(parse));
      const added = { name: parseCascadeName(name), chain: chainText(parseCascade(name, chain)) };
      update((before) => (replaces === undefined ? withCascade(before, added) : withReplaced(before, added, replaces)));
      return parse(added);
    },
    use: (name) => {
      update((before) => ({ ...before, use: savedAs(before, name).name }));
      return parse(savedAs(saved(), name));
    },
    remove: (name) => {
      const removed = parse(savedAs(saved(), name));
      update((before) => withoutCascade(before, name));
      return removed;
    },
  };
};

/** The positions as a chain; what names a proxy of a stored cascade means that proxy, with its credentials and options. */
const draftText = (draft: Draft, known: readonly Cascade[]): string => {
  const proxies = new Map(known.flatMap(everyProxy).map((proxy) => [String(proxy.id), proxy]));
  const textOf = (item: string): string => {
    const proxy = proxies.get(item);
    return proxy === undefined ? item : printHop(proxy.hop, (secret) => secret.reveal());
  };
  return draft
    .map(({ pick, among, filter }) => `${filter === undefined ? among.map(textOf).join('|') : braced(filter)}~${pick}`)
    .join(',');
};

/** A filter is read before it stands among hops, so that nothing of it is taken for anything else. */
const braced = (filter: string): string => `{${printFilter(parseFilter(filter))}}`;

const withReplaced = (saved: Saved, added: SavedCascade, replaces: string): Saved => {
  savedAs(saved, replaces);
  const others = saved.cascades.filter(({ name }) => name !== replaces);
  if (others.some(({ name }) => name === added.name))
    throw fail('bad-cascade', { note: `the name ${added.name} is taken` });
  const cascades = saved.cascades.map((each) => (each.name === replaces ? added : each));
  return { ...saved, cascades, ...(saved.use === replaces ? { use: added.name } : {}) };
};

const chainText = (cascade: Cascade): string => printChain(cascade, (secret) => secret.reveal());

const withCascade = (saved: Saved, added: SavedCascade): Saved => {
  const taken = saved.cascades.some(({ name }) => name === added.name);
  if (taken) throw fail('bad-cascade', { note: `the name ${added.name} is taken` });
  const first = saved.cascades.length === 0 ? { use: added.name } : {};
  return { ...saved, cascades: [...saved.cascades, added], ...first };
};

const savedAs = ({ cascades }: Saved, wanted: string): SavedCascade => {
  const found = cascades.find(({ name }) => name === wanted);
  // A text that is no name may be a hop with its password.
  if (found === undefined) throw fail('cascade-unknown', /^[\w.-]{1,64}$/.test(wanted) ? { note: wanted } : {});
  return found;
};

const withoutCascade = ({ use, ...saved }: Saved, removed: string): Saved => ({
  ...saved,
  cascades: saved.cascades.filter(({ name }) => name !== removed),
  ...(use === undefined || use === removed ? {} : { use }),
});

/** Parses stored cascades, each text once: whoever compares two hops finds the same object again. */
const createParser = (path: string): ((saved: SavedCascade) => Cascade) => {
  const known = new Map<string, Cascade>();
  return ({ name, chain }) => {
    const key = `${name} ${chain}`;
    const cascade = known.get(key) ?? parseStored(name, chain, path);
    known.set(key, cascade);
    return cascade;
  };
};

const parseStored = (name: string, chain: string, path: string): Cascade => {
  try {
    return parseCascade(parseCascadeName(name), chain);
  } catch (thrown) {
    const error = asKaskadeError(thrown);
    throw withDetail(error, { note: `${name} in ${path}: ${error.failure.note ?? ''}` });
  }
};

const openConf = (home: string | undefined): Conf<Held> => {
  if (home !== undefined) makeFolder(resolve(home));
  const conf = confAt({ configName: 'settings', ...(home === undefined ? {} : { cwd: resolve(home) }) });
  if (home === undefined) tighten(dirname(conf.path));
  tighten(conf.path);
  return conf;
};

/**
 * The library finds the folder, reads, and writes 0600 with fsync. What it writes is always a file that takes the place of
 * another one later: it renames a text that a full disk has cut short, and inside a snap it writes in place.
 */
const sourceOf = (conf: Conf<Held>): Source => ({
  path: conf.path,
  read: () => conf.store.text,
  stage: (text, path) => {
    const next = confAt({ cwd: dirname(path), configName: basename(path), fileExtension: 'next' });
    next.store = { text };
    return next.path;
  },
});

const confAt = (where: { readonly configName: string; readonly cwd?: string; readonly fileExtension?: string }) =>
  new Conf<Held>({
    ...where,
    projectName: 'kaskade',
    projectSuffix: '',
    configFileMode: 0o600,
    accessPropertiesByDotNotation: false,
    deserialize: (text) => ({ text }),
    serialize: ({ text }) => text ?? '',
  });
