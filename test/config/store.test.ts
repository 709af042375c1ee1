import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { labelCascade } from '../../src/model/cascade.js';
import { openStore } from '../../src/config/store.js';
import { createHome, failureOf } from './home.js';

const password = 'p,a|ss~w@o/r?d#%:x é!';
const login = `bob:${encodeURIComponent(password)}@`;

test('what is stored is found by the next process', (context) => {
  const home = createHome(context);
  const store = openStore(home);
  store.set('dial.deadline', '5000ms');
  store.add('work', `socks5h://${login}a.example,http://b.example|http://c.example~random`);
  store.add('home', 'http://d.example');
  store.use('home');
  const again = openStore(home);
  assert.equal(again.settings()['dial.deadline'], 5_000);
  assert.equal(again.view('dial.deadline').value, '5s');
  assert.deepEqual(
    again.cascades().map(({ name }) => name),
    ['work', 'home'],
  );
  assert.equal(again.cascades()[0]?.positions[0].among[0]?.hop.credentials?.password.reveal(), password);
  assert.equal(again.cascades()[0]?.positions[1]?.pick, 'random');
  assert.equal(again.inUse(), 'home');
  assert.equal(again.path, join(home, 'settings.json'));
});

test('the first cascade is in use until another one is picked or it is removed', (context) => {
  const store = openStore(createHome(context));
  assert.equal(store.inUse(), undefined);
  store.add('one', 'http://a');
  store.add('two', 'http://b');
  assert.equal(store.inUse(), 'one');
  assert.equal(store.remove('one').name, 'one');
  assert.equal(store.inUse(), undefined);
  assert.equal(store.use('two').name, 'two');
  assert.equal(store.inUse(), 'two');
  store.remove('two');
  store.add('three', 'http://c');
  assert.equal(store.inUse(), 'three');
});

test('a stored cascade is the same object until it changes, so that kept tunnels are found', (context) => {
  const store = openStore(createHome(context));
  const added = store.add('one', 'http://a');
  store.set('sessions.most', '5');
  store.add('two', 'http://b');
  assert.equal(store.cascades()[0], added);
  store.remove('one');
  store.add('one', 'http://c');
  assert.notEqual(store.cascades()[1], added);
});

test('names that are taken, unknown or no names are refused, and nothing is stored', (context) => {
  const home = createHome(context);
  const store = openStore(home);
  store.add('one', 'http://a');
  const before = readFileSync(store.path, 'utf8');
  assert.match(failureOf(() => store.add('one', 'http://b')).note ?? '', /the name one is taken/);
  for (const name of ['', 'a b', '-x', '__proto__', 'é', 'x'.repeat(65), '../x']) {
    assert.equal(failureOf(() => store.add(name, 'http://b')).code, 'bad-cascade', name);
  }
  assert.equal(failureOf(() => store.add('two', 'ftp://b')).code, 'bad-hop');
  assert.equal(failureOf(() => store.use('two')).code, 'cascade-unknown');
  assert.equal(failureOf(() => store.remove('two')).code, 'cascade-unknown');
  assert.equal(failureOf(() => store.remove('http:/u:canary@h')).note, undefined);
  assert.equal(failureOf(() => store.set('sessions.most', 'many')).code, 'bad-setting');
  assert.equal(readFileSync(store.path, 'utf8'), before);
});

test('two programs that change the same file lose nothing of each other', (context) => {
  const home = createHome(context);
  const [one, other] = [openStore(home), openStore(home)];
  one.add('one', 'http://a');
  other.add('two', 'http://b');
  one.set('sessions.most', '7');
  other.remove('one');
  const after = openStore(home);
  assert.deepEqual(
    after.cascades().map(({ name }) => name),
    ['two'],
  );
  assert.equal(after.settings()['sessions.most'], 7);
  assert.equal(failureOf(() => one.add('two', 'http://c')).code, 'bad-cascade');
});

test('a value that is not legal is told with its place and stays where it is, and can be mended', (context) => {
  const home = createHome(context);
  const path = join(home, 'settings.json');
  const chain = 'http://u:canary@a:99999';
  const text = JSON.stringify({
    version: 1,
    settings: { 'dial.deadline': 'canary' },
    cascades: [{ name: 'x', chain }],
  });
  writeFileSync(path, text);
  const store = openStore(home);
  const note = failureOf(() => store.settings()).note ?? '';
  assert.ok(note.startsWith(`${path}: dial.deadline: `) && !note.includes('canary'), note);
  const hop = failureOf(() => store.cascades());
  assert.ok(hop.note?.startsWith(`x in ${path}: `) === true && !hop.note.includes('canary'), hop.note);
  assert.equal(readFileSync(path, 'utf8'), text);
  store.set('dial.deadline', '9s');
  assert.equal(store.settings()['dial.deadline'], 9_000);
});

test('a path that is no folder, and a settings file that is one, are told with the path and the errno', (context) => {
  const home = createHome(context);
  writeFileSync(join(home, 'file'), '');
  const under = failureOf(() => openStore(join(home, 'file', 'deeper')));
  assert.deepEqual([under.code, (under.note ?? '').endsWith('ENOTDIR')], ['home-unusable', true], under.note);
  const taken = failureOf(() => openStore(join(home, 'file')));
  assert.deepEqual([taken.code, taken.note], ['home-unusable', `${join(home, 'file')}, EEXIST`]);
  mkdirSync(join(home, 'settings.json'));
  assert.equal(failureOf(() => openStore(home)).code, 'home-unusable');
});

test('a draft of known proxies keeps their credentials and options, and new ones are read as they are written', (context) => {
  const store = openStore(createHome(context));
  store.add('one', 'socks5h://alice:s3cret@a.test:1080,https://b.test?verify=no');
  const draft = [
    { pick: 'first-up', among: ['https://b.test:443?verify=no'] },
    { pick: 'random', among: ['socks5h://a.test:1080', 'http://bob:w0rd@c.test'] },
  ] as const;
  assert.equal(
    labelCascade(store.compose(draft)),
    'https://b.test:443?verify=no > socks5h://a.test:1080 | http://c.test:80',
  );
  assert.equal(store.cascades().length, 1);
  const two = store.put('two', draft);
  const revealed = two.positions[1]?.among.map(({ hop }) => hop.credentials?.password.reveal());
  assert.deepEqual([two.positions[1]?.pick, revealed], ['random', ['s3cret', 'w0rd']]);
  assert.deepEqual(failureOf(() => store.put('two', draft)).code, 'bad-cascade');
  assert.deepEqual(failureOf(() => store.compose([{ pick: 'sticky', among: ['nonsense'] }])).code, 'bad-hop');
});

test('a cascade that takes the place of another keeps its place, and stays in use', (context) => {
  const store = openStore(createHome(context));
  store.add('one', 'http://a.test');
  store.add('two', 'http://b.test');
  store.put('uno', [{ pick: 'first-up', among: ['http://c.test'] }], 'one');
  assert.deepEqual([store.cascades().map(({ name }) => name), store.inUse()], [['uno', 'two'], 'uno']);
  assert.equal(
    failureOf(() => store.put('two', [{ pick: 'first-up', among: ['http://c.test'] }], 'uno')).code,
    'bad-cascade',
  );
  assert.equal(
    failureOf(() => store.put('x', [{ pick: 'first-up', among: ['http://c.test'] }], 'nobody')).code,
    'cascade-unknown',
  );
});

test('a draft may hold a filter, and nothing of it is taken for a hop', (context) => {
  const store = openStore(createHome(context));
  const put = store.put('book', [
    { pick: 'random', among: [], filter: 'up, tag="},http://evil"' },
    { pick: 'first-up', among: ['http://c.test'] },
  ]);
  assert.equal(put.positions.length, 2);
  assert.deepEqual(store.cascades()[0]?.positions[0], put.positions[0]);
  assert.equal(
    failureOf(() => store.put('bad', [{ pick: 'random', among: [], filter: 'up},http://evil,{up' }])).code,
    'bad-filter',
  );
});
