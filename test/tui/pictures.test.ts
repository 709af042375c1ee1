/** The pages as pictures, at the sizes that terminals have. `PICTURES=draw` draws them anew; look at them then. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Millis } from '../../src/model/brand.js';
import type { ProxyId } from '../../src/model/cascade.js';
import type { Session } from '../../src/model/session.js';
import { asciiGlyphs } from '../../src/tui/glyphs.js';
import type { Size } from '../../src/tui/line.js';
import { assertPicture, pictureFolder } from '../kit/pictures.js';
import { emptySnapshot } from '../kit/snapshots.js';
import { busySnapshot, lookAt, picture } from '../kit/tui.js';

const sizes: readonly Size[] = [
  { columns: 80, rows: 24 },
  { columns: 120, rows: 40 },
  { columns: 200, rows: 50 },
];

const scenes: readonly (readonly [name: string, keys: readonly string[]])[] = [
  ['cascades', []],
  ['hops', ['2']],
  ['sessions', ['3']],
  ['waterfall', ['3', 'down', 'enter']],
  ['log', ['6']],
  ['book', ['4', 'space', 'space']],
  ['proxy', ['4', 'enter']],
  ['sources', ['4', 'o', 'down', 'down']],
  ['way', ['4', 'i', ...Array.from('https://lists.example/all.txt'), 'enter', 'end']],
  [
    'filters',
    ['n', 'f', ...Array.from('up, country=FR'), 'enter', 'a', '/', ...Array.from('grade>=exact'), 'enter', 'enter'],
  ],
  ['builder', ['n', 'enter', 'a', 'down', 'enter', 'down', 'enter']],
  ['help', ['?']],
];

for (const size of sizes) {
  describe(`at ${size.columns} × ${size.rows}`, () => {
    for (const [name, keys] of scenes) {
      test(`${name} looks as drawn, and every line fits`, () => {
        const drawn = picture(keys, size);
        assert.equal(drawn.split('\n').length, size.rows);
        for (const line of drawn.split('\n')) assert.ok(line.length <= size.columns, line);
        assertPicture(`${name}-${size.columns}`, drawn);
      });
    }
  });
}

test('a corner of 40 × 3 shows the cascade, the meter, rates and sessions in two lines', () => {
  assertPicture('mini', picture([], { columns: 40, rows: 3 }));
});

test('nothing to show is said, and what to do about it', () => {
  assertPicture('empty', picture([], { columns: 80, rows: 12 }, lookAt(emptySnapshot)));
});

test('a session over a spare tunnel names the hops that were passed ahead, and gives them no times', () => {
  const [open] = busySnapshot.sessions;
  assert.ok(open?.state.phase === 'relaying');
  const exchange = { hop: 3, label: open.route?.[2] ?? '', exchange: 70 as Millis };
  const session: Session = { ...open, ahead: 2, tries: 1, state: { ...open.state, opened: [exchange] } };
  const look = lookAt({ ...busySnapshot, sessions: [session], recent: [] });
  const size = { columns: 120, rows: 20 };
  assertPicture('ahead-120', picture(['3', 'enter'], size, look));
  assert.match(picture(['3'], size, look), / ahead \+ 70 ms /);
});

test('without Unicode only ASCII is drawn by the views themselves', () => {
  const look = lookAt(busySnapshot, { glyphs: asciiGlyphs });
  // The signs of bounds, boxes and ellipses are replaced one by one where the screen is written.
  const drawn = picture([], { columns: 80, rows: 24 }, look).replace(/[…≤≥]/g, '');
  assert.match(drawn, /^[\x20-\x7e\n]*$/);
});

test('what is unknown is drawn as unknown, and never as good', () => {
  const look = lookAt({ ...busySnapshot, hops: [], edges: [] });
  const [, row] = /^ ● .*$/m.exec(picture([], undefined, look))?.[0].split('swiss') ?? [];
  assert.match(row ?? '', /^ +\. .* \. .* \. .*unknown +unknown/);
  assert.doesNotMatch(picture(['2'], { columns: 80, rows: 60 }, look), /≤|≥|100 %| U hop/);
});

test('a single hop is warned of as long as it is in use', () => {
  const look = lookAt({ ...busySnapshot, cascade: 'solo', notices: [] });
  for (const page of ['1', '2', '3', '4', '6']) {
    assert.match(picture([page], undefined, look), /^ ! One hop sees both who you are and where you go\.$/m);
  }
});

test('a way that does not forward makes the hop behind it look no better than the way', () => {
  const look = lookAt({ ...busySnapshot, hops: busySnapshot.hops.map((hop) => ({ ...hop, standing: 'up' as const })) });
  const drawn = picture(['2'], { columns: 100, rows: 60 }, look);
  assert.match(drawn, /^ D hop 2 {2}http:\/\/81\.0\.0\.2:3128/m);
  assert.match(drawn, /93\.0\.0\.1:1080 does not forward to 81\.0\.0\.2:3128/);
});

test('a hop that filters is told of', () => {
  const [first, ...rest] = busySnapshot.hops;
  assert.ok(first !== undefined);
  const look = lookAt({ ...busySnapshot, hops: [{ ...first, filters: true, exit: '9.9.9.9' }, ...rest] });
  const drawn = picture(['2'], { columns: 120, rows: 60 }, look);
  assert.match(drawn, /filters your cascade/);
  assert.match(drawn, /exit 9\.9\.9\.9/);
  assert.equal(look.snapshot.hops[0]?.proxy, 'socks5h://93.0.0.1:1080' as ProxyId);
});

test('the README shows the pages as they are', () => {
  const readme = readFileSync(fileURLToPath(new URL('../../../README.md', import.meta.url)), 'utf8');
  for (const name of [
    'cascades-80',
    'hops-80',
    'sessions-80',
    'waterfall-80',
    'book-80',
    'proxy-80',
    'audit-results-80',
    'audit-evidence-80',
    'log-80',
    'builder-80',
    'filters-80',
    'mini',
  ]) {
    const rows = readFileSync(`${pictureFolder}${name}.txt`, 'utf8')
      .split('\n')
      .slice(name === 'mini' ? 0 : 3);
    assert.ok(readme.includes(`${rows.filter((row) => row.trim() !== '').join('\n')}\n`), name);
  }
});
