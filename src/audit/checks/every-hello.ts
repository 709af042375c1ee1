import type { Host } from '../../model/address.js';
import type { TlsOtherwise, TlsVisit } from '../by-tls.js';
import type { Stand } from '../stand.js';
import { type Result, check, failed, pass, untested, worstOf } from './check.js';
import { exitVerdict } from './exits.js';
import { changedIn, evidenceOf, preambleVerdict, unseen } from './tls.js';

/** T13: every connection is treated alike. */
export const everyHello = check(
  'T13',
  {
    axis: 'TL',
    severity: 'critical',
    tier: 'full',
    modes: ['tunnel'],
    title: 'TLS goes through every time',
    meaning:
      'More connections are opened to every TLS port of the judge: also as older programs do, by another of its hosts, with much to carry, and to go on with a session of before. Some proxies open only some of them, or change what they carry.',
    remedy: 'Do not use it: it can read and change everything, passwords too.',
  },
  async (stand) => {
    const results: Result[] = [];
    let session: Buffer | undefined;
    for (const each of furtherOf(stand)) {
      const seen = await stand.tlsAgain(each.nth, asWished(each, session));
      if (each.nth === 0) session = seen.session ?? session;
      results.push(await verdictOn(seen, keyFor(each, stand), stand));
    }
    const [first = untested('TLS could not be tried again.'), ...more] = results;
    const isSeen = results.some(({ answer }) => answer === 'pass');
    const worst = worstOf([first, ...more]);
    if (worst.answer === 'fail' || !isSeen) return worst;
    return pass('More connections arrived as they were sent.');
  },
);

interface Further extends TlsOtherwise {
  readonly nth: number;
  /** It goes on where an earlier connection to the same port ended. */
  readonly resumes?: true;
}

/** So many further connections, some as older programs open them: what is done to one in three is missed in one audit of ten. */
const furtherOf = ({ judge: { main, others } }: Stand): readonly Further[] => {
  const isNamed = ({ kind }: Host): boolean => kind === 'name';
  const other = others.find(({ host }) => isNamed(host) !== isNamed(main.host)) ?? others[0];
  return [
    { nth: 0, much: true },
    { nth: 0, wish: { alpn: [] } },
    { nth: 1 },
    { nth: 0, wish: { newest: 'TLSv1.2' } },
    { nth: 1, wish: { alpn: ['http/1.1'] } },
    { nth: 1, wish: { alpn: [], newest: 'TLSv1.2' } },
    ...(other === undefined ? [] : [{ nth: 0, host: other.host }]),
    { nth: 0, resumes: true },
  ];
};

const asWished = ({ resumes, ...otherwise }: Further, session: Buffer | undefined): TlsOtherwise =>
  resumes === true && session !== undefined ? { ...otherwise, wish: { ...otherwise.wish, session } } : otherwise;

/** What stands at that port of another host may be somebody else, who has no word of the judge. */
const keyFor = ({ nth, host }: Further, { judge }: Stand): string | undefined =>
  host === undefined ? judge.tls[nth]?.spki : undefined;

/** The verdict on one further connection. */
const verdictOn = async (seen: TlsVisit, spki: string | undefined, stand: Stand): Promise<Result> => {
  const { record } = seen;
  if (isOpened(seen, spki))
    return failed('It opens some TLS connections and makes its own to the site.', 'hostile', evidenceOf(seen));
  const changed = changedIn(seen);
  if (changed !== undefined) return changed;
  if (record?.preamble !== undefined) return preambleVerdict(record.preamble, stand);
  return record === undefined ? unseen(seen) : otherExit(record.peer, stand);
};

/** What the first connection came from is told by a check of its own. */
const otherExit = async (peer: string, stand: Stand): Promise<Result> => {
  const first = (await stand.tls(0)).record?.peer;
  return first === peer ? pass('It arrived as it was sent.') : { ...exitVerdict(peer, stand), axis: 'ID' };
};

/** Another first flight arrived, or another certificate came than the one that is known. */
const isOpened = ({ shown, record }: TlsVisit, spki: string | undefined): boolean =>
  (record?.tls !== undefined && record.tls.hello !== shown?.hello) ||
  (spki !== undefined && shown !== undefined && shown.resumed === undefined && shown.spki !== spki);
