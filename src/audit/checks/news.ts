/** What was done to the plain question and to a page is told by checks of its own: elsewhere only what differs from that is news. */

import type { Stand } from '../stand.js';
import { type Result, recordIn } from './check.js';
import { bodyVerdict } from './decoys.js';
import { exitVerdict } from './exits.js';
import { identityIn } from './identity.js';
import { integrityIn } from './integrity.js';
import { presenceIn } from './presence.js';

/**
 * Tells failures that are none of the plain question or of a page. Those of the first look count in every further one: what was well then
 * and is done to everything since is news still, and was not taken back.
 */
export const newsBeside = async (asked: Stand): Promise<(result: Result) => boolean> => {
  const stand = asked.first ?? asked;
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
  const known = new Set([...ofPlain, bodyVerdict(await stand.page())].map(({ sentence }) => sentence));
  return ({ answer, sentence }) => answer === 'fail' && !known.has(sentence);
};
