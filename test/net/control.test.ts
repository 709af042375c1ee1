/** The control socket by itself: who may connect, how much is read, and how it is written. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { type Socket, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { listenControl } from '../../src/net/control.js';
import type { Peer } from '../../src/net/peer.js';
import { hearAll, hearUntil } from '../kit/ear.js';
import { backTo, holdings, until } from '../kit/leak.js';
import { createScope } from '../kit/scope.js';

const folderOf = (context: TestContext): string => {
  const folder = mkdtempSync(join(tmpdir(), 'kaskade-socket-'));
  context.after(() => {
    rmSync(folder, { recursive: true });
  });
  return folder;
};

/** Opens a control socket and connects to it; everything is gone after the test. */
const withSocket = async (
  context: TestContext,
  act: (around: { readonly faces: readonly Peer[]; readonly knock: () => Promise<Socket> }) => Promise<void>,
): Promise<void> => {
  const base = holdings();
  {
    await using scope = createScope();
    const path = join(folderOf(context), 'socket');
    const faces: Peer[] = [];
    const listener = await listenControl(path, (face) => void faces.push(face));
    scope.defer(listener.close);
    const knock = async (): Promise<Socket> => {
      const socket = connect({ path });
      socket.on('error', () => undefined);
      scope.defer(() => socket.destroy());
      await once(socket, 'connect');
      return socket;
    };
    await act({ faces, knock });
  }
  await backTo(base);
};

test('nobody but the owner can connect, from the first moment on and whatever the umask', async (context) => {
  const path = join(folderOf(context), 'socket');
  const before = process.umask(0);
  try {
    const opening = listenControl(path, () => undefined);
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.equal(process.umask(0), 0, 'the umask of the process is as before');
    const listener = await opening;
    assert.equal(statSync(path).mode & 0o777, 0o600);
    await listener.close();
    assert.throws(() => statSync(path), { code: 'ENOENT' });
  } finally {
    process.umask(before);
  }
});

test('a socket that cannot be had is refused with the path and the errno', async (context) => {
  const path = join(folderOf(context), 'none', 'socket');
  await assert.rejects(
    listenControl(path, () => undefined),
    { code: 'home-unusable' },
  );
});

test('a line longer than 64 KiB cuts a face off, with or without an end', async (context) => {
  await withSocket(context, async ({ faces, knock }) => {
    for (const [index, text] of [`${'x'.repeat(65_537)}\n`, 'x'.repeat(65_537)].entries()) {
      const socket = await knock();
      await until(() => faces.length > index, 'the face');
      const lines: string[] = [];
      faces[index]?.hear({ onLine: (line) => void lines.push(line), onGone: () => undefined });
      socket.write('x'.repeat(65_536));
      socket.write('\n');
      await until(() => lines.length === 1, 'the longest line');
      socket.write(text);
      await hearAll(socket);
      assert.equal(lines.length, 1);
    }
  });
});

test('the 33rd face is told that the house is full', async (context) => {
  await withSocket(context, async ({ faces, knock }) => {
    for (let count = 0; count < 32; count += 1) await knock();
    await until(() => faces.length === 32, 'the faces');
    const late = await knock();
    assert.deepEqual(JSON.parse(await hearUntil(late, '\n')), { kind: 'full', pid: process.pid });
    await hearAll(late);
    faces[0]?.cut();
    await until(() => faces.length === 32, 'room');
    await knock();
    await until(() => faces.length === 33, 'the next face');
  });
});

test('what is said in one turn goes out in one write', async (context) => {
  await withSocket(context, async ({ faces, knock }) => {
    const socket = await knock();
    await until(() => faces.length === 1, 'the face');
    for (let count = 0; count < 500; count += 1) faces[0]?.say(`${count}\n`);
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    assert.equal(chunk.toString().split('\n').length, 501);
  });
});

test('a face that does not read its answers is not listened to', async (context) => {
  await withSocket(context, async ({ faces, knock }) => {
    const socket = await knock();
    await until(() => faces.length === 1, 'the face');
    const [face] = faces;
    let heard = 0;
    const answer = `${'x'.repeat(1_000)}\n`;
    face?.hear({
      onLine: () => {
        heard += 1;
        face.say(answer);
      },
      onGone: () => undefined,
    });
    const asks = '{}\n'.repeat(400_000);
    socket.write(asks);
    await until(() => (face?.backlog() ?? 0) > 1024 * 1024, 'the answers');
    const most = 1024 * 1024 + (65_536 / 3 + 1) * answer.length;
    assert.ok((face?.backlog() ?? 0) <= most, 'no more than one chunk of questions over the bound');
    let taken = 0;
    socket.on('data', (chunk: Buffer) => (taken += chunk.length));
    await until(() => taken === 400_000 * answer.length, 'all answers', 20_000);
    assert.equal(heard, 400_000);
  });
});
