/** Takes the commands of faces: each is done or refused, and its result is plain data. */

import type { Command, CommandResult } from '../model/command.js';
import { type KaskadeError, asKaskadeError, fail } from '../model/error.js';
import type { Session } from '../model/session.js';

/** What commands act on. Everything may throw KaskadeErrors. */
export interface Levers {
  readonly useCascade: (name: string) => void;
  readonly reload: () => void;
  readonly probe: (cascade: string | undefined) => void;
  readonly renew: (identity: string) => void;
  /** Tells whether there was such an open session. */
  readonly closeSession: (id: number) => boolean;
  readonly findSession: (id: number) => Session | undefined;
  /** Asks the program to end; returns at once. */
  readonly stop: () => void;
}

/** Does one command. Never throws. */
export const obey = (command: Command, levers: Levers): CommandResult => {
  try {
    const session = pull(command, levers);
    return session === undefined ? { done: true } : { done: true, session };
  } catch (thrown) {
    return { done: false, failure: asKaskadeError(thrown).failure };
  }
};

const pull = (command: Command, levers: Levers): Session | undefined => {
  switch (command.do) {
    case 'use-cascade':
      levers.useCascade(command.name);
      return undefined;
    case 'reload':
      levers.reload();
      return undefined;
    case 'probe':
      levers.probe(command.cascade);
      return undefined;
    case 'renew':
      levers.renew(command.identity);
      return undefined;
    case 'close-session':
      if (!levers.closeSession(command.session)) throw unknownSession(command.session);
      return undefined;
    case 'why': {
      const session = levers.findSession(command.session);
      if (session === undefined) throw unknownSession(command.session);
      return session;
    }
    case 'stop':
      levers.stop();
      return undefined;
  }
};

const unknownSession = (id: number): KaskadeError => fail('session-unknown', { note: String(id) });
