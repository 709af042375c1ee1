/** `kaskade completion`: what the Tab key knows. */

import { fail } from '../model/error.js';
import type { Furnish } from './face.js';

/** The shells that there is a script for. */
export const shells = ['bash', 'zsh', 'fish', 'powershell'];

/** Gives `completion` its argument and its work. */
export const furnishCompletion: Furnish = (completion, run) => {
  completion
    .argument('<shell>', shells.join(', '))
    .addHelpText('after', '\nExample: source <(kaskade completion bash)');
  run(completion, async ({ output }, [shell = '']) => {
    if (output.json) throw fail('bad-usage', { note: 'A script is no JSON: leave --json away.' });
    if (!shells.includes(shell)) throw fail('bad-usage', { note: `The shells known are ${shells.join(', ')}.` });
    const { script } = await import('@bomb.sh/tab');
    script(shell, 'kaskade', 'kaskade');
  });
};
