/** Runs a judge for a user: its key is kept, its certificates are read or made. */

import { X509Certificate, createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Host, hostText, labelEndpoint, parseEndpoint, parseHost } from '../model/address.js';
import { fail } from '../model/error.js';
import { type JudgeParts, type JudgeTls, openJudge } from '../audit/judge/judge.js';
import { type JudgeKeys, judgeKeys } from '../audit/judge/record.js';
import { selfSigned } from '../audit/judge/self-signed.js';
import type { ListenAt } from '../net/listen.js';
import type { JudgeOptions, RunningJudge } from './controller.js';

/** Opens a judge. Its key is in `keyFile`, else beside the settings; it is made the first time, for its owner alone to read. */
export const runJudge = async (options: JudgeOptions, settingsPath: string): Promise<RunningJudge> => {
  const keys = keysIn(options.keyFile ?? join(dirname(settingsPath), 'judge.key'));
  const http = options.listen.map((text) => listenAt('--listen', text));
  const [first] = http;
  if (first === undefined) throw fail('bad-usage', { note: 'A judge listens somewhere: --listen HOST:PORT.' });
  const names = options.names.map((text) => parsed('--name is a host name or an address', text, parseHost));
  if (options.tlsCert !== undefined && options.tlsListen.length === 0)
    throw fail('bad-usage', { note: 'A certificate needs a port that speaks TLS: --tls-listen HOST:PORT.' });
  const judge = await openJudge({
    ...{ keys, http, ttl: options.ttl, perSecond: options.rate, clock: Date.now },
    hosts: names.map(hostText),
    tls: tlsOf(options, names[0] ?? first.host),
    ...zoneOf(options),
  });
  return {
    urls: judge.urls.map((url) =>
      names[0] === undefined ? url : url.replace(/\/\/(\[[^\]]*\]|[^:/]*)/, `//${urlHost(names[0])}`),
    ),
    tls: judge.card.tls,
    ...(judge.names && { names: { zone: judge.card.zone ?? '', at: labelEndpoint(judge.names) } }),
    [Symbol.asyncDispose]: () => judge.close(),
  };
};

/** Its names have one address of each family at most, as its own name server says. */
const zoneOf = ({ zone }: JudgeOptions): Pick<JudgeParts, 'zone'> => {
  if (zone === undefined) return {};
  const [name, hosts] = [parseHost(zone.name), zone.addresses.map(parseHost)];
  const [ipv4, secondIpv4] = hosts.filter(({ kind }) => kind === 'ipv4').map(hostText);
  const [ipv6, secondIpv6] = hosts.filter(({ kind }) => kind === 'ipv6').map(hostText);
  const isOdd = name.kind !== 'name' || hosts.some(({ kind }) => kind === 'name');
  if (isOdd || secondIpv4 !== undefined || secondIpv6 !== undefined)
    throw fail('bad-usage', { note: 'A zone has a name, and one address of each family at most.' });
  return {
    zone: {
      ...{ name: hostText(name).toLowerCase().replace(/\.$/, ''), at: listenAt('--dns-listen', zone.listen) },
      ...(ipv4 === undefined ? {} : { ipv4 }),
      ...(ipv6 === undefined ? {} : { ipv6 }),
    },
  };
};

const urlHost = (host: Host | undefined): string =>
  host === undefined ? '' : host.kind === 'ipv6' ? `[${host.address}]` : hostText(host);

const listenAt = (flag: string, text: string): ListenAt =>
  parsed(`${flag} is HOST:PORT, such as 0.0.0.0:80`, text, () => {
    const any = text.replace(/:0$/, '');
    return any === text ? parseEndpoint(text) : { host: parseHost(any), port: 0 };
  });

/** What was typed, read; who typed it is told what it should have been. */
const parsed = <Value>(what: string, text: string, parse: (text: string) => Value): Value => {
  try {
    return parse(text);
  } catch (thrown) {
    throw fail('bad-usage', { note: `${what}, and not ${text.slice(0, 60)}.` }, thrown);
  }
};

const keysIn = (path: string): JudgeKeys => {
  if (!existsSync(path)) {
    const made = judgeKeys();
    try {
      writeFileSync(path, made.pem, { mode: 0o600, flag: 'wx' });
    } catch (thrown) {
      throw fail('file-unwritable', { note: path }, thrown);
    }
    return made;
  }
  const pem = read(path);
  try {
    return judgeKeys(pem);
  } catch (thrown) {
    throw fail('file-unreadable', { note: `${path} is no key of a judge` }, thrown);
  }
};

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch (thrown) {
    throw fail('file-unreadable', { note: path }, thrown);
  }
};

/** The certificate that the user has comes first; a second port has one that no authority has signed, for a name of its own. */
const tlsOf = ({ tlsListen, tlsCert, tlsKey }: JudgeOptions, host: Host): readonly JudgeTls[] =>
  tlsListen.map((text, index) => {
    const at = listenAt('--tls-listen', text);
    const name = index === 0 ? undefined : 'second.judge.invalid';
    if (index === 0 && tlsCert !== undefined && tlsKey !== undefined) return { at, ...fromFiles(tlsCert, tlsKey) };
    const { cert, key, spki } = selfSigned(name === undefined ? host : parseHost(name), new Date());
    return { at, identity: { cert, key }, spki, ...(name === undefined ? {} : { name }) };
  });

const fromFiles = (certPath: string, keyPath: string): Pick<JudgeTls, 'identity' | 'spki'> => {
  const [cert, key] = [read(certPath), read(keyPath)];
  try {
    const spki = new X509Certificate(cert).publicKey.export({ type: 'spki', format: 'der' });
    return { identity: { cert, key }, spki: createHash('sha256').update(spki).digest('base64') };
  } catch (thrown) {
    throw fail('file-unreadable', { note: `${certPath} is no certificate` }, thrown);
  }
};
