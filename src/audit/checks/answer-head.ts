import type { Field } from '../../wire/http-head.js';
import { shown } from '../ask/text.js';
import type { Reply } from '../ask/reply.js';
import type { Visit } from '../ask/visit.js';
import type { Stand } from '../stand.js';
import { type Result, check, failed, note, pass, untested, whyNot } from './check.js';

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
    return seen.reply?.kind === 'answer' && seen.reply.status === seen.expected.status
      ? headVerdict(seen, seen.reply)
      : untested(await whyNoPage(seen, stand));
  },
);

/** A page that the judge gave and that did not come is told by others. */
const whyNoPage = async (seen: Visit, stand: Stand): Promise<string> =>
  seen.failure === undefined && (await stand.records(seen.id)).length > 0
    ? 'The page came back as something else altogether.'
    : whyNot(seen);

/** What proxies add for whoever reads it, and what every answer may have. */
const harmless =
  /^(?:date|via|age|x-cache.*|proxy-.*|server|connection|keep-alive|content-length|transfer-encoding|x-.*)$/i;
const protective = ['content-security-policy', 'strict-transport-security', 'x-content-type-options'];

type Answered = Extract<Reply, { kind: 'answer' }>;

const headVerdict = ({ expected }: Visit, { fields }: Answered): Result => {
  const had = new Set(expected.fields.map(({ name }) => name.toLowerCase()));
  const has = new Set(fields.map(({ name }) => name.toLowerCase()));
  const gone = expected.fields.filter(({ name }) => !has.has(name.toLowerCase()));
  const added = fields.filter(({ name }) => !had.has(name.toLowerCase()));
  const changed = expected.fields.filter(
    ({ name, value }) => has.has(name.toLowerCase()) && !fields.some((other) => isSame(other, { name, value })),
  );
  const evidence = [{ what: 'fields of the answer', sent: textOf(expected.fields), arrived: textOf(fields) }];
  if (added.some(({ name }) => /^set-cookie2?$/i.test(name)))
    return failed('It adds a cookie to answers, by which you can be followed.', 'stealth', evidence);
  const unguarded = [...gone, ...changed].filter(({ name }) => protective.includes(name.toLowerCase()));
  if (unguarded.length > 0) return failed(`It takes protections away: ${namesOf(unguarded)}.`, 'stealth', evidence);
  const odd = [...gone, ...changed, ...added.filter(({ name }) => !harmless.test(name))];
  if (odd.length > 0) return failed(`It changes fields of answers: ${namesOf(odd)}.`, 'stealth', evidence);
  const told = added.filter(({ name }) => /^(?:via|x-cache.*|proxy-.*|x-.*)$/i.test(name));
  return told.length > 0
    ? note(`It announces itself to you, in fields of the answer: ${namesOf(told)}.`, evidence)
    : pass('The fields of the answer are those that were given.');
};

const isSame = (one: Field, other: Field): boolean =>
  one.name.toLowerCase() === other.name.toLowerCase() && one.value === other.value;

const namesOf = (fields: readonly Field[]): string =>
  [...new Set(fields.map(({ name }) => name))].slice(0, 6).join(', ');
const textOf = (fields: readonly Field[]): string =>
  shown(fields.map(({ name, value }) => `${name}: ${value}`).join('\n'));
