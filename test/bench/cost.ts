/** What a program costs: the CPU time and the memory of all its processes, from /proc. Linux only. */

import { readFileSync, readdirSync } from 'node:fs';

/** Memory of a program, in KB. RSS counts shared pages in every process, PSS shares them out. */
export interface Memory {
  readonly rss: number;
  readonly pss: number;
}

/** A tick of /proc/PID/stat on Linux: USER_HZ is 100 on every architecture that Node runs on. */
const millisPerTick = 10;

/**
 * CPU milliseconds, user and system, that the processes of a session (setsid) have used, those included that have
 * ended and were waited for.
 */
export const cpuOf = (session: number): number =>
  processesOf(session).reduce((sum, { ticks }) => sum + ticks, 0) * millisPerTick;

/** Memory that the processes of a session hold now. */
export const memoryOf = (session: number): Memory => {
  const rollups = processesOf(session).map(({ pid }) => readText(`/proc/${pid}/smaps_rollup`));
  const sum = (field: string): number => rollups.reduce((kb, text) => kb + fieldOf(text, field), 0);
  return { rss: sum('Rss'), pss: sum('Pss') };
};

const processesOf = (session: number): readonly { readonly pid: number; readonly ticks: number }[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      const stat = readText(`/proc/${pid}/stat`);
      // proc(5): behind the name in brackets stand state, ppid, pgrp and session; utime, stime, cutime, cstime from the 12th on.
      const fields = stat
        .slice(stat.lastIndexOf(')') + 2)
        .split(' ')
        .map(Number);
      const ticks = fields.slice(11, 15).reduce((sum, field) => sum + field, 0);
      return fields[3] === session ? [{ pid: Number(pid), ticks }] : [];
    });

const fieldOf = (text: string, field: string): number =>
  Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0);

/** A process may end between the listing and the reading. */
const readText = (path: string): string => {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
};
