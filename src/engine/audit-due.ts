/** How long a proxy is left alone after an audit: it may be other people's, and nothing much has changed. */

import { type Tier, isThorough } from '../model/audit.js';
import type { Book } from '../book/store.js';
import { keptModes } from './audit-shelf.js';
import type { KeptMode } from './controller.js';

/** Whether a proxy may be asked again: everything an hour after everything was asked, a little ten minutes after anything. */
export const isDue = (book: Book, key: number, tier: Tier): boolean => {
  if (tier === 'pulse') return true;
  const kept = keptModes(book, key);
  const last = Math.max(0, ...kept.map((mode) => (tier === 'quick' ? mode.at : fullOf(mode))));
  return Date.now() - last >= pauses[tier];
};

const fullOf = ({ at, tier, fullAt }: KeptMode): number => fullAt ?? (isThorough(tier) ? at : 0);

const pauses = { quick: 600_000, full: 3_600_000, watch: 3_600_000 } as const;
