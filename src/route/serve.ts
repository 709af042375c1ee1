/** One session from its request to its end: this is what kaskade is. */

import { asKaskadeError } from '../model/error.js';
import type { Route } from '../model/route.js';
import type { PendingRequest, TunnelRequest } from '../inbound/request.js';
import type { Meter } from '../net/idle.js';
import { relay } from '../net/relay.js';
import { serveExchange } from './exchange.js';
import { type Journey, type Line, open } from './journey.js';
import { plan } from './plan.js';
import { refusalOf } from './targets.js';

/** Serves one request; whatever goes wrong is told to the client in its own protocol. Never rejects. */
export const serve = async (request: PendingRequest, line: Line): Promise<void> => {
  const entry = line.open(request);
  try {
    const route = planFor(request, line);
    entry.dialing(route);
    await (request.kind === 'tunnel'
      ? serveTunnel(request, { route, line, entry })
      : serveExchange(request, { route, line, entry }));
  } catch (thrown) {
    const error = asKaskadeError(thrown);
    entry.failed(error);
    request.refuse(error);
  }
};

const planFor = ({ target, asker }: PendingRequest, line: Line): Route => {
  const rules = line.rules;
  const refusal = refusalOf(target, rules);
  if (refusal !== undefined) throw refusal;
  if (rules.plainPorts.has(target.port)) line.notice(`plain-${target.port}`, plainText(target.port));
  return plan(line.cascadeFor(asker), { identity: asker.identity, target }, line.chooser);
};

const plainText = (port: number): string =>
  `A session goes to port ${port}, where text is usually sent in clear: every hop can read and change it.`;

const serveTunnel = async (request: TunnelRequest, journey: Journey): Promise<void> => {
  const { line, entry } = journey;
  const tunnel = await open(request, request.target, journey);
  const meter: Meter = { up: 0, down: 0 };
  request.accept();
  entry.relaying(meter);
  entry.closed(await relay(request.client, tunnel, { patience: line.patience.tunnel, meter }, line.stop));
};
