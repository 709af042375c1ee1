/** What pages of others say: an address, variables, or nothing of use, whatever bytes they send. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readTestimony } from '../../../src/audit/witness/read.js';

const read = (text: string) => readTestimony(Buffer.from(text, 'latin1'));

test('a body that is one address, or JSON with one, is an echo', () => {
  for (const text of [
    '198.51.100.7',
    ' 198.51.100.7\r\n',
    '::ffff:198.51.100.7',
    '{"ip":"198.51.100.7"}',
    '{"ip":"198.51.100.7","query":"198.51.100.7","port":80}',
    '{"data":{"address":"198.51.100.7"}}',
  ])
    assert.deepEqual(read(text), { kind: 'echo', address: '198.51.100.7' }, text);
  assert.deepEqual(read('2001:DB8:0::7'), { kind: 'echo', address: '2001:db8::7' });
});

test('variables are read out of lines, with or without HTML around them', () => {
  const lines = ['REMOTE_ADDR = 198.51.100.7', 'HTTP_VIA = 1.1 a', 'REQUEST_URI = /?a&amp;b'];
  for (const text of [
    lines.join('\n'),
    `<html><pre>\n${lines.join('\r\n')}</pre></html>`,
    lines.map((line) => `<b>${line.replace(' = ', '</b> = ')}`).join('<br />'),
    lines.join('\n').replaceAll(' = ', '='),
  ])
    assert.deepEqual(
      read(text),
      {
        ...{ kind: 'variables', address: '198.51.100.7' },
        variables: [
          { name: 'REMOTE_ADDR', value: '198.51.100.7' },
          { name: 'HTTP_VIA', value: '1.1 a' },
          { name: 'REQUEST_URI', value: '/?a&b' },
        ],
      },
      text,
    );
});

test('everything else is nothing of use', () => {
  for (const text of [
    ...['', 'hello', '198.51.100.7, 198.51.100.8', '0xc6336407', '3325256711', '198.51.100.07', '1.2.3', 'a.b'],
    ...['{"a":"198.51.100.7","b":"198.51.100.8"}', '{"ip":"none"}', '["198.51.100.7"]', '{"ip":"198.51.100.7"'],
    ...['HTTP_VIA = 1.1 a', 'REMOTE_ADDR = me', '<html>198.51.100.7</html>', `{"a":${'['.repeat(60_000)}`],
  ])
    assert.deepEqual(read(text), { kind: 'nothing' }, text.slice(0, 60));
});

test('no bytes make it fail, or take long', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      assert.ok(['echo', 'variables', 'nothing'].includes(readTestimony(Buffer.from(bytes)).kind));
    }),
  );
  const began = performance.now();
  for (const piece of ['<', '<br', 'A=', 'REMOTE_ADDR = 1.1.1.1\n', '&amp;', '{"a":', ' '])
    readTestimony(Buffer.from(piece.repeat(Math.ceil(65_536 / piece.length))));
  assert.ok(performance.now() - began < 2_000);
});
