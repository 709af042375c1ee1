/** Installs missing programs on Debian and its kin through apt, without letting it start a service. */

import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { type Program, locate } from './programs.js';

/** Tells whether this process may install packages: root on a system that has apt. */
export const canInstall = (): boolean => process.getuid?.() === 0 && locate('apt-get') !== undefined;

/** Installs the packages of these programs, all at once or else one by one; prints one line, and apt's own words only when it fails. */
export const install = (programs: readonly Program[]): void => {
  const packages = programs.map(({ debian }) => debian);
  console.log(`installing ${packages.join(', ')} for the tests that run real programs`);
  withoutServices(() => {
    report(apt('update'));
    const whole = apt('install', ...packages);
    if (whole.status === 0) return;
    report(whole);
    if (packages.length > 1) for (const name of packages) report(apt('install', name));
  });
};

const apt = (command: string, ...packages: readonly string[]): SpawnSyncReturns<string> =>
  spawnSync(
    'apt-get',
    ['-qq', '-y', '-o', 'DPkg::Lock::Timeout=120', '--no-install-recommends', command, ...packages],
    {
      encoding: 'utf8',
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );

const report = ({ status, stderr }: SpawnSyncReturns<string>): void => {
  if (status !== 0) console.error(stderr.trimEnd());
};

/** Debian asks this file before it starts a service; exit code 101 forbids it. */
const POLICY = '/usr/sbin/policy-rc.d';
const ASIDE = `${POLICY}.kaskade-aside`;

/** Runs work while no package may start a service; puts the machine's own policy back, also after Ctrl-C. */
const withoutServices = (work: () => void): void => {
  const wait = (): void => undefined;
  process.on('SIGINT', wait).on('SIGTERM', wait);
  if (existsSync(POLICY) && !existsSync(ASIDE)) renameSync(POLICY, ASIDE);
  try {
    writeFileSync(POLICY, '#!/bin/sh\nexit 101\n');
    chmodSync(POLICY, 0o755);
    work();
  } finally {
    rmSync(POLICY, { force: true });
    if (existsSync(ASIDE)) renameSync(ASIDE, POLICY);
    process.off('SIGINT', wait).off('SIGTERM', wait);
  }
};
