/** Runs of audits over the book: who may begin one, and what is left of one that was killed. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KaskadeError } from '../../src/model/error.js';
import { freshBook, keyOf, takeText } from '../kit/book.js';

test('a run that was killed is gone on with after twenty seconds, and one that is held is not', async (context) => {
  const { book, pass } = freshBook(context);
  await takeText(book, 'http://93.184.0.1:80\nhttp://93.184.0.2:80');
  const keys = [keyOf(book, 'http://93.184.0.1:80'), keyOf(book, 'http://93.184.0.2:80')];
  const { key } = book.runs.begin('full', '', keys);
  book.runs.settle(key, keys.slice(0, 1));
  pass(15_000);
  assert.throws(
    () => book.runs.begin('full', '', keys),
    (thrown) => thrown instanceof KaskadeError && thrown.code === 'audit-running',
  );
  book.runs.hold(key);
  pass(15_000);
  assert.throws(() => book.runs.begin('full', '', keys), 'it was held meanwhile');
  pass(6_000);
  const again = book.runs.begin('full', '', keys);
  assert.deepEqual([again.resumed, again.proxies], [true, keys.slice(1)]);
});
