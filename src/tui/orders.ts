/** Carries out what keys ask for: commands go to the engine, what is stored goes to the settings file, and the last line tells how it went. */

import type { Command } from '../model/command.js';
import { asKaskadeError } from '../model/error.js';
import { explain } from '../model/failure.js';
import type { Controller, Program } from '../engine/controller.js';
import { createAuditOrders } from './audit-orders.js';
import { createBookOrders } from './book-orders.js';
import { type Model, type Order, closeOverlay, say } from './page.js';
import { type Trials, createTrials } from './trials.js';

/** What orders act on besides engine and program. */
export interface Surroundings {
  readonly change: (next: (model: Model) => Model) => void;
  readonly quit: () => void;
  readonly redraw: () => void;
  readonly suspend: () => void;
}

/** Takes orders. */
export interface Orders {
  readonly carryOut: (order: Order) => void;
  /** Somebody has changed what is stored: it is read again. */
  readonly refresh: () => void;
  /** Ends what is under way. */
  readonly end: () => void;
}

type Handlers = { readonly [Do in Order['do']]: (order: Extract<Order, { readonly do: Do }>) => void };

/** Orders for one engine and one program. */
export const createOrders = (parts: Means, around: Surroundings): Orders => {
  const { program } = parts;
  const trials = createTrials(program, around.change);
  const book = createBookOrders(() => program.book, around.change);
  const audits = createAuditOrders({
    audits: () => program.audits,
    book: () => program.book,
    change: around.change,
  });
  const handlers: Handlers = {
    ...storing(parts, around),
    ...testing(trials),
    ...book.handlers,
    ...audits.handlers,
    ...leaving(around),
  };
  return {
    carryOut: (order) => {
      // The handler is that of the order's own kind.
      (handlers[order.do] as (order: Order) => void)(order);
    },
    refresh: () => {
      try {
        program.cascades.reload();
      } catch {
        // What was read before holds; the engine says what is the matter with the file.
      }
    },
    end: () => {
      trials.stop();
      book.stop();
      audits.stop();
    },
  };
};

interface Means {
  readonly controller: Controller;
  readonly program: Program;
}

type Some<Do extends Order['do']> = Pick<Handlers, Do>;

const storing = (
  { controller, program }: Means,
  { change }: Surroundings,
): Some<'command' | 'put-cascade' | 'remove-cascade' | 'keep-warm'> => {
  const command = (asked: Command, said?: string): void => void ask(controller, asked, said).then(change);
  /** Changes what is stored, and lets the engine look at it. */
  const store = (work: () => string): void => {
    try {
      const said = work();
      change((model) => say(model, said, 'good'));
      command({ do: 'reload' });
    } catch (thrown) {
      change(refusal(thrown));
    }
  };
  return {
    command: (order) => {
      // A cascade that was stored a moment ago is to be known.
      if (order.command.do === 'use-cascade') command({ do: 'reload' });
      command(order.command, order.said);
    },
    'put-cascade': (order) => {
      store(() => {
        const { name } = program.cascades.put(order.name, order.draft, order.replaces);
        change(closeOverlay);
        return `${name} is stored.`;
      });
    },
    'remove-cascade': ({ name }) => {
      store(() => `${program.cascades.remove(name).name} is removed.`);
    },
    'keep-warm': ({ name, warm }) => {
      store(() => {
        keepWarm(program, name, warm);
        return warm ? `${name} is kept warm.` : `${name} is probed only while it is in use.`;
      });
    },
  };
};

const testing = (trials: Trials): Some<'test-cascade' | 'stop-test'> => ({
  'test-cascade': ({ name }) => {
    trials.begin(name);
  },
  'stop-test': trials.stop,
});

const leaving = ({ quit, redraw, suspend }: Surroundings): Some<'redraw' | 'suspend' | 'quit'> => ({
  redraw,
  suspend,
  quit,
});

/** Asks the engine; gives what becomes of the model then. Never rejects. */
const ask = async (
  controller: Controller,
  command: Command,
  said: string | undefined,
): Promise<(model: Model) => Model> => {
  try {
    const result = await controller.execute(command);
    if (!result.done) return refusalOf(explain(result.failure));
    return (model) => (said === undefined ? model : say(model, said, 'good'));
  } catch (thrown) {
    return refusal(thrown);
  }
};

const refusal = (thrown: unknown) => refusalOf(explain(asKaskadeError(thrown).failure));

const refusalOf =
  ({ sentence, hint }: { readonly sentence: string; readonly hint: string }) =>
  (model: Model): Model =>
    say(model, `${sentence} ${hint}`, 'bad');

const keepWarm = (program: Program, name: string, warm: boolean): void => {
  const { value } = program.settings.find('health.warm');
  const others = value === 'none' ? [] : value.split(',').filter((other) => other !== name);
  const names = warm ? [...others, name] : others;
  program.settings.set('health.warm', names.length === 0 ? 'none' : names.join(','));
};
