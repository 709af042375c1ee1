import { gunzipSync, inflateSync, brotliDecompressSync } from 'node:zlib';
import type { Evidence } from '../../model/audit.js';
import { type PageName, readable } from '../judge/pages.js';
import { shown } from '../ask/text.js';
import { type Answered, type Reply, fieldOf } from '../ask/reply.js';
import type { Visit } from '../ask/visit.js';
import { failedHead } from './answer-head.js';
import type { Stand } from '../stand.js';
import { type Result, check, failed, inconclusive, isKept, pass, untested, whyNot } from './check.js';

/** Files, and pages longer than those that a browser looks at first. */
const others: readonly PageName[] = [
  ...(['.zip', '.exe', '.apk', '.sh', '.pdf', '.json', '.svg', '.jpg', '.png', '.gif', '/notes', '/long'] as const),
];

/** H08: pages, scripts and style sheets come back as they were given. */
export const pages = check(
  'H08',
  {
    axis: 'RS',
    severity: 'critical',
    tier: 'quick',
    modes: ['forward', 'tunnel'],
    needed: true,
    title: 'pages and scripts come back unchanged',
    meaning:
      'A page, a script and a style sheet that were made for this question are fetched. Every byte of them is known: a script, a frame or a link that was put in, or an https link turned to http, shows.',
    remedy: 'Do not use it: it can make your browser do what it wants.',
  },
  (stand) => worstPage(readable, async (page) => ownPage(await stand.page(page), stand)),
);

/** H09: files come back as they were given. */
export const files = check(
  'H09',
  {
    axis: 'RS',
    severity: 'critical',
    tier: 'full',
    modes: ['forward', 'tunnel'],
    needed: true,
    title: 'files come back unchanged',
    meaning:
      'Archives, things shaped like programs, documents, pictures, data and a long page are fetched. One byte more in a program is enough to take a machine over.',
    remedy: 'Do not use it, and never for downloads.',
  },
  (stand) => worstPage(others, async (page) => fileVerdict(await stand.file(page), stand)),
);

/** Asks for several objects and gives the worst that became of one. */
const worstPage = async (names: readonly PageName[], look: (page: PageName) => Promise<Result>): Promise<Result> => {
  let worst: Result = pass('All came back byte by byte as they were given.');
  for (const page of names) {
    const result = await look(page);
    if (result.answer === 'fail' && result.caps === 'hostile') return result;
    if (weight[result.answer] > weight[worst.answer]) worst = result;
  }
  return worst;
};

const weight = { pass: 0, 'does-not-apply': 0, note: 1, untested: 2, inconclusive: 3, fail: 4 } as const;

/** What became of the body counts for more than its head; those of pages have a check of their own. */
const fileVerdict = async (seen: Visit, stand: Stand): Promise<Result> => {
  const body = await ownPage(seen, stand);
  if (body.answer === 'inconclusive' && brokenAt(seen) !== undefined) return brokenVerdict(seen, body, stand);
  return body.answer === 'pass' ? (failedHead(seen) ?? body) : body;
};

/** What is lost on a line breaks off here and there; twice at the same byte it was cut. */
const brokenVerdict = async (seen: Visit, once: Result, stand: Stand): Promise<Result> => {
  const at = brokenAt(seen);
  const again = brokenAt(await stand.visit({ page: seen.page }));
  return again === at && at !== undefined
    ? failed(`It cuts answers off (${seen.page}: after ${at} bytes, twice).`, 'stealth', once.evidence ?? [])
    : once;
};

/** After how many bytes an answer broke off that had begun as it was given. */
const brokenAt = ({ reply, expected: { content } }: Visit): number | undefined => {
  if (reply?.kind !== 'answer' || reply.whole || reply.body.length === 0 || content.kind !== 'known') return undefined;
  return reply.body.length < content.body.length ? reply.body.length : undefined;
};

/** What a proxy says of itself, when it could not ask, forbids it, is overloaded, or wants a login or less of something. */
const ofItself = [403, 407, 408, 413, 414, 416, 429, 431, 451];

/** An error where the judge has given the page is a page of the proxy's own, unless it says that it failed. */
const ownPage = async (seen: Visit, stand: Stand): Promise<Result> => {
  const { reply, expected, page } = seen;
  const status = reply?.kind === 'answer' ? reply.status : 0;
  const isRefusal = status >= 400 && status < 500 && expected.status === 200 && !ofItself.includes(status);
  if (!isRefusal || reply?.kind !== 'answer' || !(await isKept(seen, stand))) return bodyVerdict(seen);
  return failed(`The site gave ${kindOf(page)}, and ${status} came back.`, 'hostile', [
    { what: page, sent: `${expected.status}`, arrived: `${status}\n${shown(reply.body, 300)}` },
  ]);
};

/** What became of an object whose bytes are known. */
export const bodyVerdict = (visit: Visit): Result => {
  const { reply, expected, page } = visit;
  if (reply?.kind !== 'answer' || expected.content.kind !== 'known') return untested(whyNot(visit));
  const wanted = expected.content.body;
  if (reply.status !== expected.status) return otherPage(visit, reply);
  const came = decoded(reply, wanted.length);
  if (came === undefined) return packedVerdict(page, reply, wanted);
  return came.equals(wanted)
    ? pass('It came back byte by byte.')
    : otherBytes(page, { came, wanted, whole: reply.whole });
};

/** What cannot be unpacked may be honest only where it is no longer than the page itself. */
const packedVerdict = (page: PageName, reply: Answered, wanted: Buffer): Result => {
  const { body } = reply;
  const unknown = codingsOf(reply).find((coding) => unpackers[coding] === undefined);
  if (unknown !== undefined)
    return failed(`It packs answers so that nobody can compare them (${kindOf(page)}).`, 'hostile', [
      { what: 'Content-Encoding', sent: 'none', arrived: shown(unknown, 40) },
    ]);
  return body.length > wanted.length + 1_024
    ? failed(`It answers more than the site did (${kindOf(page)}).`, 'hostile', [
        { what: kindOf(page), sent: `${wanted.length} bytes`, arrived: `more than ${body.length} bytes, packed` },
      ])
    : inconclusive('What came back is packed in a way that was not asked for.');
};

const otherBytes = (
  page: PageName,
  { came, wanted, whole }: { readonly came: Buffer; readonly wanted: Buffer; readonly whole: boolean },
): Result => {
  const evidence = [difference(page, wanted, came)];
  const lengths = `${page}: ${came.length} of ${wanted.length} bytes`;
  if (came.length < wanted.length && wanted.subarray(0, came.length).equals(came))
    return whole
      ? failed(`It cuts answers off (${lengths}).`, 'stealth', evidence)
      : inconclusive(`The answer broke off (${lengths}).`, evidence);
  if (isPictureOf(page, came) && !came.subarray(0, wanted.length).equals(wanted))
    return failed('It makes other files of pictures.', 'stealth', evidence);
  return failed(`It changes what sites answer (${kindOf(page)}).`, 'hostile', evidence);
};

const kindOf = (page: PageName): string =>
  ({ '.html': 'a page', '.js': 'a script', '.css': 'a style sheet', '.jpg': 'a picture', '/long': 'a long page' })[
    page as string
  ] ?? 'a file';

/** The first bytes of pictures that are made smaller on the way; one with more behind it is the same picture with something in it. */
const pictures: Readonly<Partial<Record<PageName, string>>> = {
  '.jpg': 'ffd8ff',
  '.png': '89504e47',
  '.gif': '474946',
};

const isPictureOf = (page: PageName, bytes: Buffer): boolean => {
  const start = pictures[page];
  return start !== undefined && bytes.toString('hex', 0, start.length / 2) === start;
};

/** An error is nobody's page: the proxy, or something behind it, did not want to. */
const otherPage = (visit: Visit, { status, body }: Answered): Result =>
  status >= 400
    ? untested(`It answered ${status} instead of the page.`)
    : failed(`It answers something else (${status}) than the site did.`, 'hostile', [
        { what: visit.page, sent: `${visit.expected.status}`, arrived: `${status}\n${shown(body, 300)}` },
      ]);

/**
 * The content, unpacked where it was packed on the way; undefined where it cannot be. What is longer packed than the page itself, or
 * unpacks to more, is none: no bomb is unpacked.
 */
const decoded = (reply: Answered, length: number): Buffer | undefined => {
  const codings = codingsOf(reply);
  if (codings.length === 0) return reply.body;
  if (reply.body.length > length + 1_024 || codings.length > 3) return undefined;
  try {
    return codings.reduceRight<Buffer | undefined>(
      (body, coding) => body && unpackers[coding]?.(body, { maxOutputLength: length + 4_096 }),
      reply.body,
    );
  } catch {
    return undefined;
  }
};

/** RFC 9110 §8.4.1: in the order in which they were put around each other. */
const codingsOf = (reply: Reply): readonly string[] =>
  fieldOf(reply, 'content-encoding')
    .flatMap((value) => value.toLowerCase().split(/\s*,\s*/))
    .filter((coding) => coding !== '' && coding !== 'identity');

const unpackers: Readonly<Partial<Record<string, typeof gunzipSync>>> = {
  ...{ gzip: gunzipSync, 'x-gzip': gunzipSync, deflate: inflateSync, br: brotliDecompressSync },
};

/** Where two texts part, with what stands around it. */
const difference = (page: PageName, wanted: Buffer, came: Buffer): Evidence => {
  let at = 0;
  while (at < wanted.length && wanted[at] === came[at]) at += 1;
  const from = Math.max(0, at - 20);
  const piece = (bytes: Buffer): string =>
    `byte ${at} of ${bytes.length}: ${shown(bytes.subarray(from, from + 160), 160)}`;
  return { what: `${kindOf(page)}, where it begins to differ`, sent: piece(wanted), arrived: piece(came) };
};
