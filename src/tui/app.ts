/** The terminal UI at work: events and keys come in, lines and orders go out. */

import { createBoard } from '../model/board.js';
import type { Stamp } from '../model/book.js';
import { type At, now } from '../model/brand.js';
import type { KaskadeEvent } from '../model/event.js';
import type { Controller, Program } from '../engine/controller.js';
import { frame } from './frame.js';
import { type Glyphs, glyphsFor, unicodeGlyphs } from './glyphs.js';
import { type Orders, createOrders } from './orders.js';
import type { Look, Model, Step } from './page.js';
import { type Screen, openScreen } from './screen.js';
import { createTable, takeRates } from './session-table.js';
import { createAuditShelf } from './audit-shelf.js';
import { createShelf } from './shelf.js';
import { type Input, startModel, update } from './update.js';

/** What the terminal UI works with. */
export interface TuiParts {
  readonly controller: Controller;
  readonly program: Program;
  /** Whether the engine runs in this process and ends with it. */
  readonly ownsEngine: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Why the terminal UI has ended: the user left, somebody asked the engine to stop, a signal came, or the engine is gone. */
export type TuiEnd = 'left' | 'stopping' | 'signal' | 'gone';

/** No more frames than this in a second, whatever happens. */
const frameSpan = 100;
/** What a key does is seen sooner. */
const keySpan = 20;

/** Runs until the user leaves or there is nothing to show any more; the terminal is as it was before then. */
export const runTui = (parts: TuiParts): Promise<TuiEnd> =>
  new Promise((resolve, reject) => {
    const glyphs = glyphsFor(parts.env);
    const screen = openScreen({ env: parts.env, unicode: glyphs === unicodeGlyphs });
    const work = createWork(parts, screen, glyphs);
    const watch = parts.controller.watch((event) => {
      if (event.kind === 'cascades') orders.refresh();
      work.take(event);
      if (event.kind === 'stopping') leave('stopping');
      if (event.kind === 'stopped') leave('gone');
    });
    const end = (): void => {
      watch[Symbol.dispose]();
      orders.end();
      work.end();
      screen.end();
      process
        .off('SIGTERM', onSignal)
        .off('SIGHUP', onSignal)
        .off('SIGINT', onSignal)
        .off('uncaughtException', onCrash);
    };
    const leave = (why: TuiEnd): void => {
      end();
      resolve(why);
    };
    const onSignal = (): void => {
      leave('signal');
    };
    // Whatever happens, nobody is left with a terminal that shows nothing of what is typed.
    const onCrash = (error: Error): void => {
      end();
      reject(error);
    };
    process.on('SIGTERM', onSignal).on('SIGHUP', onSignal).on('SIGINT', onSignal).on('uncaughtException', onCrash);
    const orders = work.begin(() => {
      leave('left');
    });
  });

/** Draws a while after it was asked to, once for all who ask meanwhile. */
const createBrush = (draw: () => void) => {
  let timer: NodeJS.Timeout | undefined;
  return {
    soon: (span: number): void => {
      timer ??= setTimeout(() => {
        timer = undefined;
        draw();
      }, span);
    },
    stop: (): void => {
      clearTimeout(timer);
    },
  };
};

/** The loop between model, board and screen. */
const createWork = (parts: TuiParts, screen: Screen, glyphs: Glyphs) => {
  const { controller, program, ownsEngine } = parts;
  const board = createBoard(controller.snapshot);
  const table = createTable();
  const shelf = createShelf(() => program.book);
  const auditShelf = createAuditShelf(
    () => program.audits,
    () => program.book.version(),
  );
  let offset = board.snapshot().at - now();
  let model: Model = startModel(screen.size());

  const look = (): Look => ({
    ...{ snapshot: board.snapshot(), now: (now() + offset) as At, glyphs, table, shelf, auditShelf, ownsEngine },
    today: Date.now() as Stamp,
    stored: (name) => program.cascades.all().find((cascade) => cascade.name === name),
    compose: program.cascades.compose,
  });
  const draw = (): void => {
    const seen = look();
    model = { ...model, sessions: takeRates(model.sessions, seen.snapshot) };
    screen.show(frame(model, seen));
  };
  const brush = createBrush(draw);
  const change = (next: (model: Model) => Model): void => {
    model = next(model);
    brush.soon(keySpan);
  };
  return {
    take: (event: KaskadeEvent): void => {
      board.take(event);
      if (event.kind === 'tick') offset = event.at - now();
      brush.soon(frameSpan);
    },
    begin: (quit: () => void): Orders => {
      const orders = createOrders(parts, { change, quit, redraw: screen.redraw, suspend: screen.suspend });
      screen.onInput((input: Input) => {
        const step: Step = update(model, input, look());
        change(() => step.model);
        for (const order of step.orders ?? []) orders.carryOut(order);
      });
      screen.onResize(() => {
        change((before) => ({ ...before, size: screen.size() }));
      });
      draw();
      return orders;
    },
    end: brush.stop,
  };
};
