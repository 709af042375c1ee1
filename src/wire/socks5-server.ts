/** The server half of SOCKS5 (RFC 1928) with user name and password (RFC 1929): what a client wants, read from its bytes. */

import { checkPort, hostOfBytes, parseHostBytes } from '../model/address.js';
import type { Host } from '../model/address.js';
import { type KaskadeError, asKaskadeError, fail } from '../model/error.js';
import { explain } from '../model/failure.js';
import { type ClientRequest, type Login, readUser } from './client-request.js';
import { type Conversation, send, take, takeByte } from './conversation.js';

const noAuth = 0x00;
const userPassword = 0x02;
const noneAcceptable = 0xff;
const connect = 0x01;
const addressTypes = { ipv4: 0x01, name: 0x03, ipv6: 0x04 } as const;

/**
 * Reads greeting, login and request. Every failure has been answered to the client when it is thrown;
 * a request that is returned has not: socks5Reply writes that answer.
 */
export function* answerSocks5(login: Login): Conversation<ClientRequest> {
  if ((yield* takeByte()) !== 0x05) throw fail('bad-request', { note: 'SOCKS version' });
  const credentials = yield* readLogin(login);
  try {
    return { ...credentials, target: yield* readRequest() };
  } catch (thrown) {
    const error = asKaskadeError(thrown);
    yield* send(socks5Reply(error));
    throw error;
  }
}

/** The reply to a request: success without an argument, else what the failure table says. BND.ADDR is always 0.0.0.0:0. */
export const socks5Reply = (error?: KaskadeError): Buffer =>
  Buffer.from([0x05, error === undefined ? 0x00 : explain(error.failure).socks5, 0x00, 0x01, 0, 0, 0, 0, 0, 0]);

function* readLogin(login: Login): Conversation<Omit<ClientRequest, 'target'>> {
  const methods = yield* take(yield* takeByte());
  if (methods.includes(userPassword)) {
    yield* send(Buffer.from([0x05, userPassword]));
    return yield* readPassword(login);
  }
  if (methods.includes(noAuth) && !login.required) {
    yield* send(Buffer.from([0x05, noAuth]));
    return { user: '' };
  }
  yield* send(Buffer.from([0x05, noneAcceptable]));
  throw fail(login.required ? 'auth-required' : 'bad-request', { note: 'no authentication method in common' });
}

function* readPassword(login: Login): Conversation<Omit<ClientRequest, 'target'>> {
  try {
    if ((yield* takeByte()) !== 0x01) throw fail('bad-request', { note: 'RFC 1929 version' });
    const userBytes = yield* take(yield* takeByte());
    const password = (yield* take(yield* takeByte())).toString('utf8');
    const user = readUser(userBytes);
    if (!login.check(user, password)) throw fail('auth-required');
    yield* send(Buffer.from([0x01, 0x00]));
    return { user };
  } catch (thrown) {
    yield* send(Buffer.from([0x01, 0x01]));
    throw thrown;
  }
}

function* readRequest(): Conversation<ClientRequest['target']> {
  const [version, command, , addressType = 0] = yield* take(4);
  if (version !== 0x05) throw fail('bad-request', { note: 'SOCKS version' });
  const host = yield* readHost(addressType);
  const port = checkPort((yield* take(2)).readUInt16BE(0));
  if (command !== connect) throw fail('unsupported-command', { note: `SOCKS5 command ${command ?? 0}` });
  if (port === undefined) throw fail('bad-request', { note: 'port 0' });
  return { host, port };
}

function* readHost(addressType: number): Conversation<Host> {
  switch (addressType) {
    case addressTypes.ipv4:
      return hostOfBytes(yield* take(4));
    case addressTypes.ipv6:
      return hostOfBytes(yield* take(16));
    case addressTypes.name:
      return parseHostBytes(yield* take(yield* takeByte()));
    default:
      throw fail('unsupported-address', { note: `SOCKS5 address type ${addressType}` });
  }
}
