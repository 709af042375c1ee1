/** The matrix of page 5: rows in their order, columns that scroll, and ten thousand rows of which only a window is drawn. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { grades } from '../../src/model/book.js';
import { rowsOfKept, rowsOfReport, takeNews } from '../../src/tui/audit-state.js';
import { frame } from '../../src/tui/frame.js';
import { auditRows, ended, press, shown, size } from '../kit/audit-page.js';
import { auditDeskOf, findingOf, reportOf } from '../kit/audits.js';
import { lookAt, pressed } from '../kit/tui.js';

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
      assert.deepEqual(
        ranks,
        ranks.toSorted((one, other) => one - other),
      );
      assert.equal(all.length, last.size * 2);
      for (const [proxy, both] of last) {
        const of = (mode: string) => all.find((row) => row.proxy === proxy && row.mode === mode)?.grade ?? '';
        assert.equal(`${of('forward')} ${of('tunnel')}`, both);
      }
    }),
  );
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
  const wide = auditRows.map((row) => ({ ...row, findings: [...row.findings, ...findings] }));
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
  const [row] = auditRows;
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

test('a row without a mode says what became of the proxy', () => {
  assert.match(shown(ended()), /81\.0\.0\.9:8080 +dead +Nobody answers t/);
  assert.match(shown(press(ended(), ['end', 'enter'])), /Nobody answers there\./);
});
