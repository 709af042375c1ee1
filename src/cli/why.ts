/** `kaskade why`: what became of a session, hop by hop. */

import { labelEndpoint } from '../model/address.js';
import type { Blame } from '../model/blame.js';
import { KaskadeError, fail } from '../model/error.js';
import { type Failure, explain, failureHeader } from '../model/failure.js';
import type { HopTiming, Session } from '../model/session.js';
import { bytesText } from './amounts.js';
import type { Furnish } from './face.js';
import type { Output } from './output.js';
import { withRunning } from './running.js';

/** Gives `why` its argument and its work. */
export const furnishWhy: Furnish = (command, run) => {
  run(command.argument('<session>', 'its number in kaskade sessions'), async (face, [text = '']) => {
    const id = /^[1-9]\d{0,14}$/.test(text) ? Number(text) : undefined;
    if (id === undefined) throw fail('bad-usage', { note: 'A session is named by its number.' });
    const result = await withRunning(face, (engine) => engine.execute({ do: 'why', session: id }));
    if (!result.done) throw new KaskadeError(result.failure);
    if (result.session === undefined) throw fail('session-unknown', { note: text });
    tell(face.output, result.session);
    face.output.value(valueOf(result.session));
  });
};

const tell = (output: Output, session: Session): void => {
  const { id, protocol, identity, target, cascade, tries, state } = session;
  const goal = target === undefined ? 'an unknown target' : labelEndpoint(target);
  const who = identity === '' ? '' : ` of ${identity}`;
  output.say({ tone: 'strong', text: `session ${id}` }, `  ${protocol}${who} to ${goal}${through(cascade)}`);
  for (const line of waterfall(session)) output.say(line);
  if (tries > 1) output.say(`${tries} routes were dialled; this is the last one.`);
  if (state.phase === 'failed') tellFailure(output, state.failure);
  else output.say(endOf(session));
};

const through = (cascade: string | undefined): string => (cascade === undefined ? '' : ` through ${cascade}`);

/** A bar of this width is the whole dial. */
const width = 30;

/** The hops that were passed, each with its times and its place in the whole dial; then the first byte. */
const waterfall = ({ route = [], state, ahead = 0 }: Session): readonly string[] => {
  const opened = 'opened' in state ? state.opened : [];
  const labels = Math.max(0, ...route.map((label) => label.length));
  const first = 'firstByte' in state ? state.firstByte : undefined;
  const whole = opened.reduce<number>((sum, timing) => sum + spanOf(timing), first ?? 0);
  let before = 0;
  const bar = (span: number): string => {
    const [from, to] = [before, before + span].map((at) => Math.round((width * at) / Math.max(whole, 1)));
    before += span;
    return `${' '.repeat(from ?? 0)}${'#'.repeat(Math.max(1, (to ?? 0) - (from ?? 0)))}`;
  };
  const hops = route.map((label, index) => {
    const timing = opened.find(({ hop }) => hop === index + 1);
    const place = `  hop ${index + 1}  ${label.padEnd(labels)}`;
    if (timing !== undefined) return `${place}  ${timesOf(timing)}  ${bar(spanOf(timing))}`;
    return `${place}  ${index < ahead ? 'passed ahead, over a tunnel that was waiting' : 'not passed'}`;
  });
  if (first === undefined) return hops;
  return [
    ...hops,
    `  first byte${' '.repeat(Math.max(0, labels - 3))}  ${inMillis(first).padStart(37)}  ${bar(first)}`,
  ];
};

const spanOf = ({ connect, exchange }: HopTiming): number => (connect ?? 0) + exchange;

const timesOf = ({ connect, exchange }: HopTiming): string =>
  `${connect === undefined ? ''.padEnd(17) : `connect ${inMillis(connect).padStart(9)}`}  exchange ${inMillis(exchange).padStart(9)}`;

const inMillis = (span: number): string => `${Math.round(span)} ms`;

const tellFailure = (output: Output, failure: Failure): void => {
  const { sentence, hint } = explain(failure);
  output.say({ tone: 'bad', text: 'failed' }, `  ${sentence}`);
  output.say('  ', { tone: 'faint', text: hint });
  if (failure.blame !== undefined) output.say(`  ${blameText(failure.blame)}`);
};

const blameText = ({ reporter, suspect, phase }: Blame): string => {
  const who = reporter === 0 ? 'This machine' : `Hop ${reporter}`;
  const whom = suspect === 'target' ? 'the target' : `hop ${suspect}`;
  return `${who} said it about ${whom} (${phase}).`;
};

const endings = {
  client: 'the client has ended it',
  target: 'the target has ended it',
  idle: 'nothing moved for too long',
  stopped: 'kaskade has stopped it',
} as const;

const endOf = ({ state }: Session): string => {
  switch (state.phase) {
    case 'negotiating':
      return 'It is being planned.';
    case 'dialing':
      return 'It is being dialled.';
    case 'held':
      return `It waits for a whole route: ${explain(state.why).sentence}`;
    case 'relaying':
      return `It is open: ${bytesText(state.traffic.up)} up, ${bytesText(state.traffic.down)} down.`;
    case 'closed':
      return `It is over, ${endings[state.because]}: ${bytesText(state.traffic.up)} up, ${bytesText(state.traffic.down)} down.`;
    case 'failed':
      return explain(state.failure).sentence;
  }
};

const valueOf = (session: Session): object => {
  const { state } = session;
  if (state.phase !== 'failed') return session;
  const { sentence, hint } = explain(state.failure);
  return { ...session, failure: failureHeader(state.failure), sentence, hint };
};
