import type { Evidence } from '../../model/audit.js';
import type { PageName } from '../judge/pages.js';
import { type JudgeRecord, hashOf } from '../judge/record.js';
import { shown } from '../ask/text.js';
import { type Answered, fieldOf } from '../ask/reply.js';
import type { Visit } from '../ask/visit.js';
import type { Stand } from '../stand.js';
import { failedHead } from './answer-head.js';
import { type Result, check, failed, isKept, note, pass, untested, whyNot } from './check.js';
import { arrivedOf } from './requests.js';

/** H14: errors and redirects come back as the site gave them. */
export const errors = check(
  'H14',
  {
    axis: 'RS',
    severity: 'high',
    tier: 'full',
    modes: ['forward', 'tunnel'],
    title: 'errors and redirects come back unchanged',
    meaning:
      'The judge says not found, broken, nothing, and moved to https. A proxy that puts its own page there, or hides that a site has moved to https, keeps you from what is true.',
    remedy: 'Use it in tunnel mode and for https only.',
  },
  async (stand) => {
    const names: readonly PageName[] = ['/moved', '/found', '/missing', '/broken', '/none', '/empty'];
    for (const page of names) {
      const result = await errorVerdict(await asArrived(await stand.file(page), stand), stand);
      if (result !== undefined) return result;
    }
    return pass('Errors, empty answers and a redirect came back as they were given.');
  },
);

/** A redirect leads to the host by which the judge was asked, and the question may have arrived with another one. */
const asArrived = async (visit: Visit, stand: Stand): Promise<Visit> => {
  if (visit.page !== '/moved' && visit.page !== '/found') return visit;
  const [found] = (await arrivedOf([visit], stand)).arrived;
  return found?.visit ?? visit;
};

const errorVerdict = async (visit: Visit, stand: Stand): Promise<Result | undefined> => {
  const { reply } = visit;
  if (reply?.kind !== 'answer') return untested(whyNot(visit));
  const isRefused = isRefusal(visit, reply) && !(await isKept(visit, stand));
  return isRefused
    ? untested(`It could not be asked: ${reply.status} came back, and the judge has answered nothing.`)
    : answeredVerdict(visit, reply);
};

const isRefusal = ({ expected }: Visit, { status }: Answered): boolean => status >= 400 && status !== expected.status;

const answeredVerdict = (visit: Visit, reply: Answered): Result | undefined => {
  const { expected, page } = visit;
  const evidence = [
    {
      what: page,
      sent: `${expected.status} ${expected.reason}`,
      arrived: `${reply.status} ${fieldOf(reply, 'location').join()}\n${shown(reply.body, 200)}`,
    },
  ];
  // An error hides nothing: who reads it knows that something is missing.
  if (!isRefusal(visit, reply) && hidesHttps(page, reply, expected.status))
    return failed('It does not lead where the site did, to https.', 'hostile', evidence);
  if (reply.status !== expected.status)
    return failed(`It answers ${reply.status} where the site said ${expected.status}.`, 'stealth', evidence);
  const wanted = expected.content.kind === 'known' ? expected.content.body : Buffer.alloc(0);
  if (reply.body.equals(wanted)) return failedHead(visit);
  return isStillThere(wanted, reply.body) || expected.status === 200
    ? failed('It puts something into what the site answered.', 'hostile', evidence)
    : failed('It puts its own page in the place of an error.', 'stealth', evidence);
};

const hidesHttps = (page: PageName, reply: Answered, status: number): boolean =>
  (page === '/moved' || page === '/found') && !leadsToHttps(reply, status);

/** Most of a page, before and behind what was put into it. */
const isStillThere = (wanted: Buffer, came: Buffer): boolean => {
  let [before, behind] = [0, 0];
  while (before < wanted.length && wanted[before] === came[before]) before += 1;
  while (behind < wanted.length - before && wanted.at(-1 - behind) === came.at(-1 - behind)) behind += 1;
  return before + behind > wanted.length / 2;
};

const leadsToHttps = (reply: Answered, status: number): boolean =>
  reply.status === status && fieldOf(reply, 'location').some((place) => place.startsWith('https://'));

/** H15: what is uploaded arrives. */
export const uploads = check(
  'H15',
  {
    axis: 'RQ',
    severity: 'medium',
    tier: 'full',
    modes: ['forward', 'tunnel'],
    title: 'what you upload arrives',
    meaning:
      'Eight thousand bytes are sent by POST, with a length and in chunks, and by PUT. The judge tells their hash.',
    remedy: 'Use it for reading only, or in tunnel mode.',
  },
  async (stand) => {
    const lost: string[] = [];
    for (const [index, seen] of (await uploadsOf(stand)).entries()) {
      const name = ways[index]?.name ?? '';
      if (seen.record === undefined) lost.push(`${name}: ${whyNot(seen)}`);
      else if (!hasArrived(seen.record, seen.content))
        return failed(
          `What was sent by ${name} arrived changed.`,
          'stealth',
          uploadEvidence(seen.content, seen.record),
        );
    }
    if (lost.length === ways.length) return untested(lost[0] ?? '');
    return lost.length > 0
      ? note(`Not every way of sending is taken: ${lost.join('; ')}`)
      : pass('What was sent arrived.');
  },
);

/** What is uploaded, and what came of it. */
interface Upload extends Visit {
  readonly content: Buffer;
}

/** One upload in every way, done once. */
export const uploadsOf = (stand: Stand): Promise<readonly Upload[]> =>
  stand.once('uploads', async () => {
    const content = Buffer.from(Array.from({ length: 128 }, stand.random).join(''), 'latin1').subarray(0, 8_192);
    const all: Upload[] = [];
    for (const { name: _name, ...way } of ways)
      all.push({ ...(await stand.visit({ page: '.txt', body: content, ...way })), content });
    return all;
  });

const ways = [
  { name: 'POST', method: 'POST' },
  { name: 'POST in chunks', method: 'POST', chunks: 1_000 },
  { name: 'PUT', method: 'PUT' },
] as const;

/** Whether the content of a request arrived as it was sent. */
export const hasArrived = ({ body: arrived }: JudgeRecord, body: Buffer): boolean =>
  arrived === undefined ? body.length === 0 : arrived.length === body.length && arrived.sha256 === hashOf(body);

/** Where it begins to differ; behind what the judge keeps, only how long it is and its hash can be told. */
export const uploadEvidence = (sent: Buffer, { body }: JudgeRecord): readonly Evidence[] => {
  const came = Buffer.from(body?.bytes ?? '', 'base64');
  const at = came.findIndex((byte, index) => byte !== sent[index]);
  const { length = 0, sha256 = hashOf(came) } = body ?? {};
  const whole = (bytes: number, hash: string): string => `${bytes} bytes, SHA-256 ${hash}`;
  if (at === -1)
    return [{ what: 'the upload', sent: whole(sent.length, hashOf(sent)), arrived: whole(length, sha256) }];
  const piece = (bytes: Buffer): string => shown(bytes.subarray(Math.max(0, at - 20), at + 40), 60);
  return [{ what: `the upload around byte ${at}`, sent: piece(sent), arrived: piece(came) }];
};

/** H17: whether protocols can be switched. */
export const upgrades = check(
  'H17',
  {
    axis: 'RE',
    severity: 'info',
    tier: 'full',
    modes: ['forward', 'tunnel'],
    title: 'whether WebSockets get through',
    meaning: 'The handshake of a WebSocket is sent in clear.',
    remedy: 'Pages that need WebSockets will work over https only.',
  },
  async (stand) => {
    const key = Buffer.from(stand.random()).toString('base64').slice(0, 22);
    const { reply } = await stand.visit({
      page: '/socket',
      fields: [
        { name: 'Connection', value: 'Upgrade' },
        { name: 'Upgrade', value: 'websocket' },
        { name: 'Sec-WebSocket-Version', value: '13' },
        { name: 'Sec-WebSocket-Key', value: `${key}==` },
      ],
    });
    if (reply?.kind !== 'answer') return note('The handshake of a WebSocket gets no answer.');
    return note(reply.status === 101 ? 'WebSockets get through.' : 'WebSockets do not get through in clear.');
  },
);
