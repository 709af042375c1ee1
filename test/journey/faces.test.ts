/** Many faces on one engine under load: all see the same in the end, and none of them slows it or makes it grow. */

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import type { Session } from '../../src/model/session.js';
import type { Snapshot } from '../../src/model/snapshot.js';
import type { Controller } from '../../src/engine/controller.js';
import { attach } from '../../src/engine/remote.js';
import { ask } from '../kit/clients.js';
import { type DaemonProcess, type DaemonReport, startDaemonProcess } from '../kit/daemon-process.js';
import { hear } from '../kit/ear.js';
import { openHop } from '../kit/hops.js';
import { until } from '../kit/leak.js';
import { type Scope, createScope } from '../kit/scope.js';
import { type Target, echo, openTarget } from '../kit/target.js';

const isLong = process.env['KASKADE_LONG'] === '1';
/** So long the load lasts, at so many sessions a second. */
const seconds = isLong ? 60 : 10;
const pace = 200;

/** The most milliseconds that the engine's loop may be late, in 99 of 100 looks; only a long run, on a machine with nothing else to do, is held to it. */
const mostLate = isLong ? 50 : Number.POSITIVE_INFINITY;
/** The most that a face costs that was stopped, in objects and buffers; in a long run in memory of the process too, which a short one has not settled. */
const mostCost = 20_000_000;

const bin = fileURLToPath(new URL('../../../bin/kaskade.js', import.meta.url));

interface Stage {
  readonly daemon: DaemonProcess;
  readonly target: Target;
  readonly scope: Scope;
}

const withStage = async (act: (stage: Stage) => Promise<void>): Promise<void> => {
  await using scope = createScope();
  const target = scope.use(await openTarget(echo));
  const hop = scope.use(await openHop({ scheme: 'socks5h' }));
  await act({ daemon: scope.use(await startDaemonProcess(hop.url)), target, scope });
};

/** One whole session. */
const visit = async ({ daemon, target }: Stage): Promise<void> => {
  const { socket, ok, text } = await ask(daemon.port, { protocol: 'socks5', target: target.name });
  assert.ok(ok, text);
  socket.write('hello');
  await hear(socket, 5);
  socket.destroy();
};

/** No more are open at once, however slow the machine is: the load lasts longer then. */
const mostOpen = 400;

/** Begins as many sessions as make the pace for so long; gives how many there were. Rejects with the first that fails. */
const load = (stage: Stage, time: number): Promise<number> =>
  new Promise((resolve, reject) => {
    const count = (time / 1_000) * pace;
    const began = performance.now();
    let [begun, open] = [0, 0];
    const timer = setInterval(() => {
      const due = Math.min(count, ((performance.now() - began) / 1_000) * pace);
      for (; begun < due && open < mostOpen; begun += 1, open += 1) {
        visit(stage).then(() => {
          open -= 1;
          if (begun < count || open > 0) return;
          clearInterval(timer);
          resolve(count);
        }, fail);
      }
    }, 5);
    const fail = (thrown: Error): void => {
      clearInterval(timer);
      reject(thrown);
    };
  });

/** What the engine says once so many sessions are over: a client is gone a little before its session ends. */
const reportOf = async (daemon: DaemonProcess, count: number): Promise<DaemonReport> => {
  let report = await daemon.report();
  while (report.snapshot.totals.served < count) report = await daemon.report();
  return report;
};

/** A command line that follows the sessions, and what it has printed last of each. */
const followSessions = ({ daemon, scope }: Stage) => {
  const env = { ...process.env, KASKADE_HOME: daemon.folder, NODE_V8_COVERAGE: undefined };
  const child = spawn(process.execPath, [bin, 'sessions', '--follow', '--json'], { env });
  scope.defer(() => end(child));
  const last = new Map<number, Session>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    const session = JSON.parse(line) as Session;
    last.set(session.id, session);
  });
  return { child, last };
};

const end = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
};

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

/** Everything that does not change by itself while nothing happens. */
const still = ({ at: _at, rates: _rates, ...rest }: Snapshot): unknown => JSON.parse(JSON.stringify(rest));

test(`two faces and a command line see the same after ${seconds} s of ${pace} sessions a second`, async (context) => {
  await withStage(async (stage) => {
    const { daemon, scope } = stage;
    const faces = await Promise.all([attach(daemon.place), attach(daemon.place)]);
    for (const face of faces) scope.defer(() => face?.[Symbol.asyncDispose]());
    const { last } = followSessions(stage);
    await visit(stage);
    await until(() => [...last.values()].some(({ state }) => state.phase === 'closed'), 'the command line');
    await daemon.measure();
    const count = 1 + (await load(stage, seconds * 1_000));
    const isAll = (snapshot: Snapshot | undefined): boolean => snapshot?.totals.served === count;
    await until(() => faces.every((face) => isAll(face?.snapshot)), 'quiet');
    const { snapshot, p99, worst } = await daemon.report();
    // A face is told in strokes: what the engine learned since the last one is on its way still.
    const isTold = (face: Controller | undefined): boolean =>
      isDeepStrictEqual(face && still(face.snapshot), still(snapshot));
    await until(() => faces.every(isTold), 'the last news').catch(() => undefined);
    context.diagnostic(
      `${count} sessions; the loop was late by ${p99.toFixed(1)} ms (p99), ${worst.toFixed(1)} ms (most)`,
    );
    assert.ok(count >= seconds * pace && isAll(snapshot));
    for (const face of faces) assert.deepEqual(face && still(face.snapshot), still(snapshot));
    await until(() => [...last.values()].filter(({ state }) => state.phase === 'closed').length === count, 'all lines');
    for (const session of snapshot.recent) assert.deepEqual(last.get(session.id), JSON.parse(JSON.stringify(session)));
    assert.ok(p99 <= mostLate, `${p99} ms`);
  });
});

test('a face that is stopped costs the engine little, and sees everything anew when it goes on', async (context) => {
  await withStage(async (stage) => {
    const { daemon } = stage;
    const { child, last } = followSessions(stage);
    const burst = seconds * 600;
    await visit(stage);
    await until(() => last.size === 1, 'the command line');
    let count = 1 + (await load(stage, burst));
    await until(() => last.size === count, 'all lines');
    const before = await daemon.report();
    child.kill('SIGSTOP');
    await daemon.measure();
    count += await load(stage, burst);
    const { held, rss, p99, snapshot } = await reportOf(daemon, count);
    const [cost, grown] = [held - before.held, rss - before.rss];
    context.diagnostic(
      `it cost ${megabytes(cost)}, the process grew by ${megabytes(grown)}; the loop was late by ${p99.toFixed(1)} ms (p99)`,
    );
    assert.ok(cost <= mostCost && (!isLong || grown <= mostCost), `${cost} and ${grown} bytes`);
    assert.ok(p99 <= mostLate, `${p99} ms`);
    child.kill('SIGCONT');
    const isTold = ({ id, changed }: Session): boolean => last.get(id)?.changed === changed;
    await until(() => snapshot.recent.every(isTold), 'everything anew');
    for (const session of snapshot.recent) assert.deepEqual(last.get(session.id), JSON.parse(JSON.stringify(session)));
    assert.ok(last.size < count, `it saw ${last.size} of ${count}: what it missed was not kept for it`);
  });
});
