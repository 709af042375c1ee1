/** What every protocol of the listener hands on: a request to be served, and how to answer it. */

import type { Socket } from 'node:net';
import type { Endpoint } from '../model/address.js';
import type { KaskadeError } from '../model/error.js';
import type { Asker } from '../model/route.js';
import type { Signal } from '../net/signal.js';
import type { Login } from '../wire/client-request.js';
import type { BodySink } from '../wire/http-body.js';
import type { Field } from '../wire/http-head.js';
import type { ResponseSink } from '../wire/http-response.js';
import type { Millis } from '../model/brand.js';

interface Asking {
  readonly protocol: 'socks5' | 'socks4' | 'connect' | 'http';
  readonly target: Endpoint;
  readonly asker: Asker;
  /** The connection it came over; it may carry other requests besides, so only a tunnel may end it. */
  readonly client: Socket;
  /** Answers with what the failure table says for this protocol. */
  readonly refuse: (error: KaskadeError) => void;
}

/** A client that wants a tunnel and then speaks for itself. */
export interface TunnelRequest extends Asking {
  readonly kind: 'tunnel';
  /** Tells the client that its tunnel is open. */
  readonly accept: () => void;
}

/** One plain http:// request. */
export interface PlainRequest extends Asking {
  readonly kind: 'plain';
  readonly message: PlainMessage;
  readonly answer: Answer;
}

export type PendingRequest = TunnelRequest | PlainRequest;

/** What a plain request says. */
export interface PlainMessage {
  readonly method: string;
  readonly version: '1.0' | '1.1';
  /** The target in origin form, and in absolute form for a hop that forwards. */
  readonly path: string;
  readonly absolute: string;
  /** All fields as the client wrote them. */
  readonly fields: readonly Field[];
  /** The body; undefined where there is none. */
  readonly body: RequestBody | undefined;
  /** Whether the client asks to go on with WebSocket; a 101 then makes the rest a tunnel. */
  readonly upgrade: boolean;
}

/** The body of a request, still in the client's connection. */
export interface RequestBody {
  /** Whether it comes in chunks and must go on so. */
  readonly chunked: boolean;
  /** Begins to read; may be called once. */
  readonly begin: (taker: BodyTaker) => void;
  readonly pause: () => void;
  readonly resume: () => void;
  /** Ends the reading, whole or not: the taker hears no more. */
  readonly stop: () => void;
  /** Whether all of it was read. */
  readonly whole: () => boolean;
}

/** Takes a body: data, and then either the end, or why it is broken. */
export interface BodyTaker extends BodySink {
  readonly broken: (error: KaskadeError) => void;
}

/** The way back for the answer to a plain request. */
export interface Answer extends Omit<ResponseSink, 'data'> {
  /** False when the client reads more slowly: wait for `drained`. The bytes are the answer's from then on. */
  readonly data: (bytes: Buffer) => boolean;
  /** Breaks the answer off so that the client sees that it is not whole. */
  readonly cut: () => void;
  /** Tells when the client reads again, and when it went away. The returned function ends the telling. */
  readonly watch: (client: { readonly drained: () => void; readonly gone: () => void }) => () => void;
  /** Whether a head was sent, so that nothing can be refused any more. */
  readonly begun: () => boolean;
}

/** What the protocols need from the house. */
export interface Hall {
  readonly login: Login;
  /** How long a client may take to say what it wants. */
  readonly handshake: Millis;
  /** How long a connection may be kept without a request. */
  readonly idle: Millis;
  /** The cascade in use, for the page that the listener shows of itself. */
  readonly cascade: () => { readonly name: string; readonly route: string };
  readonly submit: (request: PendingRequest) => void;
  /** Says something to the person at this machine; the same topic again is only counted. */
  readonly notice: (topic: string, text: string) => void;
}

/** One protocol of the listener. */
export interface InboundProtocol {
  readonly name: string;
  /** Whether the first bytes are of this protocol; undefined while that is open. */
  readonly claims: (first: Buffer) => boolean | undefined;
  /** Reads what the client wants and submits it; owns the client until then. */
  readonly meet: (visit: Visit) => void;
}

/** A client at the door. */
export interface Visit {
  readonly client: Socket;
  readonly hall: Hall;
  /** Why the client must be refused whatever it wants, where the house is full. */
  readonly turnedAway: KaskadeError | undefined;
  /** The signal for the handshake; `done` calls its deadline off. */
  readonly signal: Signal;
  readonly done: () => void;
}
