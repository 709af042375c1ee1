/** Page 5: what is audited, how it is seen, and keys; pictures of the page as it begins, runs and has ended. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { AuditDesk } from '../../src/engine/controller.js';
import { createAuditShelf } from '../../src/tui/audit-shelf.js';
import { rowsOfReport, takeNews } from '../../src/tui/audit-state.js';
import { frame } from '../../src/tui/frame.js';
import { asciiGlyphs } from '../../src/tui/glyphs.js';
import type { Look, Order } from '../../src/tui/page.js';
import { createShelf } from '../../src/tui/shelf.js';
import { update } from '../../src/tui/update.js';
import { ended, press, progress, running, shown, size } from '../kit/audit-page.js';
import { auditDeskOf, findingOf, reportOf } from '../kit/audits.js';
import { hostileTexts } from '../kit/hostile.js';
import { assertPicture } from '../kit/pictures.js';
import { emptySnapshot } from '../kit/snapshots.js';
import { deskOf, lookAt, picture, pressed } from '../kit/tui.js';

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
  test('with ten thousand rows, and with texts that a terminal must not obey', () => {
    const many = Array.from({ length: 10_000 }, (_, index) =>
      rowsOfReport(reportOf(`http://10.0.${index >> 8}.${index & 255}:80`, { forward: 'clean' }), []),
    ).flat();
    assertPicture('audit-many-80', shown(press(ended(size, many), ['end', 'pageup'])));
    const [one, two] = ['\x1b[31mred\x1b]0;owned\x07', '\u202elatot\u202c'];
    const findings = [
      findingOf('H02', 'fail', {
        ...{ sentence: one, remedy: two },
        evidence: [{ what: one, sent: `same\n${one}`, arrived: `same\n${two}` }],
      }),
    ];
    const hostile = reportOf(
      `http://${one}:80`,
      {},
      {
        modes: [{ mode: 'forward', grade: 'hostile', sentence: two, exits: [one], findings }],
      },
    );
    assertPicture('audit-hostile-80', shown(press(ended(size, rowsOfReport(hostile, [])), ['enter'])));
  });
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

  test('Esc shows all rows again before it stops anything', () => {
    const { model, orders: given } = update(press(running(), ['c']), { kind: 'key', key: 'escape' }, lookAt());
    assert.equal(given, undefined);
    assert.deepEqual([model.audits.run?.phase, model.audits.onlyChanged], ['running', false]);
  });

  test('b asks for what the book kept', () => {
    assert.deepEqual(orders(['5', 'b']), [{ do: 'load-kept' }]);
  });
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
