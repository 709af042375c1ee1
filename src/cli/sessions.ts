/** `kaskade sessions`: what goes through the running kaskade, and what lately went. */

import { labelEndpoint } from '../model/address.js';
import { type At, since } from '../model/brand.js';
import { KaskadeError } from '../model/error.js';
import type { KaskadeEvent } from '../model/event.js';
import type { Session, Traffic } from '../model/session.js';
import type { Snapshot } from '../model/snapshot.js';
import type { Controller } from '../engine/controller.js';
import { bytesText, spanText } from './amounts.js';
import type { Furnish } from './face.js';
import type { Output } from './output.js';
import { withRunning } from './running.js';
import { catchSignals } from './signals.js';

/** Gives `sessions` its flag and its work. */
export const furnishSessions: Furnish = (command, run) => {
  command.option('--follow', 'print a line at each change, until Ctrl-C');
  run(command, (face) => {
    const { follow: isFollowing } = command.opts<{ readonly follow?: true }>();
    return withRunning(face, (engine) => (isFollowing ? follow(face.output, engine) : list(face.output, engine)));
  });
};

const headings = ['id', 'age', 'identity', 'protocol', 'target', 'cascade', 'state', 'up', 'down'];

const list = async (output: Output, { snapshot }: Controller): Promise<number> => {
  const { inColumns } = await import('./columns.js');
  const sessions = allOf(snapshot);
  const rows = sessions.map((session) => cellsOf(session, snapshot.at));
  const [heading = '', ...lines] = inColumns([headings, ...rows]);
  if (sessions.length === 0) output.note('There is no session, and there was none lately.');
  else output.say({ tone: 'faint', text: heading });
  for (const line of lines) output.say(line);
  for (const session of sessions) output.value(session);
  return 0;
};

/** Lately ended ones first, then the open ones. */
const allOf = ({ sessions, recent }: Snapshot): readonly Session[] => [...recent, ...sessions];

/** Prints what there is and then every change; gives the code of the signal, or 0 when the engine has stopped. */
const follow = (output: Output, engine: Controller): Promise<number> =>
  new Promise((resolve, reject) => {
    const print = (session: Session): void => {
      output.say(cellsOf(session, session.changed).join('  '));
      output.value(session);
    };
    const { take, catchUp } = createFollower(print);
    engine.watch((event) => {
      if (event.kind === 'session') take(event.session);
      if (event.kind === 'snapshot') catchUp(event.snapshot);
      if (event.kind === 'stopped') settle(event);
    });
    const settle = ({ failure }: Extract<KaskadeEvent, { kind: 'stopped' }>): void => {
      if (failure !== undefined) reject(new KaskadeError(failure));
      else {
        output.note('The running kaskade has stopped.');
        resolve(0);
      }
    };
    void catchSignals().first.then(resolve);
    catchUp(engine.snapshot);
  });

/** Far more than a snapshot can tell of sessions that have ended. */
const mostPrinted = 200_000;

/** Prints each change once: after a gap, a snapshot tells what was missed. */
const createFollower = (print: (session: Session) => void) => {
  const printed = new Map<number, At>();
  const take = (session: Session): void => {
    printed.delete(session.id);
    printed.set(session.id, session.changed);
    if (printed.size > mostPrinted) printed.delete(printed.keys().next().value ?? 0);
    print(session);
  };
  return {
    take,
    catchUp: (snapshot: Snapshot): void => {
      const missed = allOf(snapshot).filter(({ id, changed }) => printed.get(id) !== changed);
      for (const session of missed.sort((one, other) => one.changed - other.changed)) take(session);
    },
  };
};

const cellsOf = (session: Session, at: At): readonly string[] => {
  const { id, began, protocol, identity, target, cascade } = session;
  const { up, down } = trafficOf(session);
  return [
    ...[String(id), spanText(since(began, at)), identity || '-', protocol],
    ...[target === undefined ? '-' : labelEndpoint(target), cascade ?? '-', stateOf(session)],
    ...[bytesText(up), bytesText(down)],
  ];
};

const trafficOf = ({ state }: Session): Traffic => ('traffic' in state ? state.traffic : { up: 0, down: 0 });

const stateOf = ({ state, route, ahead = 0 }: Session): string => {
  switch (state.phase) {
    case 'negotiating':
    case 'held':
    case 'relaying':
      return state.phase;
    case 'dialing':
      return `dialing hop ${Math.min(ahead + state.opened.length + 1, route?.length ?? 1)}`;
    case 'closed':
      return `closed (${state.because})`;
    case 'failed':
      return `failed (${state.failure.code})`;
  }
};
