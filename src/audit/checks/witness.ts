/** X01, X02 and X03: what pages of others show. They accuse where they can; that they show nothing proves nothing. */

import type { Answer } from '../../model/audit.js';
import { shown as clear } from '../ask/text.js';
import { unknownOfYou } from '../identity/facts.js';
import type { WitnessStand } from '../stand.js';
import { type Sight, isAnswer, labelWitness } from '../witness/witnesses.js';
import { type Result, type WitnessCheck, failed, note, notForThis, untested, witnessCheck, worstOf } from './check.js';
import { fieldsIn } from './witness-fields.js';
import { silence } from './witness-words.js';

const texts = { tier: 'quick', modes: ['forward', 'tunnel'] } as const;

/** X01: the address that a page of others sees is none of the user's. */
const address = witnessCheck(
  'X01',
  {
    ...{ ...texts, axis: 'ID', severity: 'critical', title: 'a page of others sees no address of yours' },
    meaning:
      'A page that you have named is fetched through the proxy, and the address that it shows is compared with yours. Over verified TLS nobody between can change it; over plain HTTP the proxy can. That it shows none of yours raises no grade.',
    remedy: 'It hides nothing from such pages: do not use it to hide.',
  },
  (stand) => overSights(stand, (sight) => addressIn(sight, stand)),
);

/** X02: nothing of the user, and nothing that was not sent, is in the fields that a page of others shows. */
const fields = witnessCheck(
  'X02',
  {
    ...{
      ...texts,
      axis: 'ID',
      severity: 'critical',
      title: 'the fields that a page of others shows tell nothing of you',
    },
    meaning:
      'Pages in the manner of azenv show the fields of a request as variables. They are searched for your addresses and names in every form; over plain HTTP also for fields that you did not send and that the page does not show directly. That nothing is found raises no grade.',
    remedy: 'Do not use it for plain requests where the site must not know you.',
  },
  (stand) => overSights(stand, (sight) => fieldsIn(sight, stand)),
);

/** X03: the certificate of a page of others is as good through the proxy as it is directly. */
const trust = witnessCheck(
  'X03',
  {
    ...{ ...texts, axis: 'TL', severity: 'critical', title: 'the certificate of a page of others is its own' },
    meaning:
      'The certificate of a page that you have named is verified directly, and then through the proxy. Where it is good directly and not through the proxy, somebody on that way opens TLS or leads it elsewhere. That it is good both times does not show that nobody opens others.',
    remedy: 'Do not use it.',
  },
  (stand) => overSights(stand, (sight) => trustIn(sight)),
);

/** The checks that ask pages of others. */
export const witnessChecks: readonly WitnessCheck[] = [address, fields, trust];

/** What was shown at this stand, asked once for all checks. */
export const sightsAt = (stand: WitnessStand): Promise<readonly Sight[]> =>
  stand.once('witnesses', () => stand.witnesses?.ask(stand.subject, stand.mode, stand) ?? Promise.resolve([]));

/** One result of all pages: failures alone where there is one, else the most that was seen, with the words of all that say so much. */
const overSights = async (stand: WitnessStand, judge: (sight: Sight) => Result): Promise<Result> => {
  const results = (await sightsAt(stand)).map(judge);
  const best = order.find((answer) => results.some((result) => result.answer === answer));
  const [first, ...more] = results.filter(({ answer }) => answer === best);
  if (first === undefined) return notForThis('No page that you have named is for this mode.');
  const sentence = [first, ...more].map((result) => result.sentence).join(' ');
  return { ...(best === 'fail' ? worstOf([first, ...more]) : first), sentence };
};

const order: readonly Answer[] = ['fail', 'note', 'inconclusive', 'untested', 'does-not-apply', 'pass'];

const addressIn = ({ witness, shown }: Sight, stand: WitnessStand): Result => {
  const label = labelWitness(witness);
  if (shown.kind !== 'echo' && shown.kind !== 'variables') return silence(label, shown);
  const seen = stand
    .search(Buffer.from(shown.address))
    .filter(({ fact, reach }) => fact.of === 'you' && reach === 'whole');
  const evidence = [{ what: `the address that ${label} sees`, arrived: clear(shown.address, 60) }];
  if (seen.length > 0) return failed(`${label} sees your address.`, 'transparent', evidence);
  const unknown = unknownOfYou(stand.facts, stand.subject.seesYouBy());
  if (unknown !== undefined)
    return untested(`${unknown} is not known, so nobody can say that ${label} does not see it.`);
  return witness.isSecure
    ? note(`${label} sees ${shown.address}, which is none of yours, over verified TLS.`, evidence)
    : note(`No address of yours in what ${label} shows.`, evidence);
};

const trustIn = ({ witness, shown, met }: Sight): Result => {
  const label = labelWitness(witness);
  if (!witness.isSecure) return notForThis(`${label} is asked without TLS.`);
  if (shown.kind === 'unheard' || shown.kind === 'unasked') return silence(label, shown);
  if (shown.kind !== 'untrusted') return note(`The certificate of ${label} is verified through it.`);
  if (!isAnswer(met))
    return untested(
      `The certificate of ${label} is not verified (${shown.note}), and was not seen directly in this run.`,
    );
  return failed(
    `TLS to ${label} is opened on the way, or led elsewhere: its certificate is good directly, and not through it (${shown.note}).`,
    'hostile',
    [{ what: `the certificate of ${label}`, sent: 'verified directly', arrived: shown.note }],
  );
};
