/** The programs that are measured, each as child processes of a session of their own, so that /proc tells them apart. */

import { type ChildProcess, fork, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { locate } from '../programs.js';
import type { Via } from './client.js';

/** A program that runs. */
export interface Running {
  /** The session (setsid) of its processes. */
  readonly session: number;
  readonly ports: readonly number[];
  readonly stop: () => void;
}

/** A program under measurement: how it is started, and what is spoken to it. */
export interface Program {
  readonly name: string;
  readonly speaks: Via['speaks'];
  /** Rejects when it is not installed or does not come up. */
  readonly start: (hop: string, folder: string) => Promise<Running>;
}

/** Where the bench keeps the settings of the programs it starts. */
const script = (name: string): string => fileURLToPath(new URL(`./${name}.js`, import.meta.url));

/** Starts a script of this folder in a process of its own and waits for its ports. */
export const startScript = (name: string, ...args: readonly string[]): Promise<Running> =>
  new Promise((resolve, reject) => {
    const child = fork(script(name), args, { detached: true, execArgv: profiling(name), stdio: 'inherit' });
    child.once('error', reject);
    child.once('exit', (code) => {
      reject(new Error(`${name} ended with ${code ?? 'a signal'}`));
    });
    child.once('message', (message: { readonly ports: readonly number[] }) => {
      resolve({ session: child.pid ?? 0, ports: message.ports, stop: stopper(child) });
    });
  });

/** BENCH_NODE_OPTIONS goes to kaskade only: `--cpu-prof` and the like. */
const profiling = (name: string): string[] =>
  name === 'kaskade' ? (process.env['BENCH_NODE_OPTIONS'] ?? '').split(' ').filter((word) => word !== '') : [];

const startProgram = async (name: string, port: number, args: readonly string[]): Promise<Running> => {
  const path = locate(name);
  if (path === undefined) throw new Error('not installed');
  const child = spawn(path, args, { detached: true, stdio: 'ignore' });
  const stop = stopper(child);
  const failed = new Promise<never>((_resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      reject(new Error(`it ended with ${code ?? 'a signal'}`));
    });
  });
  failed.catch(() => undefined);
  try {
    await Promise.race([failed, answers(port)]);
  } catch (thrown) {
    stop();
    throw thrown;
  }
  return { session: child.pid ?? 0, ports: [port], stop };
};

/** Ends the whole session, children included. */
const stopper = (child: ChildProcess) => (): void => {
  child.removeAllListeners('exit');
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It is gone already.
  }
};

const startDante = async (_hop: string, folder: string): Promise<Running> => {
  const port = await freePort();
  const settings = `
errorlog: stderr
logoutput: stderr
internal: 127.0.0.1 port = ${port}
external: 127.0.0.1
clientmethod: none
socksmethod: none
user.privileged: root
user.unprivileged: nobody
client pass { from: 127.0.0.0/8 to: 0.0.0.0/0 }
socks pass {
  from: 127.0.0.0/8 to: 0.0.0.0/0
  protocol: tcp
  command: connect
}
`;
  const file = write(folder, 'danted.conf', settings);
  return startProgram('danted', port, ['-f', file, '-p', join(folder, 'dante.pid'), '-N', '1']);
};

const startSquid = async (_hop: string, folder: string): Promise<Running> => {
  const port = await freePort();
  const settings = `
http_port 127.0.0.1:${port}
http_access allow all
pid_filename none
cache_log ${join(folder, 'cache.log')}
access_log none
cache deny all
coredump_dir ${folder}
pinger_enable off
max_filedescriptors 16384
shutdown_lifetime 0 seconds
`;
  const file = write(folder, 'squid.conf', settings);
  return startProgram('squid', port, ['-N', '-n', `bench${process.pid}`, '-f', file]);
};

const startMicrosocks = async (): Promise<Running> => {
  const port = await freePort();
  return startProgram('microsocks', port, ['-i', '127.0.0.1', '-p', String(port)]);
};

const write = (folder: string, name: string, text: string): string => {
  mkdirSync(folder, { recursive: true, mode: 0o777 });
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
};

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer();
    server.listen({ host: '127.0.0.1', port: 0 }, () => {
      const address = server.address();
      server.close(() => {
        resolve(address === null || typeof address === 'string' ? 0 : address.port);
      });
    });
  });

const triesToReach = 200;
const pauseBetween = 50;

/** Resolves when something listens at the port. */
const answers = async (port: number): Promise<void> => {
  for (let left = triesToReach; left > 0; left -= 1) {
    if (await listens(port)) return;
    await new Promise((resolve) => setTimeout(resolve, pauseBetween));
  }
  throw new Error('it does not listen');
};

const listens = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });

/** Every program, kaskade first. Only kaskade and proxy-chain go through the hop: the others cannot, and connect directly. */
export const programs: readonly Program[] = [
  { name: 'kaskade', speaks: 'socks5', start: (hop) => startScript('kaskade', hop) },
  { name: 'dante', speaks: 'socks5', start: startDante },
  { name: 'squid', speaks: 'connect', start: startSquid },
  { name: 'proxy-chain', speaks: 'connect', start: (hop) => startScript('proxy-chain', hop) },
  { name: 'microsocks', speaks: 'socks5', start: startMicrosocks },
];
