/** Everything a face can ask of a running engine, as plain data. */

import type { Failure } from './failure.js';
import type { Session } from './session.js';

export type Command =
  /** Sends new sessions through a stored cascade; open ones finish on theirs. */
  | { readonly do: 'use-cascade'; readonly name: string }
  /** Reads settings and cascades again, because another process has changed them. */
  | { readonly do: 'reload' }
  /** Probes a cascade now, the one in use where none is named. */
  | { readonly do: 'probe'; readonly cascade?: string }
  /** Lets an identity begin anew: no tunnel, choice or exit of before is used for it again. */
  | { readonly do: 'renew'; readonly identity: string }
  | { readonly do: 'close-session'; readonly session: number }
  /** Asks for all that is known of a session, open or lately ended. */
  | { readonly do: 'why'; readonly session: number }
  /** Ends the engine as Ctrl-C does. */
  | { readonly do: 'stop' };

/** What came of a command. */
export type CommandResult =
  | { readonly done: true; readonly session?: Session }
  | { readonly done: false; readonly failure: Failure };
