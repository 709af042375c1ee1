/** What is always in sight: listener, cascade, meter, rates, sessions, and the first warning. */

import { labelEndpoint } from '../model/address.js';
import type { CascadeView, Snapshot } from '../model/snapshot.js';
import { sparkline } from './chart.js';
import { rateText } from './figures.js';
import { type Line, type Size, type Span, span } from './line.js';
import type { Look } from './page.js';
import { healthOf, routeLine, standingCell } from './standings.js';
import { clean, clip, ends, lineWidth } from './text.js';

/** The cascade for new sessions. */
const cascadeInUse = ({ cascades, cascade }: Snapshot): CascadeView | undefined =>
  cascades.find(({ name }) => name === cascade);

/** The head of the screen; the warning line is missing where there is none. */
export const headerLines = (look: Look, { columns }: Size): readonly Line[] => {
  const warning = warningOf(look);
  return [
    firstLine(look, columns),
    secondLine(look, columns),
    ...(warning === undefined
      ? []
      : [[span(` ${look.glyphs.warning} `, 'warn'), span(clip(warning, columns - 4), 'warn')]]),
  ];
};

const firstLine = (look: Look, columns: number): Line => {
  const { snapshot } = look;
  const left = [span(' kaskade ', 'strong'), span(snapshot.listeners.map(labelEndpoint).join(' '), 'accent')];
  const used = cascadeInUse(snapshot);
  const right = used === undefined ? [span('no cascade in use ', 'warn')] : meter(used);
  if (used === undefined) return ends(left, right, columns);
  const room = columns - lineWidth(left) - lineWidth(right) - used.name.length - 6;
  const route = room < 12 ? [] : [span('  '), ...routeLine(used, healthOf(snapshot), room, look.glyphs)];
  return ends([...left, span(`  ${clean(used.name)}`, 'strong'), ...route], right, columns);
};

const meter = ({ rating: { diversity, evidence } }: CascadeView): readonly Span[] => [
  span(`  ${diversity},${evidence} / 6,6 `, diversity <= 1 ? 'warn' : 'plain'),
];

/** Cells of a sparkline, where there is room for the rest too. */
const sparkCells = (columns: number): number => (columns < 80 ? 0 : Math.min(30, Math.floor((columns - 60) / 2)));

const secondLine = (look: Look, columns: number): Line => {
  const { snapshot, glyphs } = look;
  const { open, held } = countsOf(snapshot);
  const way = (sign: string, values: readonly number[]): readonly Span[] => [
    span(` ${sign} ${rateText(values.at(-1) ?? 0).padStart(9)} `),
    span(sparkline(values, sparkCells(columns), glyphs), 'accent'),
  ];
  const left = [...way(glyphs.up, snapshot.rates.up), ...way(glyphs.down, snapshot.rates.down)];
  const right = [
    span(`sessions ${open}`),
    span(held > 0 ? `  held ${held}` : '  held 0', held > 0 ? 'warn' : 'faint'),
    span(`  ${networkTexts[snapshot.network]} `, snapshot.network === 'offline' ? 'bad' : 'faint'),
  ];
  return ends(left, right, columns);
};

const networkTexts = { online: 'network up', offline: 'network down', unknown: '' } as const;

const countsOf = ({ sessions }: Snapshot) => ({
  open: sessions.length,
  held: sessions.reduce((sum, { state }) => sum + Number(state.phase === 'held'), 0),
});

/** A notice is fresh for so long. */
const fresh = 60_000;

/** What a person must know before all else: of the cascade in use, else what was told just now. */
const warningOf = ({ snapshot, now }: Look): string | undefined => {
  const told = snapshot.notices.filter(({ level, at }) => level === 'warning' && now - at < fresh);
  const all = [...(cascadeInUse(snapshot)?.warnings ?? []), ...told.map(({ text }) => text)];
  const [text] = all;
  return text === undefined ? undefined : `${clean(text)}${all.length > 1 ? `  (+${all.length - 1} more)` : ''}`;
};

/** All of it in two lines, for a corner of the screen. */
export const miniLines = (look: Look, { columns }: Size): readonly Line[] => {
  const { snapshot, glyphs } = look;
  const used = cascadeInUse(snapshot);
  const { open, held } = countsOf(snapshot);
  const health = healthOf(snapshot);
  const cells = used === undefined ? [] : routeLine(used, health, Math.max(0, columns - used.name.length - 12), glyphs);
  const first =
    used === undefined
      ? [span(' no cascade', 'warn')]
      : [span(' '), standingCell(used.standing), span(` ${clean(used.name)}  `, 'strong'), ...cells];
  const rates = `${glyphs.up}${rateText(snapshot.rates.up.at(-1) ?? 0)} ${glyphs.down}${rateText(snapshot.rates.down.at(-1) ?? 0)}`;
  return [
    ends(first, used === undefined ? [] : meter(used), columns),
    ends([span(` ${rates}`)], [span(`${open} open, ${held} held `, held > 0 ? 'warn' : 'plain')], columns),
  ];
};
