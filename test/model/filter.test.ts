import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { BookEntry } from '../../src/model/book.js';
import { KaskadeError } from '../../src/model/error.js';
import { complete } from '../../src/model/filter-complete.js';
import { entryAddressOf, fieldRows, placesOf } from '../../src/model/filter-fields.js';
import { match } from '../../src/model/filter-match.js';
import { parseFilter, printFilter } from '../../src/model/filter-text.js';
import { type Filter, type FilterTest, filterFields } from '../../src/model/filter.js';
import { entries, entryOf, today } from '../kit/entries.js';

const noteOf = (text: string): string => {
  try {
    parseFilter(text);
  } catch (thrown) {
    assert.ok(thrown instanceof KaskadeError && thrown.code === 'bad-filter', String(thrown));
    return thrown.failure.note ?? '';
  }
  return 'understood';
};

const proxy = (more: Partial<BookEntry> = {}): BookEntry => entryOf('http://81.2.0.1:3128', more);

const takes = (text: string, more: Partial<BookEntry> = {}): boolean => match(parseFilter(text), proxy(more), today);

test('a filter has one canonical form', () => {
  const forms: readonly (readonly [string, string])[] = [
    ['', ''],
    [' grade >= Anonymous ,country!=fr,UP, scheme=socks5 ', 'grade>=anonymous, country!=FR, up, scheme=socks5h'],
    ['(up | dead), !(new, released)', '(up | dead), !(new, released)'],
    ['(up, (dead, new))', 'up, dead, new'],
    ['!!up', 'up'],
    ['pulse=up, shelf=quarantine, new=yes, new=no', 'up, quarantine, new, new=no'],
    ['"up"', '"up"'],
    ['"swiss bank", 81.2.', '"swiss bank", 81.2.'],
    ['any~mine', 'mine'],
    ['age<48h, age>90s, age<=120m', 'age<2d, age>90s, age<=2h'],
    ['latency<=1500ms, latency<2s, latency>0.25s', 'latency<=1500ms, latency<2s, latency>250ms'],
    ['asn=3215, availability>=90%, port=443', 'asn=AS3215, availability>=90, port=443'],
    ['tag="a \\"b\\" \\\\", tag="x"', 'tag="a \\"b\\" \\\\", tag=x'],
    ['grade=untested, exit=SAME, latency=unknown', 'grade=untested, exit=same, latency=unknown'],
  ];
  for (const [text, canonical] of forms) {
    assert.equal(printFilter(parseFilter(text)), canonical);
    assert.equal(printFilter(parseFilter(canonical)), canonical);
  }
});

test('what is wrong with a filter is said with its place and with what is legal there', () => {
  const notes: readonly (readonly [string, RegExp])[] = [
    ['up, grade>=best', /^at character 12: grade is one of hostile, .*, elite, or untested$/],
    ['colour=red', /^at character 1: there is no such field; there are scheme, host, /],
    ['up,', /^at character 4: a test is missing/],
    ['(up | dead', /^at character 11: a closing parenthesis/],
    ['up) ', /^at character 3: a comma, a bar or the end/],
    ['up, dead | new', /^at character 10: where , and \| meet/],
    ['tag="x', /^at character 5: the quote is not closed/],
    ['port=0', /^at character 6: port is a port, 1 to 65535$/],
    ['port=70000', /^at character 6: port/],
    ['country>FR', /^at character 8: country goes with = !=$/],
    ['grade>=untested', /^at character 8: untested goes with = and !=$/],
    ['=5', /^at character 1: a field belongs before =/],
    ['grade>=', /^at character 8: behind grade>= belongs one of/],
    ['up new', /^at character 4: a comma, a bar or the end/],
    ['up, {', /^at character 5: this character means nothing/],
    ['tag="\u001b[2J"', /^at character 5: this character/],
    ['tag=\u202eevil', /^at character 5: this character/],
    ['availability>=101', /^at character 15: availability is a percentage/],
    ['latency<2d', /^at character 9: latency is a time/],
    ['""', /^at character 1: the text to look for is empty/],
    [`${'('.repeat(40)}up${')'.repeat(40)}`, /nested more than 16 deep/],
    ['!'.repeat(40), /nested more than 16 deep/],
    [Array.from({ length: 65 }, () => 'up').join(), /64 tests are the most/],
    ['x'.repeat(2_001), /2000 characters are the most/],
  ];
  for (const [text, note] of notes) assert.match(noteOf(text), note, text);
});

test('what is not known of a proxy passes no test but the one for it', () => {
  const bare: Partial<BookEntry> = { trials: { good: 1, all: 1, floor: 0 } };
  const { tunnel: _, ...untested } = proxy(bare);
  const passes = (text: string) => match(parseFilter(text), untested, today);
  for (const text of ['grade>=hostile', 'grade!=hostile', 'country!=FR', 'latency<4s', 'availability>=0', 'exit!=same'])
    assert.equal(passes(text), false, text);
  for (const text of ['grade=untested', 'country=unknown', 'latency=unknown', 'availability=unknown', 'exit=unknown'])
    assert.equal(passes(text), true, text);
  assert.equal(passes('!country=FR'), true);
  assert.equal(takes('grade=untested'), false);
  assert.equal(takes('grade!=untested'), true);
});

test('a proxy is where its traffic comes out; where it goes in counts while no exit is known', () => {
  const [here, there] = [{ address: '81.2.0.1' }, { address: '93.0.0.1' }];
  assert.deepEqual(placesOf(proxy({ entry: here, exits: [there] })), [there]);
  assert.deepEqual(placesOf(proxy({ entry: here })), [here]);
  assert.deepEqual(placesOf(proxy()), []);
  assert.equal(entryAddressOf(proxy({ entry: there })), '93.0.0.1');
  assert.equal(entryAddressOf(proxy()), '81.2.0.1');
  assert.equal(entryAddressOf(entryOf('https://proxy.example')), undefined);
});

test('tests mean what they say', () => {
  const places = (...addresses: readonly string[]) => addresses.map((address) => ({ address, country: 'DE' }));
  const rows: readonly (readonly [string, Partial<BookEntry>, boolean])[] = [
    ['grade>=anonymous', { tunnel: { grade: 'stealth', at: today, judges: 1 } }, true],
    ['grade>=anonymous', { tunnel: { grade: 'distorting', at: today, judges: 1 } }, false],
    ['forward=elite', { forward: { grade: 'elite', at: today, judges: 1 } }, true],
    ['country=de', { entry: { address: '81.2.0.1', country: 'FR' }, exits: places('93.0.0.1') }, true],
    ['country=fr', { entry: { address: '81.2.0.1', country: 'FR' }, exits: places('93.0.0.1') }, false],
    ['country=fr', { entry: { address: '81.2.0.1', country: 'FR' } }, true],
    ['exit=same', { exits: places('81.2.0.1') }, true],
    ['exit=other', { exits: places('81.2.0.1', '81.2.0.2') }, true],
    ['exit=81.2.0.2', { exits: places('81.2.0.1', '81.2.0.2') }, true],
    ['exit~81.2.', { exits: places('81.2.0.1') }, true],
    ['availability>=72', {}, true],
    ['availability>72', {}, false],
    ['latency>15s', { latency: 'beyond' }, true],
    ['sources>=2', { sources: ['a', 'b'] }, true],
    ['source=A', { sources: ['a', 'b'] }, true],
    ['source!=a', { sources: ['a', 'b'] }, false],
    ['tag!=a', {}, true],
    ['age<1m', {}, true],
    ['login', { tags: [] }, false],
    ['login=yes', { login: true }, true],
    ['family=unknown', {}, true],
    ['SWISS', { tags: ['my swiss ones'] }, true],
    ['81.2.0.1:31', {}, true],
    ['new | dead', { isNew: true }, true],
    ['new, dead', { isNew: true }, false],
  ];
  for (const [text, more, expected] of rows) assert.equal(takes(text, more), expected, text);
});

const words = fc.oneof(
  fc.constantFrom('up', 'new', 'mine', 'a list', '81.2', 'é"\\', 'unknown', 'same'),
  fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 8 }),
);

const tests: fc.Arbitrary<FilterTest> = fc
  .constantFrom(...filterFields)
  .chain((field) => {
    const row = fieldRows[field];
    const texts = fc.oneof(
      fc.constantFrom(...row.words, ...['FR', 'DE', 'US', '81.2.0.1', 'same', '3', '90', '443', '1s', '2h', 'f1']),
      words,
    );
    const values = texts.map((text) => row.read(text) ?? row.read(row.words[0] ?? 'FR') ?? 3215);
    const known = fc.record({ op: fc.constantFrom(...row.ops), value: values });
    const unknown = fc.record({
      op: fc.constantFrom('=' as const, '!=' as const),
      value: fc.constant(row.unknown ?? ''),
    });
    return (row.unknown === undefined ? known : fc.oneof({ arbitrary: known, weight: 4 }, unknown)).map((rest) => ({
      kind: 'test' as const,
      field,
      ...rest,
    }));
  })
  .filter(({ field, value }) => value !== fieldRows[field].unknown || typeof value === 'string')
  .map((made) => fixed(made));

/** Text that happens to be the word for what is not known is a test of that, and goes with two signs only. */
const fixed = (made: FilterTest): FilterTest => {
  const { unknown } = fieldRows[made.field];
  if (typeof made.value !== 'string' || made.value.toLowerCase() !== unknown) return made;
  return { ...made, value: unknown, op: made.op === '!=' ? '!=' : '=' };
};

const join = (kind: 'and' | 'or', parts: readonly Filter[]): Filter => ({
  kind,
  parts: parts.flatMap((part) => (part.kind === kind ? part.parts : [part])),
});

const { filter: filters } = fc.letrec<{ filter: Filter; part: Filter }>((tie) => ({
  filter: fc.oneof({ depthSize: 'small', withCrossShrink: true }, tests, tie('part')),
  part: fc.oneof(
    fc.array(tie('filter'), { minLength: 2, maxLength: 3 }).map((parts) => join('and', parts)),
    fc.array(tie('filter'), { minLength: 2, maxLength: 3 }).map((parts) => join('or', parts)),
    tie('filter').map((part): Filter => (part.kind === 'not' ? part.part : { kind: 'not', part })),
  ),
}));

const sizeOf = (filter: Filter): number => {
  if (filter.kind === 'not') return 1 + sizeOf(filter.part);
  return filter.kind === 'and' || filter.kind === 'or' ? filter.parts.reduce((sum, part) => sum + sizeOf(part), 1) : 1;
};

const readable = filters.filter((filter) => sizeOf(filter) <= 15);

test('what is printed reads as the same filter', () => {
  fc.assert(
    fc.property(readable, (filter) => {
      const text = printFilter(filter);
      assert.deepEqual(parseFilter(text), filter);
      assert.equal(printFilter(parseFilter(text)), text);
    }),
    { numRuns: 5_000 },
  );
});

const order = 'hostile transparent partial distorting anonymous stealth clean exact elite'.split(' ');

/** The meaning of a test, written out field by field, to judge the table by. */
const naive = (filter: Filter, entry: BookEntry): boolean => {
  if (filter.kind === 'all') return true;
  if (filter.kind === 'not') return !naive(filter.part, entry);
  if (filter.kind !== 'test') {
    const taken = filter.parts.filter((part) => naive(part, entry)).length;
    return filter.kind === 'and' ? taken === filter.parts.length : taken > 0;
  }
  return naiveTest(filter, entry);
};

const naiveFacts = (field: string, entry: BookEntry): readonly (string | number)[] => {
  const shown = entry.exits.length > 0 ? entry.exits : [entry.entry];
  const lower = (texts: readonly (string | undefined)[]) => texts.flatMap((text) => text?.toLowerCase() ?? []);
  const host = 'name' in entry.hop.endpoint.host ? entry.hop.endpoint.host.name : entry.hop.endpoint.host.address;
  const at = entry.entry?.address ?? (/^[\d.]+$/.test(host) ? host : undefined);
  const exits = entry.exits.map(({ address }) => address);
  const sameness = at === undefined ? [] : [exits.some((exit) => exit !== at) ? 'other' : 'same'];
  const texts: Readonly<Partial<Record<string, readonly string[]>>> = {
    scheme: [entry.hop.scheme],
    host: [host],
    country: lower(shown.map((place) => place?.country)),
    pulse: [entry.pulse],
    shelf: [entry.shelf],
    new: [entry.isNew ? 'yes' : 'no'],
    login: [entry.login ? 'yes' : 'no'],
    source: lower(entry.sources),
    tag: lower(entry.tags),
    exit: exits.length === 0 ? [] : [...exits, ...sameness],
    family: lower([entry.family]),
    any: lower([`${host}:${entry.hop.endpoint.port}`, ...entry.sources, ...entry.tags]),
  };
  const numbers: Readonly<Partial<Record<string, readonly (number | undefined)[]>>> = {
    port: [entry.hop.endpoint.port],
    asn: shown.map((place) => place?.network),
    grade: [entry.tunnel && order.indexOf(entry.tunnel.grade)],
    forward: [entry.forward && order.indexOf(entry.forward.grade)],
    availability: [entry.trials.all < 3 ? undefined : entry.trials.floor * 100],
    latency: [entry.latency === 'beyond' ? Number.MAX_SAFE_INTEGER : entry.latency],
    sources: [entry.sources.length],
    age: [today - entry.added],
  };
  return texts[field] ?? numbers[field]?.filter((number) => number !== undefined) ?? [];
};

const naiveTest = ({ field, op, value }: FilterTest, entry: BookEntry): boolean => {
  const has = naiveFacts(field, entry);
  if (value === (field === 'grade' || field === 'forward' ? 'untested' : fieldRows[field].unknown))
    return op === '=' ? has.length === 0 : has.length > 0;
  if (has.length === 0) return op === '!=' && (field === 'source' || field === 'tag');
  const graded = field === 'grade' || field === 'forward';
  const wanted = graded ? order.indexOf(String(value)) : typeof value === 'number' ? value : value.toLowerCase();
  switch (op) {
    case '=':
      return has.some((one) => one === wanted);
    case '!=':
      return has.every((one) => one !== wanted);
    case '~':
      return has.some((one) => String(one).includes(String(wanted)));
    case '>=':
      return has.some((one) => one >= wanted);
    case '<=':
      return has.some((one) => one <= wanted);
    case '>':
      return has.some((one) => one > wanted);
    case '<':
      return has.some((one) => one < wanted);
  }
};

test('filters take the proxies that a reading of every field by itself takes', () => {
  let taken = 0;
  fc.assert(
    fc.property(readable, entries, (filter, entry) => {
      const took = match(filter, entry, today);
      assert.equal(took, naive(filter, entry));
      if (took) taken += 1;
    }),
    { numRuns: 5_000 },
  );
  assert.ok(taken > 500 && taken < 4_500, String(taken));
});

const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc
    .array(
      fc.constantFrom('up', 'tag', '=', '>=', '!', '(', ')', ',', '|', '"', '\\', '{', '}', ' ', '~', '\u0000', 'é'),
      {
        maxLength: 60,
      },
    )
    .map((pieces) => pieces.join('')),
);

test('any text at all is a filter or a failure with a place in it, and what it prints has no control character', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      try {
        assert.doesNotMatch(printFilter(parseFilter(text)), /[\p{Cc}\p{Cf}]/u);
      } catch (thrown) {
        assert.ok(thrown instanceof KaskadeError && thrown.code === 'bad-filter', String(thrown));
        assert.match(thrown.failure.note ?? '', /^at character \d+: [ -~]+$/);
      }
    }),
    { numRuns: 10_000 },
  );
});

test('a completion throws for no text and no cursor, and the text it puts in is legal there', () => {
  const known = { tag: ['a b', 'x'], country: ['FR', 'DE'] };
  let legal = 0;
  fc.assert(
    fc.property(hostile, fc.integer({ min: -5, max: 300 }), (text, cursor) => {
      const { from, to, items } = complete(text, cursor, known);
      assert.ok(from >= 0 && from <= to && to <= text.length && items.length <= 50);
      const before = text.slice(0, from);
      if (breaksEarly(before)) return;
      for (const { text: put } of items) assert.ok(!breaksEarly(`${before}${put}`), `${before}⟦${put}⟧`);
      legal += items.length;
    }),
    { numRuns: 5_000 },
  );
  assert.ok(legal > 1_000, String(legal));
});

/** What is wrong before its end cannot become a filter, whatever follows. */
const breaksEarly = (text: string): boolean => {
  const place = /^at character (\d+)/.exec(noteOf(text))?.[1];
  return place !== undefined && Number(place) - 1 < text.trimEnd().length;
};

test('completion offers fields, signs, values of the book, and what joins tests', () => {
  const offer = (text: string) =>
    complete(text, text.length, { tag: ['swiss bank', 'fast'] }).items.map((item) => item.text);
  assert.deepEqual(offer('gr'), ['grade']);
  assert.deepEqual(offer('grade'), ['grade']);
  assert.deepEqual(offer('grade>=st'), ['stealth']);
  assert.deepEqual(offer('up, grade '), ['=', '!=', '>=', '<=', '>', '<']);
  assert.deepEqual(offer('tag='), ['"swiss bank"', 'fast']);
  assert.deepEqual(offer('tag="sw'), ['"swiss bank"']);
  assert.deepEqual(offer('up '), [',', '|']);
  assert.deepEqual(offer('(up | new '), ['=', '!=', '|', ')']);
  assert.deepEqual(offer('exit=u'), ['unknown']);
  assert.deepEqual(offer('d'), ['dead']);
  assert.ok(['up', 'dead', 'grade', 'country', '(', '!'].every((word) => offer('').includes(word)));
  assert.deepEqual(complete('up, gr, new', 6).items[0]?.text, 'grade');
  assert.deepEqual([complete('up, gr, new', 6).from, complete('up, gr, new', 6).to], [4, 6]);
});
