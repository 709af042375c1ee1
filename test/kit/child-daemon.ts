/** A process of its own with an engine and its control socket, which measures its own event loop. */

import { monitorEventLoopDelay } from 'node:perf_hooks';
import { openProgram } from '../../src/engine/program.js';
import type { DaemonQuestion, DaemonReport } from './daemon-process.js';

const [chain = '', home = ''] = process.argv.slice(2);
const program = openProgram(home);
program.cascades.add('work', chain);
const controller = await program.serve({ listen: ['127.0.0.1:0'], public: false });
const delay = monitorEventLoopDelay({ resolution: 5 });
const nanosPerMilli = 1e6;

const report = (): DaemonReport => {
  globalThis.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  const { snapshot } = controller;
  return {
    ...{ rss, held: heapUsed + external, snapshot },
    ...{ p99: delay.percentile(99) / nanosPerMilli, worst: delay.max / nanosPerMilli },
  };
};

process.on('message', (question: DaemonQuestion) => {
  switch (question) {
    case 'measure':
      delay.reset();
      delay.enable();
      process.send?.('measuring');
      return;
    case 'report':
      delay.disable();
      process.send?.(report());
  }
});
process.on('disconnect', () => process.exit());
process.send?.(controller.snapshot.listeners[0]?.port);
