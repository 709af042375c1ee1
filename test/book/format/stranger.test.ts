/** What a stranger found: each of these was read as something that it is not. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { notation } from '../corpus/lines.js';
import { readPieces } from './stage.js';

const read = (...lines: readonly string[]): readonly string[] => readPieces([lines.join('\n')]).map(notation);

test('what a script puts together is no address', () => {
  const script = (text: string): readonly string[] => read(`function FindProxyForURL() { return ${text}; }`);
  assert.deepEqual(script('"PROXY proxy.example.com" + (x ? ":8080" : ":8081")'), ['!no-address']);
  assert.deepEqual(script('"PROXY 9.9.9.9:80" + "80"'), ['!no-address']);
  assert.deepEqual(script('"PROXY 9.9.9.9:80; PROXY a.example" + dc + "; PROXY 8.8.8.8:3128"').slice(0, 2), [
    'http 9.9.9.9:80',
    '!no-address',
  ]);
});

test('a remark is no script, and a sentence is no heading', () => {
  assert.deepEqual(read('# comment about FindProxyForURL', '5.9.1.1:80'), ['http? 5.9.1.1:80']);
  assert.deepEqual(read('5.9.4.1:80', '# tested via socks5 on Monday', '5.9.4.2:3128'), [
    'http? 5.9.4.1:80',
    'http? 5.9.4.2:3128',
  ]);
});

test('fields that contradict each other are told, and a login beside a whole address is taken', () => {
  assert.deepEqual(read('[{"proxy":"1.2.3.4:80","ip":"11.2.3.45","port":8080}]'), ['!ambiguous']);
  assert.deepEqual(read('[{"host":"http://1.2.3.4:80","port":8080}]'), ['!ambiguous']);
  const [reading] = readPieces(['[{"ip":"2.2.3.4:80","username":"u","password":"p"}]']);
  assert.ok(reading?.kind === 'proxy' && reading.hop.credentials !== undefined);
});

test('digits of other scripts make no host, nor does a backslash', () => {
  assert.deepEqual(read('٥.٦.٧.٨:80', '५.६.७.८:80'), ['!obfuscated', '!obfuscated']);
  assert.deepEqual(read('http://1.2.3.4:80\\@evil.example.com:80'), ['!ambiguous']);
});

test('a proxy in a block list is no block', () => {
  const ranges = ['5.6.0.0/16', '7.7.0.0/16', '6.6.0.0/16', '4.4.0.0/16'];
  assert.deepEqual(read(...ranges, '9.9.9.9 80').slice(4), ['!not-a-proxy']);
});
