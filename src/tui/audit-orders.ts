/** Carries out audits: what they tell is put together, so that it is drawn a few times a second at most. */

import { asKaskadeError } from '../model/error.js';
import { explain } from '../model/failure.js';
import { labelHop } from '../model/hop.js';
import type { AuditDesk, BookDesk } from '../engine/controller.js';
import type { AuditProgress } from '../model/audit.js';
import { type AuditRow, rowsOfKept, rowsOfReport, takeNews, withRun } from './audit-state.js';
import type { Wish } from './auditing.js';
import { type Model, type Order, say } from './page.js';

type Change = (next: (model: Model) => Model) => void;

type Some<Do extends Order['do']> = { readonly [Each in Do]: (order: Extract<Order, { readonly do: Each }>) => void };

/** Orders for audits, and the end of what is under way. */
export interface AuditOrders {
  readonly handlers: Some<'audit' | 'stop-audit' | 'load-kept'>;
  readonly stop: () => void;
}

/** What audits are carried out with. */
export interface AuditMeans {
  readonly audits: () => AuditDesk;
  readonly book: () => BookDesk;
  readonly change: Change;
}

/** Orders for one desk. */
export const createAuditOrders = (means: AuditMeans): AuditOrders => {
  let running: AbortController | undefined;
  const whole = new AbortController();
  const stop = (): void => {
    running?.abort(new Error('stopped'));
  };
  return {
    stop: () => {
      whole.abort();
      stop();
    },
    handlers: {
      audit: (order) => {
        const own = new AbortController();
        running = own;
        void audit(means, order, own).finally(() => {
          if (running === own) running = undefined;
        });
      },
      'stop-audit': stop,
      'load-kept': () => {
        void loadKept(means, whole);
      },
    },
  };
};

/** Never rejects: what goes wrong is shown. */
const audit = async (
  { audits, change }: AuditMeans,
  order: Extract<Order, { do: 'audit' }>,
  { signal }: AbortController,
): Promise<void> => {
  const news = createNews(change);
  const { of, tier, agreed } = order;
  try {
    await audits().run({
      ...{ of, tier, signal, onProgress: news.progress, onNotice: news.notice },
      ...(agreed === undefined ? {} : { agreed }),
      onReport: (report, changed) => {
        news.rows(rowsOfReport(report, changed), 1);
      },
    });
    news.end();
    change((model) => withRun(model, { phase: signal.aborted ? 'stopped' : 'ended' }));
  } catch (thrown) {
    news.end();
    change(signal.aborted ? (model) => withRun(model, { phase: 'stopped' }) : failed(thrown, { of, tier }));
  }
};

/** Leave that was not given yet is asked for; anything else is told with what to do about it. */
const failed =
  (thrown: unknown, wish: Wish) =>
  (model: Model): Model => {
    const error = asKaskadeError(thrown);
    if (error.code === 'audit-consent') {
      const { run: _none, ...audits } = model.audits;
      return { ...model, page: 'audit', audits, overlay: { kind: 'auditing', auditing: { step: 'consent', wish } } };
    }
    const { sentence, hint } = explain(error.failure);
    return withRun(model, { phase: 'failed', why: `${sentence} ${hint}` });
  };

/** News are told together after so many milliseconds. */
const span = 100;

const createNews = (change: Change) => {
  let rows: AuditRow[] = [];
  let notices: string[] = [];
  let reports = 0;
  let progress: AuditProgress | undefined;
  let timer: NodeJS.Timeout | undefined;
  const tell = (): void => {
    clearTimeout(timer);
    timer = undefined;
    const told = { rows, reports, notices, ...(progress === undefined ? {} : { progress }) };
    [rows, notices, reports, progress] = [[], [], 0, undefined];
    change((model) => takeNews(model, told));
  };
  const soon = (): void => {
    timer ??= setTimeout(tell, span);
  };
  return {
    rows: (more: readonly AuditRow[], count: number): void => {
      rows.push(...more);
      reports += count;
      soon();
    },
    progress: (now: AuditProgress): void => {
      progress = now;
      soon();
    },
    notice: (text: string): void => {
      notices.push(text);
      soon();
    },
    end: tell,
  };
};

const audited = 'grade>=hostile | forward>=hostile';
const most = 5_000;
const atOnce = 50;

/** Reads what the book kept, a few at a time, so that keys are heard meanwhile. */
const loadKept = async ({ audits, book, change }: AuditMeans, { signal }: AbortController): Promise<void> => {
  const news = createNews(change);
  try {
    const all = book().count(audited);
    for (let offset = 0; offset < Math.min(all, most); offset += atOnce) {
      const entries = book().list({ filter: audited, sort: 'grade', descending: true, limit: atOnce, offset });
      for (const { id, hop } of entries) news.rows(rowsOfKept(labelHop(hop), audits().kept(id)), 0);
      await new Promise((resolve) => setImmediate(resolve));
      if (signal.aborted) break;
    }
    news.end();
    change((model) => say(model, keptText(all)));
  } catch (thrown) {
    news.end();
    const { sentence, hint } = explain(asKaskadeError(thrown).failure);
    change((model) => say(model, `${sentence} ${hint}`, 'bad'));
  }
};

const keptText = (all: number): string => {
  if (all === 0) return 'The book has kept no audit yet.';
  if (all > most) return `The book has kept audits of ${all} proxies; these are ${most} of them.`;
  return `The book has kept audits of ${all} ${all === 1 ? 'proxy' : 'proxies'}.`;
};
