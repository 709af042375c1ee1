/** The text of a hop with all that it has, and the login of one: the only file of the book that reveals a secret, and only for an export with logins. */

import { labelEndpoint } from '../../model/address.js';
import type { Hop } from '../../model/hop.js';

/** A login in clear text. */
export interface ClearLogin {
  readonly user: string;
  readonly password: string;
}

/** The login of a hop; undefined where it has none, or where logins are not asked for. */
export const clearLogin = ({ credentials }: Hop, logins: boolean): ClearLogin | undefined =>
  credentials === undefined || !logins
    ? undefined
    : { user: credentials.user.reveal(), password: credentials.password.reveal() };

/** `scheme://[user[:password]@]host:port[?options]`, which parseHop reads back to the same hop. */
export const hopUrl = (hop: Hop, logins: boolean): string => {
  const login = clearLogin(hop, logins);
  const userinfo = login === undefined ? '' : `${encodeURIComponent(login.user)}${passwordPart(login)}@`;
  const options = optionsOf(hop);
  return `${hop.scheme}://${userinfo}${labelEndpoint(hop.endpoint)}${options === '' ? '' : `?${options}`}`;
};

const passwordPart = ({ password }: ClearLogin): string => (password === '' ? '' : `:${encodeURIComponent(password)}`);

const optionsOf = ({ trust, forward }: Hop): string => {
  const told = [
    ...(trust?.by === 'nobody' ? ['verify=no'] : []),
    ...(trust?.by === 'pin' ? [`pin=sha256/${trust.sha256}`] : []),
    ...(forward === true ? ['mode=forward'] : []),
  ];
  return told.join('&');
};
