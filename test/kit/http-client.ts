/** A client that writes raw bytes to the listener and reads answers strictly. */

import { connect } from 'node:net';
import { type Message, readAnswers, statusOf, valuesIn } from './http-strict.js';
import { type Wire, watchWire } from './http-wire.js';

/** An answer as a client sees it. */
export interface ClientAnswer extends Message {
  readonly status: number;
  readonly text: string;
  /** The values of a field, joined; undefined where there is none. */
  readonly field: (name: string) => string | undefined;
  /** Interim answers that came before it. */
  readonly interim: readonly Message[];
}

/** A raw client. */
export interface RawClient extends Wire, Disposable {
  /** Resolves with the next answer; `method` is what was asked with. One at a time. */
  readonly answer: (method?: string) => Promise<ClientAnswer>;
  /** Sends and resolves with the answer. */
  readonly ask: (request: string | Buffer, method?: string) => Promise<ClientAnswer>;
  /** Says that nothing more will be sent. */
  readonly finish: () => void;
}

/** Connects to a port of this machine. */
export const connectRaw = (port: number): Promise<RawClient> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true, noDelay: true });
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(createClient(watchWire(socket)));
    });
  });

const createClient = (wire: Wire): RawClient => {
  let at = 0;
  const answer = async (method = 'GET'): Promise<ClientAnswer> => {
    const from = at;
    const messages = await wire.until((seen) => {
      const found = readAnswers(seen.subarray(from), [method], wire.end() === 'fin');
      at = seen.length - found.rest.length;
      return found.messages.some(isFinal) ? found.messages : undefined;
    });
    return dress(messages);
  };
  return {
    ...wire,
    answer,
    ask: (request, method = methodOf(request)) => {
      wire.send(request);
      return answer(method);
    },
    finish: () => {
      wire.socket.end();
    },
    [Symbol.dispose]: () => {
      wire.socket.destroy();
    },
  };
};

const isFinal = ({ start }: Message): boolean => statusOf(start) >= 200 || statusOf(start) === 101;

const methodOf = (request: string | Buffer): string => /^[A-Z]+/.exec(request.toString('latin1'))?.[0] ?? 'GET';

const dress = (messages: readonly Message[]): ClientAnswer => {
  const message = messages.find(isFinal);
  if (message === undefined) throw new Error('no answer');
  return {
    ...message,
    status: statusOf(message.start),
    text: message.body.toString('utf8'),
    field: (name) => {
      const values = valuesIn(message.lines, name.toLowerCase());
      return values.length === 0 ? undefined : values.join(', ');
    },
    interim: messages.filter((other) => !isFinal(other)),
  };
};
