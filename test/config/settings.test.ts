import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkSetting, readSetting, readSettings, viewSetting, viewSettings } from '../../src/config/settings.js';
import { failureOf } from './home.js';

test('every setting has a standard that is legal, in its shortest form, and says what it means', () => {
  for (const { key, value, standard, legal, meaning } of viewSettings({})) {
    assert.equal(value, standard, key);
    assert.equal(checkSetting(key, standard), standard, key);
    assert.ok(legal.length > 0 && meaning.length > 0, key);
  }
});

test('the standards are the figures of the command line contract', () => {
  const settings = readSettings({}, 'nowhere');
  assert.deepEqual(settings.listen, [{ host: { kind: 'ipv4', address: '127.0.0.1' }, port: 4001 }]);
  assert.equal(settings['targets.private'], 'refuse');
  assert.deepEqual([...settings['targets.refusedPorts']], [25]);
  assert.deepEqual([...settings['targets.plainPortsWarn']], [21, 23, 25, 80, 110, 143]);
  assert.equal(settings['dial.deadline'], 60_000);
  assert.equal(settings['handshake.deadline'], 10_000);
  assert.equal(settings['idle.after'], 900_000);
  assert.equal(settings['idle.tunnels'], 7_200_000);
  assert.equal(settings['sessions.most'], 2000);
  assert.equal(settings['log.targets'], false);
});

const legal: readonly (readonly [key: string, written: string, kept: string])[] = [
  ['listen', '[::1]:0, localhost:8080', '[::1]:0,127.0.0.1:8080'],
  ['listen', '0.0.0.0:65535', '0.0.0.0:65535'],
  ['targets.private', 'ALLOW', 'allow'],
  ['targets.refusedPorts', '25, 465,6000-6063,25', '25,465,6000-6063'],
  ['targets.refusedPorts', '1-65535', '1-65535'],
  ['targets.refusedPorts', 'none', 'none'],
  ['dial.deadline', '1000ms', '1s'],
  ['dial.deadline', '1500ms', '1500ms'],
  ['dial.deadline', '3600s', '60m'],
  ['dial.deadline', '1m', '60s'],
  ['idle.tunnels', '1d', '24h'],
  ['idle.after', '48h', '2d'],
  ['sessions.most', '0100', '100'],
  ['log.targets', 'yes', 'yes'],
];

test('a legal value is kept in its shortest form, and that form is the same value', () => {
  for (const [key, written, kept] of legal) {
    assert.equal(checkSetting(key, written), kept, `${key} ${written}`);
    assert.equal(checkSetting(key, kept), kept);
    assert.equal(viewSetting({ [key]: kept }, key).value, kept);
  }
});

const illegal: readonly (readonly [key: string, value: string])[] = [
  ...['', 'a', '4001', '127.0.0.1', '127.0.0.1:65536', 'proxy.example:80', '127.0.0.1:1,', '::1:80', ':80'].map(
    (value) => ['listen', value] as const,
  ),
  ['listen', Array.from({ length: 17 }, () => '127.0.0.1:0').join(',')],
  ['targets.private', 'perhaps'],
  ...['0', '65536', '5-1', '1,,2', '-1', 'all', '1 2'].map((value) => ['targets.refusedPorts', value] as const),
  ...['999ms', '61m', '2d', '10', '10 s', '-1s', '1e3s', '1.5m', '99999999999999999999s', '10S'].map(
    (value) => ['dial.deadline', value] as const,
  ),
  ['idle.tunnels', '31d'],
  ...['0', '100001', '1e3', '-1', ' '].map((value) => ['sessions.most', value] as const),
  ['log.targets', 'true'],
];

test('an illegal value is refused with the key and what would be legal', () => {
  for (const [key, value] of illegal) {
    const failure = failureOf(() => checkSetting(key, value));
    assert.equal(failure.code, 'bad-setting', `${key} ${value}`);
    assert.ok(failure.note?.startsWith(`${key}: legal is `), failure.note);
  }
});

test('an unknown key is refused with the keys near it', () => {
  const near = (key: string): string => failureOf(() => checkSetting(key, '1')).note ?? '';
  assert.match(near('dial.deadlin'), /near it: dial\.deadline/);
  assert.match(near('Listen'), /near it: listen/);
  assert.match(near('targets.refusedports'), /near it: targets\.refusedPorts/);
  assert.match(near('deadline'), /handshake\.deadline/);
  assert.equal(near('zzzzzzzzzzzz'), 'there is no setting zzzzzzzzzzzz');
  for (const key of ['__proto__', 'constructor', 'toString', '', 'x'.repeat(100_000)]) {
    assert.equal(failureOf(() => checkSetting(key, '1')).code, 'bad-setting');
  }
});

test('what stands in the file is refused with the place, not with the value', () => {
  assert.match(
    failureOf(() => readSettings({ 'sessions.most': 'canary' }, '/a/b')).note ?? '',
    /^\/a\/b: sessions\.most: /,
  );
  assert.doesNotMatch(failureOf(() => readSettings({ 'sessions.most': 'canary' }, '/a/b')).note ?? '', /canary/);
  assert.match(failureOf(() => readSettings({ 'sessions.mosst': '1' }, '/a/b')).note ?? '', /near it: sessions\.most/);
});

test('a flag is read as its setting', () => {
  assert.deepEqual(readSetting('listen', '[::1]:0'), [{ host: { kind: 'ipv6', address: '::1' }, port: 0 }]);
  assert.equal(failureOf(() => readSetting('listen', 'canary')).note?.includes('canary'), false);
});
