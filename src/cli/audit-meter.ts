/** How an audit stands, in one line. */

import { type AuditProgress, troubleIn } from '../model/audit.js';
import { type Millis, millis } from '../model/brand.js';
import { spanText } from './amounts.js';

/** `120 of 500, 31 s left, 40 at once of 256, 12 a second: 80 audited, 40 dead`; of one proxy, for how long it has been looked at. */
export const meterText = (progress: AuditProgress, since: Millis): string => {
  const { all, done, running, room, rate, left, outcomes } = progress;
  if (all < 2) return `under way for ${spanText(since)}`;
  const trouble = troubleIn(progress);
  const counts = Object.entries(outcomes).map(([outcome, count]) => `${count} ${outcome}`);
  return [
    `${done} of ${all}`,
    ...(left === undefined || done === all ? [] : [`, ${spanText(millis(Math.max(1_000, left)))} left`]),
    `, ${running} at once of ${room}, ${rate.toFixed(rate < 10 ? 1 : 0)} a second`,
    ...(counts.length === 0 ? [] : [`: ${counts.join(', ')}`]),
    ...(trouble === undefined ? [] : [`; ${trouble}`]),
  ].join('');
};
