/** Export as plain lines: one URL a line. */

import { hopUrl } from './url.js';
import type { Writer } from './writer.js';

export const txt: Writer = {
  format: 'txt',
  about: 'one URL a line',
  limits: 'It does not say which protocols were only assumed.',
  head: '',
  between: '\n',
  foot: '\n',
  row: ({ hop }, logins) => ({ text: hopUrl(hop, logins) }),
};
