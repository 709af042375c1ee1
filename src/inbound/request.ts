/** What every protocol of the listener hands on: a request to be served, and how to answer it. */

import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import type { Endpoint } from '../model/address.js';
import type { KaskadeError } from '../model/error.js';
import type { Asker } from '../model/route.js';
import type { Login } from '../wire/client-request.js';
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
  /** The body, decoded; undefined where there is none. */
  readonly body: Readable | undefined;
  /** Whether the body came in chunks and must go on so. */
  readonly chunked: boolean;
  /** The trailers, known once the body has ended. */
  readonly trailers: () => readonly Field[];
  /** Whether the client asks to go on with WebSocket; a 101 then makes the rest a tunnel. */
  readonly upgrade: boolean;
}

/** The way back for the answer to a plain request. */
export interface Answer extends Omit<ResponseSink, 'data'> {
  /** False when the client reads more slowly: wait for onDrain. */
  readonly data: (bytes: Buffer) => boolean;
  readonly onDrain: (resume: () => void) => void;
  /** Breaks the answer off so that the client sees that it is not whole. */
  readonly cut: () => void;
  /** Is called once when the client went away before the answer was whole. */
  readonly onGone: (gone: () => void) => void;
  /** Whether a head was sent, so that nothing can be refused any more. */
  readonly begun: () => boolean;
}

/** The HTTP parser of the listeners. It never listens itself: it is given connections. */
export interface Web {
  readonly take: (visit: Visit) => void;
  readonly close: () => void;
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
  /** The parser that plain requests are given to. */
  readonly web: Web;
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
  readonly signal: AbortSignal;
  readonly done: () => void;
}
