/** One line at the foot of a terminal: how an audit of many stands. */

import type { AuditProgress } from '../model/audit.js';
import { spanText } from './amounts.js';
import type { Output } from './output.js';

/** The line. */
export interface Meter {
  readonly show: (progress: AuditProgress) => void;
  /** Takes it away, before something else is printed. */
  readonly clear: () => void;
}

/** A meter on stderr; none where that is no terminal, or JSON is wanted. */
export const createMeter = (output: Output): Meter => {
  const isShown = process.stderr.isTTY && !output.json;
  let isThere = false;
  const clear = (): void => {
    if (isThere) process.stderr.write('\r\x1b[K');
    isThere = false;
  };
  return {
    clear,
    show: (progress) => {
      if (!isShown || progress.all < 2) return;
      process.stderr.write(`\r\x1b[K${meterText(progress)}`);
      isThere = true;
    },
  };
};

/** `120 of 500, 40 at once, 12 a second, 31 s left: 80 audited, 40 dead`. */
const meterText = ({ all, done, running, room, rate, left, outcomes, congested }: AuditProgress): string => {
  const counts = Object.entries(outcomes).map(([outcome, count]) => `${count} ${outcome}`);
  return [
    `${done} of ${all}, ${running} of ${room} at once, ${rate.toFixed(rate < 10 ? 1 : 0)} a second`,
    ...(left === undefined || done === all ? [] : [`, ${spanText(left)} left`]),
    ...(counts.length === 0 ? [] : [`: ${counts.join(', ')}`]),
    ...(congested ? ['; this line is full'] : []),
  ].join('');
};
