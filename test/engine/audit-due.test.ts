/** How long a proxy is left alone after an audit, and what is said of that. */

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Tier } from '../../src/model/audit.js';
import type { Stamp } from '../../src/model/book.js';
import { openStore } from '../../src/config/store.js';
import { isDue } from '../../src/engine/audit-due.js';
import { auditDoor } from '../../src/engine/audit-jobs.js';
import { shelve } from '../../src/engine/audit-shelf.js';
import { wantedJobs } from '../../src/engine/audit-wanted.js';
import type { AuditWish } from '../../src/engine/controller.js';
import { reportOf } from '../kit/audits.js';
import { freshBook, keyOf, takeText } from '../kit/book.js';

const url = 'http://93.184.0.1:8080';
const minute = 60_000;
const placeOf = (address: string) => ({ address });

const shelf = async (context: TestContext) => {
  const { book, folder } = freshBook(context);
  await takeText(book, url);
  const key = keyOf(book, url);
  const put = (tier: Tier, minutesAgo: number): void => {
    const at = (Date.now() - minutesAgo * minute) as Stamp;
    shelve(book, [{ key, report: reportOf(url, { tunnel: 'exact' }, { at, tier }) }], placeOf);
  };
  const due = (): readonly Tier[] =>
    (['pulse', 'quick', 'full', 'watch'] as const).filter((tier) => isDue(book, key, tier));
  const wanted = (of: AuditWish['of'], tier: Tier) => {
    const notices: string[] = [];
    const wish: AuditWish = {
      ...{ of, tier, signal: new AbortController().signal, onReport: () => undefined },
      onNotice: (text) => notices.push(text),
    };
    const parts = { store: openStore(folder), openBook: () => book, hasBook: () => true, placeOf, door: auditDoor };
    return { jobs: wantedJobs(wish, parts).length, notices };
  };
  return { put, due, wanted };
};

test('everything is asked hourly at most, and a quick look between neither allows nor forbids it', async (context) => {
  const after = async (...looks: readonly (readonly [tier: Tier, minutesAgo: number])[]) => {
    const { put, due } = await shelf(context);
    for (const look of looks) put(...look);
    return due();
  };
  assert.deepEqual(await after(), ['pulse', 'quick', 'full', 'watch']);
  assert.deepEqual(await after(['quick', 5]), ['pulse', 'full', 'watch'], 'a quick look is no full audit');
  assert.deepEqual(await after(['full', 40], ['quick', 20]), ['pulse', 'quick'], 'nor does it hide one');
  assert.deepEqual(await after(['full', 61]), ['pulse', 'quick', 'full', 'watch']);
});

test('a proxy that is named is left alone too where everything was asked less than an hour ago', async (context) => {
  const { put, wanted } = await shelf(context);
  put('full', 30);
  const named = { kind: 'proxies', proxies: [url] } as const;
  const { jobs, notices } = wanted(named, 'full');
  assert.equal(jobs, 0);
  assert.match(notices[0] ?? '', /^1 was audited a short while ago and is left alone: a full audit .* hourly/);
  assert.equal(wanted(named, 'quick').jobs, 1);
});

test('that nobody is asked is said, of a filter and of a book without proxies', async (context) => {
  const { wanted } = await shelf(context);
  assert.match(
    wanted({ kind: 'book', filter: 'country=XX' }, 'quick').notices[0] ?? '',
    /^Nobody is asked: the filter/,
  );
  const { book, folder } = freshBook(context);
  const notices: string[] = [];
  const parts = { store: openStore(folder), openBook: () => book, hasBook: () => true, placeOf, door: auditDoor };
  const wish: AuditWish = {
    ...{ of: { kind: 'book', filter: '' }, tier: 'quick', signal: new AbortController().signal },
    onReport: () => undefined,
    onNotice: (text) => notices.push(text),
  };
  assert.equal(wantedJobs(wish, parts).length, 0);
  assert.match(notices[0] ?? '', /the book has no proxies/);
});
