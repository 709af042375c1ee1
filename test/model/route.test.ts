import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAsker } from '../../src/model/route.js';

test('a user name is an identity, and what stands behind its first plus a cascade', () => {
  assert.deepEqual(parseAsker(''), { identity: '' });
  assert.deepEqual(parseAsker('work'), { identity: 'work' });
  assert.deepEqual(parseAsker('work+swiss'), { identity: 'work', cascade: 'swiss' });
  assert.deepEqual(parseAsker('+swiss'), { identity: '', cascade: 'swiss' });
  assert.deepEqual(parseAsker('work+'), { identity: 'work', cascade: '' });
  assert.deepEqual(parseAsker('a+b+c'), { identity: 'a', cascade: 'b+c' });
  assert.deepEqual(parseAsker('__proto__+constructor'), { identity: '__proto__', cascade: 'constructor' });
});
