import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openStore } from '../../src/config/store.js';
import { createHome, failureOf } from './home.js';

const posix = process.platform === 'win32' ? { skip: 'modes are of POSIX' } : {};

/** Rights of a file or folder, as `600`. */
const rights = (path: string): string => (statSync(path).mode & 0o777).toString(8);

test('the home is for its owner only, and so is the file', posix, (context) => {
  const home = join(createHome(context), 'deep', 'er');
  const before = process.umask(0);
  context.after(() => process.umask(before));
  const store = openStore(home);
  store.add('one', 'http://u:p@a');
  assert.deepEqual([rights(home), rights(join(home, '..')), rights(store.path)], ['700', '700', '600']);
  assert.deepEqual(readdirSync(home), ['settings.json']);
});

test('a file that others may read is tightened when it is opened, and stays so', posix, (context) => {
  const home = createHome(context);
  const { path } = openStore(home);
  openStore(home).add('one', 'http://a');
  chmodSync(path, 0o644);
  openStore(home);
  assert.equal(rights(path), '600');
  openStore(home).set('sessions.most', '3');
  assert.equal(rights(path), '600');
});

test('a home that the user has made keeps its rights', posix, (context) => {
  const home = createHome(context);
  chmodSync(home, 0o755);
  openStore(home).add('one', 'http://a');
  assert.equal(rights(home), '755');
});

test('a symbolic link stays one; the file behind it is tightened and written', posix, (context) => {
  const home = createHome(context);
  const elsewhere = join(home, 'elsewhere');
  mkdirSync(elsewhere);
  const target = join(elsewhere, 'mine.json');
  writeFileSync(target, JSON.stringify({ version: 1, settings: {}, cascades: [] }), { mode: 0o644 });
  symlinkSync(target, join(home, 'settings.json'));
  const store = openStore(home);
  assert.equal(rights(target), '600');
  store.add('one', 'http://a');
  assert.ok(lstatSync(store.path).isSymbolicLink());
  assert.match(readFileSync(target, 'utf8'), /http:\/\/a:80/);
  assert.deepEqual(readdirSync(elsewhere), ['mine.json']);
});

const broken: readonly (readonly [name: string, text: string])[] = [
  ['half a file', '{"version":1,"settings":{},"cascades":[{"name":"x","chain":"http://u:canary'],
  ['an empty file', ''],
  ['null', 'null'],
  ['a list', '[]'],
  ['no version', '{"settings":{},"cascades":[]}'],
  ['an odd version', '{"version":0,"settings":{},"cascades":[]}'],
  ['a field that is not known', '{"version":1,"settings":{},"cascades":[],"canary":1}'],
  ['a setting that is no text', '{"version":1,"settings":{"listen":4001},"cascades":[]}'],
  ['a cascade without chain', '{"version":1,"settings":{},"cascades":[{"name":"canary"}]}'],
  [
    'a name twice',
    '{"version":1,"settings":{},"cascades":[{"name":"x","chain":"http://a"},{"name":"x","chain":"http://b"}]}',
  ],
];

for (const [name, text] of broken) {
  test(`a broken file is kept aside and named, and never overwritten: ${name}`, (context) => {
    const home = createHome(context);
    const path = join(home, 'settings.json');
    for (const number of [1, 2]) {
      writeFileSync(path, text);
      const { code, note = '' } = failureOf(() => openStore(home));
      assert.equal(code, 'settings-broken');
      assert.ok(note.endsWith(`it is kept as ${path}.broken-${number}`), note);
      assert.ok(!note.includes('canary'), note);
      assert.equal(readFileSync(`${path}.broken-${number}`, 'utf8'), text);
      assert.ok(!existsSync(path));
    }
    openStore(home).add('one', 'http://a');
    assert.equal(readFileSync(`${path}.broken-1`, 'utf8'), text);
    assert.deepEqual(readdirSync(home), ['settings.json', 'settings.json.broken-1', 'settings.json.broken-2']);
  });
}

test('a file that breaks while the program runs is kept aside before anything is written', (context) => {
  const home = createHome(context);
  const store = openStore(home);
  store.add('one', 'http://a');
  writeFileSync(store.path, '{');
  assert.equal(failureOf(() => store.add('two', 'http://b')).code, 'settings-broken');
  assert.equal(readFileSync(`${store.path}.broken-1`, 'utf8'), '{');
});

test('the Tab key leaves a broken file where it is', (context) => {
  const home = createHome(context);
  writeFileSync(join(home, 'settings.json'), '{');
  assert.equal(failureOf(() => openStore(home, 'leave')).code, 'settings-broken');
  assert.deepEqual(readdirSync(home), ['settings.json']);
});

test('a file of a later version is refused and left alone', (context) => {
  const home = createHome(context);
  const path = join(home, 'settings.json');
  writeFileSync(path, '{"version":2,"anything":"else"}');
  const { code, note } = failureOf(() => openStore(home));
  assert.equal(code, 'settings-broken');
  assert.match(note ?? '', /later version/);
  assert.deepEqual(readdirSync(home), ['settings.json']);
  assert.equal(readFileSync(path, 'utf8'), '{"version":2,"anything":"else"}');
});

test('names that mean something to JavaScript are only names', (context) => {
  const home = createHome(context);
  const settings = '{"__proto__":"x"}';
  writeFileSync(
    join(home, 'settings.json'),
    `{"version":1,"settings":${settings},"cascades":[],"__proto__":{"use":"x"}}`,
  );
  const opened = failureOf(() => openStore(home).settings());
  assert.ok(['settings-broken', 'bad-setting'].includes(opened.code), opened.code);
  assert.equal(({} as { use?: string }).use, undefined);
});
