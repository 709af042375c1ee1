/** What the program does when the machine gives no more: too few descriptors, clients that do not read. */

import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import { type Child, startChild } from '../kit/child.js';
import { ask, connectRequest, dialUp } from '../kit/clients.js';
import { hear, hearUntil } from '../kit/ear.js';
import { chainOf, openHop, openHops } from '../kit/hops.js';
import { standstill, until } from '../kit/leak.js';
import { createScope } from '../kit/scope.js';
import { type Habit, echo, openTarget, patternBytes } from '../kit/target.js';

const noticesOf = async (child: Child) =>
  (await child.report()).snapshots.flatMap(({ events }) =>
    events.flatMap((event) => (event.kind === 'notice' && event.notice.topic === 'accepting' ? [event.notice] : [])),
  );

/** How much of a processor the process takes while it has nothing to do but to wait, over about a second. */
const busyShare = async (child: Child): Promise<number> => {
  const [began, before] = [performance.now(), await child.report()];
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  return ((await child.report()).cpu - before.cpu) / (performance.now() - began);
};

/** Asks until a tunnel is open: the process may hear of the last ones that left after we did. */
const admitted = async (port: number, target: string): Promise<Socket> => {
  for (const began = performance.now(); performance.now() - began < 5_000; ) {
    const said = await ask(port, { protocol: 'socks5', target }).catch(() => undefined);
    if (said?.ok === true) return said.socket;
    said?.socket.destroy();
  }
  throw new Error('it does not serve again');
};

test('300 clients at a process that may open 128 files: it lives, rests, and serves again when they are gone', async () => {
  await using scope = createScope();
  const target = scope.use(await openTarget(echo));
  const hop = scope.use(await openHop({ scheme: 'socks5h' }));
  const child = scope.use(await startChild({ files: 128 }));
  const port = await child.start(hop.url, { limits: { sessions: 2_000 } });
  const clients: Socket[] = [];
  const answers: string[] = [];
  for (let count = 0; count < 300; count += 1) {
    const socket = await dialUp(port, `127.0.0.${2 + (count % 9)}`);
    clients.push(socket);
    socket.write(connectRequest(target.name));
    socket.once('data', (bytes: Buffer) => void answers.push(bytes.toString('latin1', 9, 12)));
    socket.once('close', () => void answers.push('closed')).once('end', () => socket.destroy());
  }
  await until(
    () => answers.filter((said) => said === '200').length > 20 && answers.length >= 300,
    'all answers',
    20_000,
  );
  assert.ok(answers.includes('closed') || answers.includes('503'));
  assert.ok((await busyShare(child)) < 0.5, 'it spins');
  assert.deepEqual(
    (await noticesOf(child)).map(({ text }) => text.includes('wait or are turned away')),
    [true],
  );
  for (const socket of clients) socket.destroy();
  await until(() => hop.sockets.size === 0, 'the sessions to end');
  const socket = await admitted(port, target.name);
  socket.write('echo');
  assert.equal((await hear(socket, 4)).toString(), 'echo');
  socket.destroy();
  const { crashes } = await child.report();
  assert.deepEqual(crashes, []);
  assert.equal((await noticesOf(child)).length, 2);
});

test('one address that fills its half of a small machine does not shut the others out', async () => {
  await using scope = createScope();
  const target = scope.use(await openTarget(echo));
  const hop = scope.use(await openHop({ scheme: 'http' }));
  const child = scope.use(await startChild({ files: 128 }));
  const port = await child.start(hop.url);
  const greedy: Socket[] = [];
  let refused = 0;
  while (refused === 0) {
    const socket = await dialUp(port, '127.0.0.2');
    scope.defer(() => socket.destroy());
    greedy.push(socket);
    socket.write(connectRequest(target.name));
    if ((await hearUntil(socket, '\r\n')) !== 'HTTP/1.1 200 Connection established\r\n') refused += 1;
    assert.ok(greedy.length < 100);
  }
  const { socket, ok } = await ask(port, { protocol: 'connect', target: target.name, from: '127.0.0.3' });
  assert.ok(ok);
  socket.destroy();
});

/** Sends without heed, as much as is taken. */
const flood: Habit = ({ socket }) => {
  const block = patternBytes(1, 1_000_000);
  const more = (): void => {
    while (socket.write(block));
  };
  socket.on('drain', more);
  socket.once('data', more);
};

/** What has left any of the sockets. */
const movedOn = (sockets: readonly Socket[]): number =>
  sockets.reduce((sum, { bytesWritten, writableLength }) => sum + bytesWritten - writableLength, 0);

for (const schemes of [['socks5h'], ['https', 'http']] as const) {
  test(`clients that do not read cost little memory through ${schemes.join(', ')}`, async () => {
    const count = 40;
    await using scope = createScope();
    const target = scope.use(await openTarget(flood));
    const hops = await openHops(...schemes.map((scheme) => ({ scheme })));
    for (const hop of hops) scope.use(hop);
    const child = scope.use(await startChild());
    const port = await child.start(chainOf(hops));
    const memory: number[] = [];
    // The first sessions pay for what all share: code, certificates, a heap that grows by steps.
    for (let round = 1; round <= 3; round += 1) {
      for (let number = 0; number < count; number += 1) {
        const { socket, ok } = await ask(port, { protocol: 'socks5', target: target.name });
        assert.ok(ok);
        scope.defer(() => socket.destroy());
        socket.write('go');
      }
      await until(() => target.calls.length === round * count, 'all sessions');
      const sockets = target.calls.map(({ socket }) => socket);
      await standstill(() => movedOn(sockets));
      memory.push((await child.report()).rss);
    }
    const each = ((memory[2] ?? 0) - (memory[0] ?? 0)) / count / 2 / 1024;
    assert.ok(each < 512, `${Math.round(each)} KiB a session`);
  });
}
