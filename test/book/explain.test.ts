import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explainLine } from '../../src/book/explain.js';
import { reasons } from '../../src/book/format/reasons.js';

test('a line that is taken is told with its form, its parts and who said its protocol', () => {
  const { format, results } = explainLine('200.2.125.90:8080 AR-N-S! +', { name: 'socks5.txt' });
  assert.equal(format, 'lines');
  assert.deepEqual(
    results.map(({ form, fields }) => ({ form, fields })),
    [
      {
        form: 'host:port',
        fields: [
          { field: 'scheme', value: 'socks5h', by: 'name' },
          { field: 'host', value: '200.2.125.90' },
          { field: 'port', value: '8080' },
          { field: 'country', value: 'AR' },
          { field: 'anonymity', value: 'transparent' },
        ],
      },
    ],
  );
});

test('a login is recognised and never shown', () => {
  const told = explainLine('8.8.8.8:8080:user:Tr0ub4dor', {});
  assert.deepEqual(told.results[0]?.fields.slice(3), [
    { field: 'user', value: '‹secret›' },
    { field: 'password', value: '‹secret›' },
  ]);
  assert.doesNotMatch(JSON.stringify(told), /Tr0ub4dor/);
  assert.deepEqual(
    told.results.map(({ form, fields }) => [form, fields[0]]),
    [['host:port:user:password', { field: 'scheme', value: 'http', by: 'nobody' }]],
  );
});

test('a line that is not taken is told with its reason and what to do', () => {
  const { results } = explainLine('0177.0.0.1:80', {});
  assert.deepEqual(results, [
    {
      reading: { kind: 'rejected', line: 1, why: 'bad-octets', text: '0177.0.0.1:80' },
      fields: [],
      reason: reasons['bad-octets'],
    },
  ]);
});

test('blank lines, remarks and headings are told as nothing; records are known by their shape', () => {
  for (const text of ['', '   ', '# 8.8.8.8:80', '[SOCKS5]']) assert.deepEqual(explainLine(text, {}).results, []);
  const record = explainLine('{"ip":"8.8.8.8","port":80,"protocols":["socks4","socks5"]}', {});
  assert.equal(record.format, 'json');
  assert.deepEqual(
    record.results.map(({ form, fields }) => [form, fields[0]?.value]),
    [
      ['record', 'socks4a'],
      ['record', 'socks5h'],
    ],
  );
  assert.equal(explainLine('socks5 8.8.8.8 1080', {}).format, 'proxychains');
  assert.equal(explainLine('http_proxy=http://8.8.8.8:80', {}).results[0]?.form, 'url');
  assert.deepEqual(
    explainLine('1.2.3.0/24', { format: 'blocklist' }).results.map(({ reading }) => reading.kind),
    ['range'],
  );
});
