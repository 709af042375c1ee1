import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explainLine } from '../../../src/book/explain.js';
import { type Case, lineCases, notation } from '../corpus/lines.js';

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
