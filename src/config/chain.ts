/** A cascade as the text it is stored in: parseCascade reads it back exactly, whatever the credentials hold. */

import { labelEndpoint } from '../model/address.js';
import type { Cascade, Position } from '../model/cascade.js';
import { printFilter } from '../model/filter-text.js';
import { printRules } from '../model/rules.js';
import type { Credentials, Hop } from '../model/hop.js';
import type { Secret } from '../model/secret.js';

/** Writes a cascade with everything it holds; the caller opens the secrets and must keep the text as safe as they are. */
export const printChain = ({ positions, rules }: Cascade, open: (secret: Secret) => string): string =>
  `${positions.map((position) => printPosition(position, open)).join(',')}${printRules(rules)}`;

const printPosition = ({ pick, among, filter }: Position, open: (secret: Secret) => string): string => {
  const hops =
    filter === undefined ? among.map(({ hop }) => printHop(hop, open)).join('|') : `{${printFilter(filter)}}`;
  return pick === 'first-up' ? hops : `${hops}~${pick}`;
};

/** Writes one hop with everything it holds, as `printChain` does. */
export const printHop = (hop: Hop, open: (secret: Secret) => string): string => {
  const login = hop.credentials === undefined ? '' : `${printLogin(hop.credentials, open)}@`;
  return `${hop.scheme}://${login}${labelEndpoint(hop.endpoint)}${printOptions(hop)}`;
};

/** The colon may only be left out behind a user name: without it an empty login would read as none. */
const printLogin = ({ user, password }: Credentials, open: (secret: Secret) => string): string => {
  const [name, word] = [encode(open(user)), encode(open(password))];
  return word === '' && name !== '' ? name : `${name}:${word}`;
};

/** encodeURIComponent leaves a few marks that mean something in a chain or a shell. */
const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*~]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);

const printOptions = ({ trust, forward }: Hop): string => {
  const options = [
    ...(trust?.by === 'pin' ? [`pin=sha256/${trust.sha256}`] : []),
    ...(trust?.by === 'nobody' ? ['verify=no'] : []),
    ...(forward === true ? ['mode=forward'] : []),
  ];
  return options.length === 0 ? '' : `?${options.join('&')}`;
};
