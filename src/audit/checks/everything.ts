import { moment } from '../judge/keep.js';
import type { JudgeRecord } from '../judge/record.js';
import { shown } from '../ask/text.js';
import type { Visit } from '../ask/visit.js';
import type { Stand } from '../stand.js';
import { failedHead } from './answer-head.js';
import { hasArrived, uploadEvidence } from './answers.js';
import {
  type Check,
  type Result,
  check,
  failed,
  headOf,
  inconclusive,
  note,
  pass,
  untested,
  worstOf,
} from './check.js';
import { bodyVerdict } from './decoys.js';
import { exitVerdict } from './exits.js';
import { identityIn, sightingsIn } from './identity.js';
import { integrity, integrityIn } from './integrity.js';
import { otherKinds } from './kinds.js';
import { newsBeside } from './news.js';
import { presence, presenceIn } from './presence.js';
import { type Arrived, arrivedOf, ofKind } from './requests.js';
import { besideRecord } from './words.js';

/** H20: what holds for the plain question holds for every kind of request. */
export const everyKind = check(
  'H20',
  {
    axis: 'ID',
    severity: 'critical',
    tier: 'full',
    modes: ['forward', 'tunnel'],
    title: 'nothing of you arrives with any kind of request',
    meaning:
      'Uploads, files, errors, redirects and questions of phones, tools, crawlers and scripts, with logins and without, at every host and port of the judge, are searched and compared as the plain question is, and so is what comes back. A proxy may touch only some of them.',
    remedy: 'Do not use it where the site must not know you.',
  },
  async (stand) => {
    const visits = await otherKinds(stand);
    const { arrived, unknown } = await arrivedOf(visits, stand);
    if (arrived.length === 0) return untested('The judge saw none of the questions.');
    const isNews = await newsBeside(stand);
    const [first, ...more] = [
      ...arrived.flatMap(({ visit, record }) =>
        verdictsOf(visit, record, stand)
          .filter(isNews)
          .map((result) => ofKind(result, visit.page)),
      ),
      ...visits.flatMap((visit) => cameBack(visit, arrived, isNews)),
    ];
    if (first !== undefined) return worstOf([first, ...more]);
    if (unknown > 0) return inconclusive(`Of ${unknown} questions it is not known what has arrived.`);
    return pass(`${arrived.length} questions of other kinds arrived as the plain one did.`);
  },
);

const verdictsOf = (visit: Visit, record: JudgeRecord, stand: Stand): readonly Result[] => [
  identityIn(visit, record, stand),
  exitVerdict(record.peer, stand),
  { ...presenceIn(visit, record, stand), ...wordsOf(presence) },
  { ...integrityIn(visit, record), ...wordsOf(integrity) },
  ...uploadIn(visit, record).map((result): Result => ({ ...result, ...wordsOf(integrity) })),
];

/** What is found as another check would find it is as bad as there, and met as there. */
const wordsOf = ({ axis, severity, remedy }: Check): Pick<Result, 'axis' | 'severity' | 'remedy'> => ({
  ...{ axis, severity, remedy },
});

/** Content that has a length, and arrived as something else; what is sent in chunks is looked at by itself. */
const uploadIn = ({ sent: { body, fields, method } }: Visit, record: JudgeRecord): readonly Result[] => {
  const isFramed = fields.some(({ name }) => /^transfer-encoding$/i.test(name));
  return isFramed || hasArrived(record, body)
    ? []
    : [failed(`What was sent by ${method} arrived changed.`, 'stealth', uploadEvidence(body, record))];
};

/** What came back of a question that arrived, where it is not what was given. */
const cameBack = (
  visit: Visit,
  arrived: readonly Arrived[],
  isNews: (result: Result) => boolean,
): readonly Result[] => {
  const { expected, page, id } = visit;
  const asArrived = arrived.find((each) => each.visit.id === id)?.visit;
  if (asArrived === undefined) return [];
  const results = [
    ...[besideRecord(visit)].flatMap((result) => result ?? []),
    ...forged(visit),
    ...(expected.content.kind === 'known' ? [bodyVerdict(visit)] : []),
    ...(expected.becomes === undefined ? [failedHead(asArrived)].flatMap((result) => result ?? []) : []),
  ];
  return results
    .filter(isNews)
    .map((result) =>
      ofKind({ ...result, axis: 'RS', remedy: 'Do not use it: what comes back is not what sites answer.' }, page),
    );
};

/** Other words in the place of a record. */
const forged = ({ expected, reply, record, sent }: Visit): readonly Result[] => {
  if (expected.content.kind !== 'record' || record !== undefined || sent.method === 'HEAD') return [];
  return reply?.kind === 'answer' && reply.status === 200 && reply.whole
    ? [failed('The judge answered, and other words came back.', 'hostile', otherWords(reply.body))]
    : [];
};

const otherWords = (body: Buffer) => [{ what: 'the answer', sent: 'a signed record', arrived: shown(body, 300) }];

/** C10: what is asked once arrives once. */
export const askedOnce = check(
  'C10',
  {
    axis: 'IS',
    severity: 'high',
    tier: 'full',
    modes: ['forward', 'tunnel'],
    title: 'what you ask once is asked once',
    meaning:
      'The judge counts how often each question arrives, and from where. Somebody who asks for the same things at the same time reads along.',
    remedy: 'Somebody reads along: use tunnel mode and https only.',
  },
  async (stand) => {
    const visits = [await stand.echo(), await stand.page(), ...(await otherKinds(stand))];
    const kept = await stand.recordsOfAll(visits.map(({ id }) => id));
    const seen = visits.flatMap((visit) => asked(visit, kept.get(visit.id) ?? []));
    if (seen.length === 0) return untested('The judge saw none of the questions.');
    const telling = seen.find(({ visit, other }) => other !== undefined && tellsOfYou(visit, other, stand));
    if (telling?.other !== undefined)
      return failed('It asks again by itself, and says there whose question it was.', 'transparent', [
        { what: `from ${telling.other.peer}`, arrived: shown(headOf(telling.other), 300) },
      ]);
    const others = seen.filter(({ other }) => other !== undefined);
    const [stranger] = others.filter(({ first, other }) => other !== undefined && !isLike(first, other));
    if (stranger?.other !== undefined)
      return failed('Somebody else asks for what you ask for.', 'hostile', [
        { what: `from ${stranger.other.peer}`, arrived: shown(headOf(stranger.other), 300) },
      ]);
    const [sentAgain] = others.filter(({ visit }) => !mayBeSentAgain.includes(visit.sent.method));
    if (sentAgain?.other !== undefined)
      return failed('It sends again by itself what must arrive once only, such as an order.', 'hostile', [
        { what: `from ${sentAgain.other.peer}`, arrived: shown(headOf(sentAgain.other), 300) },
      ]);
    return others.length > 0
      ? note(`It asked again for ${others.length} of ${seen.length} things by itself.`)
      : pass(`${seen.length} questions arrived once each.`);
  },
);

/** RFC 9110 §9.2.2: a proxy MUST NOT automatically retry any other request. */
const mayBeSentAgain = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'];

/** The record of a question, and of another one for the same thing. */
const asked = (visit: Visit, records: readonly JudgeRecord[]) => {
  const [first, other] = records.filter(({ page }) => page === visit.page);
  return first === undefined ? [] : [{ visit, first, other }];
};

const tellsOfYou = (visit: Visit, other: JudgeRecord, stand: Stand): boolean =>
  sightingsIn(visit, other, stand).some(({ fact, reach }) => fact.of === 'you' && reach === 'whole');

/** From the same place, in the same words or in the same moment as the same program: one that lost the answer, and asked again. */
const isLike = (one: JudgeRecord, other: JudgeRecord): boolean =>
  one.peer === other.peer &&
  (one.head === other.head || (Math.abs(other.at - one.at) <= moment && agentOf(one) === agentOf(other)));

const agentOf = (record: JudgeRecord): string | undefined =>
  /^user-agent:.*$/im.exec(headOf(record).toString('latin1'))?.[0].trim();
