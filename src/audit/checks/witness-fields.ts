import { parseHost } from '../../model/address.js';
import type { Evidence } from '../../model/audit.js';
import { privateKind } from '../../model/private.js';
import { shown as clear } from '../ask/text.js';
import { type Fact, unknownOfYou } from '../identity/facts.js';
import type { Sighting } from '../identity/search.js';
import type { WitnessStand } from '../stand.js';
import { sentFields } from '../witness/fetch.js';
import type { Variable } from '../witness/read.js';
import { type Shown, type Sight, labelWitness } from '../witness/witnesses.js';
import { type Result, failed, inconclusive, note, notForThis, untested } from './check.js';
import { ordinary } from './presence.js';
import { silence } from './witness-words.js';

/** The verdict on the fields that a page of others shows (as variables, RFC 3875 §4.1.18). */
export const fieldsIn = (sight: Sight, stand: WitnessStand): Result => {
  const { witness, shown } = sight;
  const label = labelWitness(witness);
  if (shown.kind === 'echo') return notForThis(`${label} shows no fields.`);
  if (shown.kind !== 'variables') return silence(label, shown);
  const sent = sentAs(new URL(witness.url));
  const news = shown.variables.filter(({ name, value }) => name.startsWith('HTTP_') && sent.get(name) !== value);
  const [onlyHere, directlyToo] = yoursIn(sight, news, stand);
  const known = directlyToo.filter(({ fact }) => isPublic(fact));
  // Inside TLS that was verified nobody between can write: a page that tells your public address there sees it.
  const yours = witness.isSecure ? [...onlyHere, ...known] : onlyHere;
  const evidence = evidenceOf(label, news);
  if (yours.some(({ reach }) => reach === 'whole'))
    return failed(`${label} shows something of you in a field that was not sent.`, 'transparent', evidence);
  if (yours.length > 0) return failed(`${label} shows a part of your address in a field.`, 'partial', evidence);
  const strange = witness.isSecure ? [] : news.filter(({ name }) => !sent.has(name));
  const announced = announcementIn(sight, strange);
  if (announced !== undefined) return announced;
  if (known.length > 0)
    return inconclusive(
      `${label} shows your address in a field, in the same words as directly: its own house or your own line may write that.`,
      evidence,
    );
  const unknown = unknownOfYou(stand.facts, stand.subject.seesYouBy());
  return unknown === undefined
    ? note(`Nothing of you in the fields that ${label} shows.`)
    : untested(`${unknown} is not known, so nobody can say that it is not in what ${label} shows.`);
};

/**
 * What is the user's, and what of it stands there directly as well: a private address or a name is of the page's own house then, which
 * may have the same ones; a public address may be, too, and the user's own line may write it into everything.
 */
const yoursIn = (
  { met }: Sight,
  news: readonly Variable[],
  { search }: WitnessStand,
): readonly [onlyHere: readonly Sighting[], directlyToo: readonly Sighting[]] => {
  const own = new Set(met.kind === 'variables' ? met.variables.map(lineOf) : []);
  const lines = news.map(lineOf);
  const find = (some: readonly string[]): readonly Sighting[] =>
    search(Buffer.from(some.join('\n'), 'latin1')).filter(({ fact }) => fact.of === 'you');
  return [find(lines.filter((line) => !own.has(line))), find(lines.filter((line) => own.has(line)))];
};

const isPublic = ({ kind, text }: Fact): boolean => kind === 'address' && privateKind(parseHost(text)) === undefined;

/** The variables that a request makes if nothing comes in between. */
const sentAs = (url: URL): ReadonlyMap<string, string> =>
  new Map(Object.entries(sentFields(url)).map(([name, value]) => [variableOf(name), value]));

const variableOf = (name: string): string => `HTTP_${name.toUpperCase().replaceAll('-', '_')}`;

const fieldOf = (variable: string): string => variable.slice(5).replaceAll('_', '-');

/** Fields that nobody but a proxy can have written; the page's own house writes some too, which are there directly as well. */
const announcementIn = ({ witness, met }: Sight, unsent: readonly Variable[]): Result | undefined => {
  const own = namesIn(met);
  const strange = unsent.filter(({ name }) => !own.includes(name) && !ordinary.test(fieldOf(name)));
  if (strange.length === 0) return undefined;
  const label = labelWitness(witness);
  const names = clear([...new Set(strange.map(({ name }) => fieldOf(name)))].slice(0, 6).join(', '), 200);
  if (met.kind !== 'variables')
    return inconclusive(`${label} shows ${names}, and was not met directly: its own house may write that.`);
  const evidence = evidenceOf(label, strange);
  return { ...failed(`It announces itself to ${label} (${names}).`, 'anonymous', evidence), axis: 'PX' };
};

const namesIn = (met: Shown): readonly string[] =>
  met.kind === 'variables' ? met.variables.map(({ name }) => name) : [];

const evidenceOf = (label: string, fields: readonly Variable[]): readonly Evidence[] => [
  { what: `fields that ${label} shows and that were not sent`, arrived: clear(fields.map(lineOf).join('\n')) },
];

/** Logins at the proxy are nobody's business. */
const lineOf = ({ name, value }: Variable): string => `${name} = ${name === 'HTTP_PROXY_AUTHORIZATION' ? '…' : value}`;
