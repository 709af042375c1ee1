/** One session from its request to its end: this is what kaskade is. */

import { now, since } from '../model/brand.js';
import { asKaskadeError } from '../model/error.js';
import type { PendingRequest, TunnelRequest } from '../inbound/request.js';
import type { Meter } from '../net/idle.js';
import { relay } from '../net/relay.js';
import { serveExchange } from './exchange.js';
import { type Journey, type Line, open } from './journey.js';
import { refusalOf } from './targets.js';

/** Serves one request; whatever goes wrong is told to the client in its own protocol. Never rejects. */
export const serve = async (request: PendingRequest, line: Line): Promise<void> => {
  const entry = line.open(request);
  try {
    admit(request, line);
    await (request.kind === 'tunnel' ? serveTunnel(request, { line, entry }) : serveExchange(request, { line, entry }));
  } catch (thrown) {
    const error = asKaskadeError(thrown);
    entry.failed(error);
    request.refuse(error);
  }
};

/** Throws where the target may not be asked for. */
const admit = ({ target }: PendingRequest, { rules, notice }: Line): void => {
  const refusal = refusalOf(target, rules);
  if (refusal !== undefined) throw refusal;
  if (rules.plainPorts.has(target.port)) notice(`plain-${target.port}`, plainText(target.port));
};

const plainText = (port: number): string =>
  `A session goes to port ${port}, where text is usually sent in clear: every hop can read and change it.`;

const serveTunnel = async (request: TunnelRequest, journey: Journey): Promise<void> => {
  const { line, entry } = journey;
  const { route, tunnel } = await open(request, { goal: () => request.target }, journey);
  const meter: Meter = { up: 0, down: 0 };
  const opened = now();
  const onFirst = (): void => {
    line.evidence.firstByte(route, since(opened, now()));
  };
  request.accept();
  entry.relaying(meter);
  const rules = { patience: line.patience.tunnel, meter, onFirst };
  entry.closed(await relay(request.client, tunnel, rules, line.stop));
};
