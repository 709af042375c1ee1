/** Two texts side by side: what is common stands in one row, what differs is marked, and nothing is lost. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { sideBySide } from '../../src/tui/side-by-side.js';
import { lineWidth } from '../../src/tui/text.js';
import { textOf } from '../kit/tui.js';

const drawn = (sent: string | undefined, arrived: string | undefined, columns = 51): readonly string[] =>
  textOf(sideBySide(sent, arrived, columns)).map((line) => line.slice(6));

test('lines that both have stand in one row, with what differs between them marked', () => {
  assert.deepEqual(drawn('one\ntwo\nthree\nfour', 'one\n2\nthree\nand more\nfour'), [
    'sent                 │ arrived',
    'one                  │ one',
    'two                  ! 2',
    'three                │ three',
    '                     > and more',
    'four                 │ four',
  ]);
  assert.deepEqual(drawn('gone\nsame', 'same').slice(1), ['gone                 <', 'same                 │ same']);
});

test('a text alone has all the room', () => {
  assert.deepEqual(drawn(undefined, 'only this\r\nand this'), ['arrived', 'only this', 'and this']);
  assert.deepEqual(drawn('only this', undefined), ['sent', 'only this']);
});

test('a long line goes on below itself, and too many lines are counted', () => {
  const [, first, second] = drawn('x'.repeat(30), 'y');
  assert.equal(first, `${'x'.repeat(20)} ! y`);
  assert.equal(second, `${'x'.repeat(10)}${' '.repeat(11)}!`);
  assert.match(
    drawn(Array.from({ length: 300 }, () => 'a').join('\n'), undefined).at(-1) ?? '',
    /^\(100 more lines\)$/,
  );
});

test('any two texts fit into the columns, and every sign of them is there', () => {
  const text = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'ö', '中'), maxLength: 40 }), { maxLength: 8 });
  fc.assert(
    fc.property(text, text, fc.integer({ min: 40, max: 120 }), (one, other, columns) => {
      const lines = sideBySide(one.join('\n'), other.join('\n'), columns);
      for (const line of lines) assert.ok(lineWidth(line) <= columns);
      const count = (of: string): number => Array.from(of).filter((sign) => 'bö中'.includes(sign)).length;
      const all = lines.slice(1).flatMap((line) => line.map((each) => each.text));
      assert.equal(count(all.join('')), count(one.join('') + other.join('')));
    }),
  );
});
