/** Asks the person at the terminal before the host of a list sees their own address. */

import { createInterface } from 'node:readline/promises';
import { asKaskadeError } from '../model/error.js';
import type { Face } from './face.js';

/** What was said. */
type Consent = { readonly consent: true } | undefined;

/** Works; where consent is needed and a person can be asked, asks, and works once more after a yes. Rejects as the work does. */
export const withConsent = async (
  { output, stdin }: Pick<Face, 'output' | 'stdin'>,
  work: (consent: Consent) => Promise<void>,
): Promise<void> => {
  try {
    await work(undefined);
  } catch (thrown) {
    const canAsk = process.stdin.isTTY && process.stderr.isTTY && !output.json;
    if (asKaskadeError(thrown).code !== 'consent-needed' || !canAsk) throw thrown;
    const lines = createInterface({ input: stdin, output: process.stderr });
    const said = await lines.question(question).finally(() => {
      lines.close();
    });
    if (!/^y(?:es)?$/i.test(said.trim())) throw thrown;
    await work({ consent: true });
  }
};

const question =
  'Fetched directly, the host of the list sees your own address. Allow that for all lists from now on? [y/N] ';
