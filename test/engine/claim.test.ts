/** One engine for a home: who gets it, who is refused, and what the dead leave. */

import assert from 'node:assert/strict';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { type Server, createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { KaskadeError } from '../../src/model/error.js';
import { millis } from '../../src/model/brand.js';
import { claim } from '../../src/engine/claim.js';
import { claimHome } from '../../src/engine/daemon.js';
import { controlPlace, isStrange } from '../../src/engine/place.js';
import { reach } from '../../src/engine/reach.js';
import { attach } from '../../src/engine/remote.js';
import { makeHome } from '../kit/daemon.js';
import { failureOf } from '../kit/dials.js';
import { createScope } from '../kit/scope.js';

const modeOf = (path: string): number => statSync(path).mode & 0o777;

test('the socket is in the folder of the settings, for the owner only, and gone with the engine', async () => {
  await using home = makeHome();
  rmSync(home.folder, { recursive: true });
  const { release } = await claimHome(home.place);
  assert.equal(home.place.path, join(home.folder, 'control.sock'));
  assert.deepEqual([modeOf(home.folder), modeOf(home.place.path)], [0o700, 0o600]);
  assert.deepEqual(readdirSync(home.folder), ['control.sock']);
  await Promise.all([release(), release()]);
  assert.deepEqual(readdirSync(home.folder), []);
});

test('a second engine on the home is refused with the pid of the first one', async () => {
  await using home = makeHome();
  const { release } = await claimHome(home.place);
  const { code, failure } = await failureOf(claimHome(home.place));
  assert.deepEqual([code, failure.note], ['engine-running', `pid ${process.pid}`]);
  await release();
  await (await claimHome(home.place)).release();
});

test('of many starters at once exactly one gets the home, also where a dead one has left its socket', async () => {
  await using home = makeHome();
  for (let round = 0; round < 10; round += 1) {
    if (round % 2 === 1) await leaveDeadSocket(home.place.path);
    const claims = await Promise.allSettled(Array.from({ length: 8 }, () => claimHome(home.place)));
    const won = claims.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    const lost = claims.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
    assert.equal(won.length, 1);
    for (const thrown of lost) assert.ok(thrown instanceof KaskadeError && thrown.code === 'engine-running');
    assert.equal((await reachAndLeave(home.place))?.pid, process.pid);
    assert.deepEqual(readdirSync(home.folder), ['control.sock']);
    await won[0]?.release();
  }
});

const reachAndLeave = async (place: Parameters<typeof reach>[0]) => {
  const reached = await reach(place);
  await reached?.peer.close();
  return reached;
};

/** What a killed process leaves: a socket that nobody listens to. The name is given to another one before it closes. */
const leaveDeadSocket = async (path: string): Promise<void> => {
  const server: Server = createServer().listen({ path: `${path}-dead` });
  await once(server, 'listening');
  renameSync(`${path}-dead`, path);
  server.close();
  await once(server, 'close');
  assert.ok(statSync(path).isSocket());
};

test('an engine that listens and does not say who it is keeps its home', async () => {
  await using home = makeHome();
  await using scope = createScope();
  const silent = createServer((socket) => scope.defer(() => socket.destroy())).listen(home.place.path);
  scope.defer(() => silent.close());
  await once(silent, 'listening');
  const { code } = await failureOf(reach(home.place, millis(20)));
  assert.equal(code, 'engine-silent');
  assert.ok(statSync(home.place.path).isSocket());
});

test('an engine of another version, a full one and one that talks nonsense are told apart from none', async () => {
  await using home = makeHome();
  const rows: readonly (readonly [said: string, note: RegExp])[] = [
    ['{"kind":"hello","version":2,"pid":77}\n', /another version, pid 77/],
    ['{"kind":"full","pid":77}\n', /too many faces are attached, pid 77/],
    ['{"id":1,"result":{"done":true}}\n', /it does not say hello/],
    ['HTTP/1.1 400 Bad Request\r\n\r\n', /it hung up/],
  ];
  for (const [said, note] of rows) {
    await using scope = createScope();
    const server = createServer((socket) => socket.on('error', () => undefined).end(said)).listen(home.place.path);
    scope.defer(() => server.close());
    await once(server, 'listening');
    const { code, failure } = await failureOf(attach(home.place));
    assert.equal(code, 'engine-silent');
    assert.match(failure.note ?? '', note);
    assert.equal((await failureOf(claimHome(home.place))).code, 'engine-running');
  }
});

test('a socket of another user is not believed, and not taken away either', async () => {
  await using home = makeHome();
  const { release } = await claimHome(home.place);
  const uid = process.getuid?.() ?? 0;
  assert.deepEqual([isStrange(home.place, uid), isStrange(home.place, uid + 1)], [false, true]);
  if (uid === 0) {
    chownSync(home.place.path, 1, 1);
    assert.equal((await failureOf(attach(home.place))).code, 'engine-silent');
    assert.equal((await failureOf(claimHome(home.place))).code, 'engine-running');
  }
  await release();
});

test('a file of that name that is no socket is left alone', async () => {
  await using home = makeHome();
  writeFileSync(home.place.path, 'mine');
  assert.equal((await failureOf(claimHome(home.place))).code, 'home-unusable');
  assert.equal(readFileSync(home.place.path, 'utf8'), 'mine');
  assert.deepEqual(readdirSync(home.folder), ['control.sock']);
});

test('who gives the home back does not take the socket of another one', async () => {
  await using home = makeHome();
  const first = await claim(home.place, () => undefined);
  rmSync(home.place.path);
  const second = await claim(home.place, (face) => face.cut());
  await first.release();
  assert.ok(statSync(home.place.path).isSocket());
  await second.release();
  assert.ok(!existsSync(home.place.path));
});

test('what starters have left that were killed half-way is swept', async () => {
  await using home = makeHome();
  const [old, young] = [join(home.folder, 'control.0123abcd'), join(home.folder, 'control.0123abce')];
  for (const path of [old, young]) writeFileSync(path, '');
  utimesSync(old, 1, 1);
  const { release } = await claimHome(home.place);
  assert.deepEqual(readdirSync(home.folder).sort(), ['control.0123abce', 'control.sock']);
  await release();
});

test('a home whose path is too long for a socket has it among temporary files, in a folder of its own', async () => {
  const folder = join(mkdtempSync(join(tmpdir(), 'kaskade-long-')), 'x'.repeat(120));
  mkdirSync(folder, { mode: 0o700 });
  await using home = makeHome(folder);
  const { kind, path } = home.place;
  assert.equal(kind, 'apart');
  assert.match(path, new RegExp(`/kaskade-${process.getuid?.() ?? ''}-[0-9a-f]{16}/control\\.sock$`));
  const { release } = await claimHome(home.place);
  assert.deepEqual([modeOf(dirname(path)), modeOf(path)], [0o700, 0o600]);
  assert.equal((await failureOf(claimHome(home.place))).failure.note, `pid ${process.pid}`);
  await release();
  chmodSync(dirname(path), 0o755);
  assert.equal((await failureOf(claimHome(home.place))).code, 'home-unusable', 'a folder that others may enter');
  assert.equal(await attach(home.place), undefined, 'and no face believes what is in there');
  rmSync(dirname(path), { recursive: true });
  symlinkSync(folder, dirname(path));
  assert.equal((await failureOf(claimHome(home.place))).code, 'home-unusable', 'a link of somebody else');
  rmSync(dirname(path));
  rmSync(dirname(folder), { recursive: true });
});

test('two spellings of a home are one place, and Windows has a pipe for each home', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kaskade-place-'));
  const link = `${folder}-link`;
  symlinkSync(folder, link);
  assert.deepEqual(controlPlace(join(link, 'settings.json')), controlPlace(join(folder, 'settings.json')));
  const windows = { platform: 'win32', uid: undefined, tmpdir: 'C:\\Temp' } as const;
  const [one, other] = ['a', 'b'].map((name) => controlPlace(`/nowhere/${name}/settings.json`, windows));
  assert.equal(one?.kind, 'pipe');
  assert.match(one.path, /^\\\\\.\\pipe\\kaskade-[0-9a-f]{16}$/);
  assert.notDeepEqual(one, other);
  rmSync(link);
  rmSync(folder, { recursive: true });
});
