/** Page 6: what was told lately, newest last. */

import type { Notice } from '../model/event.js';
import { ageText } from './figures.js';
import { type Line, type Size, emptyLine, span } from './line.js';
import type { KeyRow, Look, Model, Page } from './page.js';
import { clean, clip, fit } from './text.js';

/** Where somebody is in the log. */
export interface LogState {
  readonly level: 'all' | 'warnings';
  /** The notices as they were when the log was paused; missing while it is live. */
  readonly paused?: readonly Notice[];
  /** Lines from the end. */
  readonly back: number;
}

/** Live, everything, at the end. */
export const startLog: LogState = { level: 'all', back: 0 };

const shown = ({ log }: Model, { snapshot }: Look): readonly Notice[] =>
  (log.paused ?? snapshot.notices).filter(({ level }) => log.level === 'all' || level === 'warning');

const view = (model: Model, look: Look, { columns, rows }: Size): readonly Line[] => {
  const notices = shown(model, look);
  const room = Math.max(1, rows - 1);
  const back = Math.max(0, Math.min(model.log.back, notices.length - room));
  const end = notices.length - back;
  const state = model.log.paused === undefined ? 'live' : 'paused';
  return [
    [span(`  ${state}, ${model.log.level}, ${notices.length} ${notices.length === 1 ? 'notice' : 'notices'}`, 'faint')],
    ...notices.slice(Math.max(0, end - room), end).map((notice) => rowOf(notice, look, columns)),
    ...(notices.length === 0 ? [emptyLine, [span('  Nothing was told yet.')]] : []),
  ];
};

const rowOf = ({ level, text, count, at }: Notice, { now }: Look, columns: number): Line => {
  const times = count > 1 ? ` (${count} times)` : '';
  return [
    span(` ${fit(`${ageText(now - at)} ago`, 12, 'right')}  `, 'faint'),
    span(level === 'warning' ? 'W ' : 'i ', level === 'warning' ? 'warn' : 'accent'),
    span(clip(`${clean(text)}${times}`, columns - 18)),
  ];
};

const keys: readonly KeyRow[] = [
  {
    keys: ['l'],
    label: 'level',
    help: 'show everything, or warnings only',
    press: (model) => ({
      model: { ...model, log: { ...model.log, level: model.log.level === 'all' ? 'warnings' : 'all' } },
    }),
  },
  {
    keys: ['p'],
    label: 'pause',
    help: 'hold the log still; again: live',
    press: (model, { snapshot }) => {
      const { paused, ...log } = model.log;
      return { model: { ...model, log: paused === undefined ? { ...log, paused: snapshot.notices } : log } };
    },
  },
];

/** Page 6. */
export const logPage: Page = {
  id: 'log',
  digit: '6',
  title: 'Log',
  view,
  keys,
  move: (model, look, how, rows) => {
    const { back } = model.log;
    const most = Math.max(0, shown(model, look).length - Math.max(1, rows - 1));
    const to =
      typeof how === 'object'
        ? back
        : { up: back + 1, down: back - 1, 'page-up': back + rows, 'page-down': back - rows, home: most, end: 0 }[how];
    return { ...model, log: { ...model.log, back: Math.max(0, Math.min(to, most)) } };
  },
  click: (model) => model,
};
