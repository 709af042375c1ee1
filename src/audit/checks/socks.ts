/** What SOCKS proxies can do besides tunnels, asked by a client that is not ours (RFC 1928 §4, §7). */

import type { Socket } from 'node:net';
import { type Endpoint, hostText, parseHost } from '../../model/address.js';
import { asKaskadeError, fail } from '../../model/error.js';
import { privateKind } from '../../model/private.js';
import { type Cancel, deadline, whenAborted } from '../../net/cancel.js';
import type { Subject } from '../ask/subject.js';
import { shown } from '../ask/text.js';
import type { Stand } from '../stand.js';
import { check, note, notForThis, untested } from './check.js';

type SocksCommand = 'connect' | 'bind' | 'associate';

/** T12: UDP ASSOCIATE and BIND. */
export const commands = check(
  'T12',
  {
    axis: 'RE',
    severity: 'info',
    tier: 'full',
    modes: ['tunnel'],
    title: 'what SOCKS can do besides tunnels',
    meaning:
      'UDP ASSOCIATE and BIND are asked for, by another client than kaskade’s own. An address inside the proxy’s network in the answer is noted.',
    remedy: 'Programs that need UDP cannot use it.',
  },
  async (stand) => {
    if (stand.subject.hop.scheme !== 'socks5h') return notForThis('Only SOCKS5 has other commands.');
    const told: string[] = [];
    for (const command of ['associate', 'bind'] as const) {
      const said = await ask(stand.subject, command, stand.judge.main, stand);
      told.push(`${command === 'associate' ? 'UDP ASSOCIATE' : 'BIND'}: ${said}`);
    }
    return told.every((text) => text.endsWith('not answered'))
      ? untested('Neither command was answered.')
      : note(`${told.join('; ')}.`);
  },
);

const ask = async (
  subject: Subject,
  command: SocksCommand,
  to: Endpoint,
  { within, signal }: Stand,
): Promise<string> => {
  const limit = deadline(within, () => fail('answer-timeout'), { signal });
  try {
    const host = command === 'associate' ? '0.0.0.0' : hostText(to.host);
    const bound = await secondClient(subject, { command, host, port: command === 'associate' ? 0 : to.port }, limit);
    const kind = bound === undefined ? undefined : privateKind(parseHost(bound));
    return kind === undefined ? 'yes' : `yes, at ${shown(bound ?? '', 60)} (${kind})`;
  } catch (thrown) {
    return asKaskadeError(thrown).code === 'answer-timeout' ? 'not answered' : 'no';
  } finally {
    limit.done();
  }
};

type Client = typeof import('socks')['SocksClient'];

interface Wish {
  readonly command: SocksCommand;
  readonly host: string;
  readonly port: number;
}

/** Does one command by the package `socks`; gives the address that the proxy names. Rejects with whatever went wrong. */
export const secondClient = async (subject: Subject, wish: Wish, cancel: Cancel): Promise<string | undefined> => {
  if (subject.hop.credentials !== undefined) throw fail('hop-auth-missing');
  // Most commands need none of it.
  const { SocksClient } = await import('socks');
  const stream = await subject.reach(cancel);
  try {
    return await established(stream as Socket, subject, { wish, cancel, SocksClient });
  } finally {
    stream.destroy();
  }
};

/** The package throws for a wrong option, and tells everything else by events. */
const established = (
  socket: Socket,
  { hop: { scheme, endpoint } }: Subject,
  { wish, cancel, SocksClient }: { readonly wish: Wish; readonly cancel: Cancel; readonly SocksClient: Client },
): Promise<string | undefined> =>
  new Promise((resolve, reject) => {
    const { command, host, port } = wish;
    const client = new SocksClient({
      ...{ command, destination: { host, port }, timeout: 10_000 },
      proxy: { host: hostText(endpoint.host), port: endpoint.port, type: scheme === 'socks4a' ? 4 : 5 },
    });
    whenAborted(cancel, () => {
      reject(fail('answer-timeout'));
    });
    client.on('error', reject);
    const onAnswer = ({ remoteHost }: { readonly remoteHost?: { readonly host: string } }): void => {
      resolve(remoteHost?.host);
    };
    if (command === 'bind') client.on('bound', onAnswer);
    else client.on('established', onAnswer);
    client.connect(socket);
  });
