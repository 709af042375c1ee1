/** The terminal UI in a process of its own, over an engine that is only a snapshot; `boom` as an identity makes it crash. */

import { EventEmitter } from 'node:events';
import type { KaskadeEvent } from '../../src/model/event.js';
import type { Snapshot } from '../../src/model/snapshot.js';
import type { Controller, ListInput, Preview, Program } from '../../src/engine/controller.js';
import { runTui } from '../../src/tui/app.js';
import { busySnapshot, deskOf, lookAt } from './tui.js';

const events = new EventEmitter<{ event: [KaskadeEvent] }>();
const change = JSON.parse(process.env['TUI_SNAPSHOT'] ?? '{}') as Partial<Snapshot>;
const snapshot: Snapshot = { ...busySnapshot, ...change };
const look = lookAt(snapshot);

const controller = {
  snapshot,
  execute: (command: { readonly do: string }) => {
    if (command.do === 'probe')
      setImmediate(() => {
        throw new Error('boom');
      });
    return Promise.resolve({ done: true });
  },
  watch: (observe: (event: KaskadeEvent) => void) => {
    events.on('event', observe);
    return { [Symbol.dispose]: () => void events.off('event', observe) };
  },
} as unknown as Controller;

/** Tells how many lines came. */
const preview = (input: ListInput): Promise<Preview> => {
  const lines = input.kind === 'text' ? input.text.split('\n') : [];
  return Promise.resolve({
    ...{ format: 'lines', proxies: lines.length - 1, ranges: 0, rejected: {}, first: [] },
    sample: lines.slice(0, 3),
  });
};

const program = {
  cascades: { all: () => [look.stored('swiss'), look.stored('solo')], compose: look.compose, reload: () => undefined },
  book: { ...deskOf(), preview },
} as unknown as Program;

/** What a test changes while the screen is open: every event comes as a line on the channel. */
process.on('message', (event: KaskadeEvent) => events.emit('event', event));
runTui({ controller, program, ownsEngine: false, env: process.env }).then(
  (end) => {
    process.stdout.write(`ended: ${end}\n`);
    process.exit(0);
  },
  (error: unknown) => {
    process.stdout.write(`crashed: ${error instanceof Error ? error.message : ''}\n`);
    process.exit(1);
  },
);
