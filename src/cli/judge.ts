/** `kaskade judge`: runs a judge that audits ask. */

import { type Millis, millis } from '../model/brand.js';
import { fail } from '../model/error.js';
import type { JudgeOptions } from '../engine/controller.js';
import type { Furnish } from './face.js';
import { catchSignals } from './signals.js';

interface Flags {
  readonly listen?: readonly string[];
  readonly tlsListen?: readonly string[];
  readonly name?: readonly string[];
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly keyFile?: string;
  readonly ttl: string;
  readonly rate: string;
  readonly zone?: string;
  readonly dnsListen?: string;
  readonly address?: readonly string[];
}

const more = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

/** Puts `judge` on the command line. */
export const furnishJudge: Furnish = (command, run) => {
  command
    .option('--listen <host:port>', 'where it speaks HTTP; may be given again (127.0.0.1:4080)', more)
    .option(
      '--tls-listen <host:port>',
      'where it speaks TLS; a second one has another name (127.0.0.1:4443, :4444)',
      more,
    )
    .option('--name <host>', 'a name or address by which it is reached; may be given again', more)
    .option('--tls-cert <file>', 'certificates of the first TLS port, PEM; one of its own where it is missing')
    .option('--tls-key <file>', 'the key for it')
    .option('--key-file <file>', 'the key that it signs with; made the first time')
    .option('--zone <name>', 'a zone that is delegated to it: it tells who looks names up for a proxy')
    .option('--dns-listen <host:port>', 'where it answers for the zone, over UDP and TCP (0.0.0.0:53)')
    .option('--address <address>', 'where names of the zone lead, one of each family at most', more)
    .option('--ttl <minutes>', 'how long it remembers addresses', '10')
    .option('--rate <number>', 'requests a second of one source; four times as many at once', '1000');
  run(command, async ({ program, output }) => {
    const { audits } = await program();
    const { first } = catchSignals();
    const judge = await audits.judge(optionsOf(command.opts<Flags>()));
    for (const url of judge.urls) output.say(url);
    for (const { port, name = 'its host', spki } of judge.tls)
      output.note(`TLS on port ${port} for ${name}, key sha256/${spki}`);
    if (judge.names !== undefined)
      output.note(`names of ${judge.names.zone} are answered on ${judge.names.at} (UDP and TCP)`);
    if (judge.tls.length === 0)
      output.note('Without --tls-listen no grade is given to tunnels: that TLS passes cannot be seen.');
    output.value({ event: 'judging', urls: judge.urls, tls: judge.tls });
    const code = await first;
    await judge[Symbol.asyncDispose]();
    return code;
  });
};

const optionsOf = (flags: Flags): JudgeOptions => {
  const { listen, tlsListen, name = [], tlsCert, tlsKey, keyFile, ttl, rate } = flags;
  if ((tlsCert === undefined) !== (tlsKey === undefined))
    throw fail('bad-usage', { note: '--tls-cert and --tls-key go together.' });
  return {
    ...{ listen: listen ?? ['127.0.0.1:4080'], names: name, ttl: ttlOf(ttl), rate: numberOf('--rate', rate, 100_000) },
    tlsListen: tlsListen ?? (listen === undefined ? ['127.0.0.1:4443', '127.0.0.1:4444'] : []),
    ...(tlsCert === undefined || tlsKey === undefined ? {} : { tlsCert, tlsKey }),
    ...(keyFile === undefined ? {} : { keyFile }),
    ...zoneOf(flags),
  };
};

const zoneOf = ({ zone, dnsListen, address = [] }: Flags): Pick<JudgeOptions, 'zone'> => {
  if (zone === undefined && dnsListen === undefined && address.length === 0) return {};
  if (zone === undefined || address.length === 0)
    throw fail('bad-usage', { note: 'A zone needs --zone NAME and --address ADDRESS, where its names lead.' });
  return { zone: { name: zone, listen: dnsListen ?? '0.0.0.0:53', addresses: address } };
};

const ttlOf = (text: string): Millis => millis(numberOf('--ttl', text, 1_440) * 60_000);

const numberOf = (flag: string, text: string, most: number): number => {
  const value = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (value < 1 || value > most) throw fail('bad-usage', { note: `${flag} is a number from 1 to ${most}.` });
  return value;
};
