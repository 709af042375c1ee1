/** What was done to the plain question and to a page is told by checks of its own: elsewhere only what differs from that is news. */

import type { Stand } from '../stand.js';
import { type Result, recordIn } from './check.js';
import { bodyVerdict } from './decoys.js';
import { exitVerdict } from './exits.js';
import { identityIn } from './identity.js';
import { integrityIn } from './integrity.js';
import { presenceIn } from './presence.js';

/** Tells failures that are none of the plain question or of a page, as those were when they were looked at first. */
export const newsBeside = async (stand: Stand): Promise<(result: Result) => boolean> => {
  const known = await (stand.known?.() ?? stand.once('known', () => knownOf(stand)));
  return ({ answer, sentence }) => answer === 'fail' && !known.has(sentence);
};

/** What is told of the plain question and of a page. */
export const knownOf = async (stand: Stand): Promise<ReadonlySet<string>> => {
  const seen = await recordIn(await stand.echo(), stand);
  const ofPlain =
    'result' in seen
      ? []
      : [
          identityIn(seen.visit, seen.record, stand),
          presenceIn(seen.visit, seen.record, stand),
          integrityIn(seen.visit, seen.record),
          exitVerdict(seen.record.peer, stand),
        ];
  return new Set([...ofPlain, bodyVerdict(await stand.page())].map(({ sentence }) => sentence));
};
