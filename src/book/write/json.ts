/** Export as a JSON array, one record a line. */

import { hostText } from '../../model/address.js';
import { hopUrl } from './url.js';
import type { Writer } from './writer.js';

export const json: Writer = {
  format: 'json',
  about: 'an array of records with url, protocol, host, port, country and assumed',
  limits: 'Nothing is left out.',
  head: '[\n',
  between: ',\n',
  foot: '\n]\n',
  row: ({ hop, assumed, country }, logins) => {
    const { host, port } = hop.endpoint;
    const record = {
      url: hopUrl(hop, logins),
      protocol: hop.scheme,
      host: hostText(host),
      port,
      ...(country === undefined ? {} : { country }),
      ...(assumed === true ? { assumed } : {}),
    };
    return { text: JSON.stringify(record) };
  },
};
