import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { asKaskadeError } from '../../model/error.js';
import { explain } from '../../model/failure.js';
import { type Cancel, reasonOf, whenAborted } from '../../net/cancel.js';
import { readReply } from '../ask/reply.js';
import { compose } from '../ask/request.js';
import { shown } from '../ask/text.js';
import { downward, stretch, upward } from '../judge/bytes.js';
import { pathOf } from '../judge/pages.js';
import { type JudgeRecord, findRecord, hashOf } from '../judge/record.js';
import type { Stand } from '../stand.js';
import { type Result, check, failed, note, pass, untested } from './check.js';

/** T09: every bit goes through a tunnel, both ways, and each direction ends by itself. */
export const bytes = check(
  'T09',
  {
    axis: 'TL',
    severity: 'critical',
    tier: 'full',
    modes: ['tunnel'],
    title: 'every bit goes through, both ways',
    meaning:
      'Random bytes go up and down through a tunnel without TLS, and hashes are compared; then one direction is ended and the other must go on.',
    remedy: 'Do not use it: what it carries is changed.',
  },
  async (stand) => {
    const seen = await stand.once('bytes', () => exchange(stand));
    return 'why' in seen ? untested(seen.why) : bytesVerdict(seen);
  },
);

const bytesVerdict = (seen: Carried): Result => {
  const { id, came, heard, behind } = seen;
  const wanted = downward(id);
  if (!came.equals(wanted.subarray(0, came.length)))
    return failed('It changes bytes on their way to you.', 'hostile', [differing(wanted, came)]);
  if (behind.length > 0)
    return failed('It puts bytes behind those of the site.', 'hostile', [
      { what: 'behind the last byte', sent: 'nothing', arrived: shown(behind, 200) },
    ]);
  const upper = upwardVerdict(seen);
  if (upper !== undefined) return upper;
  return heard
    ? pass('Every bit went through, and half a close was enough.')
    : note('Every bit went through, but it does not carry the end of one direction alone.');
};

/** What the judge got; undefined where that is what was sent. What broke off may be shorter, and is the same as far as it goes. */
const upwardVerdict = ({ id, came, record }: Carried): Result | undefined => {
  const { length, sha256 } = record?.body ?? { length: 0, sha256: hashOf(Buffer.alloc(0)) };
  const sent = upward(id);
  const wanted = hashOf(sent.subarray(0, length));
  if (length > sent.length || sha256 !== wanted)
    return failed('It changes bytes on their way to the site.', 'hostile', [
      {
        what: 'SHA-256 of what went up',
        sent: `${sent.length} bytes, ${wanted}`,
        arrived: `${length} bytes, ${sha256}`,
      },
    ]);
  return came.length < stretch || length < stretch
    ? note(`It broke off: ${came.length} of ${stretch} bytes came down, ${length} went up.`)
    : undefined;
};

const differing = (wanted: Buffer, came: Buffer) => {
  let at = 0;
  while (at < came.length && wanted[at] === came[at]) at += 1;
  return {
    what: `byte ${at}`,
    sent: wanted.subarray(at, at + 16).toString('hex'),
    arrived: came.subarray(at, at + 16).toString('hex'),
  };
};

interface Carried {
  readonly id: string;
  /** What came down. */
  readonly came: Buffer;
  /** What came behind that, and is no part of the judge's word on it. */
  readonly behind: Buffer;
  /** What went up, as the judge tells it. */
  readonly record?: JudgeRecord;
  /** The judge was heard after the own direction had ended. */
  readonly heard: boolean;
}

type Exchanged = Carried | { readonly why: string };

const exchange = async (stand: Stand): Promise<Exchanged> => {
  const id = stand.freshId();
  try {
    return await stand.inTunnel(stand.judge.main, async (stream, limit) => {
      const fields = [
        { name: 'Connection', value: 'Upgrade' },
        { name: 'Upgrade', value: 'bytes' },
      ];
      const path = pathOf({ id, name: '/bytes' });
      const sent = compose({
        method: 'GET',
        path,
        host: stand.judge.main,
        mode: 'tunnel',
        fields,
        body: Buffer.alloc(0),
      });
      stream.write(sent.head);
      const reply = await readReply(stream, { method: 'GET' }, limit);
      if (reply.kind !== 'answer' || reply.status !== 101) return { why: 'The judge did not begin.' };
      const all = await carry(stream, upward(id), limit);
      const told = findRecord(all.subarray(stretch), id, stand.judge.key);
      const record = told ?? (await stand.records(id)).find(({ request }) => request === 2);
      return {
        id,
        came: all.subarray(0, stretch),
        behind: besideWord(all.subarray(stretch)),
        heard: told !== undefined,
        ...(record === undefined ? {} : { record }),
      };
    });
  } catch (thrown) {
    if (stand.signal.aborted) throw reasonOf(stand);
    return { why: `It could not be tried: ${explain(asKaskadeError(thrown).failure).sentence}` };
  }
};

/** The judge ends with its word alone, on a line of its own; what breaks off is a part of that. */
const besideWord = (tail: Buffer): Buffer =>
  Buffer.from(tail.toString('latin1').replace(/^\n(?:[\w-]*(?:\.[\w-]{0,86}\n?)?)?/, ''), 'latin1');

/**
 * Sends everything and collects what comes; when all has come, ends its own direction, and collects until the other ends. Many a proxy
 * drops what is on its way once one direction has ended: every bit of it should be compared before. At a deadline, what has come.
 */
const carry = async (stream: Duplex, up: Buffer, limit: Cancel): Promise<Buffer> => {
  const pieces: Buffer[] = [];
  let size = 0;
  stream.on('data', (chunk: Buffer) => {
    const before = size;
    size += chunk.length;
    if (before < stretch && size >= stretch) stream.end();
    if (size <= stretch * 2) pieces.push(Buffer.from(chunk));
    else stream.destroy();
  });
  const ended = once(stream, 'close').catch(() => undefined);
  const forget = whenAborted(limit, () => stream.destroy());
  stream.once('end', () => stream.destroy());
  stream.write(up);
  stream.resume();
  await ended;
  forget();
  return Buffer.concat(pieces);
};

/** T08: which of the judge's ports it opens. */
export const ports = check(
  'T08',
  {
    axis: 'RE',
    severity: 'info',
    tier: 'full',
    modes: ['tunnel'],
    title: 'which ports it opens',
    meaning: 'Tunnels to the ports of the judge are asked for, and to nobody else’s.',
    remedy: 'What it refuses cannot be reached through it.',
  },
  async (stand) => {
    const [opens, refuses] = await stand.once('ports', () => tryPorts(stand));
    const told = [
      ...(opens.length > 0 ? [`opens ${opens.join(', ')}`] : []),
      ...(refuses.length > 0 ? [`refuses ${refuses.join(', ')}`] : []),
    ];
    return told.length === 0 ? untested('No port could be tried.') : note(`It ${told.join(' and ')}.`);
  },
);

/** Ports of the judge that a tunnel opens, and those that it is refused. */
export const tryPorts = async (
  stand: Stand,
): Promise<readonly [opens: readonly number[], refuses: readonly number[]]> => {
  const { main, ports: others, tls } = stand.judge;
  const [opens, refuses]: [number[], number[]] = [[], []];
  for (const at of [main, ...others, ...tls.map((port) => port.at)]) {
    try {
      await stand.inTunnel(at, () => Promise.resolve());
      opens.push(at.port);
    } catch (thrown) {
      if (stand.signal.aborted) throw reasonOf(stand);
      const { code } = asKaskadeError(thrown);
      if (code === 'onward-denied' || code === 'onward-refused') refuses.push(at.port);
    }
  }
  return [opens, refuses];
};

/** T10: how fast it is, and whether it bears a pause. */
export const endurance = check(
  'T10',
  {
    axis: 'AV',
    severity: 'info',
    tier: 'watch',
    modes: ['tunnel'],
    title: 'how fast it is',
    meaning: 'The time for a stretch of bytes each way.',
    remedy: 'Choose another one for large things.',
  },
  async (stand): Promise<Result> => {
    const began = performance.now();
    const seen = await stand.once('bytes again', () => exchange(stand));
    if ('why' in seen) return untested(seen.why);
    const seconds = (performance.now() - began) / 1_000;
    return note(`${shown(String(Math.round(seen.came.length / 1024 / seconds)))} KiB a second, both ways at once.`);
  },
);
