/** `kaskade stop`: ends the running kaskade as Ctrl-C does. */

import type { Millis } from '../model/brand.js';
import type { Furnish } from './face.js';
import { withRunning } from './running.js';
import { catchSignals } from './signals.js';

/** Gives `stop` its work. */
export const furnishStop: Furnish = (command, run) => {
  run(command, (face) =>
    withRunning(face, async (engine) => {
      const { pid, sessions } = engine.snapshot;
      if (sessions.length > 0) face.output.note(`It lets ${sessions.length} open sessions end for up to 5 s.`);
      // The engine has a grace of its own; who does not want to wait for it leaves, and it stops all the same.
      const code = await Promise.race([engine.stop(0 as Millis).then(() => 0), catchSignals().first]);
      if (code !== 0) return code;
      face.output.say(`stopped, pid ${pid}`);
      face.output.value({ event: 'stopped', pid });
      return 0;
    }),
  );
};
