/** How a run of audits stands: what is asked, how far it is, how fast, and what it told. */

import type { AuditWish } from '../engine/controller.js';
import { troubleIn } from '../model/audit.js';
import type { AuditRun } from './audit-state.js';
import { spanText } from './figures.js';
import { type Line, type Span, type Tone, span } from './line.js';
import type { Look } from './page.js';
import { clean, clip, ends, wrap } from './text.js';

/** What is audited, in words. */
export const wishText = (of: AuditWish['of']): string => {
  switch (of.kind) {
    case 'cascade':
      return `the cascade ${clean(of.name)}`;
    case 'book':
      return of.filter.trim() === '' ? 'the whole book' : `the book, ${clean(of.filter)}`;
    case 'proxies': {
      const [first = ''] = of.proxies;
      return of.proxies.length === 1 ? clean(first) : `${of.proxies.length} proxies`;
    }
  }
};

const phases: Readonly<Record<AuditRun['phase'], readonly [text: string, tone: Tone]>> = {
  running: ['running', 'accent'],
  stopping: ['stopping', 'warn'],
  ended: ['done', 'good'],
  stopped: ['stopped', 'warn'],
  failed: ['failed', 'bad'],
};

/** The lines above the results. */
export const runLines = (run: AuditRun, look: Look, columns: number): readonly Line[] => {
  const { of, tier, phase, progress, notices, why, reports } = run;
  const [text, tone] = phases[phase];
  const [done, all] = [progress?.done ?? reports, progress?.all ?? reports];
  const isCounted = all > 0 || phase === 'running';
  const title = [span(`  ${text}`, tone), span(`  ${tier} of ${clip(wishText(of), columns - 50)}`, 'strong')];
  return [
    ends(title, isCounted ? meter(all === 0 ? 0 : done / all, look, columns) : [], columns),
    ...(isCounted ? countLines(run, done, all) : []),
    ...(why === undefined ? [] : wrap(why, columns - 4).map((each): Line => [span(`  ${each}`, 'bad')])),
    ...notices.slice(-1).flatMap((notice) => noticeLines(notice, columns)),
  ];
};

const noticeLines = (notice: string, columns: number): readonly Line[] =>
  wrap(notice, columns - 4)
    .slice(0, 2)
    .map((each): Line => [span(`  ${each}`, 'warn')]);

const meter = (share: number, { glyphs }: Look, columns: number): readonly Span[] => {
  const cells = Math.max(8, Math.min(30, columns - 60));
  const full = share === 0 ? 0 : Math.max(1, Math.floor(share * cells));
  return [
    span(glyphs.bar.repeat(full), 'accent'),
    span(glyphs.dim.repeat(cells - full), 'faint'),
    span(` ${String(Math.floor(share * 100)).padStart(3)} % `),
  ];
};

const countLines = ({ progress, phase }: AuditRun, done: number, all: number): readonly Line[] => {
  const counts = Object.entries(progress?.outcomes ?? {}).map(([outcome, count]) => `${count} ${clean(outcome)}`);
  const told = counts.length === 0 ? '' : `  ${counts.join(', ')}`;
  if (progress === undefined || phase !== 'running') return [[span(`  ${done} of ${all}`), span(told)]];
  const trouble = troubleIn(progress);
  const full = trouble === undefined ? [] : [span(`  ${trouble}`, 'warn')];
  return [[span(`  ${done} of ${all}`), ...speedSpans(progress), ...full], [span(told)]];
};

const speedSpans = ({ rate, left, running, room }: NonNullable<AuditRun['progress']>): readonly Span[] => [
  span(`  ${rate.toFixed(rate < 10 ? 1 : 0)}/s`, 'faint'),
  ...(left === undefined ? [] : [span(`  ${spanText(Math.max(1_000, left))} left`, 'faint')]),
  span(`  ${running} of ${room} at once`, 'faint'),
];
