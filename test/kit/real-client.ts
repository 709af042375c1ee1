/** Real clients: curl through a listener, and a plain tunnel for what curl cannot do. */

import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { bareEnvironment, pathOf, run } from './real-program.js';

/** What curl says of a transfer. */
export interface Curled {
  readonly exit: number | string | null;
  /** Of the last answer, and of the answer to CONNECT; 0 where there was none. */
  readonly status: number;
  readonly connectStatus: number;
  readonly size: number;
  readonly sha256: string;
  /** The body as text, where it is short. */
  readonly body: string;
  /** Every header line of the answers, those to CONNECT too. */
  readonly headers: string;
  /** What curl complained about. */
  readonly error: string;
}

const longestText = 1 << 20;

/** Runs curl with these arguments; nothing of the user's settings counts. Use `-x` or the like to send it through a proxy. */
export const curl = (...args: readonly string[]): Promise<Curled> => curlUnder([], ...args);

/** The same under another program, which is given curl's command line behind its own. */
export const curlUnder = async (above: readonly string[], ...args: readonly string[]): Promise<Curled> => {
  const hash = createHash('sha256');
  const kept: Buffer[] = [];
  let size = 0;
  const output = new Writable({
    write: (bytes: Buffer, _, done) => {
      hash.update(bytes);
      if (size < longestText) kept.push(bytes);
      size += bytes.length;
      done();
    },
  });
  const headFile = join(tmpdir(), `kaskade-heads-${randomUUID()}`);
  const ended = await run([...above, pathOf('curl'), '-q', '-sS', '-m', '50', '-D', headFile, '-w', format, ...args], {
    env: bareEnvironment(),
    output,
  });
  const headers = existsSync(headFile) ? readFileSync(headFile, 'latin1') : '';
  rmSync(headFile, { force: true });
  const [, figures = '', error = ''] = ended.stderr.split('\x01');
  const [status = 0, connectStatus = 0] = figures.split(' ').map(Number);
  const body = Buffer.concat(kept).toString('utf8');
  return { exit: ended.code, status, connectStatus, size, sha256: hash.digest('hex'), body, headers, error };
};

/** The figures and curl's complaint go to the standard error. */
const format = '%{stderr}\x01%{http_code} %{http_connect}\x01%{errormsg}';

/** An open tunnel, or why there is none. */
export interface Tunnelled {
  readonly status: number;
  readonly failure: string | undefined;
  readonly socket: Socket;
  /** Reads the next so many bytes, or what is left where the stream ends. */
  readonly read: (size: number) => Promise<string>;
}

/** Asks a listener for a tunnel to `host:port` with CONNECT. */
export const tunnel = (listener: number, target: string): Promise<Tunnelled> =>
  new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port: listener, method: 'CONNECT', path: target, agent: false });
    asked.on('error', reject);
    asked.on('connect', (response, socket: Socket, head) => {
      socket.on('error', () => undefined);
      resolve({
        status: response.statusCode ?? 0,
        failure: response.headers['x-kaskade-failure']?.toString(),
        socket,
        read: reader(socket, head),
      });
    });
    asked.end();
  });

const reader = (socket: Socket, head: Buffer): Tunnelled['read'] => {
  let seen = head;
  socket.on('data', (bytes: Buffer) => {
    seen = Buffer.concat([seen, bytes]);
  });
  return async (size) => {
    while (seen.length < size && !socket.readableEnded && !socket.destroyed) {
      const moved = new AbortController();
      const waits = ['data', 'end', 'close'].map((event) => once(socket, event, moved));
      await Promise.race(waits).catch(() => undefined);
      moved.abort();
      await Promise.allSettled(waits);
    }
    const text = seen.toString('latin1', 0, size);
    seen = seen.subarray(size);
    return text;
  };
};
