/** Which targets sessions may ask for. */

import { type Endpoint, hostText } from '../model/address.js';
import { type KaskadeError, fail } from '../model/error.js';
import { privateKind } from '../model/private.js';

/** What the user allows. */
export interface TargetRules {
  readonly private: 'refuse' | 'allow';
  readonly refusedPorts: ReadonlySet<number>;
  /** Ports that are worth a notice, since what goes there is readable by every hop. */
  readonly plainPorts: ReadonlySet<number>;
  /** In the lab: the only names there are. */
  readonly only?: ReadonlySet<string> | undefined;
}

/** Why a target is refused, or undefined when it may be asked for. Nothing is looked up. */
export const refusalOf = (target: Endpoint, rules: TargetRules): KaskadeError | undefined => {
  const name = hostText(target.host).toLowerCase().replace(/\.$/, '');
  if (rules.only?.has(name) === false) return fail('lab-only', { note: `they are ${[...rules.only].join(', ')}` });
  const kind = privateKind(target.host);
  if (kind !== undefined && rules.private === 'refuse') return fail('target-private', { note: kind });
  if (rules.refusedPorts.has(target.port)) return fail('target-port', { note: String(target.port) });
  return undefined;
};
