import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explainLine } from '../../../src/book/explain.js';
import { type Case, lineCases, notation } from '../corpus/lines.js';
import { readPieces } from './stage.js';

const readOne = ({ line }: Case): string =>
  explainLine(line, { format: 'lines' })
    .results.map(({ reading }) => notation(reading))
    .join(' + ') || '-';

test('every line of the corpus has the reading that is written beside it', () => {
  const cases = lineCases();
  assert.ok(cases.length >= 400, `${cases.length} lines`);
  const wrong = cases.filter((each) => readOne(each) !== each.expected);
  assert.deepEqual(
    wrong.map((each) => `${each.at}: ${JSON.stringify(each.line)} is ${readOne(each)}, not ${each.expected}`),
    [],
  );
});

test('the short way of usual lines reads what the long way reads, over the whole corpus and near misses of it', () => {
  const schemes = [
    '',
    'http://',
    'socks4://',
    'socks4a://',
    'socks5://',
    'socks5h://',
    'https://',
    'HTTP://',
    'ftp://',
    '://',
    'http:///',
  ];
  const addresses = [
    '8.8.8.8:80',
    '8.8.8.8:080',
    '08.8.8.8:80',
    '256.8.8.8:80',
    '8.8.8.8:65536',
    '8.8.8.8',
    '10.0.0.1:80',
    '8.8.8.8:80 ',
    '8.8.8:80',
    '255.255.255.254:65535',
  ];
  const near = schemes.flatMap((scheme) => addresses.map((address) => `${scheme}${address}`));
  for (const line of [...near, ...lineCases().map((each) => each.line)]) {
    if (/[\n\r\u0085\u2028\u2029]/.test(line)) continue;
    const long = explainLine(line, { format: 'lines' }).results.map(({ reading }) => reading);
    assert.deepEqual(readPieces([line], { format: 'lines' }), long, line);
  }
});
