/** What trying a cascade hop by hop shows, line by line as each verdict arrives. */

import type { Endpoint } from '../model/address.js';
import type { Cascade } from '../model/cascade.js';
import { fail } from '../model/error.js';
import { type Failure, explain, failureHeader } from '../model/failure.js';
import { labelHop } from '../model/hop.js';
import type { Program, Verdict } from '../engine/controller.js';
import type { Output } from './output.js';
import { catchSignals } from './signals.js';

/** Tries a cascade and prints each verdict; gives 1 when a hop failed. Throws `interrupted` after a signal. */
export const tryOut = async (
  output: Output,
  program: Program,
  { cascade, target }: { readonly cascade: Cascade; readonly target?: Endpoint },
): Promise<number> => {
  const { signal } = catchSignals();
  const verdicts: Verdict[] = [];
  const print = createPrinter(output, cascade, target);
  const onVerdict = (verdict: Verdict): void => {
    if (signal.aborted) return;
    verdicts.push(verdict);
    print(verdict);
  };
  if (hasChoices(cascade)) output.note('Note: where a hop is one of several proxies, the first of them is tried.');
  await program.cascades.test({ cascade, ...(target === undefined ? {} : { target }), onVerdict, signal });
  if (signal.aborted) throw fail('interrupted');
  for (const hop of cascade.positions.keys()) {
    if (hop >= verdicts.length)
      output.say({ tone: 'faint', text: `hop ${hop + 1} of ${cascade.positions.length}: not tried` });
  }
  return verdicts.some(({ failure }) => failure !== undefined) ? 1 : 0;
};

const hasChoices = ({ positions }: Cascade): boolean => positions.some(({ among }) => among.length > 1);

const createPrinter = (
  output: Output,
  cascade: Cascade,
  target: Endpoint | undefined,
): ((verdict: Verdict) => void) => {
  const all = cascade.positions.length;
  const width = Math.max(
    ...cascade.positions.map(({ among }) => (among[0] === undefined ? 0 : labelHop(among[0].hop).length)),
  );
  return (verdict) => {
    const { hop, label, onward = '', time, failure } = verdict;
    const place = `hop ${hop} of ${all}  ${label.padEnd(width)}  ${Math.round(time)} ms`;
    const good =
      hop === all && target === undefined ? 'connected; --target HOST:PORT asks it for more' : `reaches ${onward}`;
    if (failure === undefined) output.say(`${place}  `, { tone: 'good', text: good });
    else sayFailure(output, place, failure);
    output.value(valueOf(verdict));
  };
};

const sayFailure = (output: Output, place: string, failure: Failure): void => {
  const { sentence, hint } = explain(failure);
  output.say(`${place}  `, { tone: 'bad', text: 'failed' });
  output.say(`  ${sentence}`);
  output.say('  ', { tone: 'faint', text: hint });
};

const inSentences = (failure: Failure) => {
  const { sentence, hint } = explain(failure);
  return { sentence, hint };
};

const valueOf = ({ hop, label, onward, time, failure }: Verdict): object => ({
  event: 'verdict',
  hop,
  label,
  ...(onward === undefined ? {} : { onward }),
  ms: Math.round(time),
  ok: failure === undefined,
  ...(failure === undefined ? {} : { failure: failureHeader(failure), ...inSentences(failure) }),
});
