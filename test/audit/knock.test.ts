/** The first words to a proxy: who answers is handed on with every byte of its answer, and whoever does not leaves nothing behind. */

import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import { type Knocked, knock } from '../../src/audit/ask/knock.js';
import { auditDoor, subjectOf } from '../../src/engine/audit-jobs.js';
import { parseEndpoint } from '../../src/model/address.js';
import { millis } from '../../src/model/brand.js';
import { asProxy } from '../../src/model/cascade.js';
import { fail } from '../../src/model/error.js';
import { parseHop } from '../../src/model/hop.js';
import { createAborter } from '../../src/net/signal.js';
import { openDoor } from '../kit/door.js';
import { hear } from '../kit/ear.js';
import { backTo, holdings } from '../kit/leak.js';

const knockAt = (url: string, { within = 1_000, signal = createAborter().signal } = {}): Promise<Knocked> => {
  const subject = subjectOf(asProxy(parseHop(url), 'test'), auditDoor());
  const { reachThen } = subject;
  assert.ok(reachThen !== undefined);
  const onward = parseEndpoint('192.0.2.1:80');
  return new Promise((resolve) => {
    knock({ subject: { ...subject, reachThen }, onward, within: millis(within) }, { signal }, resolve);
  });
};

const doing = async (habit: (socket: Socket) => void, ask: (port: number) => Promise<Knocked>): Promise<Knocked> => {
  await using door = await openDoor(habit);
  return await ask(door.port);
};

const codeOf = (knocked: Knocked): string => ('error' in knocked ? knocked.error.code : 'answered');

test('who answers is handed on with all that it has said, and was asked the first question of its protocol', async () => {
  for (const [scheme, first] of [
    ['http', /^CONNECT 192\.0\.2\.1:80 HTTP\/1\.1\r\n/],
    ['socks5h', /^\x05\x01\x00$/],
    ['socks4a', /^\x04\x01\x00P\xc0\x00\x02\x01/],
  ] as const) {
    let heard = '';
    await using door = await openDoor((socket) => {
      socket.once('data', (words: Buffer) => {
        heard = words.toString('latin1');
        socket.write('Hel');
        setTimeout(() => socket.write('lo'), 20);
      });
    });
    const knocked = await knockAt(`${scheme}://127.0.0.1:${door.port}`);
    assert.ok('stream' in knocked);
    assert.equal((await hear(knocked.stream, 5)).toString(), 'Hello');
    assert.match(heard, first);
    knocked.stream.destroy();
  }
});

test('silence, hanging up, a reset and nobody at all are told apart, and no socket is left', async () => {
  const base = holdings();
  const at = (port: number) => knockAt(`http://127.0.0.1:${port}`, { within: 200 });
  assert.equal(codeOf(await doing((socket) => socket.resume(), at)), 'answer-timeout');
  assert.equal(codeOf(await doing((socket) => socket.end(), at)), 'hop-closed');
  assert.equal(codeOf(await doing((socket) => socket.once('data', () => socket.resetAndDestroy()), at)), 'hop-reset');
  const nobody = await at(1);
  assert.equal(codeOf(nobody), 'hop-unreachable');
  assert.ok('error' in nobody);
  assert.deepEqual(nobody.error.failure.blame, { reporter: 0, suspect: 1, phase: 'tcp' });
  await backTo(base);
});

test('who speaks before it is asked is handed on too', async () => {
  const knocked = await doing(
    (socket) => socket.write('SSH-2.0-x\r\n'),
    (port) => knockAt(`http://127.0.0.1:${port}`),
  );
  assert.equal(codeOf(knocked), 'answered');
  if ('stream' in knocked) knocked.stream.destroy();
});

test('what is called off ends at once, whether it is connected or not', async () => {
  const base = holdings();
  const { signal, abort } = createAborter();
  await using door = await openDoor((socket) => {
    socket.resume();
    setTimeout(() => {
      abort(fail('stopped'));
    }, 50);
  });
  const began = performance.now();
  assert.equal(codeOf(await knockAt(`http://127.0.0.1:${door.port}`, { within: 60_000, signal })), 'stopped');
  assert.ok(performance.now() - began < 10_000);
  await door[Symbol.asyncDispose]();
  await backTo(base);
});
