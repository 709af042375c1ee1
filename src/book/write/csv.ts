/** Export as a table with named columns (RFC 4180, lines end in LF). */

import { hostText } from '../../model/address.js';
import { hopUrl } from './url.js';
import type { Writer } from './writer.js';

export const csv: Writer = {
  format: 'csv',
  about: 'a table with the columns url, protocol, host, port, country, assumed',
  limits: 'Nothing is left out.',
  head: 'url,protocol,host,port,country,assumed\n',
  between: '\n',
  foot: '\n',
  row: ({ hop, assumed, country }, logins) => {
    const { host, port } = hop.endpoint;
    const cells = [
      hopUrl(hop, logins),
      hop.scheme,
      hostText(host),
      String(port),
      country ?? '',
      String(assumed === true),
    ];
    return { text: cells.map(cell).join(',') };
  },
};

/** Quoted where it must be, and where a spreadsheet would take it for a formula. */
const cell = (text: string): string => (/[",\n\r]|^[=+@-]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
