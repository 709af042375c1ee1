/** Whether sessions that run side by side ever see each other's bytes: they share read buffers. */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import { ask, clientProtocols } from '../kit/clients.js';
import { hear } from '../kit/ear.js';
import { type HopScript, chainOf, openHops } from '../kit/hops.js';
import { startHouse } from '../kit/house.js';
import { backTo, holdings, until } from '../kit/leak.js';
import { inParallel } from '../kit/schedules.js';
import { createScope } from '../kit/scope.js';
import type { TestScheme } from '../kit/speech.js';
import { type Habit, openTarget, patternBytes, patternHash, pour } from '../kit/target.js';
import { createChance } from '../kit/wire.js';

/** How a side of a session reads. */
type Pace = 'fast' | 'slow' | 'stopping';

/** Counts and hashes what comes; a slow reader takes little at a time, a stopping one rests now and then. */
const read = (socket: Socket, pace: Pace): { readonly size: () => number; readonly hash: () => string } => {
  const hash = createHash('sha256');
  let size = 0;
  socket.on('data', (chunk: Buffer) => {
    hash.update(chunk);
    size += chunk.length;
    if (pace === 'fast' || (pace === 'stopping' && size % 7 !== 0)) return;
    socket.pause();
    setTimeout(() => socket.resume(), pace === 'slow' ? 2 : 20);
  });
  return { size: () => size, hash: () => hash.copy().digest('hex') };
};

/** The target is told seed and size in the first eight bytes, answers with that pattern, and hashes the rest. */
const mirror =
  (seen: Map<number, ReturnType<typeof read>>): Habit =>
  ({ socket }) => {
    void hear(socket, 8).then((head) => {
      const seed = head.readUInt32BE(0);
      seen.set(seed, read(socket, seed % 5 === 0 ? 'slow' : 'fast'));
      pour(socket, seed + 10_000, head.readUInt32BE(4));
      socket.resume();
    });
  };

const scenes: readonly (readonly [number, readonly TestScheme[]])[] = [
  [200, ['socks5h']],
  [200, ['http', 'socks4a']],
  [60, ['https']],
  [40, ['socks5h', 'https', 'https']],
];

for (const [sessions, schemes] of scenes) {
  test(`${sessions} sessions side by side through ${schemes.join(', ')} see their own bytes only`, async () => {
    const base = holdings();
    {
      await using scope = createScope();
      const seen = new Map<number, ReturnType<typeof read>>();
      const target = scope.use(await openTarget(mirror(seen)));
      const hops = await openHops(...schemes.map((scheme): HopScript => ({ scheme })));
      for (const hop of hops) scope.use(hop);
      const house = scope.use(await startHouse(chainOf(hops)));
      await inParallel(sessions, sessions, async (seed) => {
        const chance = createChance(seed);
        const most = seed % 10 === 0 ? 3_000_000 : 300_000;
        const [up, down] = [chance.below(most), chance.below(most)];
        const protocol = chance.pick(clientProtocols.filter((each) => each !== 'socks4'));
        const { socket, ok } = await ask(house.port, { protocol, target: target.name });
        assert.ok(ok);
        const head = Buffer.alloc(8);
        head.writeUInt32BE(seed, 0);
        head.writeUInt32BE(down, 4);
        socket.write(head);
        const got = read(socket, chance.pick(['fast', 'fast', 'slow', 'stopping'] as const));
        socket.resume();
        pour(socket, seed, up);
        await once(socket, 'close');
        assert.deepEqual([got.size(), got.hash()], [down, patternHash(seed + 10_000, down)], `session ${seed}, down`);
        await until(() => seen.get(seed)?.size() === up, `session ${seed} up`, 20_000);
        assert.equal(seen.get(seed)?.hash(), patternHash(seed, up), `session ${seed}, up`);
      });
    }
    await backTo(base);
  });
}

/** Sends the pattern of its seed in pieces so small that the reader never gets a buffer of its own, until nothing goes on any more. */
const trickle =
  (stalled: Set<Socket>, most: number): Habit =>
  ({ socket }) => {
    void hear(socket, 4).then((head) => {
      const bytes = patternBytes(head.readUInt32BE(0), most);
      let at = 0;
      const more = (): void => {
        if (at >= most || socket.writableLength > 100_000) {
          stalled.add(socket);
          socket.end(bytes.subarray(at));
          return;
        }
        socket.write(bytes.subarray(at, at + 3_000));
        at += 3_000;
        setImmediate(more);
      };
      more();
    });
  };

test('sessions whose clients do not read keep their bytes apart in the buffer that they share', async () => {
  const most = 12_000_000;
  const count = 12;
  await using scope = createScope();
  const stalled = new Set<Socket>();
  const target = scope.use(await openTarget(trickle(stalled, most)));
  const [hop] = await openHops({ scheme: 'http' });
  assert.ok(hop !== undefined);
  scope.use(hop);
  const house = scope.use(await startHouse(chainOf([hop])));
  await inParallel(count, count, async (seed) => {
    const { socket } = await ask(house.port, { protocol: 'socks5', target: target.name });
    const head = Buffer.alloc(4);
    head.writeUInt32BE(seed, 0);
    socket.write(head);
    await until(() => stalled.size === count, 'everybody to stand still', 30_000);
    const got = read(socket, 'fast');
    socket.resume();
    socket.end();
    await once(socket, 'close');
    assert.deepEqual([got.size(), got.hash()], [most, patternHash(seed, most)], `session ${seed}`);
  });
});
