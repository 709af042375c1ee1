/** Sessions over a cascade that draws from the book: judged and probed as others are, and never through what is in quarantine. */

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { hostText } from '../../src/model/address.js';
import { millis } from '../../src/model/brand.js';
import type { Stamp } from '../../src/model/book.js';
import type { Catalog } from '../../src/model/catalog.js';
import { fail } from '../../src/model/error.js';
import type { Session } from '../../src/model/session.js';
import type { Book } from '../../src/book/store.js';
import { openBeside } from '../../src/book/file.js';
import { openRouteBook } from '../../src/engine/book.js';
import { createGuards } from '../../src/route/guards.js';
import { bookIn, scratchFolder, takeText } from '../kit/book.js';
import { ask } from '../kit/clients.js';
import { type HopScript, type TestHop, openHop } from '../kit/hops.js';
import { type House, startHouse } from '../kit/house.js';
import { until } from '../kit/leak.js';
import { type Scope, createScope } from '../kit/scope.js';
import { type Target, echo, openTarget } from '../kit/target.js';

const limits = { interval: millis(200), quick: millis(20), tick: millis(10), space: millis(40), patience: millis(500) };

const chain = '{source=first}~random,{source=last}~random';

/** Names that end in .invalid are known to nobody; all other names are this machine. */
const resolve = (host: string): string | undefined => {
  if (/^[\d.]+$/.test(host)) return host;
  return host.endsWith('.invalid') ? undefined : '127.0.0.1';
};

interface Scene {
  readonly house: House;
  readonly book: Book;
  readonly target: Target;
  readonly scope: Scope;
  readonly open: (script: Partial<HopScript>) => Promise<TestHop>;
  /** Takes proxies into the book under the name of a list, and releases them. */
  readonly list: (name: string, hops: readonly TestHop[]) => Promise<readonly number[]>;
  readonly visit: (host?: string) => Promise<boolean>;
}

/** Every proxy has a network of its own. */
const addresses = Array.from({ length: 12 }, (_, index) => `127.${index + 1}.0.1`);

const withScene = async (context: Parameters<typeof scratchFolder>[0], act: (scene: Scene) => Promise<void>) => {
  await using scope = createScope();
  const target = scope.use(await openTarget(echo));
  const folder = scratchFolder(context);
  const { book } = bookIn(folder, Date.now() as never);
  scope.defer(book.close);
  const routes = openRouteBook(join(folder, 'settings.json'), () => ({ 'book.tables': [], 'audit.own': [] }));
  scope.defer(routes.close);
  const house = scope.use(await startHouse(chain, { book: routes.routes, pulse: { probes: true, limits } }));
  const free = [...addresses];
  const visit = async (host = 'site.test'): Promise<boolean> => {
    const { socket, ok } = await ask(house.port, { protocol: 'socks5', target: `${host}:${target.port}` });
    socket.destroy();
    return ok;
  };
  await act({
    ...{ house, book, target, scope, visit },
    open: async (script) =>
      scope.use(await openHop({ scheme: 'socks5h', address: free.shift() ?? '127.0.0.1', resolve, ...script })),
    list: async (name, hops) => {
      await takeText(book, `${hops.map(({ url }) => url).join('\n')}\n`, { name }, { privates: 'allow' });
      const keys = hops.flatMap(({ url }) => book.keyOf(url) ?? []);
      assert.equal(keys.length, hops.length);
      book.release(keys);
      return keys;
    },
  });
};

/** How many sessions to a host have a route. */
const planned = ({ events }: House, host: string): number =>
  new Set(
    events.flatMap((event) =>
      event.kind === 'session' && event.session.route !== undefined && isFor(event.session, host)
        ? [event.session.id]
        : [],
    ),
  ).size;

const isFor = ({ target }: Session, host: string): boolean => target !== undefined && hostText(target.host) === host;

const standing = ({ controller: { snapshot } }: House): string | undefined => snapshot.cascades[0]?.standing;

test('a cascade from the book is judged by the rows it has drawn, and probed without sessions', async (context) => {
  await withScene(context, async ({ house, open, list, visit }) => {
    const [entry, exit] = [await open({}), await open({})];
    await list('first', [entry]);
    await list('last', [exit]);
    assert.equal(standing(house), 'unknown');
    assert.ok(await visit());
    await until(() => standing(house) === 'up', 'up');
    const seen = exit.visits.length;
    await until(() => exit.visits.length >= seen + 3, 'probes go on by themselves');
    const asked = exit.visits.flatMap(({ asked: each }) => each?.host ?? []);
    assert.ok(asked.every((host) => host === 'site.test' || host.endsWith('.invalid')));
    await exit.slam();
    await until(() => standing(house) === 'down', 'down, since nothing else is left', 15_000);
    const spare = await open({});
    await list('last', [exit, spare]);
    await until(() => standing(house) === 'up', 'up over another one', 15_000);
    assert.ok(await visit());
  });
});

test('a face that asks for a probe of a cascade which nobody has used yet gets one', async (context) => {
  await withScene(context, async ({ house, open, list }) => {
    const [entry, exit] = [await open({}), await open({})];
    await list('first', [entry]);
    await list('last', [exit]);
    const { done } = await house.controller.execute({ do: 'probe', cascade: 'test' }).then(() => ({ done: true }));
    assert.ok(done);
    await until(() => standing(house) === 'up', 'up');
    assert.ok(exit.visits.length > 0);
  });
});

test('while two lists are swapped under load no session goes through a proxy in quarantine', async (context) => {
  await withScene(context, async ({ house, book, target, open, list, visit }) => {
    const halves = [0, 1].map(() => Promise.all([open({}), open({ scheme: 'http' }), open({ scheme: 'socks4a' })]));
    const [entries, exits] = [await Promise.all([open({}), open({})]), await Promise.all(halves)];
    await list('first', entries);
    const keys = await list('last', exits.flat());
    const half = (which: number): readonly number[] => (which % 2 === 0 ? keys.slice(0, 3) : keys.slice(3));
    const swaps = 30;
    const running: Promise<boolean>[] = [];
    for (let swap = 0; swap < swaps; swap += 1) {
      book.quarantine(half(swap));
      book.release(half(swap + 1));
      for (let each = 0; each < 20; each += 1) running.push(visit(`swap-${swap}.test`));
      // All have their routes, and most are still being dialled when the lists change places again.
      await until(() => planned(house, `swap-${swap}.test`) === 20, 'routes');
    }
    assert.deepEqual(new Set(await Promise.all(running)), new Set([true]));
    await until(() => target.calls.length === swaps * 20, 'all calls');
    for (const [which, hops] of exits.entries()) {
      const asked = hops.flatMap(({ visits }) => visits.flatMap(({ asked: each }) => each?.host ?? []));
      const swapsSeen = asked
        .filter((host) => host.startsWith('swap-'))
        .map((host) => Number.parseInt(host.slice(5), 10));
      assert.ok(swapsSeen.length >= swaps * 9);
      assert.deepEqual(
        swapsSeen.filter((swap) => swap % 2 === which),
        [],
      );
    }
  });
});

test('a name that was released leads nobody to an address in quarantine, and to it once that is released too', async (context) => {
  await using scope = createScope();
  const [hop, target] = [scope.use(await openHop({ scheme: 'http' })), scope.use(await openTarget(echo))];
  const folder = scratchFolder(context);
  const { book } = bookIn(folder, Date.now() as never);
  scope.defer(book.close);
  await takeText(book, `http://127.0.0.1:${hop.port}\nhttp://a.localhost:${hop.port}\n`, {}, { privates: 'allow' });
  // Lists have no names without a dot, and not every system knows those under this one.
  const beside = openBeside(folder);
  beside.exec("UPDATE proxies SET host = 'localhost', shelf = 1 WHERE host = 'a.localhost'");
  beside.close();
  const routes = openRouteBook(join(folder, 'settings.json'), () => ({ 'book.tables': [], 'audit.own': [] }));
  scope.defer(routes.close);
  const house = scope.use(await startHouse(`http://localhost:${hop.port}`, { book: routes.routes }));
  const visit = async (): Promise<boolean> => {
    const { socket, ok } = await ask(house.port, { protocol: 'socks5', target: target.name });
    socket.destroy();
    return ok;
  };
  assert.equal(await visit(), false);
  const [{ state } = {}] = house.controller.snapshot.recent;
  assert.equal(state?.phase === 'failed' && state.failure.code, 'hop-unreachable');
  assert.match(state?.phase === 'failed' ? (state.failure.note ?? '') : '', /nobody at the address of its name/);
  assert.deepEqual([hop.visits.length, target.calls.length], [0, 0]);
  book.release(book.keys({ kind: 'all' }));
  assert.equal(await visit(), true);
});

test('while the book cannot be read no session and no probe goes out, and nothing falls over', async () => {
  await using scope = createScope();
  const hop = scope.use(await openHop({ scheme: 'socks5h' }));
  const target = scope.use(await openTarget(echo));
  const unreadable = (): never => {
    throw fail('book-busy');
  };
  const catalog: Catalog = {
    version: unreadable,
    candidates: unreadable,
    means: unreadable,
    sample: unreadable,
    entry: unreadable,
    isBarred: unreadable,
  };
  const guards = createGuards({ random: Math.random, wallClock: () => Date.now() as Stamp });
  const house = scope.use(
    await startHouse(hop.url, { book: { catalog, guards, own: () => [] }, pulse: { probes: true, limits } }),
  );
  for (let count = 0; count < 5; count += 1) {
    const { socket, ok } = await ask(house.port, { protocol: 'socks5', target: target.name });
    socket.destroy();
    assert.equal(ok, false);
  }
  await house.controller.execute({ do: 'probe', cascade: 'test' });
  const { recent } = house.controller.snapshot;
  assert.deepEqual(
    recent.map(({ state }) => (state.phase === 'failed' ? state.failure.code : state.phase)),
    Array.from({ length: 5 }, () => 'book-busy'),
  );
  assert.deepEqual([hop.visits.length, target.calls.length, standing(house)], [0, 0, 'unknown']);
});
