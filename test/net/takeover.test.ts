/** Clients that upload in bulk read into a lane of their own, by fields that only Node's source tells of: here is where a Node that changed shows. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Socket, createConnection } from 'node:net';
import { test } from 'node:test';
import { setImmediate as setImmediatePromise } from 'node:timers/promises';
import { parseEndpoint } from '../../src/model/address.js';
import { millis } from '../../src/model/brand.js';
import { createBuffers } from '../../src/net/buffers.js';
import { connect } from '../../src/net/connect.js';
import { createLane } from '../../src/net/lane.js';
import { relay } from '../../src/net/relay.js';
import { takeOver } from '../../src/net/takeover.js';
import { openDoor } from '../kit/door.js';
import { hearAll } from '../kit/ear.js';
import { type Scope, createScope } from '../kit/scope.js';
import { type Habit, openTarget, patternHash, pour, summary } from '../kit/target.js';

const { signal } = new AbortController();
const size = 12_000_000;

/** A client and its relay to a target with this habit. */
const relayTo = async (habit: Habit, scope: Scope) => {
  const meter = { up: 0, down: 0 };
  const target = scope.use(await openTarget(habit));
  const door = { buffers: createBuffers(), isOwnListener: () => false };
  const outward = await connect(parseEndpoint(`127.0.0.1:${target.port}`), door, { signal });
  const { client, accepted } = await pair(scope);
  const patience = { idle: millis(60_000), halfClosed: millis(60_000) };
  const ending = relay(accepted, { stream: outward.socket, outward }, { patience, meter }, { signal });
  return { client, ending, meter };
};

/** Both ends of a connection. */
const pair = async (scope: Scope) => {
  const { promise: accepted, resolve } = later<Socket>();
  const door = scope.use(await openDoor(resolve));
  const client = createConnection({ port: door.port, host: '127.0.0.1', allowHalfOpen: true });
  door.own(client);
  return { client, accepted: await accepted };
};

const later = <Value>() => {
  let resolve: (value: Value) => void = () => undefined;
  const promise = new Promise<Value>((fulfil) => {
    resolve = fulfil;
  });
  return { promise, resolve };
};

/** Reads one piece in each turn of the loop, so that the writer must wait again and again. */
const haltingly: Habit = (call) => {
  summary(call);
  call.socket.on('data', () => {
    call.socket.pause();
    setImmediate(() => call.socket.resume());
  });
};

for (const [manner, habit] of Object.entries({ 'at once': summary, haltingly })) {
  test(`a large upload arrives whole and in order at a target that reads ${manner}`, async () => {
    await using scope = createScope();
    const { client, ending, meter } = await relayTo(habit, scope);
    pour(client, 7, size);
    assert.equal((await hearAll(client)).bytes.toString(), `${patternHash(7, size)} ${size}`);
    await ending;
    assert.equal(meter.up, size);
  });
}

test('an upload to a target that reads nothing is not taken in', async () => {
  await using scope = createScope();
  const { promise: read, resolve } = later<() => void>();
  const { client, meter } = await relayTo((call) => {
    call.socket.pause();
    resolve(() => {
      summary(call);
      call.socket.resume();
    });
  }, scope);
  const most = 64_000_000;
  pour(client, 8, most);
  const go = await read;
  await standstill(() => meter.up);
  assert.ok(meter.up > 0 && meter.up < most / 2, `${meter.up} bytes were taken in`);
  go();
  assert.equal((await hearAll(client)).bytes.toString(), `${patternHash(8, most)} ${most}`);
});

/** Resolves when a count has not changed for many turns of the loop. */
const standstill = async (count: () => number): Promise<void> => {
  let quiet = 0;
  for (let before = -1; quiet < 2_000; before = count()) {
    quiet = count() === before ? quiet + 1 : 0;
    await setImmediatePromise();
  }
};

test('this Node lets the reads of an accepted socket be led into a lane, once, with the end told as ever', async () => {
  await using scope = createScope();
  const { client, accepted } = await pair(scope);
  const heard: Buffer[] = [];
  const lane = createLane(createBuffers(), (bytes) => heard.push(Buffer.from(bytes)) > 0);
  assert.equal(takeOver(accepted, lane), true);
  assert.equal(takeOver(accepted, lane), false);
  accepted.on('data', () => assert.fail('the stream got bytes'));
  client.end('into the lane');
  await once(accepted, 'end');
  assert.equal(Buffer.concat(heard).toString(), 'into the lane');
});

test('a socket without what Node keeps there is left as it is', async () => {
  const socket = new Socket();
  assert.equal(
    takeOver(
      socket,
      createLane(createBuffers(), () => true),
    ),
    false,
  );
  socket.destroy();
});
