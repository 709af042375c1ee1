/** What a person or a script types instead of putting it on the command line. */

import type { Readable } from 'node:stream';
import { fail } from '../model/error.js';

/** More than eight hops with the longest names and passwords need. */
const longest = 65_536;

/** Reads a chain: the first line of `input`. Throws `bad-cascade` when there is none. */
export const readChain = async (input: Readable): Promise<string> => {
  let text = '';
  for await (const chunk of input.setEncoding('utf8')) {
    text += String(chunk);
    if (text.trimStart().includes('\n') || text.length > longest) break;
  }
  const [line = ''] = text.trim().split('\n');
  if (line === '' || line.length > longest) throw fail('bad-cascade', { note: 'stdin has no chain in its first line' });
  return line.trim();
};
