/** `kaskade audit`, `judge` and `selftest` as a user types them. */

import assert from 'node:assert/strict';
import { Resolver } from 'node:dns/promises';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { checks } from '../../src/audit/checks/index.js';
import type { OpenAnimal } from '../kit/zoo/animal.js';
import { b01 } from '../kit/zoo/animals/honest-http.js';
import { p45 } from '../kit/zoo/animals/banner.js';
import { p01 } from '../kit/zoo/animals/xff-client.js';
import { p20 } from '../kit/zoo/animals/script.js';
import { assertRefused, createKaskade } from './kaskade.js';

const world = {
  ...{ client: '127.0.0.1', lan: '192.168.1.23', names: new Map<string, string>(), famous: [], secure: [], seed: 7 },
};
const open: OpenAnimal[] = [];
before(async () => {
  for (const animal of [b01, p01, p20, p45]) open.push(await animal.open(world));
});
after(async () => {
  await Promise.all(open.map((animal) => animal.close()));
});

const url = (n: number): string => open[n]?.url('http') ?? '';
const [honest, leaky, hostile, other] = [0, 1, 2, 3];

/** A program with a judge that runs, and its URL stored. */
const withJudge = async (context: TestContext) => {
  const kaskade = createKaskade(context);
  const at = [
    '--listen',
    '127.0.2.1:0',
    '--tls-listen',
    '127.0.2.1:0',
    '--tls-listen',
    '127.0.2.1:0',
    '--rate',
    '5000',
  ];
  const judge = kaskade.start(['judge', ...at]);
  const [, printed = ''] = await judge.printed(/(http:\/\/\S+#[\w-]{43})\n/);
  assert.equal((await kaskade.run(['config', 'set', 'judges', printed])).code, 0);
  return { ...kaskade, judge: printed };
};

interface Report {
  readonly event: string;
  readonly proxy: string;
  readonly outcome: string;
  readonly modes: readonly { readonly mode: string; readonly grade?: string }[];
}

const reportsIn = (stdout: string): readonly Report[] =>
  stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Report);

describe('kaskade audit', () => {
  it('tells grades, evidence and what was not tested, of one proxy', async (context) => {
    const kaskade = await withJudge(context);
    const { code, stdout } = await kaskade.run(['audit', url(leaky), '--tier', 'full']);
    assert.equal(code, 0);
    assert.match(stdout, /forward TRANSPARENT {2}Sites see your address/);
    assert.match(stdout, /H02 {2}critical {2}Your address arrives \(dotted\)\./);
    assert.match(stdout, /arrived X-Forwarded-For: 127\.0\.0\.1\n/);
    assert.match(stdout, /tunnel {2}EXACT/);
    assert.match(stdout, /A04 {2}not tested: The judge has no IPv6 address\./);
  });

  it('prints one report a line as JSON, and leaves with 1 where somebody is as bad as said', async (context) => {
    const kaskade = await withJudge(context);
    const run = (failOn: string) =>
      kaskade.run(['--json', 'audit', url(honest), url(hostile), url(other), '--fail-on', failOn]);
    const { code, stdout } = await run('hostile');
    const grades = reportsIn(stdout).map(({ outcome, modes }) =>
      [outcome, ...modes.map(({ grade }) => grade)].join(' '),
    );
    assert.deepEqual([...grades].sort(), ['audited clean exact', 'audited hostile exact', 'not-a-proxy']);
    assert.equal(code, 1);
    const full = await kaskade.run(['--json', 'audit', url(honest), '--fail-on', 'stealth', '--tier', 'full']);
    assert.equal(full.code, 0);
    assert.doesNotMatch(full.stdout, /\b[0-9a-f]{32}\b/, 'no id for which somebody could come');
  });

  it('audits the book: grades are in it then, and what was audited just now is left alone', async (context) => {
    const kaskade = await withJudge(context);
    const list = join(kaskade.home, 'list.txt');
    writeFileSync(list, [url(honest), url(leaky), url(hostile)].join('\n'));
    await kaskade.run(['list', 'import', list, '--private']);
    const first = await kaskade.run(['audit', '--all', '--html', join(kaskade.home, 'page.html')]);
    assert.match(first.stderr, /3 proxies: 3 tunnel exact, 1 forward clean, 1 forward hostile, 1 forward transparent/);
    const { stdout } = await kaskade.run(['--json', 'list', 'ls', 'grade=exact, forward=hostile']);
    assert.equal(reportsIn(stdout).length, 1);
    const again = await kaskade.run(['audit', '--all']);
    assert.match(again.stderr, /3 were audited a short while ago and are left alone/);
    const page = readFileSync(join(kaskade.home, 'page.html'), 'utf8');
    assert.match(page, /default-src 'none'/);
    assert.doesNotMatch(page, /<script|<iframe|\ssrc="|href="[^#]/);
  });

  it('audits a cascade as a site sees it', async (context) => {
    const kaskade = await withJudge(context);
    await kaskade.run(['cascade', 'add', 'two', `${url(honest)},${url(leaky)}`]);
    const { stdout } = await kaskade.run(['audit', '--cascade', 'two']);
    // What the last hop writes down is where it was asked from: the hop before, and not the user.
    assert.match(stdout, /forward ANONYMOUS/);
    assert.match(stdout, /H02 {2}The address of hop 1 arrives, and nothing of you\./);
    assert.match(stdout, /tunnel {2}EXACT/);
  });

  it('says what is missing: a judge, a way of choosing, consent, a check', async (context) => {
    const kaskade = createKaskade(context);
    const said = async (...args: readonly string[]): Promise<string> => {
      const { code, stderr } = await kaskade.run(args);
      return `${code ?? ''} ${stderr}`;
    };
    assert.match(await said('audit', url(honest)), /^2 An audit needs a judge/);
    assert.match(await said('audit'), /^2 An audit needs one of/);
    assert.match(
      await said('audit', 'http://198.51.100.7:80', '--judge', `http://127.0.2.1:1/#${'A'.repeat(43)}`),
      /^2 An audit asks proxies of other people/,
    );
    assert.match(
      await said('audit', url(honest), '--judge', 'http://127.0.2.1:1/'),
      /^2 This is not the URL of a judge/,
    );
    assert.match(
      await said('audit', url(honest), '--judge', `http://127.0.2.1:1/#${'A'.repeat(43)}`),
      /^3 No judge answers/,
    );
    assert.match(await said('audit', '--explain', 'X99'), /^2 There is no check X99/);
  });

  it('explains every check', async (context) => {
    const { stdout } = await createKaskade(context).run(['audit', '--explain', '*']);
    for (const { id, title } of checks) assert.ok(stdout.includes(`${id}: ${title}`), id);
  });
});

describe('kaskade judge', () => {
  it('is the name server of a zone, where it is told one whole', async (context) => {
    const { start, run } = createKaskade(context);
    const judge = start([
      ...['judge', '--listen', '127.0.2.1:0', '--zone', 'd.judge.test', '--address', '127.0.2.1'],
      ...['--dns-listen', '127.0.2.1:0'],
    ]);
    const [, at = ''] = await judge.printed(
      /names of d\.judge\.test are answered on (127\.0\.2\.1:\d+) \(UDP and TCP\)/,
    );
    const resolver = new Resolver({ timeout: 2_000 });
    resolver.setServers([at]);
    assert.deepEqual(await resolver.resolve4(`${'a'.repeat(32)}.d.judge.test`), ['127.0.2.1']);
    judge.child.kill('SIGTERM');
    await judge.ended;
    for (const flags of [
      ['--zone', 'd.test'],
      ['--address', '127.0.0.1'],
      ['--zone', 'd.test', '--address', 'a.test'],
    ])
      assertRefused(await run(['judge', '--listen', '127.0.2.1:0', ...flags]), 2, /zone/i);
  });

  it('keeps its key for itself, and has the same the next time', async (context) => {
    const kaskade = createKaskade(context);
    const keyOf = async (): Promise<string> => {
      const judge = kaskade.start(['judge', '--listen', '127.0.2.1:0']);
      const [, key = ''] = await judge.printed(/#([\w-]{43})\n/);
      judge.child.kill('SIGTERM');
      await judge.ended;
      return key;
    };
    const first = await keyOf();
    assert.equal(await keyOf(), first);
    const path = join(kaskade.home, 'judge.key');
    assert.ok(existsSync(path));
    assert.equal(statSync(path).mode & 0o777, 0o600);
  });
});
