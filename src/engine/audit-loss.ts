/** A judge that is gone in the middle of a run is told once: nobody gets a grade then, and nobody is to blame. */

import type { AuditWish } from './controller.js';

/** Passes on how a run stands, and says so the first time that the judge does not answer. */
export const tellingLoss = (
  onProgress: AuditWish['onProgress'],
  onNotice: AuditWish['onNotice'],
): NonNullable<AuditWish['onProgress']> => {
  let isTold = false;
  return (progress) => {
    if (progress.lost === true && !isTold) {
      isTold = true;
      onNotice?.(
        'The judge does not answer any more: as long as it does not, nobody gets a grade. Ctrl-C, or x on page 5, stops.',
      );
    }
    onProgress?.(progress);
  };
};
