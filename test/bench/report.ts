/** What the numbers say: medians, ranges, and whether each target is met. */

/** All numbers of one program in one measure, one of each round; undefined where a round gave none. */
export interface Series {
  readonly measure: string;
  readonly unit: string;
  readonly program: string;
  readonly rounds: readonly (number | undefined)[];
}

/** What the issue asks for: the ratio of two programs in one measure. */
export interface Target {
  readonly measure: string;
  readonly program: string;
  readonly than: string;
  readonly most: number;
}

/** A median and the range around it. */
export interface Summary {
  readonly median: number;
  readonly least: number;
  readonly most: number;
  readonly count: number;
}

/** A target and what came of it; undefined where there are no numbers. */
export interface Outcome extends Target {
  readonly ratio: Summary | undefined;
}

/** Undefined without numbers. */
const summarize = (values: readonly (number | undefined)[]): Summary | undefined => {
  const sorted = values.filter((value) => value !== undefined).sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  const [least, most] = [sorted[0], sorted.at(-1)];
  if (low === undefined || high === undefined || least === undefined || most === undefined) return undefined;
  return { median: (low + high) / 2, least, most, count: sorted.length };
};

/** The ratio is taken round by round, so that what slowed the machine in a round slows both sides of it. */
export const judge = (target: Target, all: readonly Series[]): Outcome => {
  const roundsOf = (program: string) =>
    all.find((series) => series.measure === target.measure && series.program === program)?.rounds ?? [];
  const others = roundsOf(target.than);
  const ratios = roundsOf(target.program).map((value, round) => {
    const other = others[round];
    return value === undefined || other === undefined || other <= 0 ? undefined : value / other;
  });
  return { ...target, ratio: summarize(ratios) };
};

/** The table and the verdicts as lines. */
export const write = (all: readonly Series[], outcomes: readonly Outcome[]): readonly string[] => [
  row('measure', 'program', 'median', 'min – max', 'unit'),
  ...all.map(({ measure, unit, program, rounds }) => {
    const summary = summarize(rounds);
    if (summary === undefined) return row(measure, program, '–', 'not measured', unit);
    return row(measure, program, figure(summary.median), range(summary), unit);
  }),
  '',
  ...outcomes.map((outcome) => {
    const { measure, program, than, most, ratio } = outcome;
    const found = ratio === undefined ? 'not measured' : `${figure(ratio.median)} × (${range(ratio)})`;
    return `${verdict(outcome).padEnd(12)} ${measure}: ${program} costs ${found} of ${than}, target ≤ ${most}`;
  }),
];

const verdict = ({ ratio, most }: Outcome): string => {
  if (ratio === undefined) return 'not measured';
  return ratio.median <= most ? 'met' : 'missed';
};

const figure = (value: number): string => value.toFixed(value < 10 ? 2 : 1);

const range = ({ least, most }: Summary): string => `${figure(least)} – ${figure(most)}`;

const row = (...cells: readonly string[]): string =>
  cells.map((cell, column) => cell.padEnd([28, 18, 8, 16, 0][column] ?? 0)).join(' ');
