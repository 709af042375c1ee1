/** C09: what the user's own line does in a mode by itself is no proxy's doing there, and no grade is given over it. */

import assert from 'node:assert/strict';
import { type Socket, connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import type { JudgeLink } from '../../src/audit/ask/judge-link.js';
import type { Subject } from '../../src/audit/ask/subject.js';
import { audit } from '../../src/audit/audit.js';
import { hello } from '../../src/audit/checks/tls.js';
import { yourFacts } from '../../src/audit/identity/facts.js';
import { seeOwnLine } from '../../src/audit/own-line.js';
import type { AuditPlan } from '../../src/audit/plan.js';
import { hostText } from '../../src/model/address.js';
import type { AuditReport } from '../../src/model/audit.js';
import type { Stamp } from '../../src/model/book.js';
import { millis } from '../../src/model/brand.js';
import { type Auditor, auditorAt, openAuditor, subjectOf } from '../kit/auditor.js';
import { type TestDoor, openDoor } from '../kit/door.js';
import { openPage, showsVariables } from '../kit/page.js';
import { witnessesOf } from '../kit/witnesses.js';
import type { Animal } from '../kit/zoo/animal.js';
import { b01 } from '../kit/zoo/animals/honest-http.js';
import { p13 } from '../kit/zoo/animals/via-name.js';
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

/** A box on the line: where it leads each connection by what is said first, and what it makes of what passes. */
interface Box {
  readonly to: (first: string) => Promise<Socket>;
  readonly change: (text: string) => string;
}

const boxBefore = ({ to, change }: Box): Promise<TestDoor> =>
  openDoor((client) => {
    let onward: Socket | undefined;
    const pass = (text: string): void => void onward?.write(Buffer.from(change(text), 'latin1'));
    const begin = async (first: string): Promise<void> => {
      onward = await to(first);
      onward.on('error', () => client.destroy()).pipe(client);
      client.on('close', () => onward?.destroy()).on('data', (bytes: Buffer) => pass(bytes.toString('latin1')));
      pass(first);
      client.resume();
    };
    client.once('data', (bytes: Buffer) => {
      client.pause();
      begin(bytes.toString('latin1')).catch(() => client.destroy());
    });
    client.on('end', () => (onward === undefined ? client.destroy() : onward.end()));
  });

/** Writes itself into every request that begins like this, whoever it is for. */
const writesInto =
  (requests: RegExp): Box['change'] =>
  (text) =>
    requests.test(text) ? text.replace('\r\n', '\r\nVia: 1.1 line\r\n') : text;

const any = /^(?:GET|POST|PUT|HEAD) \S+ HTTP\/1\.1\r\n/;
const withPath = /^(?:GET|POST|PUT|HEAD) \/\S* HTTP\/1\.1\r\n/;
const withUrl = /^(?:GET|POST|PUT|HEAD) http:\S+ HTTP\/1\.1\r\n/;

const dial = (host: string, port: number, localAddress = auditorAt): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host, port, localAddress, noDelay: true, allowHalfOpen: true });
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

/** What a line with such boxes does by itself, and what an audit of a proxy behind it says: with that known, and without. */
const overLine = async (box: Partial<Box> & Pick<Box, 'change'>, animal: Animal, more: Partial<AuditPlan> = {}) => {
  const { link, world } = auditor;
  const { host, port } = link.main;
  const toJudge = (): Promise<Socket> => dial(hostText(host), port);
  await using before = await boxBefore({ to: toJudge, ...box });
  const open: JudgeLink['direct']['open'] = (at) =>
    at.port === port ? dial('127.0.0.1', before.port) : dial(hostText(at.host), at.port);
  const behind: JudgeLink = { ...link, direct: { ...link.direct, open } };
  const ownLine = (await seeOwnLine(planOf(behind, more), cancel)) ?? [];
  const opened = await animal.open(world);
  const { hop } = subjectOf(opened.url('http'));
  const at = hop.endpoint;
  const toProxy = (): Promise<Socket> => dial(hostText(at.host), at.port);
  const leads: Box['to'] = (first) => (withUrl.test(first) ? (box.to ?? toProxy)(first) : toProxy());
  await using near = await boxBefore({ change: box.change, to: leads });
  const through = subjectOf(`http://127.0.0.1:${near.port}`);
  const blamed = await audit(through, planOf(behind, more), cancel);
  const fair = await audit(through, planOf(behind, { ...more, ownLine }), cancel);
  await opened.close();
  const faults = ownLine.map(({ mode, check }) => `${mode} ${check}`);
  return { ownLine, faults, blamed, fair };
};

describe('the own line', () => {
  it('that changes nothing says so beside every proxy, at every tier', async () => {
    for (const tier of ['quick', 'full', 'watch'] as const)
      assert.deepEqual(await seeOwnLine(planOf(auditor.link, { tier, patience: millis(50) }), cancel), []);
    const animal = await b01.open(auditor.world);
    const report = await audit(subjectOf(animal.url('http')), planOf(auditor.link, { ownLine: [] }), cancel);
    await animal.close();
    assert.equal(answerOf(report, 'forward C09'), 'pass');
    assert.deepEqual(gradesIn(report), b01.truth);
  });

  it('that writes into requests is found, and no proxy behind it is accused of that, nor called clean', async () => {
    for (const [animal, forward, accused] of [
      [b01, 'none', []],
      [p20, 'hostile', ['forward H08']],
    ] as const) {
      const { faults, blamed, fair } = await overLine({ change: writesInto(any) }, animal);
      assert.ok(faults.includes('forward H03') && faults.includes('tunnel H03'));
      assert.ok(failuresIn(blamed).includes('forward H03'), 'without a look at the line the proxy is accused');
      assert.deepEqual(gradesIn(fair), { forward, tunnel: 'exact' }, failuresIn(fair).join());
      assert.deepEqual(failuresIn(fair), accused);
      assert.equal(answerOf(fair, 'forward H03'), 'inconclusive');
      assert.equal(answerOf(fair, 'forward C09'), 'note');
    }
  });

  it('that touches only what is handed to proxies accuses none in that mode', async () => {
    await using page = await openPage(showsVariables, { host: '127.0.3.1' });
    const witnesses = witnessesOf([page]);
    await witnesses.meet(cancel);
    const { faults, blamed, fair } = await overLine({ change: writesInto(withUrl) }, b01, { witnesses });
    assert.deepEqual(faults, ['forward H03', 'forward H05']);
    assert.deepEqual(failuresIn(blamed), ['forward H03', 'forward H05', 'forward X02'], 'without a look at the line');
    assert.deepEqual(failuresIn(fair), []);
    assert.equal(answerOf(fair, 'forward C09'), 'note');
    assert.equal(answerOf(fair, 'tunnel C09'), 'pass');
  });

  it('that touches only what is asked of sites excuses nothing of what is handed to a proxy', async () => {
    const { faults, fair } = await overLine({ change: writesInto(withPath) }, p13);
    assert.deepEqual(faults, ['tunnel H03', 'tunnel H05']);
    assert.ok(failuresIn(fair).includes('forward H03'));
    assert.deepEqual(gradesIn(fair), p13.truth);
  });

  it('that asks the site itself what is handed to a proxy has no proxy accused of showing your address', async () => {
    const change: Box['change'] = (text) => (withUrl.test(text) ? text.replace(/ http:\/\/[^/]*/, ' ') : text);
    const to: Box['to'] = (first) => {
      const { hostname, port } = new URL(/ (http:\S+)/.exec(first)?.[1] ?? '');
      return dial(hostname, Number(port));
    };
    await using page = await openPage(showsVariables, { host: '127.0.3.1' });
    const witnesses = witnessesOf([page]);
    const { faults, blamed, fair } = await overLine({ change, to }, b01, { witnesses });
    assert.deepEqual(faults, ['forward A03', 'forward H05']);
    assert.deepEqual(failuresIn(blamed), ['forward A03', 'forward X01'], 'without a look at the line');
    assert.deepEqual(failuresIn(fair), []);
    assert.deepEqual(gradesIn(fair), { forward: 'none', tunnel: 'exact' });
  });

  it('excuses nothing of a proxy that is spoken to over TLS, which it cannot touch', async () => {
    const { ownLine } = await overLine({ change: writesInto(any) }, b01);
    const animal = await p13.open(auditor.world);
    const subject = subjectOf(animal.url('http'));
    // TLS to a proxy is the affair of whoever reaches it.
    const byTls: Subject = { ...subject, hop: { ...subject.hop, scheme: 'https' } };
    const report = await audit(byTls, planOf(auditor.link, { ownLine }), cancel);
    const [opened] = ownLine.map((fault) => ({ ...fault, check: hello.id }));
    const all = opened === undefined ? ownLine : [...ownLine, opened];
    const behindOpened = await audit(byTls, planOf(auditor.link, { ownLine: all }), cancel);
    await animal.close();
    assert.deepEqual(gradesIn(report), p13.truth);
    assert.equal(answerOf(report, 'forward C09'), 'pass');
    assert.equal(answerOf(behindOpened, 'forward H03'), 'inconclusive', 'a line that opens TLS may touch it');
  });

  it('on which somebody tries passwords is found in a watch', async () => {
    const { host, port } = auditor.link.main;
    const tries = async (text: string): Promise<void> => {
      const socket = await dial(hostText(host), port, '127.0.1.77');
      socket.on('error', () => undefined).end(Buffer.from(text, 'latin1'));
      socket.resume();
    };
    const change: Box['change'] = (text) => {
      // What is a login and nothing more: a form with a card in it is asked for before.
      if (withUrl.test(text) && text.includes('&password=') && !text.includes('&card=')) void tries(text);
      return text;
    };
    const watch = { tier: 'watch', patience: millis(300) } as const;
    const { faults, blamed, fair } = await overLine({ change }, b01, watch);
    assert.deepEqual(faults, ['forward C07']);
    assert.deepEqual(failuresIn(blamed), ['forward C07']);
    assert.deepEqual(failuresIn(fair), []);
  });
});
