/** Somebody who audits: a judge on loopback with two hosts and two certificates, and a way to each proxy from an address of its own. */

import { randomBytes } from 'node:crypto';
import { type Socket, connect } from 'node:net';
import type { Duplex } from 'node:stream';
import type { AuditPlan } from '../../src/audit/plan.js';
import { audit } from '../../src/audit/audit.js';
import { type JudgeLink, meetJudge } from '../../src/audit/ask/judge-link.js';
import type { Subject } from '../../src/audit/ask/subject.js';
import { yourFacts } from '../../src/audit/identity/facts.js';
import { parseJudgeUrl } from '../../src/audit/judge/card.js';
import { type Judge, type JudgeParts, openJudge } from '../../src/audit/judge/judge.js';
import { judgeKeys } from '../../src/audit/judge/record.js';
import { type Endpoint, parseHost } from '../../src/model/address.js';
import type { AuditReport } from '../../src/model/audit.js';
import type { Stamp } from '../../src/model/book.js';
import { millis } from '../../src/model/brand.js';
import { asKaskadeError, fail } from '../../src/model/error.js';
import { labelHop, parseHop } from '../../src/model/hop.js';
import type { Cancel } from '../../src/net/cancel.js';
import type { Then } from '../../src/net/connect.js';
import { createAborter } from '../../src/net/signal.js';
import { certificateFor } from './certificate.js';
import type { World } from './zoo/animal.js';

/** The address of who audits, and of the judge. */
export const auditorAt = '127.0.1.10';
export const judgeAt = '127.0.2.1';
const lan = '192.168.1.23';
const zoneName = 'd.judge.test';

/** An auditor with its judge. */
export interface Auditor extends AsyncDisposable {
  readonly judge: Judge;
  readonly link: JudgeLink;
  readonly world: World;
  readonly audit: (url: string, plan?: Partial<AuditPlan>, cancel?: Cancel) => Promise<AuditReport>;
}

/** A judge on any free ports of an address of loopback; `parts` says what is to be otherwise. */
export const openTestJudge = (parts: Partial<JudgeParts> = {}): Promise<Judge> => {
  const at = { host: parseHost(judgeAt), port: 0 as const };
  const [one, other] = [certificateFor(`IP:${judgeAt}`), certificateFor('DNS:other.test')];
  return openJudge({
    ...{
      keys: judgeKeys(),
      http: [at],
      hosts: ['127.0.2.2', 'judge.test'],
      ttl: 600_000,
      perSecond: 100_000,
      clock: Date.now,
    },
    tls: [
      { identity: one, at, spki: one.pin.slice(7) },
      { identity: other, at, spki: other.pin.slice(7), name: 'other.test' },
    ],
    ...parts,
  });
};

/** Opens both. */
export const openAuditor = async (parts: Partial<JudgeParts> = {}): Promise<Auditor> => {
  // One judge on all addresses of loopback: its other hosts lead to it too.
  const judge = await openTestJudge({
    http: [{ host: parseHost('0.0.0.0'), port: 0 }],
    zone: { name: zoneName, ipv4: judgeAt, at: { host: parseHost(judgeAt), port: 0 } },
    ...parts,
  });
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => (closed ??= judge.close());
  const url = (judge.urls[0] ?? '').replace('0.0.0.0', judgeAt);
  const random = (): string => randomBytes(8).toString('hex');
  const freshId = (): string => randomBytes(16).toString('hex');
  const link = await meetJudge(parseJudgeUrl(url), { open: reach, freshId, random }, new AbortController());
  const plan: AuditPlan = {
    ...{
      tier: 'full',
      judges: [link],
      facts: yourFacts({ sure: [auditorAt], other: [lan], names: [] }),
      within: millis(3_000),
      random,
    },
    clock: () => Date.now() as Stamp,
  };
  return {
    ...{ link, judge: { ...judge, close } },
    world: {
      ...{ client: auditorAt, lan, famous: ['127.0.2.2'], seed: 7 },
      names: new Map([['judge.test', judgeAt]]),
      zone: { name: zoneName, server: { host: judgeAt, port: judge.names?.port ?? 0 } },
      secure: link.tls.map(({ at }) => at.port),
    },
    audit: (text, more, cancel = new AbortController()) => audit(subjectOf(text), { ...plan, ...more }, cancel),
    [Symbol.asyncDispose]: close,
  };
};

/** A proxy as an auditor on its own address reaches it. */
export const subjectOf = (url: string): Subject => {
  const hop = parseHop(url);
  const subject: Subject = {
    label: labelHop(hop),
    hop,
    before: [],
    seesYouBy: () => [],
    isAlone: true,
    reach: (cancel: Cancel) => reach(hop.endpoint, cancel),
  };
  return hop.scheme === 'https' ? subject : { ...subject, reachThen: (then) => reachThen(hop.endpoint, then) };
};

const reachThen = (at: Endpoint, { opened, failed }: Then<Duplex>): (() => void) => {
  const { signal, abort } = createAborter();
  reach(at, { signal }).then(opened, (thrown: unknown) => {
    if (!signal.aborted) failed(asKaskadeError(thrown));
  });
  return () => {
    abort(fail('stopped'));
  };
};

const reach = ({ host, port }: Endpoint, { signal }: Cancel): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const address = host.kind === 'name' ? judgeAt : host.address;
    const socket = connect({ host: address, port, localAddress: auditorAt, allowHalfOpen: true, noDelay: true });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      reject(fail('hop-unreachable', { note: error.code ?? '' }));
    });
    socket.once('connect', () => {
      resolve(socket);
    });
    signal.addEventListener('abort', () => {
      reject(fail('hop-timeout'));
      if (socket.connecting) socket.destroy();
    });
  });
