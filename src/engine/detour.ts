/** Switches to the next cascade of the user's order when the one in use is down, and says so each time; without an order it never does. */

import type { Health } from '../health/health.js';
import type { Spares } from '../route/spares.js';
import { createSwitcher } from '../route/switch.js';
import type { EngineParts } from './engine.js';
import type { Notices } from './watchers.js';

interface DetourParts {
  readonly health: () => Health;
  readonly notices: Notices;
  readonly spares: () => Pick<Spares, 'clear'>;
}

/** What is asked after every change of health. */
export const createDetour = (
  { stored, inUse }: Pick<EngineParts, 'stored' | 'inUse'>,
  { health, notices, spares }: DetourParts,
): (() => void) => {
  const switcher = createSwitcher(() => known(stored));
  return () => {
    const cascade = inUse();
    if (cascade === undefined) return;
    const standing = health().standingOf(cascade);
    if (standing === 'up' || standing === 'slow') switcher.whole();
    if (standing !== 'down') return;
    const next = switcher.next(cascade.name);
    if (next === undefined) return;
    stored.divert(next);
    spares().clear();
    const diverted = inUse();
    if (diverted !== undefined) health().used(diverted);
    notices.warn('switched', `The cascade ${cascade.name} is down: new sessions go through ${next} now.`);
  };
};

/** The order, without names that are not stored. */
const known = ({ order, cascades }: EngineParts['stored']): readonly string[] => {
  const names = new Set(cascades().map(({ name }) => name));
  return order().filter((name) => names.has(name));
};
