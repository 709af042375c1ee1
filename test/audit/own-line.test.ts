/** C09: what the user's own line does to everything is no proxy's doing, and no grade is given over it. */

import assert from 'node:assert/strict';
import { type Socket, connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import type { JudgeLink } from '../../src/audit/ask/judge-link.js';
import type { Subject } from '../../src/audit/ask/subject.js';
import { audit } from '../../src/audit/audit.js';
import { yourFacts } from '../../src/audit/identity/facts.js';
import { seeOwnLine } from '../../src/audit/own-line.js';
import type { AuditPlan } from '../../src/audit/plan.js';
import { hostText } from '../../src/model/address.js';
import type { AuditReport } from '../../src/model/audit.js';
import type { Stamp } from '../../src/model/book.js';
import { millis } from '../../src/model/brand.js';
import { type Auditor, auditorAt, openAuditor, subjectOf } from '../kit/auditor.js';
import { type TestDoor, openDoor } from '../kit/door.js';
import { b01 } from '../kit/zoo/animals/honest-http.js';
import { p20 } from '../kit/zoo/animals/script.js';

let auditor: Auditor;
before(async () => {
  auditor = await openAuditor();
});
after(() => auditor[Symbol.asyncDispose]());

const planOf = (judge: JudgeLink, more: Partial<AuditPlan> = {}): AuditPlan => ({
  ...{ tier: 'quick', judges: [judge], facts: yourFacts({ sure: [auditorAt], other: [], names: [] }) },
  ...{ within: millis(5_000), random: () => Math.random().toString(16).slice(2), clock: () => Date.now() as Stamp },
  ...more,
});

const cancel = new AbortController();

/** A box on the line that writes itself into every request that it can read, whoever it is for. */
const boxBefore = (to: () => Promise<Socket>): Promise<TestDoor> =>
  openDoor((client) => {
    client.pause();
    const opened = async (): Promise<void> => {
      const onward = await to();
      onward.on('error', () => client.destroy()).pipe(client);
      client.on('data', (bytes: Buffer) => {
        const text = bytes.toString('latin1');
        const isRequest = /^(?:GET|POST|PUT|HEAD) \S+ HTTP\/1\.1\r\n/.test(text);
        onward.write(isRequest ? Buffer.from(text.replace('\r\n', '\r\nVia: 1.1 line\r\n'), 'latin1') : bytes);
      });
      client.on('end', () => onward.end()).on('close', () => onward.destroy());
      client.resume();
    };
    opened().catch(() => client.destroy());
  });

const dial = (host: string, port: number): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host, port, localAddress: auditorAt, noDelay: true, allowHalfOpen: true });
    socket.once('connect', () => resolve(socket)).once('error', reject);
  });

const gradesIn = ({ modes }: AuditReport): object =>
  Object.fromEntries(modes.map(({ mode, grade }) => [mode, grade ?? 'none']));

const failuresIn = ({ modes }: AuditReport): readonly string[] =>
  modes.flatMap(({ mode, findings }) =>
    findings.filter(({ answer }) => answer === 'fail').map(({ check }) => `${mode} ${check}`),
  );

const answerOf = ({ modes }: AuditReport, name: string): string | undefined =>
  modes.flatMap(({ mode, findings }) =>
    findings.filter(({ check }) => `${mode} ${check}` === name).map(({ answer }) => answer),
  )[0];

describe('the own line', () => {
  it('that changes nothing says so beside every proxy, at every tier', async () => {
    for (const tier of ['quick', 'full'] as const)
      assert.deepEqual(await seeOwnLine(planOf(auditor.link, { tier }), cancel), []);
    const animal = await b01.open(auditor.world);
    const report = await audit(subjectOf(animal.url('http')), planOf(auditor.link, { ownLine: [] }), cancel);
    await animal.close();
    assert.equal(answerOf(report, 'forward C09'), 'pass');
    assert.deepEqual(gradesIn(report), b01.truth);
  });

  it('that writes into requests is found, and no proxy behind it is accused of that, nor called clean', async () => {
    const { link } = auditor;
    const { host, port } = link.main;
    await using box = await boxBefore(() => dial(hostText(host), port));
    const open: JudgeLink['direct']['open'] = (at) =>
      at.port === port ? dial('127.0.0.1', box.port) : dial(hostText(at.host), at.port);
    const behind: JudgeLink = { ...link, direct: { ...link.direct, open } };
    const ownLine = (await seeOwnLine(planOf(behind), cancel)) ?? [];
    assert.ok(ownLine.some(({ check }) => (check as string) === 'H03'));
    for (const [animal, forward, accused] of [
      [b01, 'none', []],
      [p20, 'hostile', ['forward H08']],
    ] as const) {
      const open = await animal.open(auditor.world);
      const subject = subjectOf(open.url('http'));
      const at = subject.hop.endpoint;
      await using near = await boxBefore(() => dial(hostText(at.host), at.port));
      const through: Subject = { ...subject, reach: () => dial('127.0.0.1', near.port) };
      const blamed = await audit(through, planOf(behind), cancel);
      assert.ok(failuresIn(blamed).includes('forward H03'), 'without a look at the line the proxy is accused');
      const fair = await audit(through, planOf(behind, { ownLine }), cancel);
      await open.close();
      assert.deepEqual(gradesIn(fair), { forward, tunnel: 'exact' }, failuresIn(fair).join());
      assert.deepEqual(failuresIn(fair), accused);
      assert.equal(answerOf(fair, 'forward H03'), 'inconclusive');
      assert.equal(answerOf(fair, 'forward C09'), 'note');
    }
  });
});
