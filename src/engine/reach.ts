/** Finding the engine of a home: connect, and hear who it is. */

import { type Millis, millis } from '../model/brand.js';
import { type KaskadeError, fail } from '../model/error.js';
import { connectControl } from '../net/control.js';
import type { Ears, Peer } from '../net/peer.js';
import { type Told, controlVersion, readTold } from '../wire/control.js';
import { type Place, isStrange, isTrusted } from './place.js';

/** An engine that has said who it is. */
export interface Reached {
  readonly pid: number;
  readonly peer: Peer;
  /** Passes on what it tells from now on; a line that no engine tells ends it. */
  readonly follow: (ears: Followers) => void;
}

/** What a face wants to know of its engine. */
export interface Followers {
  readonly onTold: (told: Told) => void;
  readonly onGone: () => void;
}

/** An engine whose loop turns says hello at once. */
const patience = millis(3_000);

/** Connects to the engine at a place; undefined where none is. Rejects with `engine-silent` where one is and says nothing that is understood. */
export const reach = async (place: Place, within: Millis = patience): Promise<Reached | undefined> => {
  if (!isTrusted(place)) return undefined;
  const peer = await connectControl(place.path);
  if (peer === undefined) return undefined;
  if (!isStrange(place)) return hearHello(peer, within);
  peer.cut();
  throw silent("its socket is another user's");
};

const hearHello = (peer: Peer, within: Millis): Promise<Reached> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => give('it is silent'), within);
    const give = (note: string): void => {
      clearTimeout(timer);
      peer.cut();
      reject(silent(note));
    };
    const ears: { -readonly [Key in keyof Followers]: Followers[Key] } = {
      onTold: (told) => {
        if (told.kind === 'full') give(`too many faces are attached, pid ${told.pid}`);
        else if (told.kind !== 'hello') give('it does not say hello');
        else if (told.version !== controlVersion) give(`another version, pid ${told.pid}`);
        else {
          clearTimeout(timer);
          resolve({ pid: told.pid, peer, follow: (next) => void Object.assign(ears, next) });
        }
      },
      onGone: () => give('it hung up'),
    };
    peer.hear(understand(peer, ears));
  });

const understand = (peer: Peer, ears: Followers): Ears => ({
  onLine: (line) => {
    const told = readTold(line);
    if (told === undefined) peer.cut();
    else ears.onTold(told);
  },
  onGone: () => ears.onGone(),
});

const silent = (note: string): KaskadeError => fail('engine-silent', { note });
