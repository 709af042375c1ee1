/** A dial that fails is tried over another route of the same cascade: how often, over what, and what is never sent twice. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask } from '../kit/clients.js';
import { hear } from '../kit/ear.js';
import { type HopScript, type TestHop, apart, openHop } from '../kit/hops.js';
import { connectRaw } from '../kit/http-client.js';
import { answering, plainAnswer, startTarget } from '../kit/http-target.js';
import { type House, startHouse } from '../kit/house.js';
import { backTo, holdings } from '../kit/leak.js';
import { sessionsOf } from '../kit/scenes.js';
import { type Scope, createScope } from '../kit/scope.js';
import { type TestScheme, speeches } from '../kit/speech.js';
import { echo, openTarget } from '../kit/target.js';

/** Opens the alternatives of one position. */
const openAmong = async (scope: Scope, ...scripts: readonly HopScript[]): Promise<readonly TestHop[]> => {
  const hops = await Promise.all(scripts.map(openHop));
  for (const hop of hops) scope.use(hop);
  return hops;
};

const chainOf = (...positions: readonly (readonly TestHop[])[]): string =>
  positions.map((among) => among.map(({ url }) => url).join('|')).join(',');

const refusing = (scheme: TestScheme): HopScript => ({
  scheme,
  fault: { play: 'answer', at: 'request', bytes: speeches[scheme].no, then: 'fin' },
});

const scene = async (act: (scope: Scope) => Promise<void>): Promise<void> => {
  const base = holdings();
  {
    await using scope = createScope();
    await act(scope);
  }
  await backTo(base);
};

const lastTries = (house: House): number => sessionsOf(house).at(-1)?.tries ?? 0;

test('a session whose first route fails gets its answer over the next one, and the target sees one connection', async () => {
  for (const ill of ['gone', 'refuses', 'hangs up'] as const) {
    await scene(async (scope) => {
      const target = scope.use(await openTarget(echo));
      const first = await openAmong(scope, { scheme: 'http' });
      const scripts = {
        gone: apart({ scheme: 'socks5h' }),
        refuses: refusing('socks5h'),
        'hangs up': { scheme: 'socks5h', fault: { play: 'cut', after: 0, how: 'fin' } },
      } as const satisfies Record<string, HopScript>;
      const among = await openAmong(scope, scripts[ill], { scheme: 'http' });
      if (ill === 'gone') await among[0]?.slam();
      const last = await openAmong(scope, { scheme: 'socks4a' });
      const house = scope.use(await startHouse(chainOf(first, among, last)));
      const { socket, ok } = await ask(house.port, {
        protocol: 'socks5',
        target: target.name,
        early: Buffer.from('hi'),
      });
      assert.equal(ok, true, ill);
      assert.equal((await hear(socket, 2)).toString(), 'hi');
      socket.destroy();
      assert.equal(target.calls.length, 1);
      // It came from the last hop, by the connection that this one made.
      assert.equal(target.calls[0]?.link, last[0]?.visits.at(-1)?.onward);
      assert.equal(among[0]?.visits.length, ill === 'gone' ? 0 : 1);
      assert.equal(lastTries(house), 2);
    });
  }
});

test('a session dials three times at most, never over the same way again, and is refused with who was to blame last', async () => {
  await scene(async (scope) => {
    const target = scope.use(await openTarget(echo));
    const first = await openAmong(scope, { scheme: 'http' });
    const among = await openAmong(scope, ...Array.from({ length: 5 }, () => refusing('socks5h')));
    const last = await openAmong(scope, { scheme: 'http' });
    const house = scope.use(await startHouse(chainOf(first, among, last)));
    const { socket, text, code } = await ask(house.port, { protocol: 'connect', target: target.name });
    socket.destroy();
    assert.equal(code, 502);
    assert.match(text, /\r\nX-Kaskade-Failure: onward-refused; hop=2\r\n/);
    assert.equal(first[0]?.visits.length, 3);
    assert.deepEqual(among.map(({ visits }) => visits.length).sort(), [0, 0, 1, 1, 1]);
    assert.equal(last[0]?.visits.length, 0);
    assert.equal(target.calls.length, 0);
    assert.equal(lastTries(house), 3);
  });
});

test('what the target itself refuses is not tried again', async () => {
  await scene(async (scope) => {
    const target = await openTarget(echo);
    await target.slam();
    const first = await openAmong(scope, { scheme: 'http' });
    const last = await openAmong(scope, { scheme: 'socks5h' }, { scheme: 'socks5h' });
    const house = scope.use(await startHouse(chainOf(first, last)));
    const { socket, text } = await ask(house.port, { protocol: 'connect', target: target.name });
    socket.destroy();
    assert.match(text, /\r\nX-Kaskade-Failure: onward-refused; hop=target\r\n/);
    assert.deepEqual(
      last.map(({ visits }) => visits.length),
      [1, 0],
    );
  });
});

const post = 'POST http://target.test:PORT/ HTTP/1.1\r\nHost: target.test:PORT\r\nContent-Length: 4\r\n\r\ndata';

test('a POST is dialled again before it is sent, and never sent again once it was', async () => {
  await scene(async (scope) => {
    let answers = true;
    const target = scope.use(
      await startTarget((wire) => {
        if (answers) answering(() => plainAnswer('ok'))(wire);
        else void wire.until((seen) => seen.includes('data') || undefined).then(() => wire.socket.resetAndDestroy());
      }),
    );
    const request = post.replaceAll('PORT', String(target.port));
    const first = await openAmong(scope, refusing('socks5h'), { scheme: 'http' });
    const last = await openAmong(scope, { scheme: 'http' });
    const house = scope.use(await startHouse(chainOf(first, last)));
    {
      using client = await connectRaw(house.port);
      assert.equal((await client.ask(request)).status, 200);
      assert.deepEqual([target.connections.length, lastTries(house)], [1, 2]);
    }
    answers = false;
    using client = await connectRaw(house.port);
    assert.equal((await client.ask(request)).status, 502);
    // Two connections at most have come: the one that was kept, and no other that carries the request once more.
    const posts = target.seen().toString('latin1').split('POST ').length - 1;
    assert.equal(posts, 2);
  });
});
