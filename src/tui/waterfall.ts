/** One session, or one try of a cascade, hop by hop on a common axis of time. */

import { labelEndpoint } from '../model/address.js';
import { explain } from '../model/failure.js';
import type { HopTiming, Session } from '../model/session.js';
import type { Verdict } from '../engine/controller.js';
import { failureLines } from './blame.js';
import { stretch } from './chart.js';
import { ageText, bytesText, spanText } from './figures.js';
import { type Line, emptyLine, span } from './line.js';
import type { Look, Trial } from './page.js';
import { clean, clip, fit } from './text.js';

/** A piece of time: what for, and from when to when in milliseconds. */
interface Piece {
  readonly label: string;
  readonly what: string;
  readonly from: number;
  readonly to: number;
}

/** All that is known of a session. */
export const sessionLines = (session: Session, look: Look, columns: number): readonly Line[] => {
  const { id, protocol, identity, target, cascade, tries, began, state } = session;
  const where = target === undefined ? 'nowhere yet' : labelEndpoint(target);
  return [
    [
      span(` session ${id}`, 'strong'),
      span(`  ${protocol}${identity === '' ? '' : ` of ${clean(identity)}`} to ${clean(where)}`),
    ],
    [
      span(
        ` through ${clean(cascade ?? 'no cascade yet')}, ${tries} ${tries === 1 ? 'dial' : 'dials'}, began ${ageText(look.now - began)} ago`,
        'faint',
      ),
    ],
    emptyLine,
    ...axis(piecesOf(session), look, columns),
    emptyLine,
    ...endLines(session, columns).map((line): Line => [span(' '), ...line]),
    ...('traffic' in state
      ? [[span(` ${bytesText(state.traffic.up)} up, ${bytesText(state.traffic.down)} down`, 'faint')]]
      : []),
  ];
};

const piecesOf = ({ state, route = [], ahead = 0 }: Session): readonly Piece[] => {
  if (state.phase === 'negotiating') return [];
  const pieces = timingPieces(state.opened);
  const end = pieces.at(-1)?.to ?? 0;
  const passed = route.slice(0, ahead).map((label, nth): Piece => {
    return { label: `hop ${nth + 1}  ${label}`, what: 'ahead', from: 0, to: 0 };
  });
  const waiting = route
    .slice(ahead + state.opened.length)
    .map((label): Piece => ({ label, what: 'not passed', from: end, to: end }));
  const first = 'firstByte' in state ? state.firstByte : undefined;
  return [
    ...passed,
    ...pieces,
    ...waiting,
    ...(first === undefined ? [] : [{ label: 'the target', what: 'first byte', from: end, to: end + first }]),
  ];
};

const timingPieces = (opened: readonly HopTiming[]): readonly Piece[] => {
  let at = 0;
  return opened.flatMap(({ hop, label, connect, exchange }): readonly Piece[] => {
    const start: number = at;
    const middle = start + (connect ?? 0);
    at = middle + exchange;
    const name = `hop ${hop}  ${label}`;
    const asked: Piece = { label: connect === undefined ? name : '', what: 'exchange', from: middle, to: at };
    return connect === undefined ? [asked] : [{ label: name, what: 'connect', from: start, to: middle }, asked];
  });
};

const axis = (pieces: readonly Piece[], { glyphs }: Look, columns: number): readonly Line[] => {
  const whole = Math.max(0.001, ...pieces.map(({ to }) => to));
  const label = Math.min(36, Math.max(12, Math.floor(columns * 0.36)));
  const cells = Math.max(8, columns - label - 24);
  return pieces.map(({ label: name, what, from, to }): Line => {
    const isTimed = what !== 'not passed' && what !== 'ahead';
    return [
      span(` ${fit(clip(clean(name), label), label)} ${fit(what, 10)} `),
      ...(isTimed ? stretch(from / whole, to / whole, cells, glyphs) : [span(' '.repeat(cells))]),
      span(isTimed ? ` ${spanText(to - from)}` : ''),
    ];
  });
};

const endLines = ({ state }: Session, columns: number): readonly Line[] => {
  switch (state.phase) {
    case 'negotiating':
      return [[span('The client has not said yet where it wants to go.')]];
    case 'dialing':
      return [[span('On its way.')]];
    case 'held':
      return [[span('Held until a whole route is up.', 'warn')], ...failureLines(state.why, columns - 2)];
    case 'relaying':
      return [[span('Open.', 'good')]];
    case 'closed':
      return [[span(endings[state.because])]];
    case 'failed':
      return failureLines(state.failure, columns - 2);
  }
};

const endings = {
  client: 'Ended by the client.',
  target: 'Ended by the target.',
  idle: 'Ended because nothing moved any more.',
  stopped: 'Ended because kaskade stopped.',
} as const;

/** A try of a cascade: each prefix of its route by itself, as the verdicts come. */
export const trialLines = (trial: Trial, look: Look, columns: number): readonly Line[] => [
  [
    span(` test of ${clean(trial.cascade)}`, 'strong'),
    span('  each line is a dial of its own, up to that hop', 'faint'),
  ],
  emptyLine,
  ...verdictLines(trial.verdicts, look, columns),
  emptyLine,
  [span(` ${trialEnd(trial)}`, trial.state === 'running' ? 'faint' : 'strong')],
  ...(trial.failure === undefined
    ? []
    : failureLines(trial.failure, columns - 2).map((line): Line => [span(' '), ...line])),
];

const trialEnd = ({ state, verdicts, failure }: Trial): string => {
  if (state === 'running') return 'dialling …';
  return failure === undefined && verdicts.every((verdict) => verdict.failure === undefined)
    ? 'All hops pass each other on.'
    : 'It ends there.';
};

const verdictLines = (verdicts: readonly Verdict[], { glyphs }: Look, columns: number): readonly Line[] => {
  const whole = Math.max(0.001, ...verdicts.map(({ time }) => time));
  const label = Math.min(40, Math.max(12, Math.floor(columns * 0.4)));
  const cells = Math.max(8, columns - label - 20);
  return verdicts.flatMap(({ hop, label: name, onward, time, failure }): readonly Line[] => {
    const to = onward === undefined ? '' : ` to ${onward}`;
    return [
      [
        span(failure === undefined ? ' ok  ' : ' no  ', failure === undefined ? 'good' : 'bad'),
        span(`${fit(clip(clean(`hop ${hop} ${name}${to}`), label), label)} `),
        ...stretch(0, time / whole, cells, glyphs),
        span(` ${spanText(time)}`),
      ],
      ...(failure === undefined
        ? []
        : [[span(`      ${clip(clean(explain(failure).sentence), columns - 8)}`, 'bad' as const)]]),
    ];
  });
};
