/** Page 5: what is audited, how it is seen, and keys; pictures of the page as it begins, runs and has ended. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { grades } from '../../src/model/book.js';
import type { AuditDesk } from '../../src/engine/controller.js';
import { createAuditShelf } from '../../src/tui/audit-shelf.js';
import { type AuditRow, rowsOfKept, rowsOfReport, takeNews } from '../../src/tui/audit-state.js';
import { frame } from '../../src/tui/frame.js';
import { asciiGlyphs } from '../../src/tui/glyphs.js';
import type { Size } from '../../src/tui/line.js';
import type { Look, Model, Order } from '../../src/tui/page.js';
import { createShelf } from '../../src/tui/shelf.js';
import { update } from '../../src/tui/update.js';
import { auditDeskOf, findingOf, idOf, reportOf, reports } from '../kit/audits.js';
import { hostileTexts } from '../kit/hostile.js';
import { assertPicture } from '../kit/pictures.js';
import { emptySnapshot } from '../kit/snapshots.js';
import { deskOf, lookAt, picture, pressed, textOf } from '../kit/tui.js';

const size: Size = { columns: 80, rows: 24 };

const progress = {
  ...{ all: 120, done: 44, running: 40, room: 256, rate: 12.3, left: 31_000 as never, congested: true },
  outcomes: { audited: 30, dead: 12, 'needs-auth': 2 },
};

const rows = reports.flatMap((report) => rowsOfReport(report, report.proxy.includes('.0.2') ? [idOf('H02')] : []));

const press = (model: Model, keys: readonly string[], look: Look = lookAt()): Model =>
  keys.reduce((before, key) => update(before, { kind: 'key', key }, look).model, model);

/** A run under way, with some results. */
const running = (of: Size = size): Model =>
  takeNews(pressed(['5', 'n', 'enter'], of).model, { rows, reports: 4, progress, notices: ['One is left alone.'] });

const ended = (of: Size = size, some: readonly AuditRow[] = rows): Model =>
  takeNews(pressed(['5'], of).model, { rows: some, reports: 0, notices: [] });

const shown = (model: Model, look: Look = lookAt()): string => textOf(frame(model, look)).join('\n');

describe('pictures', () => {
  for (const of of [size, { columns: 120, rows: 35 }]) {
    const name = (what: string): string => `audit-${what}-${of.columns}`;
    test(`at ${of.columns} × ${of.rows}`, () => {
      assertPicture(name('empty'), picture(['5'], of));
      assertPicture(name('ask'), picture(['5', 'n', 'right'], of));
      assertPicture(name('running'), shown(running(of)));
      assertPicture(name('results'), shown(press(ended(of), ['down'])));
      assertPicture(name('evidence'), shown(press(ended(of), ['down', 'enter'])));
      assertPicture(name('kept'), picture(['4', 'enter', 'e'], of));
    });
  }
});

test('rows stand worst first, a mode each, and what is no proxy behind them', () => {
  assert.deepEqual(
    ended().audits.rows.map(({ proxy, mode, grade, outcome }) => [proxy.slice(-12), mode ?? outcome, grade]),
    [
      ['1.0.0.2:3128', 'forward', 'hostile'],
      ['1.0.0.1:3128', 'forward', 'transparent'],
      ['1.0.0.1:3128', 'tunnel', 'exact'],
      ['3.0.0.1:1080', 'tunnel', 'exact'],
      ['1.0.0.9:8080', 'dead', undefined],
    ],
  );
});

test('a later report takes the place of an earlier one, and what the book kept the place of none', () => {
  const proxy = 'http://81.0.0.1:3128';
  const later = takeNews(ended(), {
    rows: rowsOfReport(reportOf(proxy, { tunnel: 'partial' }), []),
    reports: 1,
    notices: [],
  });
  assert.deepEqual(
    later.audits.rows.filter((row) => row.proxy === proxy).map(({ mode, grade }) => `${mode ?? ''} ${grade ?? ''}`),
    ['tunnel partial'],
  );
  const known = 'socks5h://93.0.0.1:1080';
  const kept = rowsOfKept(known, auditDeskOf().kept(known));
  const news = { rows: kept, reports: 0, notices: [] };
  assert.ok(takeNews(ended(), news).audits.rows.every(({ isKept }) => !isKept));
  assert.deepEqual(
    takeNews(pressed(['5']).model, news).audits.rows.map(({ isKept }) => isKept),
    [true],
  );
});

test('however reports come in, rows are in order, and each proxy has those of its last report', () => {
  const grade = fc.constantFrom(...grades);
  const report = fc.record({ proxy: fc.constantFrom('a', 'b', 'c', 'd'), forward: grade, tunnel: grade });
  fc.assert(
    fc.property(fc.array(fc.array(report, { maxLength: 6 }), { maxLength: 6 }), (batches) => {
      const last = new Map<string, string>();
      let model = pressed(['5']).model;
      for (const batch of batches) {
        for (const { proxy, forward, tunnel } of batch) last.set(proxy, `${forward} ${tunnel}`);
        const some = batch.flatMap(({ proxy, ...modes }) => rowsOfReport(reportOf(proxy, modes), []));
        model = takeNews(model, { rows: some, reports: batch.length, notices: [] });
      }
      const { rows: all } = model.audits;
      const ranks = all.map((row) => grades.indexOf(row.grade ?? 'elite'));
      assert.deepEqual(ranks, ranks.toSorted((one, other) => one - other));
      assert.equal(all.length, last.size * 2);
      for (const [proxy, both] of last) {
        const of = (mode: string) => all.find((row) => row.proxy === proxy && row.mode === mode)?.grade ?? '';
        assert.equal(`${of('forward')} ${of('tunnel')}`, both);
      }
    }),
  );
});

test('c shows changed rows only, words are looked for in rows, Esc shows all again', () => {
  assert.match(shown(press(ended(), ['c'])), /1 of 1 {2}worst first {2}changed only/);
  assert.match(shown(press(ended(), ['c', 'c'])), /1 of 5/);
  const filtered = (text: string): string => shown(press(ended(), ['/', ...Array.from(text), 'enter']));
  assert.match(filtered('tunnel'), /1 of 2 /);
  assert.match(filtered('Tunnel 93.0'), /1 of 1 /);
  assert.match(filtered('h02'), /1 of 2 /);
  assert.match(filtered('dead'), /1 of 1 /);
  assert.match(filtered('nothing like it'), /Nothing fits\. Esc shows everything/);
  assert.match(shown(press(ended(), ['/', ...Array.from('h02'), 'enter', 'escape'])), /1 of 5/);
  assert.match(shown(press(ended(), ['/', 'h', '0'])), / \/h0_/);
});

test('changed cells stand out of their row, whether it is chosen or not', () => {
  const cells = (keys: readonly string[]): readonly (boolean | undefined)[] => {
    const line = frame(press(ended(), keys), lookAt()).find((each) =>
      each.some(({ text }) => text.includes('81.0.0.2:3128')),
    );
    return (line ?? []).filter(({ text }) => text === '!').map(({ chosen }) => chosen);
  };
  assert.deepEqual(cells([]), [undefined, true]);
  assert.deepEqual(cells(['down']), [true, undefined]);
});

test('ten thousand rows: only those in sight are drawn, and keys go through all of them', () => {
  const many = Array.from({ length: 10_000 }, (_, index) =>
    rowsOfReport(reportOf(`http://10.${index >> 8}.${index & 255}.1:80`, { forward: 'clean' }), []),
  ).flat();
  let asked = 0;
  const counted = many.map((row) => ({
    ...row,
    get findings() {
      asked += 1;
      return row.findings;
    },
  }));
  const look = lookAt();
  const model = ended(size, counted);
  asked = 0;
  const began = performance.now();
  for (const keys of [[], ['down'], ['pagedown'], ['end'], ['end', 'pageup', 'up'], ['home']])
    shown(press(model, keys, look), look);
  assert.ok(asked < 6 * 100, `${asked} rows were looked at`);
  assert.ok(performance.now() - began < 2_000);
  assert.match(shown(press(model, ['end'], look), look), /10000 of 10000/);
  assert.match(shown(press(model, ['end', 'pageup', 'up'], look), look), /9987 of 10000/);
  assert.match(shown(press(model, ['pagedown'], look), look), /15 of 10000|14 of 10000|13 of 10000|12 of 10000/);
});

test('what is chosen stays chosen while results come in', () => {
  const before = press(ended(), ['down', 'down']);
  const after = takeNews(before, {
    rows: rowsOfReport(reportOf('http://9.0.0.1:80', { forward: 'hostile' }), []),
    reports: 1,
    notices: [],
  });
  assert.match(shown(before), /3 of 5/);
  assert.match(shown(after), /4 of 6/);
});

test('columns that do not fit come into sight with the arrows, and no further than the last', () => {
  const findings = Array.from({ length: 32 }, (_, index) =>
    findingOf(`N${String(index + 1).padStart(2, '0')}`, 'pass'),
  );
  const wide = rows.map((row) => ({ ...row, findings: [...row.findings, ...findings] }));
  const model = ended(size, wide);
  assert.match(shown(model), /checks 1 to \d\d of 41/);
  assert.match(shown(press(model, ['right', 'right'])), /checks 3 to \d\d of 41/);
  const far = press(
    model,
    Array.from({ length: 60 }, () => 'right'),
  );
  assert.match(shown(far), /checks \d\d to 41 of 41/);
  assert.equal(press(far, ['left']).audits.left, far.audits.left - 1);
  assert.doesNotMatch(shown(ended({ columns: 120, rows: 35 }, wide)), /checks 1 to/);
});

test('what failed out of sight is told of at the end of the row', () => {
  const findings = Array.from({ length: 32 }, (_, index) =>
    findingOf(`N${String(index + 1).padStart(2, '0')}`, index === 31 ? 'fail' : 'pass'),
  );
  const [row] = rows;
  assert.ok(row !== undefined);
  const model = ended(size, [{ ...row, findings: [...row.findings, ...findings] }]);
  const rowIn = (drawn: string): string => /^.*http:\/\/81.*$/m.exec(drawn)?.[0] ?? '';
  assert.match(rowIn(shown(model)), />$/);
  const far = press(
    model,
    Array.from({ length: 60 }, () => 'right'),
  );
  assert.match(rowIn(shown(far)), /transparent<.*[^>]$/);
});

describe('keys that begin and end a run', () => {
  const orders = (keys: readonly string[]): readonly Order[] => pressed(keys).orders;
  const [first, second] = ['socks5h://93.0.0.1:1080', 'http://81.0.0.1:3128'];
  const audit = (of: unknown, tier = 'quick') => ({ do: 'audit', of, tier });

  test('on page 4: the chosen proxy, what is marked, or all that the filter finds; page 5 shows the run', () => {
    assert.deepEqual(orders(['4', 'a']), [audit({ kind: 'proxies', proxies: [first] })]);
    assert.deepEqual(orders(['4', 'space', 'space', 'a']), [audit({ kind: 'proxies', proxies: [first, second] })]);
    assert.deepEqual(orders(['4', '*', 'a']), [audit({ kind: 'book', filter: '' })]);
    assert.deepEqual(orders(['4', '/', 'u', 'p', 'enter', 'A']), [audit({ kind: 'book', filter: 'up' })]);
    assert.equal(pressed(['4', 'a']).model.page, 'audit');
    assert.match(picture(['4', 'a']), /running {2}quick of socks5h:\/\/93\.0\.0\.1:1080/);
  });

  test('on page 5: n asks for what and how much', () => {
    assert.deepEqual(orders(['5', 'n', 'enter']), [audit({ kind: 'book', filter: '' })]);
    assert.deepEqual(orders(['5', 'n', 'right', 'enter']), [audit({ kind: 'book', filter: '' }, 'full')]);
    assert.deepEqual(orders(['5', 'n', 'left', 'left', 'down', 'enter']), [
      audit({ kind: 'cascade', name: 'swiss' }, 'pulse'),
    ]);
    assert.deepEqual(orders(['5', 'n', 'down', '/', ...Array.from('countr'), 'tab', '=', 'F', 'R', 'enter', 'enter']), [
      audit({ kind: 'book', filter: 'country=FR' }),
    ]);
    assert.deepEqual(orders(['5', 'n', 'escape']), []);
  });

  test('what cannot be audited is said', () => {
    const word = (keys: readonly string[], look?: Look): string =>
      pressed(keys, undefined, look).model.word?.text ?? '';
    assert.match(word(['5', 'n', '/', 'g', 'r', 'a', 'd', 'e', '>', 'enter', 'enter']), /not understood/);
    assert.equal(word(['5', 'n', '/', ...Array.from('tag=no'), 'enter', 'enter']), 'The filter finds no proxy.');
    assert.equal(word(['5', 'n', 'down', 'enter'], lookAt(emptySnapshot)), 'No cascade is in use.');
    const empty = lookAt(undefined, { shelf: createShelf(() => deskOf([], []) as never) });
    assert.match(word(['4', 'a'], empty), /no proxy to choose/);
  });

  test('one at a time; x and Esc stop it, and leaving asks again meanwhile', () => {
    assert.match(press(running(), ['n']).word?.text ?? '', /under way; x stops it/);
    assert.match(press(running(), ['4', 'a']).word?.text ?? '', /under way; x on page 5 stops it/);
    assert.match(press(running(), ['q']).word?.text ?? '', /The audit ends with this window/);
    for (const key of ['x', 'escape']) {
      const { model, orders: given } = update(running(), { kind: 'key', key }, lookAt());
      assert.deepEqual(given, [{ do: 'stop-audit' }]);
      assert.equal(model.audits.run?.phase, 'stopping');
    }
    assert.equal(press(ended(), ['x']).word?.text, 'No audit is under way.');
  });

  test('b asks for what the book kept', () => {
    assert.deepEqual(orders(['5', 'b']), [{ do: 'load-kept' }]);
  });
});

test('a row without a mode says what became of the proxy', () => {
  assert.match(shown(ended()), /81\.0\.0\.9:8080 +dead +Nobody answers t/);
  assert.match(shown(press(ended(), ['end', 'enter'])), /Nobody answers there\./);
});

test('a desk that fails leaves a page that can be drawn', () => {
  const broken = createAuditShelf(
    () => {
      throw new Error('broken');
    },
    () => 1,
  );
  const look = lookAt(undefined, { auditShelf: broken });
  for (const keys of [[], ['enter'], ['enter', 'tab'], ['end'], ['right']])
    assert.equal(frame(press(ended(), keys, look), look).length, 24);
  assert.match(shown(pressed(['4', 'enter', 'e'], size, look).model, look), /It was not audited yet/);
});

test('nothing hostile of a report reaches the terminal, on the page and in the evidence', () => {
  const desk = auditDeskOf();
  const hostile = hostileTexts.map((text, index) =>
    reportOf(
      `http://${text}:${index}`,
      {},
      {
        sentence: text,
        modes: [
          {
            ...{ mode: 'forward', grade: 'hostile', sentence: text, exits: [text] },
            findings: [
              findingOf('H02', 'fail', {
                ...{ sentence: text, remedy: text },
                evidence: [
                  { what: text, sent: `${text}\n${text}a`, arrived: text },
                  { what: text, arrived: text },
                ],
              }),
              findingOf(text, 'note'),
            ],
          },
        ],
      },
    ),
  );
  const look = lookAt(undefined, {
    auditShelf: createAuditShelf(
      () => desk as AuditDesk,
      () => 1,
    ),
    glyphs: asciiGlyphs,
  });
  const model = takeNews(pressed(['5', 'n', 'enter'], size, look).model, {
    ...{ rows: hostile.flatMap((report) => rowsOfReport(report, [])), reports: 1, notices: [...hostileTexts] },
    progress: { ...progress, outcomes: { [hostileTexts[0] ?? '']: 1 } },
  });
  const lines = hostile.flatMap((_, index) => {
    const at = press(model, [...Array.from({ length: index }, () => 'down')], look);
    return [at, press(at, ['enter'], look), press(at, ['enter', 'pagedown'], look)].flatMap((each) =>
      frame(each, look),
    );
  });
  for (const line of lines)
    for (const { text } of line) assert.doesNotMatch(text, /[\p{Cc}\p{Cf}\p{Cs}\p{M}\u2028\u2029]/u);
  const named = takeNews(model, { rows: [], reports: 0, notices: [] });
  const run = { of: { kind: 'book' as const, filter: hostileTexts.join('') }, tier: 'quick' as const };
  const titled = shown(
    {
      ...named,
      audits: {
        ...named.audits,
        run: { ...run, phase: 'failed', notices: [], reports: 0, why: hostileTexts.join(' ') },
      },
    },
    look,
  );
  assert.doesNotMatch(titled, /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]/);
});

describe('evidence', () => {
  const lines = (keys: readonly string[], model = ended()): string => shown(press(model, keys));

  test('scrolls to its end, Tab shows the other mode, Esc goes back', () => {
    assert.match(lines(['down', 'enter', 'end']), /T03|H01 passed/);
    assert.match(lines(['down', 'enter', 'tab']), /81\.0\.0\.1:3128 {2}tunnel {2}exact/);
    assert.match(lines(['down', 'enter', 'tab', 'tab']), /forward {2}transparent/);
    assert.match(lines(['down', 'enter', 'escape']), /2 of 5/);
  });

  test('is that of this sitting, else what the book kept, from the page of a proxy and back to it', () => {
    assert.match(picture(['4', 'enter', 'e']), /full, 24 h 00 ago, as the book kept it/);
    assert.match(lines(['4', 'enter', 'e']), /quick, 0 s ago by 2 judges/);
    assert.match(picture(['4', 'enter', 'e', 'escape']), /^ {2}shelf {7}R released/m);
    assert.equal(
      pressed(['4', 'down', 'enter', 'e']).model.word?.text,
      'It was not audited yet; a on page 4 does that.',
    );
    assert.match(picture(['4', 'enter', 'end']), /audits .*e shows the evidence/);
  });
});
