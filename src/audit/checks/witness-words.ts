import type { Shown } from '../witness/witnesses.js';
import { type Result, inconclusive, untested } from './check.js';

/** What is said of a page that has shown nothing of itself. */
export const silence = (label: string, shown: Exclude<Shown, { readonly address: string }>): Result => {
  switch (shown.kind) {
    case 'kept':
      return inconclusive(`What came as the page of ${label} is the answer to another question, from a cache.`);
    case 'useless':
      return untested(`${label} says nothing of use through it: ${shown.note}.`);
    case 'untrusted':
      return untested(`The certificate of ${label} could not be verified through it: ${shown.note}.`);
    case 'unheard':
      return untested(`${label} was not reached through it: ${shown.note}.`);
    case 'unasked':
      return untested(`${label} was not asked: ${shown.note}.`);
  }
};
