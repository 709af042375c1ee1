/** A stretch of raw bytes both ways behind an upgrade: whether a tunnel carries every bit, and the end of one direction alone. */

import { createHash } from 'node:crypto';
import type { Duplex } from 'node:stream';
import type { Cancel } from '../../net/cancel.js';
import { whenAborted } from '../../net/cancel.js';
import type { Keep } from './keep.js';
import type { JudgeParts } from './judge.js';
import type { JudgeRecord } from './record.js';
import { seededBytes } from './stream.js';
import { moneyFor } from './texts.js';

/** So many bytes go each way. */
export const stretch = 160 * 1024;

/** What goes each way for an id. */
export const upward = (id: string): Buffer => amongWords(seededBytes(`${id}/up`, stretch));
export const downward = (id: string): Buffer => amongWords(seededBytes(`${id}/down`, stretch));

/** At the beginning and in the middle, what programs without TLS say: greetings, the wish for TLS, logins, where money goes. */
const amongWords = (bytes: Buffer): Buffer => {
  for (const from of [0, stretch / 2]) bytes.write(said, from, 'latin1');
  return bytes;
};

const said = [
  ...['220 mail.example.org ESMTP', '250-STARTTLS', '250 AUTH PLAIN LOGIN', 'STARTTLS', 'EHLO example.org', 'AUTH TLS'],
  ...[
    '* CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED',
    '+OK POP3',
    'STLS',
    'USER decoy',
    'PASS decoy',
    'MAIL FROM:<a@example.org>',
  ],
  ...['SSH-2.0-OpenSSH_9.6', 'RFB 003.008', ':irc.example.org CAP * LS :tls sasl', 'NICK decoy', 'SIP/2.0 200 OK'],
  ...['{"id":1,"method":"mining.authorize","params":["decoy.1","x"]}', ...moneyFor('bytes'), '*1', '$4', 'PING', ''],
].join('\r\n');

interface Means {
  readonly parts: JudgeParts;
  readonly keep: Keep;
  readonly connection: number;
  readonly cancel: Cancel;
}

/** Sends its half, takes the other until its end, and then tells what came: whoever reads that knows that half a close was enough. */
export const takeBytes = (
  stream: Duplex,
  { id, page }: { readonly id: string; readonly page: string },
  { parts, keep, connection, cancel }: Means,
): Promise<void> =>
  new Promise((resolve) => {
    const hash = createHash('sha256');
    let length = 0;
    let told = false;
    const tell = (): void => {
      if (told) return;
      told = true;
      const record: JudgeRecord = {
        ...{ id, page, at: parts.clock(), peer: '', peerPort: 0, port: 0, connection, request: 2, visit: 1, head: '' },
        body: { length, sha256: hash.digest('hex') },
      };
      keep.add(record);
      if (stream.writable) stream.write(`\n${parts.keys.sign(record)}\n`);
      forget();
      resolve();
    };
    const forget = whenAborted(cancel, () => {
      stream.destroy();
    });
    stream.on('data', (chunk: Buffer) => {
      length += chunk.length;
      hash.update(chunk);
      if (length > stretch * 2) stream.destroy();
    });
    stream.once('end', tell).once('close', tell);
    stream.resume();
    if (stream.writable) stream.write(downward(id));
  });
