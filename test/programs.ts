/** The real programs that some tests run beside kaskade, and where this machine has them. */

import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** A program by its usual name first, and the Debian package that carries it. */
export interface Program {
  readonly names: readonly [string, ...string[]];
  readonly debian: string;
}

/** Every real program that a test may ask for. */
const PROGRAMS: readonly Program[] = [
  { names: ['microsocks'], debian: 'microsocks' },
  { names: ['danted', 'sockd'], debian: 'dante-server' },
  { names: ['squid'], debian: 'squid' },
  { names: ['tinyproxy'], debian: 'tinyproxy' },
  { names: ['privoxy'], debian: 'privoxy' },
  { names: ['haproxy'], debian: 'haproxy' },
  { names: ['stunnel4', 'stunnel'], debian: 'stunnel4' },
  { names: ['sshd'], debian: 'openssh-server' },
  { names: ['ssh'], debian: 'openssh-client' },
  { names: ['proxychains4'], debian: 'proxychains4' },
  { names: ['chromium', 'chromium-browser', 'google-chrome'], debian: 'chromium' },
  { names: ['curl'], debian: 'curl' },
  { names: ['openssl'], debian: 'openssl' },
  { names: ['git'], debian: 'git' },
  { names: ['strace'], debian: 'strace' },
  { names: ['ip'], debian: 'iproute2' },
];

/** The programs that this machine does not have. */
export const missing = (): readonly Program[] =>
  PROGRAMS.filter(({ names }) => !names.some((name) => locate(name) !== undefined));

/** The full path of a program, also where only root's PATH would look; undefined when it is not installed. */
export const locate = (name: string): string | undefined =>
  folders()
    .map((folder) => join(folder, name))
    .find(isExecutable);

const folders = (): readonly string[] => [
  ...(process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== ''),
  ...(process.platform === 'win32' ? [] : ['/usr/local/sbin', '/usr/sbin', '/sbin']),
];

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};
