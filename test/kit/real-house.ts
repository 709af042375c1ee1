/** What tests with real programs say and ask of a house. */

import type { Blame } from '../../src/model/blame.js';
import { type FailureCode, type Failure, failureHeader } from '../../src/model/failure.js';
import type { House } from './house.js';

/** The schemes by which curl can be told to use a listener. */
export type ClientScheme = 'http' | 'socks4' | 'socks4a' | 'socks5' | 'socks5h';

/** The arguments that send curl through a house. */
export const through = ({ port }: House, scheme: ClientScheme = 'http'): readonly string[] => [
  '-x',
  `${scheme}://127.0.0.1:${port}`,
];

/** A failure as these tests compare it. */
export interface Verdict {
  readonly code: FailureCode;
  readonly reporter: Blame['reporter'] | undefined;
  readonly suspect: Blame['suspect'] | undefined;
  readonly phase: Blame['phase'] | undefined;
}

/** The failure of the last session that failed. */
const lastFailure = ({ events }: House): Failure | undefined => {
  const failures = events.flatMap((event) =>
    event.kind === 'session' && event.session.state.phase === 'failed' ? [event.session.state.failure] : [],
  );
  return failures.at(-1);
};

/** Whom the last failure blames. */
export const lastVerdict = (house: House): Verdict | undefined => {
  const failure = lastFailure(house);
  if (failure === undefined) return undefined;
  const { reporter, suspect, phase } = failure.blame ?? {};
  return { code: failure.code, reporter, suspect, phase };
};

/** The header that an HTTP client must have got for the last failure. */
export const lastHeader = (house: House): string => {
  const failure = lastFailure(house);
  return failure === undefined ? 'none' : `X-Kaskade-Failure: ${failureHeader(failure)}`;
};
