/** Faces on a running engine: what they see is what it sees, and what they do to it is bounded. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { millis } from '../../src/model/brand.js';
import type { CommandResult } from '../../src/model/command.js';
import type { KaskadeEvent } from '../../src/model/event.js';
import type { Snapshot } from '../../src/model/snapshot.js';
import { attach } from '../../src/engine/remote.js';
import { ask } from '../kit/clients.js';
import { createDice, runCrowd } from '../kit/crowd.js';
import { type DaemonHouse, makeHome, startDaemon } from '../kit/daemon.js';
import { failureOf } from '../kit/dials.js';
import { hearAll, hearUntil } from '../kit/ear.js';
import { openHop } from '../kit/hops.js';
import { backTo, holdings, until } from '../kit/leak.js';
import { type Scope, createScope } from '../kit/scope.js';
import { type Target, echo, openTarget } from '../kit/target.js';

interface Stage {
  readonly house: DaemonHouse;
  readonly target: Target;
  readonly scope: Scope;
}

/** An engine with a socket, one hop and a target; nothing of it is left. */
const withDaemon = async (act: (stage: Stage) => Promise<void>, login?: string): Promise<void> => {
  const base = holdings();
  {
    await using scope = createScope();
    const target = scope.use(await openTarget(echo));
    const hop = scope.use(await openHop({ scheme: 'socks5h' }));
    const chain = login === undefined ? hop.url : hop.url.replace('://', `://${login}@`);
    const house = scope.use(await startDaemon(chain));
    await act({ house, target, scope });
  }
  await backTo(base, 5_000);
};

/** Everything that does not change by itself while nothing happens. */
const still = ({ at: _at, rates: _rates, ...rest }: Snapshot): unknown => JSON.parse(JSON.stringify(rest));

const isSame = (one: Snapshot, other: Snapshot): boolean => JSON.stringify(still(one)) === JSON.stringify(still(other));

const speak = async (house: DaemonHouse, ...lines: readonly string[]) => {
  const socket = await house.knock();
  socket.write(lines.map((line) => `${line}\n`).join(''));
  return { socket, hear: async () => JSON.parse(await hearUntil(socket, '\n')) as Record<string, unknown> };
};

describe('the conversation', () => {
  test('begins with who the engine is; a watch gives a snapshot and then every event', async () => {
    await withDaemon(async ({ house, target }) => {
      const { socket, hear } = await speak(house, '{"id":1,"watch":true,"later":1}');
      assert.deepEqual(await hear(), { kind: 'hello', version: 1, pid: process.pid });
      const { event } = await hear();
      assert.deepEqual(still((event as { snapshot: Snapshot }).snapshot), still(house.controller.snapshot));
      assert.deepEqual(await hear(), { id: 1, result: { done: true } });
      (await ask(house.port, { protocol: 'connect', target: target.name })).socket.destroy();
      const told = await hear();
      assert.equal((told['event'] as KaskadeEvent).kind, 'session');
      socket.destroy();
    });
  });

  test('answers every command, and refuses what it does not know or cannot do', async () => {
    await withDaemon(async ({ house }) => {
      const { hear } = await speak(
        house,
        '{"id":1,"command":{"do":"reload","later":1}}',
        '{"id":2,"command":{"do":"dance"}}',
        '{"id":3,"command":{"do":"why","session":99}}',
        '{"id":4,"command":{"do":"close-session"}}',
      );
      await hear();
      const codes = new Map<unknown, unknown>();
      while (codes.size < 4) {
        const { id, result } = (await hear()) as { id: number; result: CommandResult };
        codes.set(id, result.done ? 'done' : result.failure.code);
      }
      const expected = { 1: 'done', 2: 'bad-usage', 3: 'session-unknown', 4: 'bad-usage' };
      assert.deepEqual(Object.fromEntries(codes), expected);
    });
  });

  test('ends at once with who says what no face says, and goes on with others', async () => {
    await withDaemon(async ({ house }) => {
      const face = await house.face();
      const garbage = ['GET / HTTP/1.1\r\nHost: x\r\n\r\n', '\n', 'null\n', '\x16\x03\x01\n', '{"id":1}{"id":2}\n'];
      for (const text of [...garbage, 'x'.repeat(65_537)]) {
        const socket = await house.knock();
        socket.write(text);
        await hearAll(socket);
      }
      assert.deepEqual(await face.execute({ do: 'reload' }), { done: true });
    });
  });
});

describe('a face in another process', () => {
  test('is told of sessions, and may close one and ask why', async () => {
    await withDaemon(async ({ house, target }) => {
      const face = await house.face();
      const { socket } = await ask(house.port, { protocol: 'socks5', target: target.name });
      await until(() => face.snapshot.sessions[0]?.state.phase === 'relaying', 'the session');
      const id = face.snapshot.sessions[0]?.id ?? 0;
      assert.deepEqual(await face.execute({ do: 'close-session', session: id }), { done: true });
      await hearAll(socket);
      await until(() => face.snapshot.sessions.length === 0, 'its end');
      const result = await face.execute({ do: 'why', session: id });
      assert.deepEqual(result.done && result.session, face.snapshot.recent[0]);
      socket.destroy();
    });
  });

  test('detaches without stopping the engine, and is told nothing any more', async () => {
    await withDaemon(async ({ house }) => {
      const face = await house.face();
      const told: KaskadeEvent[] = [];
      face.watch((event) => void told.push(event));
      await face[Symbol.asyncDispose]();
      assert.equal((await failureOf(face.execute({ do: 'reload' }))).code, 'engine-missing');
      assert.deepEqual(
        told.filter(({ kind }) => kind === 'stopped'),
        [],
      );
      assert.deepEqual(await (await house.face()).execute({ do: 'reload' }), { done: true });
    });
  });

  test('asks for the end: everybody is told, and it resolves when the home is free', async () => {
    await withDaemon(async ({ house }) => {
      const [face, other] = [await house.face(), await house.face()];
      const told: string[] = [];
      other.watch(({ kind }) => void told.push(kind));
      house.controller.watch(({ kind }) => {
        if (kind === 'stopping') void house.controller.stop(millis(0));
      });
      await face.stop(millis(0));
      assert.equal(await attach(house.place), undefined);
      await until(() => told.includes('stopped'), 'the end');
      assert.deepEqual(
        told.filter((kind) => kind.startsWith('stop')),
        ['stopping', 'stopped'],
      );
      assert.equal((await failureOf(other.execute({ do: 'stop' }))).code, 'engine-missing');
    });
  });

  test('finds nobody where none runs', async () => {
    await using home = makeHome();
    assert.equal(await attach(home.place), undefined);
  });
});

test('after a thousand random sessions two faces know what the engine knows', async () => {
  await withDaemon(async ({ house, target, scope }) => {
    const early = await house.face();
    const dice = createDice(7);
    const open = [...(await runCrowd({ port: house.port, target }, 500, dice))];
    const late = await house.face();
    open.push(...(await runCrowd({ port: house.port, target }, 500, dice)));
    for (const socket of open) scope.defer(() => socket.destroy());
    const { controller } = house;
    await until(() => controller.snapshot.sessions.length === open.length, 'the end of the others');
    await until(
      () => [early, late].every((face) => isSame(face.snapshot, controller.snapshot)),
      'the same',
      5_000,
    ).catch(() => undefined);
    assert.equal(controller.snapshot.totals.served + controller.snapshot.totals.failed, 1_000 - open.length);
    assert.ok(controller.snapshot.totals.failed > 100 && open.length === 10);
    for (const face of [early, late]) assert.deepEqual(still(face.snapshot), still(controller.snapshot));
  });
});

test('a face that does not read holds little, and goes on with everything anew', async () => {
  await withDaemon(async ({ house, target }) => {
    const stuck = await house.knock();
    stuck.write('{"id":1,"watch":true}\n');
    stuck.pause();
    const { controller } = house;
    let told = 0;
    controller.watch((event) => (told += JSON.stringify(event).length));
    const dice = createDice(11);
    while (told < 6_000_000) await runCrowd({ port: house.port, target }, 200, dice).then(endAll);
    await until(() => controller.snapshot.sessions.length === 0, 'quiet');
    let taken = 0;
    let last: KaskadeEvent | undefined;
    let snapshots = 0;
    let rest = '';
    stuck.on('data', (chunk: Buffer) => {
      taken += chunk.length;
      const lines = (rest + chunk.toString()).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const { event } = JSON.parse(line) as { event?: KaskadeEvent };
        if (event === undefined) continue;
        if (event.kind === 'snapshot') snapshots += 1;
        if (event.kind === 'snapshot') last = event;
      }
    });
    stuck.resume();
    await until(() => snapshots === 2, 'the second snapshot');
    assert.ok(taken < 4_000_000, `${taken} of ${told} bytes were kept for it`);
    assert.ok(last?.kind === 'snapshot');
    assert.deepEqual(still(last.snapshot), still(controller.snapshot));
  });
});

const endAll = (sockets: readonly { destroy: () => unknown }[]): void => {
  for (const socket of sockets) socket.destroy();
};

test('no secret of a hop goes over the socket', async () => {
  await withDaemon(async ({ house, target }) => {
    const { socket } = await speak(house, '{"id":1,"watch":true}', '{"id":2,"command":{"do":"why","session":1}}');
    let said = '';
    socket.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const closed = once(socket, 'close');
    const client = await ask(house.port, { protocol: 'connect', target: target.name });
    client.socket.destroy();
    await house.event((event): event is KaskadeEvent => event.kind === 'tick');
    await house.controller.stop(millis(0));
    await closed;
    assert.match(said, /"kind":"session"/);
    assert.match(said, /"kind":"stopped"/);
    for (const mark of [/canary/i, /Y2FuYXJ5/, /63616e617279/i]) assert.doesNotMatch(said, mark);
  }, 'canaryuser:canaryword');
});
