/** Many at once: everybody gets one report, neighbours are spared, and a full line accuses nobody. */

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { auditCrowd, usualRules } from '../../src/audit/crowd.js';
import type { Job } from '../../src/audit/run-jobs.js';
import { type Socket, connect } from 'node:net';
import type { Duplex } from 'node:stream';
import type { OpenDirect } from '../../src/audit/ask/judge-link.js';
import { hostText } from '../../src/model/address.js';
import { fail } from '../../src/model/error.js';
import { parseHop } from '../../src/model/hop.js';
import { whenAborted } from '../../src/net/cancel.js';
import { createControl } from '../../src/audit/control.js';
import type { Subject } from '../../src/audit/ask/subject.js';
import type { AuditPlan } from '../../src/audit/plan.js';
import { audit } from '../../src/audit/audit.js';
import { yourFacts } from '../../src/audit/identity/facts.js';
import type { AuditProgress, AuditReport } from '../../src/model/audit.js';
import type { Stamp } from '../../src/model/book.js';
import { millis, now } from '../../src/model/brand.js';
import { type Auditor, auditorAt, openAuditor, subjectOf } from '../kit/auditor.js';
import { openDoor } from '../kit/door.js';
import type { OpenAnimal } from '../kit/zoo/animal.js';
import { b11 } from '../kit/zoo/animals/honest-socks5.js';
import { b01 } from '../kit/zoo/animals/honest-http.js';
import { p01 } from '../kit/zoo/animals/xff-client.js';
import { p48 } from '../kit/zoo/animals/silent.js';
import { p49 } from '../kit/zoo/animals/resets.js';

let auditor: Auditor;
const open: OpenAnimal[] = [];
before(async () => {
  auditor = await openAuditor();
  for (const animal of [b01, p01, p48, p49]) open.push(await animal.open(auditor.world));
});
after(async () => {
  await Promise.all(open.map((animal) => animal.close()));
  await auditor[Symbol.asyncDispose]();
});

const planOf = (more: Partial<AuditPlan> = {}): AuditPlan => ({
  ...{ tier: 'quick', judges: [auditor.link], facts: yourFacts({ sure: [auditorAt], other: [], names: [] }) },
  ...{ within: millis(1_000), random: () => Math.random().toString(16).slice(2), clock: () => Date.now() as Stamp },
  ...more,
});

const jobOf = (url: string, block: string): Job => ({ subject: subjectOf(url), block });

const runAll = async (jobs: readonly Job[], more: Partial<Parameters<typeof auditCrowd>[1]> = {}) => {
  const reports: AuditReport[] = [];
  const progress: AuditProgress[] = [];
  const rules = { ...usualRules, plan: planOf(), onReport: (_job: Job, report: AuditReport) => reports.push(report) };
  await auditCrowd(jobs, { ...rules, onProgress: (each) => progress.push(each), ...more }, new AbortController());
  return { reports, progress };
};

describe('a crowd', () => {
  it('gives everybody one report, and counts them', async () => {
    const jobs = Array.from({ length: 60 }, (_, n) => jobOf(open[n % 4]?.url('http') ?? '', `b${n}`));
    const { reports, progress } = await runAll(jobs);
    assert.equal(reports.length, 60);
    const outcomes = reports.map(
      ({ outcome, modes }) => modes.find(({ mode }) => mode === 'forward')?.grade ?? outcome,
    );
    for (const [what, count] of [
      ['clean', 15],
      ['transparent', 15],
      ['dead', 30],
    ] as const)
      assert.equal(outcomes.filter((each) => each === what).length, count, what);
    assert.deepEqual(progress.at(-1)?.outcomes, { audited: 30, dead: 30 });
    assert.equal(progress.at(-1)?.done, 60);
  });

  it('asks a few of one block at a time only', async () => {
    let [inside, most] = [0, 0];
    const silent = subjectOf(open[2]?.url('http') ?? '');
    const reachThen: Subject['reachThen'] = ({ opened, failed }) => {
      const enter = (stream: Duplex): void => {
        inside += 1;
        most = Math.max(most, inside);
        stream.once('close', () => (inside -= 1));
        opened(stream);
      };
      return silent.reachThen?.({ opened: enter, failed }) ?? (() => undefined);
    };
    const jobs = Array.from({ length: 20 }, () => ({ subject: { ...silent, reachThen }, block: 'one block' }));
    const { reports } = await runAll(jobs, { plan: planOf({ tier: 'pulse', within: millis(100) }), mostOfBlock: 3 });
    assert.deepEqual([reports.length, most], [20, 3]);
  });

  for (const [how, refuse] of [
    ['hangs up', (socket: Socket) => void socket.end()],
    ['says nothing', (socket: Socket) => void socket.resume()],
  ] as const)
    it(`is told by one who ${how} when it is asked for a tunnel that it forwards requests`, async () => {
      const url = open[0]?.url('http') ?? '';
      const at = parseHop(url).endpoint;
      await using door = await openDoor((socket) => {
        socket.once('data', (words: Buffer) => {
          if (words.toString('latin1').startsWith('CONNECT')) return refuse(socket);
          const onward = connect({ host: hostText(at.host), port: at.port, localAddress: auditorAt });
          door.own(onward);
          onward.write(words);
          socket.pipe(onward).pipe(socket);
        });
      });
      const { reports } = await runAll([jobOf(`http://127.0.0.1:${door.port}`, 'a')]);
      assert.deepEqual(
        reports.map(({ outcome, modes }) => [outcome, modes.map(({ mode, grade }) => `${mode} ${grade ?? 'none'}`)]),
        [['audited', ['forward clean']]],
      );
    });

  it('finds what a proxy speaks that was listed as another kind', async () => {
    const socks = await b11.open(auditor.world);
    try {
      const url = socks.url('socks5h').replace('socks5h:', 'http:');
      const { reports } = await runAll([jobOf(url, 'a')], { plan: planOf({ within: millis(2_000) }) });
      assert.deepEqual(
        reports.map(({ outcome, modes }) => [outcome, modes.map(({ mode, grade }) => `${mode} ${grade ?? 'none'}`)]),
        [['audited', ['tunnel exact']]],
      );
      assert.match(reports[0]?.sentence ?? '', /^It speaks socks5h, and not http\./);
    } finally {
      await socks.close();
    }
  });

  for (const [how, refuse] of [
    ['hangs up', (socket: Socket) => void socket.end()],
    ['says nothing', (socket: Socket) => void socket.resume()],
  ] as const)
    it(`finds what a proxy speaks that was listed as another kind and ${how} when it is asked in that`, async () => {
      const url = open[0]?.url('http') ?? '';
      const at = parseHop(url).endpoint;
      await using door = await openDoor((socket) => {
        socket.once('data', (words: Buffer) => {
          if (words[0] === 0x05 || words[0] === 0x04) return refuse(socket);
          const onward = connect({ host: hostText(at.host), port: at.port, localAddress: auditorAt });
          door.own(onward);
          onward.write(words);
          socket.pipe(onward).pipe(socket);
        });
      });
      const { reports } = await runAll([jobOf(`socks5h://127.0.0.1:${door.port}`, 'a')]);
      assert.deepEqual(
        reports.map(({ outcome, modes }) => [outcome, modes.map(({ mode, grade }) => `${mode} ${grade ?? 'none'}`)]),
        [['audited', ['forward clean', 'tunnel exact']]],
      );
    });

  it('takes what the first look has brought for the second one', async () => {
    const calls: string[] = [];
    const url = open[0]?.url('http') ?? '';
    const subject = subjectOf(url);
    const counted: Subject = {
      ...subject,
      reach: (cancel) => {
        calls.push('again');
        return subject.reach(cancel);
      },
      reachThen: (then) => {
        calls.push('first');
        return subject.reachThen?.(then) ?? (() => undefined);
      },
    };
    const plan = planOf({ within: millis(4_000) });
    const { reports } = await runAll([{ subject: counted, block: 'a' }], { plan });
    const twoLooks = calls.splice(0);
    const report = await audit(counted, plan, new AbortController());
    const gradesIn = ({ modes }: AuditReport) => modes.map(({ mode, grade }) => [mode, grade]);
    assert.deepEqual(reports.map(gradesIn), [gradesIn(report)]);
    assert.equal(twoLooks[0], 'first');
    assert.equal(twoLooks.length, calls.length);
  });

  it('ends at once when it is called off', async () => {
    const { signal, abort } = { ...controllerOf() };
    const jobs = Array.from({ length: 50 }, (_, n) => jobOf(open[2]?.url('http') ?? '', `b${n}`));
    const running = auditCrowd(
      jobs,
      {
        ...{ ...usualRules, plan: planOf({ within: millis(60_000) }), onReport: () => undefined },
        onProgress: ({ running: out }) => {
          if (out > 0) abort();
        },
      },
      { signal },
    );
    const began = now();
    await assert.rejects(running);
    assert.ok(now() - began < 5_000);
  });
});

const controllerOf = () => {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
};

/** As a line that lets nothing through. */
const never: OpenDirect = (_at, cancel) =>
  new Promise((_resolve, reject) => {
    whenAborted(cancel, () => {
      reject(fail('answer-timeout'));
    });
  });

describe('the watch over the own line', () => {
  it('halves the room when the judge is slow or silent, and gives it back bit by bit', async () => {
    const times: (number | undefined)[] = [20, undefined, 2_000, 30, 30];
    let asked = 0;
    const seen: { readonly room: number; readonly congested: boolean }[] = [];
    const control = createControl(800, () => {
      if (asked > 0) seen.push({ room: control.room(), congested: control.isCongested() });
      const time = times[asked];
      asked += 1;
      return Promise.resolve(time === undefined ? undefined : millis(time));
    });
    const began = now();
    await new Promise<void>((resolve) => {
      const clock = setInterval(() => {
        if (seen.length < 5) return;
        clearInterval(clock);
        resolve();
      }, 20);
    });
    control.stop();
    assert.deepEqual(
      seen.slice(0, 5).map(({ room }) => room),
      [800, 400, 400, 420, 440],
    );
    assert.deepEqual(
      seen.slice(0, 5).map(({ congested }) => congested),
      [false, true, true, false, false],
    );
    assert.equal(control.wasClear(began), false);
  });

  it('knows that the judge is gone once it has not answered for a while, and that it is back', async () => {
    const answers = [millis(20), undefined, undefined, millis(20)];
    const seen: boolean[] = [];
    await new Promise<void>((resolve) => {
      const control = createControl(
        16,
        () => {
          seen.push(seen.length > 0 && control.isLost());
          if (seen.length > answers.length) {
            control.stop();
            resolve();
          }
          return Promise.resolve(answers[seen.length - 1]);
        },
        millis(100),
      );
    });
    assert.deepEqual(seen, [false, false, false, true, false]);
  });

  it('lets silence under a full line be no death', async () => {
    const slow = {
      ...auditor.link,
      direct: { ...auditor.link.direct, open: never },
    };
    const jobs = [jobOf(open[2]?.url('http') ?? '', 'a')];
    const { reports } = await runAll(jobs, { plan: planOf({ tier: 'pulse', judges: [slow], within: millis(400) }) });
    assert.equal(reports[0]?.outcome, 'inconclusive');
  });
});
