/** An engine in the foreground: what it says when it is ready and while it runs, and how it ends. */

import { type Endpoint, hostText, labelEndpoint } from '../model/address.js';
import { millis, now } from '../model/brand.js';
import { KaskadeError } from '../model/error.js';
import type { Notice } from '../model/event.js';
import type { Controller, LabView, Program, ServeOptions } from '../engine/controller.js';
import { createNoticeLines } from './notices.js';
import type { Output } from './output.js';
import { catchSignals } from './signals.js';

/** What is served, and what it is called. */
export interface Plan {
  readonly options: ServeOptions;
  readonly label: string;
  readonly warnings: readonly string[];
}

/** Sessions may end by themselves for so long. */
const grace = millis(5_000);

/** Without a cascade the lab stands in, with so many hops. */
export const labHops = 3;

/** Collects a flag that may be given several times. */
export const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];

/** Serves until a signal or a face asks for the end, and gives the exit code for it. Rejects when the engine ends by itself. */
export const serveUntilSignal = async (output: Output, program: Program, plan: Plan): Promise<number> => {
  const signals = catchSignals();
  const labs: LabView[] = [];
  const controller = await program.serve({ ...plan.options, onLab: (lab) => labs.push(lab) });
  const asked = watch(controller, output);
  announce(controller.snapshot.listeners, { ...plan, lab: labs[0] }, output);
  const code = await Promise.race([signals.first, asked]);
  const open = controller.snapshot.sessions.length;
  if (open > 0) output.note(`Stopping: ${open} open sessions have 5 s to end. Once more leaves now.`);
  const stopped = controller.stop(grace);
  await (signals.signal.aborted ? stopped : Promise.race([stopped, signals.first]));
  return code;
};

/** Prints notices; resolves with 0 when a face asks for the end, and rejects when the engine ends with a failure. */
const watch = (controller: Controller, output: Output): Promise<number> =>
  new Promise((resolve, reject) => {
    const lineOf = createNoticeLines(now);
    const print = (notice: Notice): void => {
      const line = lineOf(notice);
      if (line !== undefined) output.note(line);
    };
    controller.watch((event) => {
      if (event.kind === 'notice') print(event.notice);
      if (event.kind === 'stopping') resolve(0);
      if (event.kind === 'stopped' && event.failure !== undefined) reject(new KaskadeError(event.failure));
    });
    controller.snapshot.notices.forEach(print);
  });

interface Announced extends Plan {
  readonly lab: LabView | undefined;
}

const announce = (listeners: readonly Endpoint[], { label, warnings, lab }: Announced, output: Output): void => {
  const [first] = listeners;
  if (lab !== undefined && first !== undefined) explainLab(lab, labelEndpoint(first), output);
  for (const warning of warnings) output.note(`Note: ${warning}`);
  for (const endpoint of listeners) {
    output.say('listening on ', { tone: 'strong', text: labelEndpoint(endpoint) }, ` through ${label}`);
    output.value({ event: 'listening', host: hostText(endpoint.host), port: endpoint.port, cascade: label, ...lab });
  }
};

const explainLab = ({ judge, proxies }: LabView, listener: string, output: Output): void => {
  const count = proxies.length === 1 ? 'one proxy' : `${proxies.length} proxies`;
  output.note(
    `This is a rehearsal: ${count}, one page and a judge, all on this machine. It gives no anonymity at all,`,
  );
  output.note('and it reaches nothing but these. Look at the way a request takes:');
  output.note(`  curl -x socks5h://${listener} http://lab.test/`);
  output.note('See what an audit finds (they go out by your own address, so that sites see it):');
  output.note(`  kaskade audit ${proxies.join(' ')} --judge '${judge}' --tier full`);
  output.note('Then store proxies of your own, such as socks5h://a.example:1080,http://b.example:3128:');
  output.note('  kaskade cascade add NAME CHAIN');
};
