import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readdirSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { keepHealth } from '../../src/config/health-file.js';
import { createHome } from './home.js';

test('what was kept last is read again, from a file for its owner only', (context) => {
  const home = createHome(context);
  const keepsake = keepHealth(join(home, 'settings.json'));
  assert.equal(keepsake.read(), undefined);
  assert.equal(keepsake.write('one'), true);
  assert.equal(keepsake.write('two'), true);
  assert.equal(keepsake.read(), 'two');
  assert.equal(statSync(join(home, 'health.json')).mode & 0o777, 0o600);
  assert.deepEqual(readdirSync(home), ['health.json']);
});

test('what cannot be read or written is no error, and what was there stays', (context) => {
  const home = createHome(context);
  const keepsake = keepHealth(join(home, 'settings.json'));
  mkdirSync(join(home, 'health.json'));
  assert.equal(keepsake.read(), undefined);
  assert.equal(keepsake.write('text'), false);
  assert.deepEqual(readdirSync(home), ['health.json']);
  assert.equal(keepHealth(join(home, 'nowhere', 'settings.json')).write('text'), false);
});

test('a file that is far too large is not read', (context) => {
  const home = createHome(context);
  const path = join(home, 'health.json');
  writeFileSync(path, '');
  truncateSync(path, 2 ** 31);
  chmodSync(path, 0o600);
  assert.equal(keepHealth(join(home, 'settings.json')).read(), undefined);
});
