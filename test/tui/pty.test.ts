/** The terminal UI in a real terminal: what is shown, resizing, and that the terminal is left as it was. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Snapshot } from '../../src/model/snapshot.js';
import type { Identity } from '../../src/model/route.js';
import { frame } from '../../src/tui/frame.js';
import { sessionOf } from '../kit/snapshots.js';
import { type TerminalStart, type TestTerminal, openTerminal } from '../kit/terminal.js';
import { lookAt, pressed, textOf } from '../kit/tui.js';
import { hostileTexts } from '../kit/hostile.js';

const open = (start: Partial<TerminalStart> = {}): TestTerminal =>
  openTerminal({ script: new URL('../kit/child-tui.js', import.meta.url), ...start });

const isReady = (picture: string): boolean => picture.includes('kaskade 127.0.0.1:4001');

test('the terminal shows exactly what the views draw', async () => {
  for (const keys of ['', '2', '3', '6', 'n', '?']) {
    await using terminal = open();
    await terminal.until(isReady);
    terminal.type(keys);
    const look = lookAt();
    const size = { columns: 80, rows: 24 };
    const wanted = textOf(frame(pressed(keys.split(''), size, look).model, look));
    const steady = (picture: string): string => picture.replace(/\d+ (?:s|min)\b/g, '0 s').replace(/ +/g, ' ');
    await terminal.until((picture) => steady(picture) === steady(wanted.join('\n')), wanted.join('\n'));
  }
});

test('Enter is taken once', async () => {
  await using terminal = open();
  await terminal.until(isReady);
  terminal.type('3\r');
  await terminal.until((picture) => picture.includes('session 8'));
  terminal.type('\r');
  await terminal.until((picture) => picture.includes('live  3 of 3'));
});

test('a storm of sizes ends in the right picture, and a corner gets the two lines', async () => {
  await using terminal = open();
  await terminal.until(isReady);
  for (let count = 0; count < 200; count += 1) {
    terminal.resize({ columns: 20 + ((count * 37) % 160), rows: 2 + ((count * 13) % 50) });
  }
  terminal.resize({ columns: 40, rows: 3 });
  await terminal.until((picture) => /^ S swiss .*6,6\n.*2 open, 1 held$/m.test(picture.trimEnd()));
  terminal.resize({ columns: 100, rows: 30 });
  const picture = await terminal.until((shown) => isReady(shown) && shown.trimEnd().endsWith('q quit'));
  assert.equal(picture.split('\n').length, 30);
});

const leavings: readonly (readonly [string, (terminal: TestTerminal) => void, number, RegExp])[] = [
  ['q', (terminal) => terminal.type('q'), 0, /ended: left/],
  ['Ctrl-C', (terminal) => terminal.type('\x03'), 0, /ended: left/],
  ['SIGTERM', (terminal) => terminal.signal('SIGTERM'), 0, /ended: signal/],
  ['SIGHUP', (terminal) => terminal.signal('SIGHUP'), 0, /ended: signal/],
  ['a crash', (terminal) => terminal.type('r'), 1, /crashed: boom/],
];

for (const [what, leave, code, words] of leavings) {
  test(`after ${what} the terminal is as it was: its own screen, its cursor, no mouse`, async () => {
    await using terminal = open();
    await terminal.until(isReady);
    assert.equal(terminal.isNormal(), false);
    leave(terminal);
    assert.equal(await terminal.ended, code);
    await terminal.until((picture) => words.test(picture), String(words));
    assert.deepEqual([terminal.isNormal(), terminal.showsCursor()], [true, true]);
    for (const mode of ['1000', '1002', '1003', '1006']) {
      const raw = terminal.raw();
      assert.ok(raw.lastIndexOf(`\x1b[?${mode}l`) >= raw.lastIndexOf(`\x1b[?${mode}h`), `mouse mode ${mode}`);
    }
  });
}

test('Ctrl-Z gives the terminal back, and fg brings the screen again as it is now', async () => {
  await using terminal = open({ from: 'shell' });
  await terminal.until(isReady);
  for (const round of [1, 2]) {
    terminal.type('\x1a');
    await terminal.until((picture) => picture.includes('Stopped') && terminal.isNormal(), `stopped ${round}`);
    assert.equal(terminal.showsCursor(), true);
    terminal.type(`echo ${round}''${round}\r`);
    await terminal.until((picture) => picture.includes(`\n${round}${round}\n`), 'what the shell echoes');
    terminal.resize({ columns: 80 + round, rows: 24 });
    terminal.type('fg\r');
    await terminal.until((picture) => isReady(picture) && !terminal.isNormal(), `continued ${round}`);
    terminal.type('3');
    await terminal.until((picture) => picture.includes('live  3 of 3'), 'keys are heard');
    terminal.type('1');
    const whole = (picture: string): boolean => picture.includes('● S~ swiss') && picture.trimEnd().endsWith('q quit');
    await terminal.until(whole, 'and pages drawn');
  }
  terminal.type('q');
  await terminal.until((picture) => picture.includes('ended: left') && terminal.isNormal());
  assert.equal(terminal.showsCursor(), true);
});

test('what is pasted comes as one text, and none of it is taken for keys', async () => {
  await using terminal = open();
  await terminal.until(isReady);
  terminal.type('4');
  await terminal.until((picture) => picture.includes('1 of 6'));
  const lines = Array.from({ length: 2_000 }, (_, line) => `q3d.example:${line + 1}`);
  terminal.type(`\x1b[200~${lines.join('\r')}\r\x1b[201~`);
  await terminal.until(
    (picture) => picture.includes('2000 proxies, read as lines') && picture.includes('q3d.example:3'),
  );
  terminal.type('\x1b');
  await terminal.until((picture) => picture.includes('1 of 6'));
  assert.match(terminal.raw(), /\x1b\[\?2004h/);
  terminal.type('q');
  assert.equal(await terminal.ended, 0);
  assert.ok(terminal.raw().lastIndexOf('\x1b[?2004l') > terminal.raw().lastIndexOf('\x1b[?2004h'));
});

test('NO_COLOR is honoured, and no meaning is lost', async () => {
  await using terminal = open({ env: { NO_COLOR: '1' } });
  const picture = await terminal.until(isReady);
  assert.match(picture, /● S~ swiss/);
  // What is left are bold, reverse and the way back.
  const colours = [...terminal.raw().matchAll(/\x1b\[([\d;]*)m/g)].flatMap(([, codes = '']) => codes.split(';'));
  assert.deepEqual(
    colours.filter((code) => /^(?:3|4|9|10)\d/.test(code) && code !== '39' && code !== '49'),
    [],
  );
});

test('a terminal without UTF-8 gets ASCII only', async () => {
  await using terminal = open({ env: { LANG: 'C', TERM: 'vt100' } });
  await terminal.until(isReady);
  terminal.type('2');
  await terminal.until((picture) => picture.includes('last hour'));
  assert.match(terminal.raw(), /^[\x00-\x7f]*$/);
});

test('nothing that a terminal would obey gets from outside to the terminal', async () => {
  const sessions = hostileTexts
    .slice(0, 15)
    .map((text, id) => sessionOf(id + 1, { identity: `x${text}y` as Identity }));
  const notices: Snapshot['notices'] = hostileTexts.map((text, at) => ({
    ...{ level: 'warning', topic: String(at), text: `n${text}n`, count: 1, at: 59_000 as never },
  }));
  const env = { TUI_SNAPSHOT: JSON.stringify({ sessions, recent: [], notices }) };
  await using terminal = open({ columns: 120, rows: 40, env });
  await terminal.until(isReady);
  for (const [key, shown] of [
    ['3', 'of 15'],
    ['6', 'notices'],
  ] as const) {
    terminal.type(key);
    await terminal.until((picture) => picture.includes(shown));
  }
  const raw = terminal.raw();
  // What the library itself sends: colours, moves, modes; nothing else may begin with an escape, and no C1 control is there.
  const unknown = raw.replace(/\x1b(?:\[[?>]?[\d;]*[A-Za-z]|[()][0B]|[=>78]|\]0;kaskade\x07)/g, '');
  assert.doesNotMatch(unknown, /[\x00-\x07\x0b\x0c\x0e-\x1f\x7f\x80-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/);
  assert.doesNotMatch(raw, /\x1b\]52|\x1b\[6n|\x1b\[c|\x1b\]2;/);
  assert.ok(terminal.rows().every((row) => !row.includes('\ufeff')));
});
