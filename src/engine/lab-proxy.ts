/** One proxy of the lab: a listener of this program that speaks one protocol and reaches what it was told to, nothing else. */

import type { Socket } from 'node:net';
import { type Endpoint, labelEndpoint } from '../model/address.js';
import { type NonEmpty, millis } from '../model/brand.js';
import { asKaskadeError, fail } from '../model/error.js';
import type { Hall, PendingRequest } from '../inbound/request.js';
import { greet } from '../inbound/sniff.js';
import { createAdmission } from '../net/admission.js';
import { type Buffers, createBuffers } from '../net/buffers.js';
import type { Cancel } from '../net/cancel.js';
import { connect } from '../net/connect.js';
import { listen } from '../net/listen.js';
import { relay } from '../net/relay.js';
import { createAborter } from '../net/signal.js';
import type { Trace } from './lab-trace.js';

/** A kind of proxy: how its users write it, and the only protocol that it answers. */
export interface LabKind {
  readonly scheme: 'socks5h' | 'http' | 'socks4a';
  readonly protocol: PendingRequest['protocol'];
}

/** The kinds, in the order in which a lab uses them. */
export const labKinds: NonEmpty<LabKind> = [
  { scheme: 'socks5h', protocol: 'socks5' },
  { scheme: 'http', protocol: 'connect' },
  { scheme: 'socks4a', protocol: 'socks4' },
];

/** A running proxy. */
export interface LabProxy {
  readonly kind: LabKind;
  readonly endpoint: Endpoint;
  readonly close: () => Promise<void>;
}

/** What makes up a proxy of the lab. */
export interface LabProxyParts {
  readonly hop: number;
  readonly kind: LabKind;
  /** What it may be asked for, as `host:port`, and where that is. */
  readonly reaches: ReadonlyMap<string, Endpoint>;
  readonly trace: Trace;
}

const patience = { idle: millis(600_000), halfClosed: millis(60_000) };
const mostSessions = 5_000;

/** Opens a proxy on any free port of loopback. */
export const openLabProxy = async (parts: LabProxyParts): Promise<LabProxy> => {
  const stop = createAborter();
  const buffers = createBuffers();
  const open = new Set<Promise<void>>();
  const clients = new Set<Socket>();
  const hall: Hall = {
    login: { required: false, check: () => true },
    handshake: millis(10_000),
    idle: patience.idle,
    cascade: () => ({ name: 'lab', route: 'lab' }),
    notice: () => undefined,
    submit: (request) => {
      const session = passOn(request, { ...parts, buffers, label, stop });
      open.add(session);
      void session.finally(() => open.delete(session));
    },
  };
  const listener = await listen(
    { host: { kind: 'ipv4', address: '127.0.0.1' }, port: 0 },
    createAdmission(mostSessions),
    {
      onClient: (client, turnedAway) => {
        clients.add(client);
        client.once('close', () => clients.delete(client));
        greet(client, turnedAway, hall);
      },
      onPause: () => undefined,
    },
  );
  const label = `${parts.kind.scheme}://${labelEndpoint(listener.endpoint)}`;
  return {
    kind: parts.kind,
    endpoint: listener.endpoint,
    close: async () => {
      const closed = listener.close();
      stop.abort(fail('stopped'));
      for (const client of clients) client.destroy();
      await Promise.all([closed, ...open]);
    },
  };
};

interface PassOn extends LabProxyParts {
  readonly label: string;
  readonly buffers: Buffers;
  readonly stop: Cancel;
}

/** Connects a request onward and relays. Never rejects. */
const passOn = async (request: PendingRequest, { kind, reaches, trace, stop, ...own }: PassOn): Promise<void> => {
  const onward = reaches.get(labelEndpoint(request.target).toLowerCase());
  if (request.kind !== 'tunnel' || request.protocol !== kind.protocol || onward === undefined) {
    request.refuse(fail('lab-only'));
    return;
  }
  try {
    const outward = await connect(onward, { buffers: own.buffers, isOwnListener: () => false }, stop);
    const forget = trace.note({
      hop: own.hop,
      label: own.label,
      came: { from: request.client.remotePort ?? 0, to: request.client.localPort ?? 0 },
      went: { from: outward.socket.localPort ?? 0, to: onward.port },
    });
    request.accept();
    const rules = { patience, meter: { up: 0, down: 0 } };
    await relay(request.client, { stream: outward.socket, outward }, rules, stop);
    forget();
  } catch (thrown) {
    request.refuse(asKaskadeError(thrown));
  }
};
