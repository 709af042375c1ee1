import { diffHeads } from '../ask/diff.js';
import { toolFields } from '../ask/request.js';
import type { Ask } from '../ask/visit.js';
import { shown } from '../ask/text.js';
import type { Visit } from '../ask/visit.js';
import type { Stand } from '../stand.js';
import { type Result, check, failed, headOf, note, pass, recordIn, untested, whyNot } from './check.js';
import { bodyVerdict } from './decoys.js';
import { identityIn } from './identity.js';
import { newsBeside } from './news.js';
import { presenceIn } from './presence.js';
import { besideRecord } from './words.js';

/** C01: a judge that everybody knows and one that nobody knows are treated alike. */
export const knownJudges = check(
  'C01',
  {
    axis: 'CO',
    severity: 'critical',
    tier: 'quick',
    modes: ['forward', 'tunnel'],
    title: 'it behaves the same where it is watched',
    meaning:
      'The question is asked in the shape of the pages that proxies are usually tried with, and in a shape that nobody knows, by every host of the judge. A proxy that is clean only where it is watched is lying.',
    remedy: 'Do not use it.',
  },
  async (stand) => {
    const plain = await recordIn(await stand.echo(), stand);
    if ('result' in plain) return plain.result;
    const page = '/azenv.php';
    const others: readonly Ask[] = [{ page }, ...stand.judge.others.map((host) => ({ page, host }) as const)];
    let [asked, byTurns] = [0, 0];
    for (const ask of others) {
      const visit = await stand.visit(ask);
      const forged = await forgery(visit, stand);
      if (forged !== undefined) return forged;
      const seen = await recordIn(visit, stand);
      if ('result' in seen) continue;
      asked += 1;
      const differs = compare(plain, seen, stand);
      if (differs === undefined) continue;
      if (await isSteady(ask, stand)) return differs;
      byTurns += 1;
    }
    if (asked === 0) return untested('Neither shape nor host of a judge that is known could be asked.');
    return byTurns > 0
      ? note('It treats questions now this way and now that, wherever they go: several proxies may stand behind it.')
      : pass(`${asked + 1} shapes of the question were treated alike.`);
  },
);

/** A page of the well-known kind that the judge never wrote, or not so. */
const forgery = async (visit: Visit, stand: Stand): Promise<Result | undefined> => {
  const { reply, record } = visit;
  if (record !== undefined) return isChangedAnyway(await stand.page()) ? undefined : besideRecord(visit);
  if (reply?.kind !== 'answer' || reply.status !== 200) return undefined;
  const isThere = (await stand.records(visit.id)).length > 0;
  if (isThere && !reply.body.includes('REMOTE_ADDR')) return undefined;
  return failed('It writes the answers of well-known judges itself.', 'hostile', [
    { what: 'the answer of a well-known judge', sent: 'a signed record', arrived: shown(reply.body, 300) },
  ]);
};

/** What is done to every page is told of pages. */
const isChangedAnyway = (page: Visit): boolean => bodyVerdict(page).answer === 'fail';

type Looked = Extract<Awaited<ReturnType<typeof recordIn>>, { readonly visit: Visit }>;

/** The same question must be changed in the same way wherever it goes. */
const compare = (one: Looked, other: Looked, stand: Stand): Result | undefined => {
  const [first, second] = [one, other].map(({ visit, record }) => signatureOf(visit, record, stand));
  if (first === second) return undefined;
  return failed('It treats a judge that is known otherwise than one that nobody knows.', 'hostile', [
    { what: 'the unknown judge', arrived: shown(first ?? '') },
    { what: 'the known judge', arrived: shown(second ?? '') },
  ]);
};

const turns = 4;

/**
 * Whether nothing that was done to one of them is ever done to the other. Behind one address there may be several honest proxies that take
 * turns, each with manners of its own; both questions are asked several times in a row, as two that take turns would else fit to them.
 */
const isSteady = async (ask: Ask, stand: Stand): Promise<boolean> => {
  const plain = await signaturesOf({ page: '.txt' }, stand);
  const known = await signaturesOf(ask, stand);
  return plain.size > 0 && known.size > 0 && ![...known].some((signature) => plain.has(signature));
};

const signaturesOf = async (ask: Ask, stand: Stand): Promise<ReadonlySet<string>> => {
  const found = new Set<string>();
  for (let turn = 0; turn < turns; turn += 1) {
    const seen = await recordIn(await stand.visit(ask), stand);
    if (!('result' in seen)) found.add(signatureOf(seen.visit, seen.record, stand));
  }
  return found;
};

/** What was done to a question, without the values that differ each time. */
const signatureOf = (visit: Looked['visit'], record: Looked['record'], stand: Stand): string => {
  const { added, removed, changed } = diffHeads(visit.sent, headOf(record));
  const names = (fields: readonly { readonly name: string }[]): string =>
    fields
      .map(({ name }) => name.toLowerCase())
      .filter((name) => !/^x-[0-9a-f]{8}$/.test(name))
      .sort()
      .join(',');
  return [
    `identity: ${identityIn(visit, record, stand).caps ?? 'none'}`,
    `presence: ${presenceIn(visit, record, stand).caps ?? 'none'}`,
    `added: ${names(added)}`,
    `taken: ${names(removed)}`,
    `changed: ${names(changed)}`,
  ].join('\n');
};

/** C02: a plain tool is treated as a browser is. */
export const clients = check(
  'C02',
  {
    axis: 'CO',
    severity: 'high',
    tier: 'full',
    modes: ['forward', 'tunnel'],
    title: 'tools and browsers are treated alike',
    meaning: 'The question and a page are asked for as a plain tool would, since a proxy may spare tools, or browsers.',
    remedy: 'Do not use it.',
  },
  async (stand) => {
    const visit = await stand.visit({ page: '.txt', fields: toolFields });
    const seen = await recordIn(visit, stand);
    if ('result' in seen) return seen.result;
    const page = await stand.visit({ page: '.html', fields: toolFields });
    if (page.reply === undefined) return untested(whyNot(page));
    const results = [identityIn(visit, seen.record, stand), presenceIn(visit, seen.record, stand), bodyVerdict(page)];
    const isNews = await newsBeside(stand);
    const worst = results.find(isNews);
    return worst === undefined
      ? pass('Nothing is done to a plain tool that is not done to a browser.')
      : { ...worst, sentence: `${worst.sentence} Seen by a plain tool.` };
  },
);
