/** A failure in words: what happened, what to do, and whose word it is. */

import type { Blame } from '../model/blame.js';
import { type Failure, explain } from '../model/failure.js';
import { type Line, span } from './line.js';
import { wrap } from './text.js';

/** Sentence, hint and blame, in lines of so many cells. */
export const failureLines = (failure: Failure, columns: number): readonly Line[] => {
  const { sentence, hint } = explain(failure);
  return [
    ...wrap(sentence, columns).map((text): Line => [span(text, 'bad')]),
    ...wrap(hint, columns).map((text): Line => [span(text)]),
    ...(failure.blame === undefined
      ? []
      : wrap(blameText(failure.blame), columns).map((text): Line => [span(text, 'faint')])),
  ];
};

/** Who reported it, about whom, and in which phase. */
const blameText = ({ reporter, suspect, phase }: Blame): string => {
  const who = reporter === 0 ? 'This machine' : `Hop ${reporter}`;
  const whom = suspect === 'target' ? 'the target' : `hop ${suspect}`;
  return `${who} reported it about ${whom}, in the phase ${phase}.`;
};
