import type { Field } from '../../wire/http-head.js';
import { readable } from '../judge/pages.js';
import { shown } from '../ask/text.js';
import type { Answered } from '../ask/reply.js';
import type { Visit } from '../ask/visit.js';
import type { Stand } from '../stand.js';
import { type Result, check, failed, headOf, note, pass, untested, whyNot, worstOf } from './check.js';

/** H07: the head of an answer comes back as it was given. */
export const answerHead = check(
  'H07',
  {
    axis: 'RS',
    severity: 'high',
    tier: 'quick',
    modes: ['forward', 'tunnel'],
    needed: true,
    title: 'heads of answers come back unchanged',
    meaning:
      'A cookie that the site did not set follows you from site to site; fields that protect a page and are gone leave it open. Fields that only tell you of the proxy are noted.',
    remedy: 'Use it in tunnel mode and for https only.',
  },
  async (stand) => {
    const seen = await stand.page();
    const first = headIn(seen);
    if (first === undefined) return untested(await whyNoPage(seen, stand));
    const others: Result[] = [];
    for (const page of readable) others.push(failedHead(await stand.page(page)) ?? first);
    return worstOf([first, ...others]);
  },
);

/** The verdict on the head of an answer; undefined where another one came, which is told by others. */
const headIn = (seen: Visit): Result | undefined =>
  seen.reply?.kind === 'answer' && seen.reply.status === seen.expected.status
    ? headVerdict(seen, seen.reply)
    : undefined;

/** The same, only where it is a failure. */
export const failedHead = (seen: Visit): Result | undefined => {
  const head = headIn(seen);
  return head?.answer === 'fail' ? head : undefined;
};

/** A page that the judge gave and that did not come is told by others. */
const whyNoPage = async (seen: Visit, stand: Stand): Promise<string> =>
  seen.failure === undefined && (await stand.records(seen.id)).length > 0
    ? 'The page came back as something else altogether.'
    : whyNot(seen);

/** What proxies add for whoever reads it, and what every answer may have. */
const harmless =
  /^(?:date|via|age|warning|cache-status|proxy-.*|server|connection|keep-alive|content-length|transfer-encoding|x-.*)$/i;
/** What those in between write, for whoever reads it (RFC 9110 §7.6.3, RFC 7234 §5.5, RFC 9211, RFC 9209). */
const ofProxies = /^(?:via|warning|cache-status|proxy-.*|x-.*)$/i;
const protective = [
  ...['content-security-policy', 'strict-transport-security', 'x-content-type-options', 'x-frame-options'],
  ...['referrer-policy', 'permissions-policy'],
];

const headVerdict = (seen: Visit, { fields }: Answered): Result => {
  const given = givenTo(seen);
  const had = new Set(given.map(({ name }) => name.toLowerCase()));
  const has = new Set(fields.map(({ name }) => name.toLowerCase()));
  const gone = given.filter(({ name }) => !has.has(name.toLowerCase()));
  const added = fields.filter((field) => !had.has(field.name.toLowerCase()) || isOneMore(field, fields, given));
  const changed = given.filter(
    ({ name, value }) => has.has(name.toLowerCase()) && !fields.some((other) => isSame(other, { name, value })),
  );
  const evidence = [{ what: 'fields of the answer', sent: textOf(given), arrived: textOf(fields) }];
  const leading = [...added, ...changed.flatMap(({ name }) => named(fields, name))].filter(leadsElsewhere);
  if (leading.length > 0)
    return failed(`It has answers lead to what the site did not name (${namesOf(leading)}).`, 'hostile', evidence);
  if (added.some(({ name }) => /^set-cookie2?$/i.test(name)))
    return failed('It adds a cookie to answers, by which you can be followed.', 'stealth', evidence);
  const unguarded = [...gone, ...changed].filter(({ name }) => protective.includes(name.toLowerCase()));
  if (unguarded.length > 0) return failed(`It takes protections away: ${namesOf(unguarded)}.`, 'stealth', evidence);
  const odd = [...gone, ...changed, ...added.filter(({ name }) => !harmless.test(name) && !isPacking(name, seen))];
  if (odd.length > 0) return failed(`It changes fields of answers: ${namesOf(odd)}.`, 'stealth', evidence);
  const told = added.filter(({ name }) => ofProxies.test(name));
  return told.length > 0
    ? note(`It announces itself to you, in fields of the answer: ${namesOf(told)}.`, evidence)
    : pass('The fields of the answer are those that were given.');
};

/** What whoever packs an answer has to say, where packing was offered. */
const isPacking = (name: string, { sent }: Visit): boolean =>
  /^(?:content-encoding|vary)$/i.test(name) &&
  named(sent.fields, 'accept-encoding').some(({ value }) => value !== 'identity');

/** The fields that the judge gave, with the name by which it was asked, as far as that is known: as it arrived. */
const givenTo = ({ expected, sent, record }: Visit): readonly Field[] => {
  const arrived = record === undefined ? undefined : hostIn(headOf(record));
  const host = arrived ?? sent.fields.find(({ name }) => name === 'Host')?.value ?? '';
  return expected.fields.map(({ name, value }) => ({ name, value: value.replace('{host}', host) }));
};

const hostIn = (head: Buffer): string | undefined => {
  const text = head.toString('latin1');
  return /^\S+ http:\/\/([^/?#\s]+)/i.exec(text)?.[1] ?? /^host:[ \t]*(\S+)/im.exec(text)?.[1];
};

const named = (fields: readonly Field[], name: string): readonly Field[] =>
  fields.filter((field) => field.name.toLowerCase() === name.toLowerCase());

/** What a browser follows, or loads, without being asked: a field of that kind is as good as a script in the page. */
const leadsElsewhere = ({ name, value }: Field): boolean =>
  /^(?:refresh|location)$/i.test(name) ||
  (/^link$/i.test(name) &&
    /rel\s*=\s*"?[^";,]*\b(?:stylesheet|(?:module)?preload|prefetch|prerender|serviceworker|manifest|next)\b/i.test(
      value,
    ));

/** Another one beside those of the same name that were given. */
const isOneMore = (field: Field, fields: readonly Field[], given: readonly Field[]): boolean =>
  !given.some((own) => isSame(own, field)) && named(fields, field.name).length > named(given, field.name).length;

const isSame = (one: Field, other: Field): boolean =>
  one.name.toLowerCase() === other.name.toLowerCase() && valueOf(one) === valueOf(other);

/** Whoever packs an answer has to weaken its mark (RFC 9110 §8.8.1). */
const valueOf = ({ name, value }: Field): string => (/^etag$/i.test(name) ? value.replace(/^W\//, '') : value);

const namesOf = (fields: readonly Field[]): string =>
  [...new Set(fields.map(({ name }) => name))].slice(0, 6).join(', ');
const textOf = (fields: readonly Field[]): string =>
  shown(fields.map(({ name, value }) => `${name}: ${value}`).join('\n'));
