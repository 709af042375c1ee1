/** A web page where a list was expected: nothing of it is taken, not even lines that look like proxies. */

import type { Format } from './format.js';
import { rejected } from './lines.js';

export const html: Format = {
  name: 'html',
  about: 'a web page: nothing of it is taken',
  resembles: ({ text }) =>
    /^\s*(?:<\?xml[^>]*>\s*)?(?:<!--[^>]*-->\s*)?<(?:!doctype\s+html|html|head|body|meta|title|script|div|table|rss)\b/i.test(
      text.slice(0, 4096),
    ),
  takes: 'lines',
  open: ({ say }) => ({
    line: (text, number) => {
      if (text.trim() !== '') say(rejected('not-a-proxy', number, text));
    },
    end: () => {},
  }),
};
