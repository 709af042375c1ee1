/** Audits as they are carried out: what a desk tells comes into the page a few times a second, and leave is asked for. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fail } from '../../src/model/error.js';
import type { AuditDesk, AuditWish, BookDesk } from '../../src/engine/controller.js';
import { createAuditOrders } from '../../src/tui/audit-orders.js';
import { frame } from '../../src/tui/frame.js';
import type { Model, Order } from '../../src/tui/page.js';
import { startModel, update } from '../../src/tui/update.js';
import { auditDeskOf, idOf, reportOf, reports } from '../kit/audits.js';
import { until } from '../kit/leak.js';
import { deskOf, lookAt, textOf } from '../kit/tui.js';

/** The page over a desk whose audits are run by the test. */
const openPage = (run: (wish: AuditWish) => Promise<void>, book: Partial<BookDesk> = deskOf()) => {
  let model: Model = startModel({ columns: 80, rows: 24 });
  let changes = 0;
  const desk = { ...auditDeskOf(), run } as unknown as AuditDesk;
  const orders = createAuditOrders({
    audits: () => desk,
    book: () => book as BookDesk,
    change: (next) => {
      changes += 1;
      model = next(model);
    },
  });
  return {
    orders,
    changes: () => changes,
    shown: () => textOf(frame(model, lookAt())).join('\n'),
    model: () => model,
    press: (...keys: readonly string[]): void => {
      for (const key of keys) {
        const step = update(model, { kind: 'key', key }, lookAt());
        model = step.model;
        for (const order of step.orders ?? [])
          (orders.handlers as unknown as Record<string, (order: Order) => void>)[order.do]?.(order);
      }
    },
  };
};

/** Never ends by itself. */
const endless =
  (begin: (wish: AuditWish) => void) =>
  (wish: AuditWish): Promise<void> =>
    new Promise((_resolve, reject) => {
      begin(wish);
      wish.signal.addEventListener('abort', () => {
        reject(fail('interrupted'));
      });
    });

const progress = {
  ...{ all: 4, done: 2, running: 2, room: 64, rate: 2.5, congested: false, left: 3_000 as never },
  outcomes: { audited: 2 },
};

test('a run is seen as it goes: counts, notices, results with what changed, and its end', async () => {
  let end: (() => void) | undefined;
  let asked: AuditWish | undefined;
  const page = openPage((wish) => {
    asked = wish;
    wish.onNotice?.('One is left alone.');
    for (const report of reports) wish.onReport(report, [idOf('H02')], () => report);
    wish.onProgress?.(progress);
    return new Promise((resolve) => {
      end = resolve;
    });
  });
  page.press('4', 'A');
  await until(() => page.shown().includes('2 of 4'), 'progress');
  assert.deepEqual(asked?.of, { kind: 'book', filter: '' });
  assert.equal(asked.agreed, undefined);
  assert.match(page.shown(), /running {2}quick of the whole book .* 50 %/);
  assert.match(page.shown(), /2 of 4 {2}2\.5\/s {2}3\.0 s left {2}2 of 64 at once/);
  assert.match(page.shown(), /One is left alone\./);
  assert.match(page.shown(), /^\* http:\/\/81\.0\.0\.2:3128 +forward hostile/m);
  end?.();
  await until(() => page.shown().includes('  done  quick of'), 'the end');
});

test('a thousand reports at once are one change of the screen', async () => {
  const page = openPage(async (wish) => {
    for (let index = 0; index < 1_000; index += 1) {
      const report = reportOf(`http://10.0.${index >> 8}.${index & 255}:80`, { forward: 'clean' });
      wish.onReport(report, [], () => report);
    }
    await new Promise((resolve) => setImmediate(resolve));
  });
  page.press('4', 'A');
  await until(() => page.shown().includes('done'), 'the end');
  assert.equal(page.model().audits.rows.length, 1_000);
  assert.equal(page.changes(), 2);
});

test('leave to ask proxies of other people is asked for once, and given with y', async () => {
  const wishes: AuditWish[] = [];
  const page = openPage((wish) => {
    wishes.push(wish);
    return wish.agreed === true ? Promise.resolve() : Promise.reject(fail('audit-consent'));
  });
  page.press('4', 'a');
  await until(() => page.shown().includes('─ y yes ─'), 'a question');
  page.press('escape');
  assert.equal(wishes.length, 1);
  assert.equal(page.model().audits.run, undefined);
  page.press('4', 'a');
  await until(() => page.shown().includes('─ y yes ─'), 'a question');
  page.press('y');
  await until(() => page.shown().includes('done'), 'the end');
  assert.equal(wishes.at(-1)?.agreed, true);
  assert.deepEqual(wishes.at(-1)?.of, { kind: 'proxies', proxies: ['socks5h://93.0.0.1:1080'] });
});

test('a missing judge is said with what to do about it', async () => {
  const page = openPage(() => Promise.reject(fail('judge-missing')));
  page.press('5', 'n', 'enter');
  await until(() => page.shown().includes('failed'), 'a refusal');
  assert.match(page.shown(), /An audit needs a judge, and none is known\.[^]*kaskade config set\s+judges/);
});

test('stopping waits for the end, and keeps what was found until then', async () => {
  let wish: AuditWish | undefined;
  const page = openPage(
    endless((asked) => {
      wish = asked;
    }),
  );
  page.press('5', 'n', 'enter');
  for (const report of reports.slice(0, 1)) wish?.onReport(report, [], () => report);
  page.press('x');
  assert.match(page.shown(), /stopping {2}quick/);
  await until(() => page.shown().includes('  stopped  quick'), 'the end');
  assert.equal(page.model().audits.rows.length, 2);
  page.press('n');
  assert.equal(page.model().overlay?.kind, 'auditing');
});

test('leaving ends the run', () => {
  let signal: AbortSignal | undefined;
  const page = openPage(
    endless((wish) => {
      signal = wish.signal;
    }),
  );
  page.press('5', 'n', 'enter');
  page.orders.stop();
  assert.equal(signal?.aborted, true);
});

test('what the book kept is shown on demand, marked as such', async () => {
  const page = openPage(() => Promise.resolve());
  page.press('5', 'b');
  await until(() => page.shown().includes('The book has kept audits of'), 'the end');
  assert.match(page.shown(), /^\*~socks5h:\/\/93\.0\.0\.1:1080 +tunnel {2}exact/m);
  const empty = openPage(() => Promise.resolve(), deskOf([], []));
  empty.press('5', 'b');
  await until(() => empty.shown().includes('The book has kept no audit yet.'), 'a word');
  const broken = openPage(() => Promise.resolve(), {
    count: () => {
      throw fail('book-broken');
    },
  });
  broken.press('5', 'b');
  await until(() => broken.shown().includes('The book of proxies is damaged'), 'a word');
});
