import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asKaskadeError } from '../../src/model/error.js';
import { parseWitness } from '../../src/model/witness.js';

test('a witness is a page by its http or https URL', () => {
  const { url, endpoint, isSecure } = parseWitness('HTTPS://Page.example/env.php?a=1#top');
  assert.equal(url, 'https://page.example/env.php?a=1');
  assert.deepEqual(endpoint, { host: { kind: 'name', name: 'page.example' }, port: 443 });
  assert.equal(isSecure, true);
  assert.equal(parseWitness('http://[::1]:8080/').endpoint.port, 8080);
  assert.equal(parseWitness('http://page.example').endpoint.port, 80);
});

test('anything else is refused in a sentence that repeats nothing of it', () => {
  for (const text of [
    ...['', 'page.example', 'ftp://page.example/', 'http://', 'http://bob:secret@page.example/'],
    ...['http://secret@page.example/', 'http://page.example/ x', 'http://page.example:0/', 'http://p\u00e4ge.example/'],
    `http://page.example/${'a'.repeat(1_100)}`,
  ])
    assert.throws(
      () => parseWitness(text),
      (thrown) => {
        const { code, failure, message } = asKaskadeError(thrown);
        return /^bad-(?:usage|name)$/.test(code) && !`${failure.note ?? ''}${message}`.includes('secret');
      },
      text.slice(0, 60),
    );
});
