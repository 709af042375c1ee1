import { gunzipSync, inflateSync, brotliDecompressSync } from 'node:zlib';
import type { Evidence } from '../../model/audit.js';
import { type PageName, readable } from '../judge/pages.js';
import { shown } from '../ask/text.js';
import { type Reply, fieldOf } from '../ask/reply.js';
import type { Visit } from '../ask/visit.js';
import { failedHead } from './answer-head.js';
import { type Result, check, failed, inconclusive, pass, untested, whyNot } from './check.js';

const binary: readonly PageName[] = ['.zip', '.exe', '.pdf', '.jpg'];

/** H08: pages, scripts and style sheets come back as they were given. */
export const pages = check(
  'H08',
  {
    axis: 'RS',
    severity: 'critical',
    tier: 'quick',
    modes: ['forward', 'tunnel'],
    title: 'pages and scripts come back unchanged',
    meaning:
      'A page, a script and a style sheet that were made for this question are fetched. Every byte of them is known: a script, a frame or a link that was put in, or an https link turned to http, shows.',
    remedy: 'Do not use it: it can make your browser do what it wants.',
  },
  (stand) => worstPage(readable, async (page) => bodyVerdict(await stand.page(page))),
);

/** H09: files come back as they were given. */
export const files = check(
  'H09',
  {
    axis: 'RS',
    severity: 'critical',
    tier: 'full',
    modes: ['forward', 'tunnel'],
    title: 'files come back unchanged',
    meaning:
      'An archive, something shaped like a program, a document and a picture are fetched. One byte more in a program is enough to take a machine over.',
    remedy: 'Do not use it, and never for downloads.',
  },
  (stand) => worstPage(binary, async (page) => fileVerdict(await stand.file(page))),
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
const fileVerdict = (seen: Visit): Result => {
  const body = bodyVerdict(seen);
  return body.answer === 'pass' ? (failedHead(seen) ?? body) : body;
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
const packedVerdict = (page: PageName, { body }: Extract<Reply, { kind: 'answer' }>, wanted: Buffer): Result =>
  body.length > wanted.length + 1_024
    ? failed(`It answers more than the site did (${kindOf(page)}).`, 'hostile', [
        { what: kindOf(page), sent: `${wanted.length} bytes`, arrived: `more than ${body.length} bytes, packed` },
      ])
    : inconclusive('What came back is packed in a way that was not asked for.');

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
  if (page === '.jpg' && isPicture(came)) return failed('It makes other files of pictures.', 'stealth', evidence);
  return failed(`It changes what sites answer (${kindOf(page)}).`, 'hostile', evidence);
};

const kindOf = (page: PageName): string =>
  ({ '.html': 'a page', '.js': 'a script', '.css': 'a style sheet', '.jpg': 'a picture' })[page as string] ?? 'a file';

const isPicture = (bytes: Buffer): boolean => bytes.subarray(0, 3).toString('hex') === 'ffd8ff';

/** An error is nobody's page: the proxy, or something behind it, did not want to. */
const otherPage = (visit: Visit, { status, body }: Extract<Reply, { kind: 'answer' }>): Result =>
  status >= 400
    ? untested(`It answered ${status} instead of the page.`)
    : failed(`It answers something else (${status}) than the site did.`, 'hostile', [
        { what: visit.page, sent: `${visit.expected.status}`, arrived: `${status}\n${shown(body, 300)}` },
      ]);

/**
 * The content, unpacked where it was packed on the way; undefined where it cannot be. What is longer packed than the page itself, or
 * unpacks to more, is none: no bomb is unpacked.
 */
const decoded = (reply: Extract<Reply, { kind: 'answer' }>, length: number): Buffer | undefined => {
  const [coding] = fieldOf(reply, 'content-encoding');
  if (coding === undefined || coding === 'identity') return reply.body;
  const unpack = { gzip: gunzipSync, deflate: inflateSync, br: brotliDecompressSync }[coding.toLowerCase()];
  if (reply.body.length > length + 1_024) return undefined;
  try {
    return unpack?.(reply.body, { maxOutputLength: length + 4_096 });
  } catch {
    return undefined;
  }
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
