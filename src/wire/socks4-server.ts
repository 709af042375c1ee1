/** The server half of SOCKS4 and SOCKS4a (the protocol's memo by Koblas and its 4a extension by Lee). */

import { checkPort, hostOfBytes, parseHostBytes } from '../model/address.js';
import { type KaskadeError, asKaskadeError, fail } from '../model/error.js';
import { type ClientRequest, type Login, readUser } from './client-request.js';
import { type Conversation, send, take, takeByte } from './conversation.js';

const connect = 0x01;
const longestText = 255;

/** Reads a request; every failure has been answered when it is thrown. SOCKS4 has no password, so a required login is always refused. */
export function* answerSocks4(login: Login): Conversation<ClientRequest> {
  if ((yield* takeByte()) !== 0x04) throw fail('bad-request', { note: 'SOCKS version' });
  try {
    const request = yield* readRequest();
    if (login.required) throw fail('auth-required');
    return request;
  } catch (thrown) {
    const error = asKaskadeError(thrown);
    yield* send(socks4Reply(error));
    throw error;
  }
}

/** The reply to a request: granted (5A) without an argument, else rejected (5B). */
export const socks4Reply = (error?: KaskadeError): Buffer =>
  Buffer.from([0x00, error === undefined ? 0x5a : 0x5b, 0, 0, 0, 0, 0, 0]);

function* readRequest(): Conversation<ClientRequest> {
  const head = yield* take(7);
  const [command, address] = [head.readUInt8(0), head.subarray(3)];
  const port = checkPort(head.readUInt16BE(1));
  const userBytes = yield* readText();
  const named = address.readUInt32BE(0) <= 0xff && address.readUInt8(3) !== 0;
  const host = named ? parseHostBytes(yield* readText()) : hostOfBytes(address);
  if (command !== connect) throw fail('unsupported-command', { note: `SOCKS4 command ${command}` });
  if (port === undefined) throw fail('bad-request', { note: 'port 0' });
  return { target: { host, port }, user: readUser(userBytes) };
}

/** A text up to its NUL, which is taken too; 255 bytes at most. Thrown in here, so that a longer one is answered. */
function* readText(): Conversation<Buffer> {
  const text: number[] = [];
  for (;;) {
    const byte = yield* takeByte();
    if (byte === 0x00) return Buffer.from(text);
    if (text.length === longestText) throw fail('bad-request', { note: 'a SOCKS4 text over 255 bytes' });
    text.push(byte);
  }
}
