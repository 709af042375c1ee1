/** Export as a JSON array, one record a line; and as JSON lines, the same without the array. */

import { hostText } from '../../model/address.js';
import { hopUrl } from './url.js';
import type { Exported, Writer } from './writer.js';

export const json: Writer = {
  format: 'json',
  about: 'an array of records with url, protocol, host, port, country and assumed',
  limits: 'Nothing is left out.',
  head: '[\n',
  between: ',\n',
  foot: '\n]\n',
  row: (proxy, logins) => ({ text: record(proxy, logins) }),
};

export const jsonl: Writer = {
  ...json,
  format: 'jsonl',
  about: 'the same records, one a line',
  head: '',
  between: '\n',
  foot: '\n',
};

const record = ({ hop, assumed, country }: Exported, logins: boolean): string => {
  const { host, port } = hop.endpoint;
  return JSON.stringify({
    url: hopUrl(hop, logins),
    protocol: hop.scheme,
    host: hostText(host),
    port,
    ...(country === undefined ? {} : { country }),
    ...(assumed === true ? { assumed } : {}),
  });
};
