/** The book's answers in SQL are those that the filter language gives proxy by proxy, and its orders those of a sort in memory. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Millis } from '../../src/model/brand.js';
import { type BookEntry, type SortKey, grades } from '../../src/model/book.js';
import { boundSpan } from '../../src/model/bound.js';
import { fieldRows } from '../../src/model/filter-fields.js';
import { match } from '../../src/model/filter-match.js';
import { type Filter, type FilterTest, filterFields } from '../../src/model/filter.js';
import type { Book } from '../../src/book/store.js';
import { freshBook, pageOf, start, takeText } from '../kit/book.js';
import { seeded } from '../health/stage.js';

const size = 300;

/** A book in which everything that may be known is known of some. */
const fill = async (book: Book, pass: (span: number) => void): Promise<void> => {
  const chance = seeded(7);
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(chance() * items.length)] as Item;
  const line = (): string =>
    `${pick(['http', 'https', 'socks4a', 'socks5h'])}://${pick(['', '', 'u:p@'])}${pick([11, 12, 13, 99])}.${Math.floor(chance() * 4)}.0.${1 + Math.floor(chance() * 250)}:${pick([80, 1080, 8080])}`.replace(
      'socks4a://u:p@',
      'socks4a://u@',
    );
  for (const name of ['Alpha', 'beta', 'gamma']) {
    await takeText(
      book,
      `${Array.from({ length: size / 3 }, line).join('\n')}\nhttp://[2a0a::1]:80\nhttp://name.example.com:80\n`,
      { name },
    );
    pass(3_600_000);
  }
  for (const key of book.keys({ kind: 'all' })) {
    if (chance() < 0.3) continue;
    const at = (start + Math.floor(chance() * 1e9)) as typeof start;
    book.tried(
      Array.from({ length: 1 + Math.floor(chance() * 6) }, (_, index) => ({
        ...{ key, at: (at + index * 600_000) as typeof start, good: chance() < 0.6 },
        latency: Math.floor(chance() * 5_000) as Millis,
      })),
    );
    if (chance() < 0.5) book.release([key]);
    if (chance() < 0.3) book.tag([key], pick(['mine', 'Fast', 'x.y']), 'add');
    if (chance() < 0.5) {
      const exits =
        chance() < 0.6
          ? [{ address: pick(['11.0.0.1', '12.1.0.9']), country: pick(['AA', 'FR']), network: pick([1, 64_500]) }]
          : [];
      book.audited([{ key, mode: pick(['tunnel', 'forward']), grade: pick(grades), at, judges: 1, exits }]);
    }
  }
};

const valueFor = (field: FilterTest['field'], all: readonly BookEntry[]): fc.Arbitrary<string | number> => {
  const row = fieldRows[field];
  const facts = all.flatMap((entry) => row.of(entry, start) ?? []);
  const some = facts.length === 0 ? [] : [fc.constantFrom(...facts)];
  const words = row.words.flatMap((word) => row.read(word) ?? []);
  const unknown = row.unknown === undefined ? [] : [row.unknown];
  const fixed: readonly (string | number)[] = [
    ...words,
    ...unknown,
    ...(facts.length + words.length === 0 ? ['none'] : []),
  ];
  return fc.oneof(...some, ...(fixed.length === 0 ? [] : [fc.constantFrom(...fixed)]));
};

const filters = (all: readonly BookEntry[]): fc.Arbitrary<Filter> => {
  const tests = fc.constantFrom(...filterFields).chain((field) => {
    const { ops, unknown } = fieldRows[field];
    return fc.record({ op: fc.constantFrom(...ops), value: valueFor(field, all) }).map(
      ({ op, value }): Filter => ({
        ...{ kind: 'test', field, value },
        op: value === unknown && op !== '=' && op !== '!=' ? '=' : op,
      }),
    );
  });
  return fc.letrec<{ filter: Filter }>((tie) => ({
    filter: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      tests,
      fc.record({
        kind: fc.constantFrom('and' as const, 'or' as const),
        parts: fc.array(tie('filter'), { minLength: 2, maxLength: 3 }),
      }),
      fc.record({ kind: fc.constant('not' as const), part: tie('filter') }),
    ),
  })).filter;
};

test('any filter finds in the book what it finds proxy by proxy', async (context) => {
  const { book, pass, now } = freshBook(context);
  await fill(book, pass);
  const all = pageOf(book);
  assert.ok(all.length > 200);
  fc.assert(
    fc.property(filters(all), (filter) => {
      const found = book.page({ filter, sort: 'address', reversed: 'usual', limit: 1_000, offset: 0 });
      const wanted = all.filter((entry) => match(filter, entry, now()));
      assert.deepEqual(
        found.map(({ id }) => id),
        wanted.map(({ id }) => id),
      );
      assert.equal(book.count(filter), wanted.length);
    }),
    { numRuns: 2_000 },
  );
});

const facts: Readonly<Record<SortKey, (entry: BookEntry) => number | string | undefined>> = {
  rank: () => undefined,
  address: () => undefined,
  scheme: ({ hop }) => hop.scheme,
  country: ({ entry, exits }) => (exits.length > 0 ? exits[0]?.country : entry?.country),
  grade: ({ tunnel }) => tunnel && grades.indexOf(tunnel.grade),
  availability: ({ trials }) => (trials.all < 3 ? undefined : trials.floor),
  latency: ({ latency }) => latency && boundSpan(latency),
  exit: ({ exits }) => exits[0]?.address,
  sources: ({ sources }) => sources.length,
  age: ({ added }) => added,
};
const best: Partial<Record<SortKey, 'most'>> = { grade: 'most', availability: 'most', sources: 'most', age: 'most' };

test('every order has what is known first, the best of it foremost, and pages of any size join without a gap', async (context) => {
  const { book, pass } = freshBook(context);
  await fill(book, pass);
  const all = book.count({ kind: 'all' });
  for (const sort of Object.keys(facts) as SortKey[]) {
    for (const reversed of ['usual', 'reversed'] as const) {
      const whole = book.page({ filter: { kind: 'all' }, sort, reversed, limit: 10_000, offset: 0 });
      assert.equal(new Set(whole.map(({ id }) => id)).size, all);
      const values = whole.map(facts[sort]);
      const known = values.filter((value) => value !== undefined);
      if (known.length > 0)
        assert.ok(
          values.slice(0, known.length).every((value) => value !== undefined),
          sort,
        );
      const down = (best[sort] === 'most') === (reversed === 'usual');
      const sorted = [...known].sort((one, other) => (one < other ? -1 : Number(one > other)) * (down ? -1 : 1));
      assert.deepEqual(known, sorted, `${sort}, ${reversed}`);
      const joined: string[] = [];
      for (let offset = 0; offset < all; offset += 37)
        joined.push(...book.page({ filter: { kind: 'all' }, sort, reversed, limit: 37, offset }).map(({ id }) => id));
      assert.deepEqual(
        joined,
        whole.map(({ id }) => id),
      );
    }
  }
});

test('rank puts the grade first, then how surely it answers, and the time last', async (context) => {
  const { book } = freshBook(context);
  await takeText(
    book,
    'http://11.0.0.1:80\nhttp://11.0.0.2:80\nhttp://11.0.0.3:80\nhttp://11.0.0.4:80\nhttp://11.0.0.5:80\n',
  );
  const key = (last: number): number => book.keyOf(`11.0.0.${last}:80`) ?? 0;
  const tries = (last: number, good: number, latency: number): void => {
    book.tried(
      Array.from({ length: 10 }, (_, index) => ({
        key: key(last),
        at: (start + index * 1e6) as typeof start,
        good: index < good,
        latency: latency as Millis,
      })),
    );
  };
  tries(1, 10, 20);
  tries(2, 10, 4_000);
  tries(3, 6, 20);
  tries(4, 6, 9_000);
  const audit = { mode: 'tunnel', at: start, judges: 2, exits: [] } as const;
  book.audited([
    { ...audit, key: key(1), grade: 'hostile' },
    { ...audit, key: key(4), grade: 'exact' },
  ]);
  const order = pageOf(book, '', 'rank').map(({ id }) => id.slice(-4, -3));
  assert.deepEqual(order, ['4', '2', '3', '1', '5']);
});
