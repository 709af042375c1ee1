import type { Evidence } from '../../model/audit.js';
import type { Visit } from '../ask/visit.js';
import { shown } from '../ask/text.js';
import { unknownOfYou } from '../identity/facts.js';
import { type Sighting, searchBinary } from '../identity/search.js';
import type { JudgeRecord } from '../judge/record.js';
import type { Stand } from '../stand.js';
import { overRequests } from './requests.js';
import { type Result, check, failed, headOf, inconclusive, note, pass, untested } from './check.js';

/** H02: nothing of the user arrives, in whatever form. */
export const identity = check(
  'H02',
  {
    axis: 'ID',
    severity: 'critical',
    tier: 'quick',
    modes: ['forward', 'tunnel'],
    needed: true,
    title: 'your address does not arrive',
    meaning:
      'What arrives at the judge is searched for your addresses and names by value: in any field, as text, number, hash, in base64 and more. A part of an address is told apart.',
    remedy: 'Do not use it where the site must not know you; use it in tunnel mode if that passes.',
  },
  (stand) =>
    overRequests(
      stand,
      (visit, record) => identityIn(visit, record, stand),
      (result) => unknownAs(result, stand),
    ),
);

const unknownAs = (result: Result, { mode }: Stand): Result =>
  mode === 'tunnel' ? { ...result, sentence: `${result.sentence} TLS was judged by itself.` } : result;

/** The verdict on one question as it arrived. */
export const identityIn = (visit: Visit, record: JudgeRecord, stand: Stand): Result => {
  const sightings = sightingsIn(visit, record, stand);
  const yours = sightings.filter(({ fact }) => fact.of === 'you');
  const whole = yours.filter(({ reach }) => reach === 'whole');
  if (whole.length > 0) return failed(wholeSentence(whole), 'transparent', evidenceOf(whole));
  if (yours.length > 0)
    return failed('A part of your address arrives: the network that you are in.', 'partial', evidenceOf(yours));
  if (sightings.length > 0) {
    const hops = [...new Set(sightings.map(({ fact }) => fact.of))].join(', ');
    return note(`The address of hop ${hops} arrives, and nothing of you.`, evidenceOf(sightings));
  }
  const unknown = unknownOfYou(stand.facts, stand.subject.seesYouBy());
  if (unknown !== undefined) return untested(`${unknown} is not known, so nobody can say that it does not arrive.`);
  return visit.record === undefined
    ? inconclusive('Nothing of you was seen by the judge, but its answer did not come back.')
    : pass('Nothing of you was seen in what arrived.');
};

const wholeSentence = (whole: readonly Sighting[]): string => {
  const forms = [...new Set(whole.map(({ form }) => form))].join(', ');
  const what = whole.some(({ fact }) => fact.kind === 'address') ? 'Your address' : 'A name of yours';
  return `${what} arrives (${forms}).`;
};

/** Everything that arrived and was not sent, searched. */
export const sightingsIn = (visit: Visit, record: JudgeRecord, { search, facts }: Stand): readonly Sighting[] => {
  const preamble = Buffer.from(record.preamble ?? '', 'base64');
  const news = [newLines(visit, headOf(record)), bodyNews(visit, record), trailersOf(record), preamble];
  const seen = search(Buffer.concat([...news, joined(news)].flatMap((bytes) => [bytes, Buffer.from('\n')])));
  const known = new Set(seen.flatMap(({ fact, reach }) => (reach === 'whole' ? [fact] : [])));
  return [...seen, ...searchBinary(preamble, facts).filter(({ fact }) => !known.has(fact))];
};

/** The values of new lines put together, as one thing may be parted among several fields with others around them. */
const joined = ([head = Buffer.alloc(0)]: readonly Buffer[]): Buffer => {
  const lines = head.toString('latin1').split('\n');
  const values = lines.flatMap((line) => /^[^:\s]+:\s*(.*?)\s*$/.exec(line)?.[1] ?? []).slice(0, 32);
  const rows = [values, ...values.flatMap((_, from) => rowsFrom(values, from))].filter(({ length }) => length > 1);
  return Buffer.from(rows.flatMap((row) => [row.join('.'), row.join('')]).join('\n'), 'latin1');
};

/** An address has four parts, or eight; longer values are whole words already. */
const [mostParts, longestPart] = [8, 16];

const rowsFrom = (values: readonly string[], from: number): readonly (readonly string[])[] => {
  const after = values.slice(from, from + mostParts);
  const end = after.findIndex(({ length }) => length > longestPart);
  const row = end === -1 ? after : after.slice(0, end);
  return row.slice(1).map((_, nth) => row.slice(0, nth + 2));
};

/** Lines that stand there as they were sent say nothing. */
const newLines = ({ sent }: Visit, head: Buffer): Buffer => {
  const own = new Set(
    sent.head
      .toString('latin1')
      .split('\r\n')
      .map((line) => line.toLowerCase()),
  );
  const lines = head.toString('latin1').split(/\r?\n/);
  const path = sent.path.toLowerCase();
  const isNews = (line: string): boolean => !own.has(line.toLowerCase());
  return Buffer.from(
    lines
      .filter(isNews)
      .map((line) => line.replace(path, ''))
      .join('\n'),
    'latin1',
  );
};

const bodyNews = ({ sent }: Visit, { body }: JudgeRecord): Buffer => {
  const bytes = Buffer.from(body?.bytes ?? '', 'base64');
  return sent.body.includes(bytes) ? Buffer.alloc(0) : bytes;
};

const trailersOf = ({ trailers }: JudgeRecord): Buffer => Buffer.from(trailers ?? '', 'base64');

const evidenceOf = (sightings: readonly Sighting[]): readonly Evidence[] =>
  sightings.slice(0, 4).map(({ fact, form, near }) => ({
    what: fact.of === 'you' ? `yours, ${form}` : `of hop ${fact.of}, ${form}`,
    arrived: shown(near.replace(/\s+/g, ' ').trim(), 200),
  }));
