/** What an animal of the zoo is: a proxy with one known behaviour, and the truth about it. */

import type { AuditOutcome } from '../../../src/model/audit.js';
import type { Grade } from '../../../src/model/book.js';
import type { Behaviour } from './core/behaviour.js';

/** Where the zoo stands. */
export interface World {
  /** The address that auditors come from, and their address in the local network, which is only ever told. */
  readonly client: string;
  readonly lan: string;
  /** Addresses behind the names that proxies are asked for; a literal address is itself; anything else is unknown. */
  readonly names: ReadonlyMap<string, string>;
  /** A zone whose names only its own name server knows. */
  readonly zone?: { readonly name: string; readonly server: { readonly host: string; readonly port: number } };
  /** Hosts of judges that the whole world knows. */
  readonly famous: readonly string[];
  /** Ports that stand for 443 here. */
  readonly secure: readonly number[];
  /** An authority that the auditor trusts although it is not the judge's, PEM. */
  readonly trusted?: { readonly cert: string; readonly key: string };
  readonly seed: number;
  /** Is given what an animal does, and nothing is let out. */
  readonly collect?: (behaviour: Behaviour) => void;
}

/** How an animal is spoken to. */
export type Speech = 'http' | 'socks5h' | 'socks4a';

/** What an audit must find. A mode that is missing does not work. */
export interface Truth {
  readonly forward?: Grade;
  readonly tunnel?: Grade;
  /** Where it is no working open proxy at all. */
  readonly outcome?: Exclude<AuditOutcome, 'audited' | 'inconclusive'>;
}

/** One animal. */
export interface Animal {
  readonly id: string;
  readonly about: string;
  /** An honest one: it must not be accused of anything. */
  readonly control?: true;
  /** It shows only to who waits for what comes later. */
  readonly tier?: 'watch';
  readonly speaks: readonly [Speech, ...Speech[]];
  readonly truth: Truth;
  /** Checks that must fail, such as `forward H02`. */
  readonly fires: readonly string[];
  readonly open: (world: World) => Promise<OpenAnimal>;
}

/** An animal that is out. */
export interface OpenAnimal {
  readonly url: (speech: Speech) => string;
  readonly close: () => Promise<void>;
}
