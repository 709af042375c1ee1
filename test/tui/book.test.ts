/** Page 4: a hundred thousand proxies in a window, keys that act on what is marked, and lists that are looked at before they are taken. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fail } from '../../src/model/error.js';
import type { BookDesk, ListInput, Preview } from '../../src/engine/controller.js';
import { createBookOrders } from '../../src/tui/book-orders.js';
import { frame } from '../../src/tui/frame.js';
import type { Look, Model, Order } from '../../src/tui/page.js';
import { createShelf } from '../../src/tui/shelf.js';
import { startModel, update } from '../../src/tui/update.js';
import { entryOf } from '../kit/entries.js';
import { hostileTexts } from '../kit/hostile.js';
import { until } from '../kit/leak.js';
import { deskOf, lookAt, picture, pressed, textOf } from '../kit/tui.js';

const [first, second] = ['socks5h://93.0.0.1:1080', 'http://81.0.0.1:3128'];
const size = { columns: 80, rows: 24 };

/** A desk that counts what is asked of it. */
const counting = (entries: Parameters<typeof deskOf>[0]) => {
  const asked: string[] = [];
  const desk = deskOf(entries);
  let version = 1;
  const book = {
    ...desk,
    list: (query: Parameters<typeof desk.list>[0]) => {
      asked.push(`list ${query.filter} ${query.offset}`);
      return desk.list(query);
    },
    count: (filter: string) => {
      asked.push(`count ${filter}`);
      return desk.count(filter);
    },
    version: () => version,
  } as unknown as BookDesk;
  return {
    ...{ asked, look: lookAt(undefined, { shelf: createShelf(() => book) }) },
    change: () => {
      version += 1;
    },
  };
};

const many = Array.from({ length: 1_000 }, (_, index) => entryOf(`http://81.0.${index >> 8}.${index & 255}:80`));

test('only what comes into sight is read, once, and again when the book has changed', () => {
  const { asked, look, change } = counting(many);
  const { model } = pressed(['4'], size, look);
  const draw = (of: Model): string => textOf(frame(of, look)).join('\n');
  assert.match(draw(model), /1 of 1000/);
  draw(model);
  assert.deepEqual(asked, ['count ', 'list  0']);
  const { model: end } = pressed(['4', 'end'], size, look);
  assert.match(draw(end), /1000 of 1000[^]*81\.0\.3\.231:80/);
  assert.deepEqual(asked.slice(2), ['list  896']);
  change();
  draw(end);
  assert.deepEqual(asked.slice(3), ['count ', 'list  896']);
});

test('what is chosen stays chosen by its name while rows come and go', () => {
  const before = counting(many);
  const { model } = pressed(['4', 'pagedown', 'down'], size, before.look);
  const chosen = (of: Look): string => /\d+ of \d+/.exec(textOf(frame(model, of)).join('\n'))?.[0] ?? '';
  assert.equal(chosen(before.look), '17 of 1000');
  const fewer = counting(many.slice(5));
  assert.equal(chosen(fewer.look), '12 of 995');
  assert.equal(chosen(counting(many.slice(500)).look), '17 of 500');
});

test('a key means the chosen proxy, or what is marked, or everything that the filter finds', () => {
  const last = (keys: readonly string[]): Order | undefined => pressed(keys).orders.at(-1);
  const shelve = (act: string, which: unknown) => ({ do: 'shelve', act, which });
  assert.deepEqual(last(['4', 'r']), shelve('release', { ids: [first] }));
  assert.deepEqual(last(['4', 'down', 'z']), shelve('quarantine', { ids: [second] }));
  assert.deepEqual(last(['4', 'space', 'space', 'r']), shelve('release', { ids: [first, second] }));
  assert.deepEqual(last(['4', 'space', 'up', 'space', 'r']), shelve('release', { ids: [second] }));
  assert.deepEqual(last(['4', '/', ...Array.from('new'), 'enter', '*', 'v']), shelve('seen', { filter: 'new' }));
  assert.deepEqual(pressed(['4', 'd']).orders, []);
  assert.deepEqual(last(['4', 'd', 'd']), shelve('remove', { ids: [first] }));
  assert.equal(pressed(['4', '*', 'd']).model.word?.text, 'Press d again to remove 6 proxies from the book.');
  assert.deepEqual(last(['4', 't', ...Array.from('fast'), 'enter']), {
    ...{ do: 'tag', which: { ids: [first] }, tag: 'fast', on: 'add' },
  });
  assert.deepEqual(last(['4', 't', ...Array.from('-fast'), 'enter']), {
    ...{ do: 'tag', which: { ids: [first] }, tag: 'fast', on: 'remove' },
  });
  // Marks of everything end with the filter that they were made with.
  assert.deepEqual(last(['4', '*', '/', 'u', 'p', 'enter', 'r']), shelve('release', { ids: [first] }));
});

test('a proxy is new until it is opened', () => {
  assert.deepEqual(pressed(['4', 'enter']).orders, []);
  assert.deepEqual(pressed(['4', 'down', 'down', 'enter']).orders, [
    { do: 'shelve', act: 'seen', which: { ids: ['http://81.0.0.2:3128'] } },
  ]);
});

test('a filter is counted while it is typed, Tab completes it, and what is wrong with it is said', () => {
  assert.match(picture(['4', '/', ...Array.from('country=FR')]), /1 of 1 {2}by rank {2}\/country=FR_/);
  const { typing } = pressed(['4', '/', ...Array.from('coun'), 'tab']).model;
  assert.equal(typing?.text, 'country');
  assert.equal(pressed(['4', '/', ...Array.from('grade>=an'), 'tab']).model.typing?.text, 'grade>=anonymous');
  assert.match(picture(['4', '/', ...Array.from('grade>=x')]), /not understood \(at character 8/);
  assert.match(
    picture(['4', '/', ...Array.from('tag=none'), 'enter']),
    /Nothing in the book fits\. Esc shows everything/,
  );
  assert.match(picture(['4', '/', ...Array.from('up'), 'enter', 'escape']), /1 of 6/);
});

test('an empty book says how a list gets in', () => {
  const look = lookAt(undefined, { shelf: createShelf(() => deskOf([], []) as BookDesk) });
  assert.match(picture(['4'], undefined, look), /The book is empty\. Press i to take a list into it/);
  assert.equal(
    pressed(['4', 'r'], undefined, look).model.word?.text,
    'There is no proxy to choose; i takes a list into the book.',
  );
  assert.match(picture(['4', 'o'], undefined, look), /No list was taken yet/);
});

test('a book that cannot be read is told of on its page, and nothing else falls over', () => {
  const broken = (): never => {
    throw fail('book-broken');
  };
  const look = lookAt(undefined, { shelf: createShelf(broken) });
  for (const keys of [['4'], ['4', 'end'], ['n'], ['4', 'o']])
    assert.equal(picture(keys, undefined, look).split('\n').length, 24);
  assert.match(picture(['4'], undefined, look), /The book of proxies is damaged/);
});

test('a path is looked at, a URL is asked for its way, and what is pasted is a list', () => {
  const typedIn = (text: string): readonly string[] => ['4', 'i', ...Array.from(text), 'enter'];
  assert.deepEqual(pressed(typedIn('~/list.txt')).orders, [
    { do: 'preview', input: { kind: 'file', path: '~/list.txt' } },
  ]);
  const url = 'https://lists.example/all.txt';
  assert.deepEqual(pressed(typedIn(url)).orders, []);
  assert.deepEqual(pressed([...typedIn(url), 'enter']).orders, [
    { do: 'preview', input: { kind: 'url', url, way: 'cascade' } },
  ]);
  assert.deepEqual(pressed([...typedIn(url), 'end', 'enter']).orders, [
    { do: 'preview', input: { kind: 'url', url, way: 'direct' } },
  ]);
  assert.deepEqual(pressed([...typedIn(url), 'down', 'down', 'enter']).orders, [
    { do: 'preview', input: { kind: 'url', url, way: 'cascade solo' } },
  ]);
  const paste = (keys: readonly string[], text: string) =>
    update(pressed(keys).model, { kind: 'paste', text }, lookAt());
  const list = { do: 'preview', input: { kind: 'text', text: '8.8.8.8:80\n8.8.4.4:80\n' } };
  assert.deepEqual(paste(['4'], '8.8.8.8:80\n8.8.4.4:80\n').orders, [list]);
  assert.deepEqual(paste(['4', 'i'], '8.8.8.8:80\n8.8.4.4:80\n').orders, [list]);
  assert.equal(paste(['4', '/'], ' up ').model.typing?.text, 'up');
  assert.equal(paste(['4', '/'], 'up\nnew').orders, undefined);
  assert.match(paste(['3'], 'a\nb').model.word?.text ?? '', /taken on page 4/);
  assert.deepEqual(pressed(['4', 'i', 'escape']).model.overlay, undefined);
});

const preview: Preview = {
  ...{ format: 'lines', proxies: 2, ranges: 0, rejected: { range: 3, 'bad-port': 1 } },
  first: hostileTexts.slice(0, 8).map((text, line) => ({ kind: 'rejected', line, why: 'range', text })),
  sample: ['http://8.8.8.8:80', ...hostileTexts.slice(0, 3)],
};

/** The dialog with orders carried out over a desk. */
const openDialog = (desk: Partial<BookDesk>) => {
  let model: Model = startModel(size);
  const orders = createBookOrders(
    () => desk as BookDesk,
    (next) => {
      model = next(model);
    },
  );
  const press = (...keys: readonly string[]): void => {
    for (const key of keys) {
      const step = update(model, { kind: 'key', key }, lookAt());
      model = step.model;
      for (const order of step.orders ?? [])
        (orders.handlers as unknown as Record<string, (order: Order) => void>)[order.do]?.(order);
    }
  };
  return { press, shown: () => textOf(frame(model, lookAt())).join('\n') };
};

test('a list is shown with its counts before it is taken, taken with Enter, and left with Escape', async () => {
  const taken: ListInput[] = [];
  const { press, shown } = openDialog({
    preview: () => Promise.resolve(preview),
    import: (input, options) => {
      taken.push(input);
      options?.onProgress?.({ bytes: 2_000_000, read: 12_345 });
      return new Promise((resolve) => {
        setImmediate(() => {
          resolve({
            source: 'list',
            format: 'lines',
            read: 6,
            added: 2,
            merged: 0,
            dropped: 0,
            rejected: { range: 4 },
            ranges: 0,
            assumed: 0,
          });
        });
      });
    },
  });
  press('4', 'i', ...Array.from('/srv/list'), 'enter');
  assert.match(shown(), /Looking at \/srv\/list: 0 lines, 0 B …/);
  await until(() => shown().includes('2 proxies, read as lines'), 'a preview');
  assert.match(shown(), /not taken: 3 range, 1 bad-port/);
  assert.match(shown(), /line 0: range:/);
  assert.doesNotMatch(shown(), /[\x00-\x09\x0b-\x1f\u202a-\u202e]/);
  press('escape');
  assert.deepEqual(taken, []);
  press('i', ...Array.from('/srv/list'), 'enter');
  await until(() => shown().includes('2 proxies, read as lines'), 'a preview');
  press('enter');
  assert.match(shown(), /Taking \/srv\/list: 12345 lines, 2\.0 MB …/);
  await until(() => shown().includes('list: 2 added, in quarantine; 0 known already; 4 not taken.'), 'the end');
  assert.deepEqual(taken, [{ kind: 'file', path: '/srv/list' }]);
});

test('leaving calls off what is under way, and what it brings later is not shown', async () => {
  let signal: AbortSignal | undefined;
  let end: (() => void) | undefined;
  const { press, shown } = openDialog({
    preview: (_input, options) => {
      signal = options?.signal;
      return new Promise((resolve) => {
        end = () => {
          resolve(preview);
        };
      });
    },
  });
  press('4', 'i', ...Array.from('/srv/list'), 'enter', 'escape');
  assert.equal(signal?.aborted, true);
  end?.();
  await new Promise((resolve) => setImmediate(resolve));
  assert.match(shown(), /1 of 6/);
});

test('directly only after a yes, and a refusal says what to do', async () => {
  const asked: ListInput[] = [];
  const { press, shown } = openDialog({
    preview: (input) => {
      asked.push(input);
      const isFree = input.kind === 'url' && input.consent === true;
      return Promise.reject(fail(isFree ? 'list-unreachable' : 'consent-needed'));
    },
  });
  press('4', 'i', ...Array.from('http://lists.example/'), 'enter', 'end', 'enter');
  await until(() => shown().includes('y allows that'), 'a question');
  press('escape');
  assert.equal(asked.length, 1);
  press('i', ...Array.from('http://lists.example/'), 'enter', 'end', 'enter');
  await until(() => shown().includes('y allows that'), 'a question');
  press('y');
  await until(() => shown().includes('could not be fetched'), 'a refusal');
  assert.deepEqual(asked.at(-1), { kind: 'url', url: 'http://lists.example/', way: 'direct', consent: true });
  assert.match(shown(), /Try another\s+way/);
});

test('sources are read again and forgotten by their names, and one that was pasted says that it cannot be', () => {
  assert.deepEqual(pressed(['4', 'o', 'r']).orders, [{ do: 'refresh-source', name: 'all.txt' }]);
  assert.equal(pressed(['4', 'o', 'down', 'r']).model.word?.text, 'mine was pasted: there is nothing to read again.');
  assert.deepEqual(pressed(['4', 'o', 'end', 'f']).orders, []);
  assert.deepEqual(pressed(['4', 'o', 'end', 'f', 'f']).orders, [{ do: 'forget-source', name: 'shrunk' }]);
});

test('what was released is offered to a cascade that is being built, and a filter with what it finds now', () => {
  const { orders } = pressed(['n', '/', ...Array.from('country=FR'), 'enter', 'enter', 's']);
  assert.deepEqual(orders, [{ do: 'put-cascade', name: 'cascade-1', draft: [{ pick: 'first-up', among: [first] }] }]);
  assert.match(picture(['n', 'f', ...Array.from('country=FR')]), /\{country=FR_\} {2}1 released/);
  assert.match(picture(['n', 'f', ...Array.from('new')]), /\{new_\} {2}0 released/);
  assert.deepEqual(pressed(['n', 'f', ...Array.from('up'), 'enter', 'p', 's']).orders, [
    { do: 'put-cascade', name: 'cascade-1', draft: [{ pick: 'random', among: [], filter: 'up' }] },
  ]);
});
