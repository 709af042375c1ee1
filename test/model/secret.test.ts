import assert from 'node:assert/strict';
import { Console } from 'node:console';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { format, formatWithOptions, inspect } from 'node:util';
import { serialize } from 'node:v8';
import { Secret } from '../../src/model/secret.js';

const secret = new Secret('CANARY');
const nested = { hop: { credentials: { user: secret, list: [secret], map: new Map([['k', secret]]) } } };

test('a secret gives its text to reveal and to nothing else', () => {
  assert.equal(secret.reveal(), 'CANARY');
  assert.deepEqual(Object.keys(secret), []);
  assert.deepEqual(Reflect.ownKeys(secret), []);
});

test('a secret prints ‹secret› however it is turned into text', () => {
  const texts = [
    String(secret),
    `<${secret as unknown as string}>`.slice(1, -1),
    secret.toString(),
    ['', secret].join(''),
    ''.concat(secret as unknown as string),
    inspect(secret),
    inspect(secret, { depth: 9, showHidden: true, getters: true, compact: false }),
    format('%s', secret),
    format('%o', secret),
    format('%O', secret),
    format(secret),
    formatWithOptions({ colors: false, showHidden: true }, '%O', secret),
  ];
  for (const text of texts) assert.match(text, /^'?‹secret›'?$/);
  assert.equal(format('%j', secret), '"‹secret›"');
  assert.equal(JSON.stringify(secret), '"‹secret›"');
});

test('a secret deep inside other values stays one', () => {
  const texts = [
    JSON.stringify(nested),
    inspect(nested, { depth: 20, showHidden: true }),
    format('%o %O %j', nested, nested, nested),
  ];
  for (const text of texts) {
    assert.doesNotMatch(text, /CANARY/);
    assert.match(text, /‹secret›/);
  }
  assert.doesNotMatch(inspect(nested, { depth: 20, customInspect: false, showHidden: true }), /CANARY/);
  assert.doesNotMatch(serialize({ ...nested, hop: { secret } }).toString('latin1'), /CANARY/);
  assert.doesNotMatch(JSON.stringify(structuredClone({ secret })), /CANARY/);
});

test('a console prints ‹secret› too, in lines and in tables', () => {
  const stream = new PassThrough();
  const printer = new Console(stream, stream);
  printer.log(secret, nested, 'and %s', secret);
  printer.table([{ secret }]);
  printer.dir(nested, { depth: 9, showHidden: true });
  printer.error(new Error('x', { cause: secret }));
  const printed = String(stream.read());
  assert.doesNotMatch(printed, /CANARY/);
  assert.ok(printed.split('‹secret›').length > 5);
});

test('an error about a secret that compares or converts it does not show it', () => {
  assert.equal(Number(secret), Number.NaN);
  assert.throws(
    () => assert.equal(secret, 'x'),
    (error: Error) => !error.message.includes('CANARY'),
  );
});
