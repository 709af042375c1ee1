/** What the book keeps of audits, and what the next one makes of it. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { parseJudgeUrl } from '../../src/audit/judge/card.js';
import type { Asked, AuditReport } from '../../src/model/audit.js';
import type { Grade, Stamp } from '../../src/model/book.js';
import { millis } from '../../src/model/brand.js';
import type { SpareLife } from '../../src/model/spare.js';
import { openStore } from '../../src/config/store.js';
import { createAuditDesk } from '../../src/engine/audit-desk.js';
import { auditDoor } from '../../src/engine/audit-jobs.js';
import { keptModes, shelve } from '../../src/engine/audit-shelf.js';
import { reportOf } from '../kit/audits.js';
import { openTestJudge, judgeAt } from '../kit/auditor.js';
import { freshBook, keyOf, start, takeText } from '../kit/book.js';
import { b11 } from '../kit/zoo/animals/honest-socks5.js';

const placeOf = (address: string) => ({ address });
const day = 86_400_000;

test('what audits asked for is watched for a week, eight at most, also while quick ones come between', async (context) => {
  const { book } = freshBook(context);
  await takeText(book, 'socks5h://93.184.0.1:1080');
  const key = keyOf(book, 'socks5h://93.184.0.1:1080');
  const put = (at: number, id?: string): readonly Asked[] => {
    const report = reportOf('x', { tunnel: 'exact' }, { at: (start + at) as Stamp, took: millis(900) });
    const modes = report.modes.map((mode) => ({ ...mode, ...(id === undefined ? {} : { asked: [id] }) }));
    shelve(book, [{ key, report: { ...report, modes } }], placeOf);
    return keptModes(book, key).find(({ mode }) => mode === 'tunnel')?.watched ?? [];
  };
  assert.deepEqual(put(0, 'a'), [{ ids: ['a'], at: start, took: 900 }]);
  assert.deepEqual(put(1), [{ ids: ['a'], at: start, took: 900 }]);
  assert.deepEqual(
    put(day, 'b').map(({ ids: [id] }) => id),
    ['b', 'a'],
  );
  assert.deepEqual(
    put(7 * day + 1, 'c').map(({ ids: [id] }) => id),
    ['c', 'b'],
  );
  for (let nth = 0; nth < 20; nth += 1) put(7 * day + 2, String(nth));
  assert.equal(put(7 * day + 3, 'last').length, 8);
});

test('a worse grade of before is that of a proxy for a week, however often it is audited meanwhile, and no longer', async (context) => {
  const { book } = freshBook(context);
  await takeText(book, 'socks5h://93.184.0.1:1080');
  const key = keyOf(book, 'socks5h://93.184.0.1:1080');
  const put = (at: number, grade: Grade, alone?: Grade): readonly unknown[] => {
    const report = reportOf('x', { tunnel: grade }, { at: (start + at) as Stamp });
    const modes = report.modes.map((mode) => ({ ...mode, ...(alone && { alone }) }));
    shelve(book, [{ key, report: { ...report, modes } }], placeOf);
    const { tunnel } = book.entry(key) ?? {};
    return [tunnel?.grade, tunnel && tunnel.at - start, book.detail(key)?.audits.map((run) => run.grade)];
  };
  put(0, 'transparent');
  for (let nth = 1; nth < 6; nth += 1) put(nth * day, 'transparent', 'exact');
  assert.deepEqual(put(6 * day, 'transparent', 'exact'), [
    'transparent',
    0,
    ['exact', 'exact', 'exact', 'exact', 'transparent'],
  ]);
  assert.deepEqual(put(7 * day + 1, 'exact'), ['exact', 7 * day + 1, ['exact', 'exact', 'exact', 'exact']]);
});

test('how long it bears silence is kept until it is seen anew', async (context) => {
  const { book } = freshBook(context);
  await takeText(book, 'socks5h://93.184.0.1:1080');
  const key = keyOf(book, 'socks5h://93.184.0.1:1080');
  const put = (spareLife?: SpareLife): unknown => {
    const report = reportOf('x', { forward: 'clean', tunnel: 'exact' });
    const traits = { ...report.traits, ...(spareLife && { spareLife }) };
    shelve(book, [{ key, report: { ...report, traits } }], placeOf);
    // The dialer looks for it in the book itself.
    assert.equal(
      book.entry(key)?.spareLife?.after,
      keptModes(book, key).find(({ mode }) => mode === 'tunnel')?.spareLife?.after,
    );
    return keptModes(book, key).map((kept) => [kept.mode, kept.spareLife?.after]);
  };
  const forward = ['forward', undefined];
  assert.deepEqual(put(), [forward, ['tunnel', undefined]]);
  assert.deepEqual(put({ how: 'ended', after: millis(500) }), [forward, ['tunnel', 500]]);
  assert.deepEqual(put(), [forward, ['tunnel', 500]]);
  assert.deepEqual(put({ how: 'outlived', after: millis(40_000) }), [forward, ['tunnel', 40_000]]);
});

test('a proxy of the book is asked at the next audit whether somebody came since the last one', async (context) => {
  const { book, folder } = freshBook(context);
  let ahead = 0;
  const judge = await openTestJudge({ clock: () => Date.now() + ahead });
  context.after(judge.close);
  const open = await b11.open({
    ...{ client: '127.0.0.1', lan: '192.168.1.23', names: new Map(), famous: [], secure: [], seed: 7 },
  });
  context.after(open.close);
  const url = open.url('socks5h');
  await takeText(book, url, {}, { privates: 'allow' });
  const desk = createAuditDesk({
    ...{ store: openStore(folder), openBook: () => book, hasBook: () => true, placeOf, door: auditDoor },
  });
  const audited = async (): Promise<AuditReport> => {
    const reports: AuditReport[] = [];
    await desk.run({
      ...{ of: { kind: 'proxies', proxies: [url] }, tier: 'full', judges: judge.urls },
      ...{ signal: new AbortController().signal, onReport: (report) => void reports.push(report) },
    });
    const [only] = reports;
    assert.ok(only);
    return only;
  };
  const before = await audited();
  assert.equal(before.modes[0]?.grade, 'exact');
  const [watched] = desk.kept(url)[0]?.watched ?? [];
  assert.deepEqual(watched?.ids, before.modes[0].asked);
  ahead = 26 * 3_600_000;
  const { port } = parseJudgeUrl(judge.urls[0] ?? '').endpoint;
  const socket = connect({ host: judgeAt, port });
  socket.end(`GET /${watched?.ids[0] ?? ''}.html HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`).resume();
  await once(socket, 'close');
  const [mode] = (await audited()).modes;
  assert.equal(mode?.grade, 'hostile');
  const found = mode.findings.find(({ check }) => (check as string) === 'C06');
  assert.equal(found?.sentence, 'Somebody came for it 26 hours later.');
});
