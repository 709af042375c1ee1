/** Lets faces in other processes see and command an engine: each is told what happens as long as it keeps up. */

import type { KaskadeEvent } from '../model/event.js';
import type { Peer } from '../net/peer.js';
import { type Ask, controlLines, readAsk } from '../wire/control.js';
import { type Claim, claim } from './claim.js';
import type { Controller } from './controller.js';
import type { Place } from './place.js';

/** A home that is claimed, and whose faces wait for the engine. */
export interface Reception {
  /** Lets the faces see the engine; what is returned gives the home back at its end. */
  readonly open: (controller: Controller) => Controller;
  /** Gives the home back where no engine came. */
  readonly release: () => Promise<void>;
}

/** Claims a home for an engine that is about to start. Rejects as `claim` does. */
export const claimHome = async (place: Place): Promise<Reception> => {
  let open: (controller: Controller) => void = () => undefined;
  const engine = new Promise<Controller>((resolve) => {
    open = resolve;
  });
  const spell = createSpeller();
  const { release }: Claim = await claim(place, (face) => {
    face.say(controlLines.hello(process.pid));
    void engine.then((controller) => {
      admit(face, controller, spell);
    });
  });
  return {
    open: (controller) => {
      open(controller);
      return endingWith(controller, release);
    },
    release,
  };
};

/** The same engine; `end` is done when it has stopped. */
export const endingWith = (controller: Controller, end: () => Promise<void>): Controller => ({
  get snapshot() {
    return controller.snapshot;
  },
  execute: controller.execute,
  watch: controller.watch,
  stop: (grace) => controller.stop(grace).then(end),
  [Symbol.asyncDispose]: () => controller[Symbol.asyncDispose]().then(end),
});

/** An event as a line. */
type Speller = (event: KaskadeEvent) => string;

/** Every face is told the same event in the same turn: it is spelled once. */
const createSpeller = (): Speller => {
  let last: KaskadeEvent | undefined;
  let line = '';
  return (event) => {
    if (event !== last) [last, line] = [event, controlLines.event(event)];
    return line;
  };
};

/** Hears a face. What no face says ends it: a browser, or a program that took the socket for something else. */
const admit = (face: Peer, controller: Controller, spell: Speller): void => {
  const view = createView(face, controller, spell);
  face.hear({
    onLine: (line) => {
      const ask = readAsk(line);
      if (ask === undefined) face.cut();
      else
        void answer(ask, controller, view.watch).then((said) => {
          face.say(said);
        });
    },
    onDrain: view.refresh,
    onGone: view.end,
  });
};

const answer = async (ask: Ask, controller: Controller, watch: () => void): Promise<string> => {
  switch (ask.kind) {
    case 'watch':
      watch();
      return controlLines.result(ask.id, { done: true });
    case 'command':
      return controlLines.result(ask.id, await controller.execute(ask.command));
    case 'unknown': {
      const failure = { code: 'bad-usage', note: 'The kaskade that runs does not know this command.' } as const;
      return controlLines.result(ask.id, { done: false, failure });
    }
  }
};

/** So much may wait for a face besides a snapshot; a face that leaves more untaken is told nothing until it has caught up. */
const allowance = 1024 * 1024;

/** What a face sees. */
interface View {
  /** Begins to tell it, with everything anew. */
  readonly watch: () => void;
  /** It has taken all that waited for it. */
  readonly refresh: () => void;
  readonly end: () => void;
}

const createView = (face: Peer, controller: Controller, spell: Speller): View => {
  let watching: Disposable | undefined;
  let isBehind = false;
  let most = allowance;
  const showAll = (): void => {
    const line = controlLines.event({ kind: 'snapshot', snapshot: controller.snapshot });
    most = allowance + line.length;
    isBehind = false;
    face.say(line);
  };
  return {
    watch: () => {
      showAll();
      watching ??= controller.watch((event) => {
        isBehind ||= face.backlog() > most;
        if (!isBehind) face.say(spell(event));
      });
    },
    refresh: () => {
      if (isBehind) showAll();
    },
    end: () => watching?.[Symbol.dispose](),
  };
};
