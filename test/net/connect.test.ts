/** The one door out: what it says when it stays shut, and the buffers of those it lets through. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { hostText, labelEndpoint, parseEndpoint } from '../../src/model/address.js';
import { parseHop } from '../../src/model/hop.js';
import { createBuffers } from '../../src/net/buffers.js';
import { type Door, type Ends, connect } from '../../src/net/connect.js';
import { createLane } from '../../src/net/lane.js';
import { freeDoor, failureOf } from '../kit/dials.js';
import { openDoor } from '../kit/door.js';
import { backTo, holdings } from '../kit/leak.js';
import { leadingTo } from '../kit/lookup.js';

const never = { signal: new AbortController().signal };

describe('a first hop', () => {
  test('where nobody listens is unreachable, with the reason', async () => {
    const door = await openDoor(() => undefined, '127.77.250.1');
    await door.slam();
    const base = holdings();
    const error = await failureOf(connect(parseEndpoint(`127.77.250.1:${door.port}`), freeDoor(), never));
    assert.deepEqual([error.code, error.failure.note], ['hop-unreachable', 'ECONNREFUSED']);
    await backTo(base);
  });

  test('whose name is nobody’s is not found', async () => {
    const error = await failureOf(connect(parseEndpoint('no-such-host.invalid:80'), freeDoor(), never));
    assert.equal(error.code, 'hop-name-unknown');
  });

  test('whose name may be anybody’s, and leads inward, is not connected to; one that is local by its name is', async () => {
    await using listener = await openDoor((socket) => void socket.end());
    const base = holdings();
    for (const addresses of [
      ['127.0.0.1'],
      ['192.0.43.8', '10.0.0.1'],
      ['::ffff:127.0.0.1'],
      ['fd00::1'],
      ['0.0.0.0'],
    ]) {
      const door = { ...freeDoor(), lookup: leadingTo(...addresses) };
      const error = await failureOf(connect(parseEndpoint(`proxy.example:${listener.port}`), door, never));
      assert.equal(error.code, 'hop-unreachable');
      assert.match(error.failure.note ?? '', new RegExp(`leads to ${addresses.at(-1) ?? ''}, which is not public`));
    }
    await backTo(base);
    assert.equal(listener.sockets.size, 0);
    const local = { ...freeDoor(), lookup: leadingTo('127.0.0.1') };
    for (const name of ['proxy.lan', 'localhost', 'proxy']) {
      const { socket } = await connect(parseEndpoint(`${name}:${listener.port}`), local, never);
      socket.destroy();
    }
  });

  test('whose name leads to a place that is barred is not connected to, however many others it leads to, and not where that cannot be told', async () => {
    await using listener = await openDoor((socket) => void socket.end());
    const found = ['127.0.0.1', '127.9.9.9'].map((address) => ({ address, family: 4 }));
    const asked: string[] = [];
    const doorFor = (barred: string): Door => ({
      ...freeDoor(),
      lookup: (_name, _options, done) => {
        done(null, found);
      },
      isBarred: (first) => {
        asked.push(`${first.scheme ?? ''}://${labelEndpoint(first)}`);
        if (barred === '') throw new Error('the book is busy');
        return hostText(first.host) === barred;
      },
    });
    const base = holdings();
    for (const barred of ['127.0.0.1', '127.9.9.9', ''])
      for (const name of ['localhost', 'proxy.lan', 'proxy.example']) {
        const first = { ...parseEndpoint(`${name}:${listener.port}`), scheme: parseHop('http://proxy').scheme };
        const error = await failureOf(connect(first, doorFor(barred), never));
        assert.equal(error.code, 'hop-unreachable');
        assert.match(error.failure.note ?? '', /the book lets nobody at the address of its name into a route/);
      }
    await backTo(base);
    assert.equal(listener.sockets.size, 0);
    assert.deepEqual(
      new Set(asked),
      new Set([`http://127.0.0.1:${listener.port}`, `http://127.9.9.9:${listener.port}`]),
    );
    const { socket } = await connect(parseEndpoint(`localhost:${listener.port}`), doorFor('127.3.3.3'), never);
    socket.destroy();
  });

  test('that is the own listener is refused, and is asked about by both addresses', async () => {
    await using listener = await openDoor(() => undefined);
    const asked: (Ends & { readonly port: number })[] = [];
    const door = {
      buffers: createBuffers(),
      isOwnListener: (port: number, ends: () => Ends) => asked.push({ port, ...ends() }) > 0,
    };
    const error = await failureOf(connect(parseEndpoint(`127.0.0.1:${listener.port}`), door, never));
    assert.deepEqual([error.code, error.failure.note], ['hop-unreachable', 'it is the own listener']);
    assert.deepEqual(asked, [{ port: listener.port, near: '127.0.0.1', far: '127.0.0.1' }]);
  });

  test('is spoken to without delay and may be half closed', async () => {
    await using listener = await openDoor((socket) => void socket.end());
    const { socket } = await connect(parseEndpoint(`127.0.0.1:${listener.port}`), freeDoor(), never);
    assert.equal(socket.allowHalfOpen, true);
    socket.destroy();
  });
});

describe('read buffers', () => {
  test('quiet sockets share one, but not on Windows, which fills it between two reads', () => {
    const here = createBuffers('linux');
    assert.equal(here.quiet(), here.quiet());
    const windows = createBuffers('win32');
    assert.notEqual(windows.quiet(), windows.quiet());
  });

  test('a big one belongs to one socket until it is given back', () => {
    const buffers = createBuffers();
    const [one, other] = [buffers.borrow(), buffers.borrow()];
    assert.notEqual(one, other);
    buffers.giveBack(one);
    assert.equal(buffers.borrow(), one);
  });

  test('at most 32 big ones are kept', () => {
    const buffers = createBuffers();
    const lent = Array.from({ length: 40 }, () => buffers.borrow());
    for (const buffer of lent) buffers.giveBack(buffer);
    const again = new Set(Array.from({ length: 40 }, () => buffers.borrow()));
    assert.equal(lent.filter((buffer) => again.has(buffer)).length, 32);
  });

  test('a lane changes its buffer after a read, never under one', () => {
    const buffers = createBuffers();
    const reads: Buffer[] = [];
    const lane = createLane(buffers, (bytes) => reads.push(bytes) > 0);
    assert.equal(lane.onread.buffer(), buffers.quiet());
    lane.resize('big');
    lane.onread.callback(3);
    assert.equal(reads[0]?.buffer, buffers.quiet().buffer);
    const own = lane.onread.buffer();
    assert.notEqual(own, buffers.quiet());
    lane.resize('shared');
    lane.onread.callback(3);
    assert.equal(reads[1]?.buffer, own.buffer);
    assert.equal(lane.onread.buffer(), buffers.quiet());
    assert.equal(buffers.borrow(), own);
  });
});
