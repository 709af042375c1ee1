/** Proxies that want to hurt whoever audits them: bounded memory, bounded time, and nothing that a terminal obeys. */

import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { type Auditor, openAuditor } from '../kit/auditor.js';
import type { OpenAnimal } from '../kit/zoo/animal.js';
import { p45 } from '../kit/zoo/animals/banner.js';
import { p52a } from '../kit/zoo/animals/endless-header.js';
import { p52b } from '../kit/zoo/animals/endless-interim.js';
import { p51 } from '../kit/zoo/animals/tar-pit.js';
import type { Behaviour } from '../kit/zoo/core/behaviour.js';
import { openProxy } from '../kit/zoo/core/proxy.js';

const CHILD = fileURLToPath(new URL('../kit/child-audit.js', import.meta.url));

interface Told {
  readonly reports: readonly { readonly outcome: string; readonly sentence: string }[];
  readonly grown: number;
  readonly seconds: number;
}

const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024));
const head = (fields: string): string => `HTTP/1.1 200 OK\r\n${fields}\r\n\r\n`;

/** Says something to whatever is asked. */
const saying = (say: (socket: Socket) => void): Behaviour => ({
  takes: (socket) => {
    socket.once('data', () => {
      say(socket);
    });
    return true;
  },
});

const endless = (socket: Socket, first: string, piece: Buffer): void => {
  socket.write(first);
  const more = (): void => {
    while (socket.writable) if (!socket.write(piece)) return void socket.once('drain', more);
  };
  more();
};

/** Honest in what it passes on, so that all questions are asked, and hostile in the rest. */
const liars: Readonly<Record<string, Behaviour>> = {
  'a bomb of gzip': {
    response: (answer, { path }) =>
      path.endsWith('.html')
        ? { ...answer, body: bomb, fields: [...answer.fields, { name: 'Content-Encoding', value: 'gzip' }] }
        : answer,
  },
  'a body without end': saying((socket) => {
    endless(socket, head('Content-Type: text/html'), Buffer.alloc(65_536, 0x61));
  }),
  'chunks without end': saying((socket) => {
    endless(socket, head('Transfer-Encoding: chunked'), Buffer.from(`1000\r\n${'b'.repeat(4_096)}\r\n`));
  }),
  'redirects without end': saying((socket) => {
    socket.end('HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/again\r\nContent-Length: 0\r\n\r\n');
  }),
  'garbage for TLS': saying((socket) => {
    endless(socket, head('X: y'), Buffer.from(Array.from({ length: 4_096 }, (_, n) => (n * 7919) & 255)));
  }),
  'escapes in reasons and names': saying((socket) => {
    socket.end('HTTP/1.1 200 \x1b]0;owned\x07\r\nX-\x1b[2J: \x9b31m\r\nContent-Length: 9\r\n\r\n\x1b[6n\x1bcabc');
  }),
};

let auditor: Auditor;
const open = new Map<string, OpenAnimal>();
before(async () => {
  auditor = await openAuditor();
  for (const animal of [p45, p51, p52a, p52b]) open.set(animal.about, await animal.open(auditor.world));
  for (const [name, behaviour] of Object.entries(liars))
    open.set(name, await openProxy(auditor.world, ['http'], behaviour));
});
after(async () => {
  await Promise.all([...open.values()].map((animal) => animal.close()));
  await auditor[Symbol.asyncDispose]();
});

const auditIn = async (urls: readonly string[], most: number): Promise<Told> => {
  const judge = (auditor.judge.urls[0] ?? '').replace('0.0.0.0', '127.0.2.1');
  const child = fork(CHILD, [JSON.stringify({ judge, urls, most })], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    // What only waits to be collected is no cost of theirs.
    execArgv: ['--expose-gc'],
  });
  const [told] = (await once(child, 'message')) as [Told];
  return told;
};

describe('five hundred at once of proxies that want to hurt', () => {
  it('cost bounded memory and some seconds, and say nothing to a terminal', { timeout: 120_000 }, async () => {
    const animals = [...open.values()];
    const urls = Array.from({ length: 500 }, (_, n) => animals[n % animals.length]?.url('http') ?? '');
    const { reports, grown, seconds } = await auditIn(urls, 500);
    assert.equal(reports.length, 500);
    assert.ok(grown <= 50, `${grown.toFixed(0)} MB more`);
    assert.ok(seconds < 90, `${seconds.toFixed(0)} s`);
    for (const { sentence } of reports) assert.doesNotMatch(sentence, /[\x00-\x09\x0b-\x1f\x7f-\x9f]/);
  });
});
