import { explain } from '../../model/failure.js';
import { shown } from '../ask/text.js';
import { searchBinary } from '../identity/search.js';
import type { TlsVisit } from '../by-tls.js';
import type { Stand } from '../stand.js';
import { type Result, check, failed, note, pass, untested } from './check.js';

/** Why nothing can be said of a connection. */
export const unseen = ({ failure }: TlsVisit): Result =>
  untested(
    failure === undefined
      ? 'The judge’s words did not come back over TLS.'
      : `TLS could not be tried: ${explain(failure).sentence}`,
  );

/** What was changed inside of a connection that nobody else can have opened. */
export const changedIn = (seen: TlsVisit): Result | undefined =>
  seen.changed === true
    ? failed('It changes bytes of TLS connections on their way.', 'hostile', [
        { what: 'a sealed record', sent: 'whole', arrived: 'changed, as its seal tells' },
      ])
    : undefined;

/** T02: the first bytes of TLS arrive as they were sent. */
export const hello = check(
  'T02',
  {
    axis: 'TL',
    severity: 'critical',
    tier: 'quick',
    modes: ['tunnel'],
    needed: true,
    title: 'TLS goes through byte by byte',
    meaning:
      'The judge tells the hash of the first bytes that it read, and they are compared with those that were sent. If they are the same, nobody between you and the judge can have opened the connection, whatever certificates he has.',
    remedy: 'Do not use it: it can read and change everything, passwords too.',
  },
  async (stand) => {
    const seen = await stand.tls(0);
    if (seen.record?.tls === undefined || seen.shown === undefined) return changedIn(seen) ?? openedBy(seen, stand);
    return seen.record.tls.hello === seen.shown.hello
      ? pass('The judge got the first bytes of TLS exactly as they were sent.')
      : failed('It opens TLS connections and makes its own to the site.', 'hostile', evidenceOf(seen));
  },
);

/** Whoever shows another certificate than the judge has opened the connection, also where no answer came after that. */
const openedBy = (seen: TlsVisit, stand: Stand): Result => {
  if (seen.shown === undefined || seen.shown.spki === stand.judge.tls[0]?.spki) return unseen(seen);
  return failed('It answers TLS itself, with a certificate that is not the judge’s.', 'hostile', evidenceOf(seen));
};

/** The first flight on both ends, and the certificate. */
export const evidenceOf = ({ shown: tls, record }: TlsVisit) => [
  { what: 'SHA-256 of the first flight', sent: tls?.hello ?? '', arrived: record?.tls?.hello ?? 'nothing' },
  { what: 'certificate', arrived: shown(`${tls?.subject ?? ''}, issued by ${tls?.issuer ?? ''}`, 200) },
];

/** The certificate of one of the judge's ports is its own. */
const certificateVerdict = async (stand: Stand, nth: number): Promise<Result> => {
  const port = stand.judge.tls[nth];
  if (port === undefined) return untested('The judge has no such TLS port.');
  const seen = await stand.tls(nth);
  if (seen.shown === undefined) return unseen(seen);
  const { spki, subject, issuer, distrust } = seen.shown;
  if (spki === port.spki) return pass('The certificate is the judge’s own.');
  const how = distrust === undefined ? 'one that this machine trusts' : 'one that this machine does not trust';
  return failed(`It shows another certificate than the judge’s, ${how}.`, 'hostile', [
    { what: 'public key (SHA-256)', sent: port.spki, arrived: spki },
    { what: 'certificate', arrived: shown(`${subject}, issued by ${issuer}`, 200) },
  ]);
};

/** T03: the certificate is the one that the judge has. */
export const certificate = check(
  'T03',
  {
    axis: 'TL',
    severity: 'critical',
    tier: 'quick',
    modes: ['tunnel'],
    needed: true,
    title: 'certificates are those of the site',
    meaning:
      'The public key that is shown is compared with the one that the judge has signed. Another one means that somebody reads along, also where this machine trusts its issuer.',
    remedy: 'Do not use it, and never click a certificate warning away.',
  },
  (stand) => certificateVerdict(stand, 0),
);

/** T04: the same for a second name, which a filter may treat otherwise. */
export const otherCertificate = check(
  'T04',
  {
    axis: 'TL',
    severity: 'critical',
    tier: 'full',
    modes: ['tunnel'],
    title: 'certificates of unknown issuers pass too',
    meaning: 'The judge’s second name has a certificate of another issuer. Filters often replace only those.',
    remedy: 'Do not use it.',
  },
  async (stand) =>
    stand.judge.tls.length < 2 ? untested('The judge has one certificate only.') : certificateVerdict(stand, 1),
);

/** T05: version and protocol are what both ends wanted. */
export const version = check(
  'T05',
  {
    axis: 'TL',
    severity: 'medium',
    tier: 'quick',
    modes: ['tunnel'],
    title: 'TLS is not weakened',
    meaning: 'Version and protocol as this end sees them are compared with what the judge saw.',
    remedy: 'Do not use it.',
  },
  async (stand) => {
    const seen = await stand.tls(0);
    if (seen.shown === undefined || seen.record?.tls === undefined) return unseen(seen);
    const { protocol, alpn } = seen.record.tls;
    const [here, there] = [`${seen.shown.protocol} ${seen.shown.alpn ?? ''}`, `${protocol} ${alpn ?? ''}`];
    return here === there
      ? pass(`Both ends speak ${here.trim()}.`)
      : failed('The two ends do not speak the same TLS.', 'hostile', [{ what: 'TLS', sent: here, arrived: there }]);
  },
);

/** T11: nobody announces the user before the first byte. */
export const preamble = check(
  'T11',
  {
    axis: 'ID',
    severity: 'critical',
    tier: 'quick',
    modes: ['tunnel'],
    title: 'nothing is said before your first byte',
    meaning: 'Some tunnels begin with a line that names the client (the PROXY protocol), before TLS.',
    remedy: 'Do not use it where the site must not know you.',
  },
  async (stand) => {
    const { record, ...seen } = await stand.tls(0);
    if (record === undefined) return unseen(seen);
    if (record.preamble === undefined) return pass('The first byte that arrived was the first that was sent.');
    return preambleVerdict(record.preamble, stand);
  },
);

/** What was said before TLS. */
export const preambleVerdict = (preamble: string, { search, facts }: Stand): Result => {
  const bytes = Buffer.from(preamble, 'base64');
  const evidence = [{ what: 'before the first byte', arrived: shown(bytes, 200) }];
  const yours = [...search(bytes), ...searchBinary(bytes, facts)].filter(({ fact }) => fact.of === 'you');
  if (yours.some(({ reach }) => reach === 'whole'))
    return failed('It announces your address before the first byte.', 'transparent', evidence);
  return yours.length > 0
    ? failed('It announces your network before the first byte.', 'partial', evidence)
    : failed('It says something before the first byte.', 'anonymous', evidence);
};

/** T06: whether the name in TLS decides what passes. */
export const serverName = check(
  'T06',
  {
    axis: 'RE',
    severity: 'info',
    tier: 'watch',
    modes: ['tunnel'],
    title: 'whether names in TLS decide what passes',
    meaning: 'The second name of the judge is asked for over the same tunnel port.',
    remedy: 'Sites that are blocked by name cannot be reached.',
  },
  async (stand) => {
    const both = [await stand.tls(0), await stand.tls(1)];
    const passed = both.filter(({ record }) => record !== undefined).length;
    return both.length === 2 && stand.judge.tls.length > 1
      ? note(passed === 2 ? 'Both names pass.' : 'Not every name passes.')
      : untested('The judge has one name only.');
  },
);
