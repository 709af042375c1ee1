import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { readAuthFile } from '../../src/config/auth-file.js';
import { createHome, failureOf } from './home.js';

const written = (context: TestContext, content: string | Buffer): string => {
  const path = join(createHome(context), 'users');
  writeFileSync(path, content);
  return path;
};

test('every line of the file is a user, and nobody else is', (context) => {
  const path = written(context, '# people\n\nann:one\r\n  \nbob:t:w o\nç:é\nann:other');
  const login = readAuthFile(path);
  assert.equal(login.required, true);
  for (const [user, password] of [
    ['ann', 'one'],
    ['ann', 'other'],
    ['bob', 't:w o'],
    ['ç', 'é'],
  ] as const) {
    assert.equal(login.check(user, password), true, user);
  }
  const wrong = [
    ['ann', 'two'],
    ['bob:t', 'w o'],
    ['bob', 't'],
    ['', ''],
    ['ann', ''],
    ['# people', ''],
    ['x'.repeat(1e6), 'one'],
  ] as const;
  for (const [user, password] of wrong) assert.equal(login.check(user, password), false, user.slice(0, 9));
});

test('255 bytes are a password, 256 are not', (context) => {
  assert.equal(readAuthFile(written(context, `a:${'x'.repeat(255)}`)).check('a', 'x'.repeat(255)), true);
  assert.equal(failureOf(() => readAuthFile(written(context, `a:${'é'.repeat(128)}`))).code, 'auth-file');
});

test('a line that is no user is named by its number and never repeated', (context) => {
  const bad = ['canary', ':canary', 'canary:', `canary:${'x'.repeat(256)}`, Buffer.from([0x63, 0x3a, 0xff])];
  for (const line of bad) {
    const path = written(context, Buffer.concat([Buffer.from('# x\nann:one\n'), Buffer.from(line)]));
    const failure = failureOf(() => readAuthFile(path));
    assert.deepEqual([failure.code, failure.note], ['auth-file', `${path}, line 3`]);
  }
});

test('a file without users, and one that cannot be read, are refused with the path', (context) => {
  const path = written(context, '# nobody\n\n');
  assert.deepEqual(
    failureOf(() => readAuthFile(path)),
    { code: 'auth-file', note: `${path}, no user in it` },
  );
  assert.deepEqual(
    failureOf(() => readAuthFile(`${path}.no`)),
    { code: 'file-unreadable', note: `${path}.no, ENOENT` },
  );
});
