import { parseHost } from '../../model/address.js';
import type { Field } from '../../wire/http-head.js';
import { diffHeads } from '../ask/diff.js';
import { shown } from '../ask/text.js';
import type { Visit } from '../ask/visit.js';
import { isLikeYours } from '../identity/facts.js';
import type { JudgeRecord } from '../judge/record.js';
import type { Stand } from '../stand.js';
import { type Result, check, failed, headOf, pass } from './check.js';
import { overRequests } from './requests.js';

/** H03: no field arrives that only a proxy would write. */
export const presence = check(
  'H03',
  {
    axis: 'PX',
    severity: 'medium',
    tier: 'quick',
    modes: ['forward', 'tunnel'],
    needed: true,
    title: 'the proxy does not announce itself',
    meaning:
      'Fields that you did not send and that no browser writes tell the site that a proxy is there. One with an address that is neither yours nor the proxy’s blames somebody else.',
    remedy: 'Sites will know that you come through a proxy; use tunnel mode where that matters.',
  },
  (stand) => overRequests(stand, (visit, record) => presenceIn(visit, record, stand)),
);

/** Fields that ordinary programs send: one more of these is a change of shape, and no announcement. */
export const ordinary =
  /^(?:accept(?:-.+)?|cache-control|pragma|content-.+|cookie|date|dnt|expect|from|if-.+|origin|priority|range|referer|sec-.+|upgrade-insecure-requests|user-agent|save-data|x-requested-with|keep-alive|host)$/i;

/** Fields that name whoever passes a request on, and not for whom. */
const ofIntermediaries = /^(?:via|x-cache.*|x-forwarded-(?:host|server|proto|port)|x-host|x-varnish|x-proxy-id)$/i;

/** The verdict on one question as it arrived. */
export const presenceIn = (visit: Visit, record: JudgeRecord, stand: Stand): Result => {
  const leaked = leakedHopFields(record);
  const added = [...diffHeads(visit.sent, headOf(record)).added.filter(({ name }) => !ordinary.test(name)), ...leaked];
  const before =
    record.preamble === undefined ? [] : [{ name: 'bytes before the request', value: textOf(record.preamble) }];
  const all = [...added, ...before];
  if (all.length === 0) return pass('No field arrived that only a proxy would write.');
  const evidence = [{ what: 'fields that were not sent', arrived: shown(all.map(lineOf).join('\n')) }];
  const strange = added.flatMap((field) => strangersIn(field, record, stand));
  if (strange.length > 0)
    return failed(
      `It names an address that is neither yours nor its own (${strange.slice(0, 3).join(', ')}).`,
      'distorting',
      evidence,
    );
  const names = [...new Set(all.map(({ name }) => name))].slice(0, 6).join(', ');
  return failed(`It announces itself (${names}).`, 'anonymous', evidence);
};

const textOf = (bytes: string): string => Buffer.from(bytes, 'base64').toString('latin1').trim();

const lineOf = ({ name, value }: Field): string => `${name}: ${value}`;

/** What a proxy was told and was not to pass on. */
const leakedHopFields = (record: JudgeRecord): readonly Field[] =>
  headOf(record)
    .toString('latin1')
    .split(/\r?\n/)
    .filter((line) => /^proxy-(?:connection|authorization):/i.test(line))
    .map((line) => ({ name: line.split(':')[0] ?? '', value: '…' }));

/** Addresses in a field that are given out for the client's. */
const strangersIn = ({ name, value }: Field, { peer }: JudgeRecord, stand: Stand): readonly string[] => {
  if (ofIntermediaries.test(name)) return [];
  const entry = stand.subject.hop.endpoint.host;
  const own = [peer, entry.kind === 'name' ? '' : entry.address, ...stand.subject.before.map(({ address }) => address)];
  const judges = [stand.judge.main, ...stand.judge.others].map(({ host }) =>
    host.kind === 'name' ? '' : host.address,
  );
  const tokens = value.split(/[^0-9a-f.:[\]]+/i).filter((token) => token.length >= 3 && token.length <= 50);
  return tokens.flatMap((token) => {
    const address = addressIn(token);
    if (address === undefined || own.includes(address) || judges.includes(address)) return [];
    // Yours is told by another check.
    if (stand.facts.some(({ text }) => text === address)) return [];
    return isLikeYours(address, stand.facts) ? [address] : [];
  });
};

const addressIn = (token: string): string | undefined => {
  const plain = token.replace(/^(\d+\.\d+\.\d+\.\d+):\d*$/, '$1').replace(/^(\[[^\]]*\]).*$/, '$1');
  // A number alone is no address, though some programs take it for one: ids and times are numbers too.
  if (!/^(?:\d{1,3}(?:\.\d{1,3}){3}|\[?[0-9a-f]*:[0-9a-f:]{1,38}\]?)$/i.test(plain)) return undefined;
  try {
    const host = parseHost(plain);
    return host.kind === 'name' ? undefined : host.address;
  } catch {
    return undefined;
  }
};
