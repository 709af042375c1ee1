/** `kaskade selftest`: the audit before proxies whose behaviour is known, and how often it is right. */

import type { SelfTestResult } from '../engine/controller.js';
import { grades } from '../model/book.js';
import { inColumns } from './columns.js';
import type { Furnish } from './face.js';
import type { Output } from './output.js';
import { catchSignals } from './signals.js';
import { createStatusLine } from './status-line.js';

/** Puts `selftest` on the command line. */
export const furnishSelfTest: Furnish = (command, run) => {
  run(command, async ({ program, output }) => {
    const { audits } = await program();
    const { signal } = catchSignals();
    const began = performance.now();
    const results: SelfTestResult[] = [];
    const foot = createStatusLine(output);
    await audits.selfTest({
      signal,
      onResult: (result) => {
        results.push(result);
        foot.clear();
        output.value({ event: 'selftest', ...result, right: isRight(result) });
        if (!isRight(result)) tellWrong(output, result);
        foot.show(`${results.length} simulated proxies so far`);
      },
    });
    foot.clear();
    tellMatrix(output, results);
    const wrong = results.filter((result) => !isRight(result)).length;
    const seconds = Math.round((performance.now() - began) / 1_000);
    output.say(
      `${results.length - wrong} of ${results.length} simulated proxies were told right, in ${seconds} s; honest ones wrongly accused: ${accused(results)}.`,
    );
    return wrong === 0 ? 0 : 1;
  });
};

const textOf = (pairs: SelfTestResult['truth']): string =>
  [...pairs]
    .map(([mode, what]) => `${mode} ${what}`)
    .sort()
    .join(', ');

const isRight = ({ truth, found }: SelfTestResult): boolean => textOf(truth) === textOf(found);

const accused = (results: readonly SelfTestResult[]): number =>
  results.filter((result) => result.honest && !isRight(result)).length;

const tellWrong = (output: Output, { id, about, truth, found }: SelfTestResult): void => {
  output.say({ tone: 'bad', text: id }, ` ${about}: is ${textOf(truth)}, was told as ${textOf(found)}`);
};

/** Rows are the truth, columns what was found; all modes together. */
const tellMatrix = (output: Output, results: readonly SelfTestResult[]): void => {
  const counts = new Map<string, number>();
  const words = new Set<string>();
  for (const { truth, found } of results) {
    for (const [mode, what] of truth) {
      const said = found.find(([other]) => other === mode)?.[1] ?? 'nothing';
      words.add(what).add(said);
      counts.set(`${what} ${said}`, (counts.get(`${what} ${said}`) ?? 0) + 1);
    }
  }
  const order: readonly string[] = [...grades, 'needs-auth', 'not-a-proxy', 'dead', 'none', 'nothing'];
  const known = order.filter((word) => words.has(word));
  const rows = known.map((truth) => [truth, ...known.map((said) => String(counts.get(`${truth} ${said}`) ?? '.'))]);
  for (const line of inColumns([['is \\ told as', ...known], ...rows])) output.say(line);
};
