/** Evidence for work that is done once, beside an engine: nothing is known before, and nothing is remembered. */

import { millis } from '../model/brand.js';
import type { Evidence } from '../model/evidence.js';

const patience = millis(15_000);

/** Evidence that finds no fault with anybody. */
export const noEvidence: Evidence = {
  usable: () => true,
  steady: () => true,
  timeOf: () => undefined,
  patienceFor: () => patience,
  mishapOf: () => undefined,
  passed: () => undefined,
  failed: () => undefined,
  firstByte: () => undefined,
  onChange: () => () => undefined,
  urge: () => undefined,
};
