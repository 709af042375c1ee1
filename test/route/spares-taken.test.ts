/** A session over a spare tunnel: what it is told, and what becomes of it where the spare is no good. */

import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { describe, test } from 'node:test';
import { parseEndpoint } from '../../src/model/address.js';
import { millis } from '../../src/model/brand.js';
import { fail } from '../../src/model/error.js';
import { deadline } from '../../src/net/cancel.js';
import { createAborter } from '../../src/net/signal.js';
import { discard } from '../../src/route/pool.js';
import { edgeOf, failureOf, freeDoor } from '../kit/dials.js';
import { until } from '../kit/leak.js';
import { dialAs, seen, withSpares } from '../kit/spares.js';
import { httpAnswer } from '../kit/speech.js';
import { echo, openTarget } from '../kit/target.js';

describe('a spare that is taken', () => {
  const ills: readonly (readonly [string, (socket: Socket) => void])[] = [
    ['ends', (socket) => socket.end()],
    ['is reset', (socket) => socket.resetAndDestroy()],
    ['answers with nonsense', (socket) => socket.write('SSH-2.0-dropbear\r\n')],
    ['stays silent', () => undefined],
  ];
  for (const [what, act] of ills) {
    test(`and ${what} costs a dial of all hops, and no session`, async () => {
      await withSpares({ within: millis(900) }, async ({ lives, session, gate, warm, target }) => {
        gate.meet();
        gate.meet();
        gate.meet((socket) => socket.once('data', () => act(socket)));
        await warm();
        assert.deepEqual(seen(await session()), { hops: [1, 2, 3], ahead: [2, 0] });
        assert.deepEqual([lives.ends.length, target.calls.length], [1, 3]);
      });
    });
  }

  test('is asked in one flight where the last hop keeps what comes early, and nothing else is sent ahead', async () => {
    await withSpares({}, async ({ spares, route, gate, warm, target }) => {
      let heard: (bytes: Buffer) => void = () => undefined;
      const words = new Promise<Buffer>((resolve) => (heard = resolve));
      gate.meet();
      gate.meet();
      gate.meet((socket) =>
        socket.once('data', (bytes: Buffer) => {
          heard(bytes);
          socket.destroy();
        }),
      );
      await warm();
      const early = { keeps: () => true, lost: () => assert.fail() };
      const dialer = { door: freeDoor(), onHop: () => undefined, onAhead: () => undefined, early };
      const tunnel = await spares.dial(route, parseEndpoint(target.name), dialer, createAborter());
      const name = Buffer.from('target.test').toString('hex');
      const port = target.port.toString(16).padStart(4, '0');
      assert.equal((await words).toString('hex'), `050100050100030b${name}${port}`);
      discard(tunnel);
    });
  });

  test('and says that its time is over is not taken to speak of the target', async () => {
    await withSpares({ schemes: ['socks5h', 'http'] }, async ({ session, gate, warm }) => {
      gate.meet();
      gate.meet();
      gate.meet((socket) => socket.once('data', () => socket.end(httpAnswer(408))));
      await warm();
      assert.deepEqual(seen(await session()), { hops: [1, 2], ahead: [1, 0] });
    });
  });

  test('is the last hop to refuse a target: that is told as ever, and not asked twice', async () => {
    await withSpares({}, async ({ spares, lives, route, gate, warm }) => {
      await warm();
      // Nobody listens there.
      const gone = await openTarget(echo);
      await gone.slam();
      const error = await failureOf(dialAs(spares, route, gone.name));
      assert.match(edgeOf(error), /^onward-\w+ 3>target request$/);
      assert.deepEqual([gate.came.length, lives.ends.length, spares.waiting()], [3, 0, 0]);
      await until(() => gate.came[2]?.closed === true, 'its connection is closed');
    });
  });

  test('and over is followed by what the dial of all hops says, which alone is blamed', async () => {
    await withSpares({}, async ({ spares, lives, route, gate, warm, target, hops }) => {
      gate.meet();
      gate.meet();
      gate.meet((socket) => socket.once('data', () => socket.end()));
      await warm();
      await hops[1]?.slam();
      const error = await failureOf(dialAs(spares, route, target.name));
      assert.equal(edgeOf(error), 'onward-refused 1>2 request');
      assert.equal(lives.ends.length, 0);
    });
  });

  test('and silent leaves the session time for a dial of all hops', async () => {
    await withSpares({ within: millis(900) }, async ({ spares, route, gate, warm, target }) => {
      gate.meet();
      gate.meet();
      gate.meet((socket) => socket.resume());
      await warm();
      const limit = deadline(millis(900), () => fail('hop-timeout'));
      const ahead: number[] = [];
      const dialer = { door: freeDoor(), onHop: () => undefined, onAhead: (hops: number) => void ahead.push(hops) };
      discard(await spares.dial(route, parseEndpoint(target.name), dialer, limit));
      limit.done();
      assert.deepEqual(ahead, [2, 0]);
    });
  });

  test('is given up with its session', async () => {
    await withSpares({}, async ({ spares, route, gate, warm, target }) => {
      gate.meet();
      gate.meet();
      gate.meet((socket) => socket.resume());
      await warm();
      const { signal, abort } = createAborter();
      const dialer = { door: freeDoor(), onHop: () => undefined, onAhead: () => undefined };
      const dialling = failureOf(spares.dial(route, parseEndpoint(target.name), dialer, { signal }));
      await until(() => (gate.came[2]?.bytesRead ?? 0) > 0, 'it is asked');
      abort(fail('client-gone'));
      assert.equal(edgeOf(await dialling), 'client-gone');
      await until(() => gate.came[2]?.readableEnded === true, 'its connection is closed');
      assert.equal(gate.came.length, 3);
    });
  });
});
