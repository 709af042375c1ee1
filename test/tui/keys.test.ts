/** Every key of the table, and what it does. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Snapshot } from '../../src/model/snapshot.js';
import { auditingKeys } from '../../src/tui/auditing.js';
import { builderKeys } from '../../src/tui/builder.js';
import { evidenceKeys } from '../../src/tui/evidence.js';
import { frame } from '../../src/tui/frame.js';
import { importKeys } from '../../src/tui/importing.js';
import { commonKeys, keysOf, pages } from '../../src/tui/keys.js';
import type { Model } from '../../src/tui/page.js';
import { sourceKeys } from '../../src/tui/sources.js';
import { startModel, update } from '../../src/tui/update.js';
import { emptySnapshot } from '../kit/snapshots.js';
import { busySnapshot, lookAt, picture, pressed } from '../kit/tui.js';

const wordAfter = (keys: readonly string[], snapshot: Snapshot = busySnapshot): string =>
  pressed(keys, undefined, lookAt(snapshot)).model.word?.text ?? '';

describe('every key of the table', () => {
  const tables = [
    ...pages.map(({ digit, keys }) => ({ before: [digit], keys })),
    { before: [], keys: commonKeys },
    { before: ['n'], keys: builderKeys },
    { before: ['4', 'o'], keys: sourceKeys },
    {
      before: ['4', 'i', ...Array.from('http://a.example/'), 'enter'],
      keys: importKeys({ step: 'way', url: '', at: 0 }),
    },
    { before: ['5', 'n'], keys: auditingKeys({ step: 'ask', at: 0, filter: '', tier: 'quick' }) },
    { before: ['4', 'enter', 'e'], keys: evidenceKeys },
    {
      before: ['4', 'i', ...Array.from('/srv/list'), 'enter'],
      keys: importKeys({ step: 'looking', name: '', bytes: 0, read: 0 }),
    },
  ];
  for (const { before, keys } of tables) {
    for (const row of keys) {
      for (const key of row.keys) {
        test(`${[...before, key].join(' ')} (${row.help}) leaves a screen that can be drawn`, () => {
          for (const snapshot of [busySnapshot, emptySnapshot]) {
            const look = lookAt(snapshot);
            const { model } = pressed([...before, key, key], undefined, look);
            assert.equal(frame(model, look).length, 24);
          }
        });
      }
    }
  }
});

test('a disabled key says why', () => {
  assert.equal(wordAfter(['enter'], emptySnapshot), 'There is no cascade to choose yet; n builds one.');
  assert.equal(wordAfter(['3', 'x'], emptySnapshot), 'There is no session to choose.');
  assert.equal(wordAfter(['3', 'end', 'x']), 'Session 6 has ended already.');
  assert.match(wordAfter(['n', 's']), /^Hop 1 has no proxy yet/);
});

test('digits show pages; one without a page says only that nothing is there', () => {
  for (const [digit, id] of [
    ['1', 'cascades'],
    ['2', 'hops'],
    ['3', 'sessions'],
    ['4', 'book'],
    ['5', 'audit'],
    ['6', 'log'],
  ] as const) {
    assert.equal(pressed([digit]).model.page, id);
  }
  for (const digit of ['7', '9']) {
    assert.equal(pressed(['3', digit]).model.page, 'sessions');
    assert.match(wordAfter([digit]), /^There is no page \d/);
  }
  assert.deepEqual(
    [
      pressed(['tab']).model.page,
      pressed(['S-tab']).model.page,
      pressed(['tab', 'tab', 'tab', 'tab', 'tab', 'tab']).model.page,
    ],
    ['hops', 'log', 'cascades'],
  );
});

test('what cannot be taken back wants its key twice, and another key in between calls it off', () => {
  assert.deepEqual(pressed(['d']).orders, []);
  assert.equal(wordAfter(['d']), 'Press d again to delete.');
  assert.deepEqual(pressed(['d', 'd']).orders, [{ do: 'remove-cascade', name: 'swiss' }]);
  assert.deepEqual(pressed(['d', 'down', 'd']).orders, []);
  assert.deepEqual(pressed(['d', 'd', 'd']).orders.length, 1);
  const close = { do: 'command', command: { do: 'close-session', session: 8 }, said: 'Session 8 is ended.' };
  assert.deepEqual(pressed(['3', 'x', 'x']).orders, [close]);
});

test('leaving asks again only where open sessions end with the window', () => {
  const own = lookAt(busySnapshot, { ownsEngine: true });
  assert.deepEqual(pressed(['q']).orders, [{ do: 'quit' }]);
  assert.deepEqual(pressed(['q'], undefined, own).orders, []);
  assert.match(pressed(['q'], undefined, own).model.word?.text ?? '', /^2 open sessions end with this window/);
  assert.deepEqual(pressed(['q', 'q'], undefined, own).orders, [{ do: 'quit' }]);
  assert.deepEqual(pressed(['C-c'], undefined, own).orders, [{ do: 'quit' }]);
});

test('Enter uses the chosen cascade, and keys act on the one that is chosen', () => {
  assert.deepEqual(pressed(['down', 'enter']).orders, [
    { do: 'command', command: { do: 'use-cascade', name: 'solo' }, said: 'New sessions go through solo.' },
  ]);
  assert.deepEqual(pressed(['t']).orders, [{ do: 'test-cascade', name: 'swiss' }]);
  assert.deepEqual(pressed(['w', 'down', 'w']).orders, [
    { do: 'keep-warm', name: 'swiss', warm: false },
    { do: 'keep-warm', name: 'solo', warm: true },
  ]);
});

describe('the builder', () => {
  test('takes known proxies for several hops, and stores the draft with the ids that keep their credentials', () => {
    const { orders } = pressed(['n', 'enter', 'a', 'down', 'enter', 'down', 'enter', 'p', 's']);
    assert.deepEqual(orders, [
      {
        do: 'put-cascade',
        name: 'cascade-1',
        draft: [
          { pick: 'first-up', among: ['socks5h://93.0.0.1:1080'] },
          { pick: 'random', among: ['http://81.0.0.1:3128', 'http://81.0.0.2:3128'] },
        ],
      },
    ]);
  });

  test('changes a stored cascade in its place', () => {
    const { orders } = pressed(['down', 'e', 'm', 'C-u', 'w', 'i', 'd', 'e', 'enter', 's']);
    assert.deepEqual(orders, [
      {
        ...{ do: 'put-cascade', name: 'wide', replaces: 'solo' },
        draft: [{ pick: 'first-up', among: ['socks5h://93.0.0.1:1080'] }],
      },
    ]);
  });

  test('takes a filter in braces for a hop, and shows it', () => {
    const typed = ['n', 'u', ...Array.from('{up, new}'), 'enter'];
    assert.match(picture(typed), /hop 1 +\{up, new\} +~first-up/);
    assert.deepEqual(pressed([...typed, 'p', 's']).orders, [
      { do: 'put-cascade', name: 'cascade-1', draft: [{ pick: 'random', among: [], filter: 'up, new' }] },
    ]);
  });

  test('says what speaks against a cascade while it is built', () => {
    assert.match(picture(['n']), /Hop 1 has no proxy yet/);
    assert.match(picture(['n', 'enter']), /Note: One hop sees both/);
    assert.match(
      picture(['n', 'enter', 'a', 'enter']),
      /This cascade cannot be used \(93\.0\.0\.1:1080 is in it twice\)/,
    );
  });

  test('never shows a password, neither while it is typed nor later', () => {
    const url = 'socks5h://bob:hunter2@10.9.8.7:1080';
    const keys = ['n', 'u'];
    for (const letter of url) {
      keys.push(letter);
      assert.doesNotMatch(picture(keys, { columns: 120, rows: 30 }), /h?unter|hunt/);
    }
    const after = picture([...keys, 'enter'], { columns: 120, rows: 30 });
    assert.match(after, /socks5h:\/\/•••@10\.9\.8\.7:1080/);
    assert.doesNotMatch(after, /hunter2|bob/);
    assert.deepEqual(pressed([...keys, 'enter', 's']).orders.length, 1);
  });

  test('takes one hop at a time', () => {
    const { model } = pressed(['n', 'u', ...'http://a:1,http://b:1'.split(''), 'enter']);
    assert.match(model.word?.text ?? '', /^One hop at a time/);
  });
});

describe('the sessions page', () => {
  const ids = (keys: readonly string[]): readonly string[] =>
    [...picture(['3', ...keys]).matchAll(/^ {2} +(\d+) +\d+ s/gm)].map(([, id = '']) => id);

  test('sorts by each column and the other way round', () => {
    assert.deepEqual(ids([]), ['8', '7', '6']);
    assert.deepEqual(ids(['S']), ['6', '7', '8']);
    assert.deepEqual(ids(['s']), ['8', '7', '6']);
    assert.deepEqual(ids(['s', 's', 's', 's', 's']), ['7', '8', '6']);
  });

  test('filters by words and by fields, and counts what is left', () => {
    assert.deepEqual(ids(['/', ...'state:held'.split('')]), ['8']);
    assert.deepEqual(
      ids([
        '/',
        ...'example work'
          .replace(' ', '_')
          .split('')
          .map((key) => (key === '_' ? 'space' : key)),
      ]),
      ['7'],
    );
    assert.match(picture(['3', '/', ...'nowhere'.split(''), 'enter']), / 0 of 3 /);
    assert.deepEqual(ids(['/', 'x', 'enter', 'escape']), ['8', '7', '6']);
  });

  test('freezes, and goes back to live', () => {
    const look = lookAt();
    const { model } = pressed(['3', 'f'], undefined, look);
    const later = lookAt({ ...busySnapshot, sessions: [], recent: [] });
    const rows = (state: Model): number =>
      frame(state, later).filter((line) =>
        line
          .map(({ text }) => text)
          .join('')
          .includes('example'),
      ).length;
    assert.equal(rows(model), 2);
    assert.equal(rows(update(model, { kind: 'key', key: 'escape' }, later).model), 0);
  });

  test('hides those that have ended', () => {
    assert.deepEqual(ids(['c']), ['8', '7']);
  });

  test('renews an identity', () => {
    assert.deepEqual(pressed(['3', 'down', 'i']).orders, [
      { do: 'command', command: { do: 'renew', identity: 'work' }, said: 'work begins anew.' },
    ]);
  });
});

test('the mouse chooses rows, shows pages and scrolls', () => {
  const look = lookAt();
  const start = startModel({ columns: 80, rows: 24 });
  const click = (column: number, row: number): Model => update(start, { kind: 'click', column, row }, look).model;
  assert.equal(click(16, 3).page, 'hops');
  assert.equal(click(40, 3).page, 'book');
  assert.equal(click(48, 3).page, 'audit');
  assert.equal(click(57, 3).page, 'log');
  assert.equal(click(10, 6).cascades.at, 1);
  assert.equal(click(10, 20).cascades.at, 1);
  assert.equal(update(start, { kind: 'wheel', by: 1 }, look).model.cascades.at, 1);
});

test('the log shows warnings only, pauses and scrolls', () => {
  assert.doesNotMatch(picture(['6', 'l']), /as it should be/);
  const { model } = pressed(['6', 'p']);
  const later = lookAt({ ...busySnapshot, notices: [] });
  assert.match(
    frame(model, later)
      .flat()
      .map(({ text }) => text)
      .join(''),
    /as it should be/,
  );
});

test('every labelled key of a page stands in the help', () => {
  const help = ['', 'pagedown', 'pagedown', 'pagedown', 'end']
    .map((_, count) => picture(['?', ...Array.from({ length: count }, () => 'pagedown')], { columns: 100, rows: 30 }))
    .join('\n');
  for (const { keys } of [...pages.flatMap((page) => page.keys), ...builderKeys]) {
    assert.ok(help.includes(`   ${keys[0] ?? ''}`), keys[0]);
  }
  assert.ok(keysOf(pressed(['?']).model).some(({ keys }) => keys.includes('escape')));
});
