/** An engine in another process as the Controller of this one: its events keep a board, and its socket takes the commands. */

import { type Board, createBoard } from '../model/board.js';
import type { Command, CommandResult } from '../model/command.js';
import { fail } from '../model/error.js';
import type { KaskadeEvent } from '../model/event.js';
import { type Told, controlLines } from '../wire/control.js';
import type { Controller } from './controller.js';
import type { Place } from './place.js';
import { type Reached, reach } from './reach.js';
import { createWatchers } from './watchers.js';

/**
 * Attaches to the engine at a place; undefined where none runs. Rejects with `engine-silent` where one does and cannot be
 * understood. Disposing detaches only; `stop` ends the engine.
 */
export const attach = async (place: Place): Promise<Controller | undefined> => {
  const reached = await reach(place);
  return reached && follow(reached);
};

/** Waits for the first snapshot. Rejects with `engine-missing` where the engine ends before it. */
const follow = ({ peer, follow: listen }: Reached): Promise<Controller> =>
  new Promise((resolve, reject) => {
    const line = createLine(peer.say);
    const watchers = createWatchers();
    let board: Board | undefined;
    let isDetached = false;
    const detach = (): Promise<void> => {
      isDetached = true;
      return peer.close();
    };
    let ending: Extract<KaskadeEvent, { kind: 'stopped' }> = { kind: 'stopped', failure: { code: 'engine-missing' } };
    const take = (event: KaskadeEvent): void => {
      if (event.kind === 'stopped') ending = event;
      else if (board !== undefined) {
        board.take(event);
        watchers.tell(event);
      } else if (event.kind === 'snapshot') {
        board = createBoard(event.snapshot);
        resolve(createRemote({ board, line, watch: watchers.add, detach }));
      }
    };
    listen({
      onTold: (told) => hear(told, line, take),
      onGone: () => {
        line.cut();
        if (!isDetached) watchers.tell(ending);
        reject(fail('engine-missing'));
      },
    });
    peer.say(controlLines.watch(0));
  });

const hear = (told: Told, line: Line, take: (event: KaskadeEvent) => void): void => {
  if (told.kind === 'event') take(told.event);
  if (told.kind === 'result') line.answered(told.id, told.result);
};

/** Questions on their way, by number. */
interface Line {
  /** Rejects with `engine-missing` when the engine is gone before it answers. */
  readonly ask: (command: Command) => Promise<CommandResult>;
  readonly answered: (id: number, result: CommandResult) => void;
  /** The engine is gone. */
  readonly cut: () => void;
  /** Resolves when the engine is gone. */
  readonly gone: Promise<void>;
}

interface Waiting {
  readonly resolve: (result: CommandResult) => void;
  readonly reject: (error: Error) => void;
}

const createLine = (say: (line: string) => void): Line => {
  const waiting = new Map<number, Waiting>();
  let last = 0;
  let isCut = false;
  let leave: () => void = () => undefined;
  const gone = new Promise<void>((resolve) => {
    leave = resolve;
  });
  return {
    ask: (command) =>
      new Promise((resolve, reject) => {
        if (isCut) {
          reject(fail('engine-missing'));
          return;
        }
        last += 1;
        waiting.set(last, { resolve, reject });
        say(controlLines.command(last, command));
      }),
    answered: (id, result) => {
      waiting.get(id)?.resolve(result);
      waiting.delete(id);
    },
    cut: () => {
      isCut = true;
      for (const { reject } of waiting.values()) reject(fail('engine-missing'));
      waiting.clear();
      leave();
    },
    gone,
  };
};

const createRemote = ({
  board,
  line,
  watch,
  detach,
}: {
  readonly board: Board;
  readonly line: Line;
  readonly watch: Controller['watch'];
  readonly detach: () => Promise<void>;
}): Controller => ({
  get snapshot() {
    return board.snapshot();
  },
  execute: line.ask,
  watch,
  stop: async () => {
    // An engine that is gone has stopped, whoever asked it.
    await line.ask({ do: 'stop' }).catch(() => undefined);
    await line.gone;
  },
  [Symbol.asyncDispose]: detach,
});
