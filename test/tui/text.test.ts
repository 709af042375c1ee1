/** Text from outside: harmless, measured right, and cut where a cell ends. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import headless from '@xterm/headless';
import fc from 'fast-check';
import { clean, clip, clipLine, ends, fit, fitLine, lineWidth, widthOf, wrap } from '../../src/tui/text.js';
import { ageText, bytesText, rateText, spanText } from '../../src/tui/figures.js';
import { hostileTexts } from '../kit/hostile.js';

/** What a terminal makes of a text: the column where its cursor stands then, and what it shows. */
const shownBy = async (text: string): Promise<{ readonly column: number; readonly row: number }> => {
  const terminal = new headless.Terminal({ cols: 12_000, rows: 4, allowProposedApi: true });
  await new Promise<void>((resolve) => {
    terminal.write(text, resolve);
  });
  const { cursorX, cursorY } = terminal.buffer.active;
  terminal.dispose();
  return { column: cursorX, row: cursorY };
};

const obeyed = /[\p{Cc}\p{Cf}\p{Cs}\p{M}\p{Zl}\p{Zp}]/u;

describe('a cleaned text', () => {
  test(`of ${hostileTexts.length} hostile ones takes the cells that it says, in a real terminal too`, async () => {
    assert.ok(hostileTexts.length >= 80);
    for (const text of hostileTexts) {
      const harmless = clean(text);
      assert.doesNotMatch(harmless, obeyed);
      assert.deepEqual(await shownBy(harmless), { column: widthOf(harmless), row: 0 }, JSON.stringify(text));
    }
  });

  test('of any text whatever holds nothing that a terminal obeys, and stays as it is when cleaned again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (text) => {
        const harmless = clean(text);
        assert.doesNotMatch(harmless, obeyed);
        assert.equal(clean(harmless), harmless);
      }),
      { numRuns: 20_000 },
    );
  });

  test('of each sign by itself is as wide in a terminal as it says', async () => {
    const signs = Array.from({ length: 0xffe0 }, (_, at) => clean(String.fromCharCode(at + 0x20))).filter(
      (sign) => sign !== '' && sign !== '\ufffd',
    );
    assert.ok(signs.length > 40_000);
    const terminal = new headless.Terminal({ cols: 8, rows: 2, scrollback: signs.length, allowProposedApi: true });
    await new Promise<void>((resolve) => {
      terminal.write(signs.map((sign) => `${sign}|\r\n`).join(''), resolve);
    });
    const { active } = terminal.buffer;
    const wrong = signs.filter((sign, row) => active.getLine(row)?.getCell(widthOf(sign))?.getChars() !== '|');
    terminal.dispose();
    assert.deepEqual(wrong, []);
  });

  test('of any text is as wide in a terminal as it says', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 40 }), async (text) => {
        const harmless = clean(text);
        assert.equal((await shownBy(harmless)).column, widthOf(harmless), JSON.stringify(harmless));
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('cutting and filling', () => {
  const texts = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 30 }).map(clean),
    fc.constantFrom(...hostileTexts).map(clean),
  );
  const widths = fc.integer({ min: 0, max: 40 });

  test('never exceeds the cells given, and says where something is missing', () => {
    fc.assert(
      fc.property(texts, widths, (text, columns) => {
        const clipped = clip(text, columns);
        assert.ok(widthOf(clipped) <= columns);
        assert.equal(clip(clipped, columns), clipped);
        if (columns >= 2 && clipped !== text) assert.ok(clipped.endsWith('…'));
        if (widthOf(text) <= columns) assert.equal(clipped, text);
      }),
    );
  });

  test('fills exactly, from either side', () => {
    fc.assert(
      fc.property(texts, widths, fc.constantFrom('left', 'right'), (text, columns, align) => {
        assert.equal(widthOf(fit(text, columns, align)), columns);
      }),
    );
  });

  test('does the same with lines of several tones', () => {
    fc.assert(
      fc.property(fc.array(texts, { maxLength: 5 }), widths, (pieces, columns) => {
        const line = pieces.map((text) => ({ text, tone: 'good' as const }));
        assert.ok(lineWidth(clipLine(line, columns)) <= columns);
        assert.equal(lineWidth(fitLine(line, columns)), columns);
        assert.ok(lineWidth(ends(line, [{ text: 'end' }], columns)) <= Math.max(columns, 0));
      }),
    );
  });

  test('breaks words into lines that fit, and loses none', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1, maxLength: 30 }), (words) => {
        const lines = wrap(words.join(' '), 20, '  ');
        for (const line of lines) assert.ok(line.length <= 20, line);
        assert.deepEqual(
          lines
            .join(' ')
            .split(' ')
            .filter((word) => word !== ''),
          words,
        );
      }),
    );
  });
});

test('figures are short and round', () => {
  assert.deepEqual([0, 999, 1_000, 1_234, 9_950, 12_345, 999_499, 1_000_000, 5.5e9, 1e21].map(bytesText), [
    '0 B',
    '999 B',
    '1.0 kB',
    '1.2 kB',
    '10 kB',
    '12 kB',
    '999 kB',
    '1.0 MB',
    '5.5 GB',
    '1000000 PB',
  ]);
  assert.equal(rateText(1_500), '1.5 kB/s');
  assert.deepEqual([0, 12.4, 999, 1_000, 9_949, 59_999, 60_000, 3_600_000, 172_800_000].map(spanText), [
    '0 ms',
    '12 ms',
    '999 ms',
    '1.0 s',
    '9.9 s',
    '59 s',
    '1 min',
    '1 h 00',
    '2 d 00',
  ]);
  assert.deepEqual([-5, 0, 999, 61_000, 7_500_000].map(ageText), ['0 s', '0 s', '0 s', '1 min', '2 h 05']);
});
