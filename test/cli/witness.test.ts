/** `kaskade audit --witness` as a user types it. */

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, after, before, describe, it } from 'node:test';
import { type Page, echoes, openPage, showsVariables } from '../kit/page.js';
import { createScope } from '../kit/scope.js';
import { b01 } from '../kit/zoo/animals/honest-http.js';
import { p01 } from '../kit/zoo/animals/xff-client.js';
import { p30 } from '../kit/zoo/animals/mitm-self-signed.js';
import { assertRefused, createKaskade, jsonLines } from './kaskade.js';

const world = {
  ...{ client: '127.0.0.1', lan: '192.168.1.23', names: new Map<string, string>(), famous: [], secure: [], seed: 7 },
};
const scope = createScope();
const urls: string[] = [];
let [clear, secure]: Page[] = [];
before(async () => {
  for (const animal of [b01, p01, p30]) {
    const open = await animal.open(world);
    scope.defer(() => open.close());
    urls.push(open.url('http'));
  }
  clear = scope.use(await openPage(showsVariables, { host: '127.0.3.1' }));
  secure = scope.use(await openPage(echoes, { host: '127.0.3.2', secure: true }));
});
after(() => scope[Symbol.asyncDispose]());

const page = (): Page | undefined => clear;
const url = (n: number): string => urls[n] ?? '';
const [honest, leaky, opening] = [0, 1, 2];

/** A program that trusts the certificate of the page, or does not. */
const scene = (context: TestContext) => {
  const kaskade = createKaskade(context);
  const file = join(kaskade.home, 'page.pem');
  writeFileSync(file, secure?.cert ?? '');
  const audit = (args: readonly string[], trust = true) =>
    kaskade.run(['audit', ...args], { env: trust ? { NODE_EXTRA_CA_CERTS: file } : {} });
  return { ...kaskade, audit, clear: clear?.url ?? '', secure: secure?.url ?? '' };
};

describe('kaskade audit --witness', () => {
  it('asks pages where there is no judge, says which, and gives no grade that praises', async (context) => {
    const { audit, clear, secure } = scene(context);
    const { code, stdout, stderr } = await audit([url(honest), '--witness', clear, '--witness', secure]);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /Asked directly first, as you have named them: 127\.0\.3\.1, 127\.0\.3\.2\./);
    assert.match(stdout, /forward no grade/);
    assert.match(stdout, /tunnel {2}no grade/);
    assert.match(stdout, /X01 {2}127\.0\.3\.2 sees 127\.40\.\S+, which is none of yours, over verified TLS\./);
    assert.match(stdout, /by pages of others; it may be otherwise tomorrow/);
  });

  it('tells of a proxy that shows your address to a page', async (context) => {
    const { audit, clear } = scene(context);
    const before = page()?.asked.length ?? 0;
    const { stdout } = await audit([url(leaky), '--witness', clear]);
    assert.match(stdout, /forward TRANSPARENT/);
    assert.match(stdout, /X02 {2}critical {2}127\.0\.3\.1 shows something of you in a field that was not sent\./);
    assert.match(stdout, /arrived HTTP_X_FORWARDED_FOR = 127\.0\.0\.1/);
    const times =
      page()
        ?.asked.slice(before)
        .map(({ at }) => at) ?? [];
    assert.equal(times.length, 4, 'directly, through the proxy, directly as proxies are asked, and to look again');
    for (const [nth, at] of times.entries()) assert.ok(nth === 0 || at - (times[nth - 1] ?? at) > 950, String(times));
  });

  it('calls one that opens TLS hostile where the page itself was verified, and accuses it of nothing otherwise', async (context) => {
    const { audit, secure } = scene(context);
    const known = await audit([url(opening), '--witness', secure, '--fail-on', 'hostile']);
    assert.equal(known.code, 1);
    assert.match(known.stdout, /tunnel {2}HOSTILE/);
    assert.match(known.stdout, /X03 {2}critical {2}TLS to 127\.0\.3\.2 is opened on the way, or led elsewhere/);
    const unknown = await audit([url(opening), '--witness', secure], false);
    assert.match(unknown.stderr, /127\.0\.3\.2, asked directly: /);
    assert.doesNotMatch(unknown.stdout, /critical/);
    assert.match(unknown.stdout, /X03 {2}not tested: /);
  });

  it('asks pages of the settings beside the judge, whose grade they may lower', async (context) => {
    const kaskade = scene(context);
    const judge = kaskade.start(['judge', '--listen', '127.0.2.1:0', '--tls-listen', '127.0.2.1:0', '--rate', '5000']);
    const [, printed = ''] = await judge.printed(/(http:\/\/\S+#[\w-]{43})\n/);
    await kaskade.run(['config', 'set', 'judges', printed]);
    assert.equal((await kaskade.run(['config', 'set', 'audit.witnesses', kaskade.clear])).code, 0);
    const ended = await kaskade.run(['--json', 'audit', url(honest), url(leaky)]);
    const found = jsonLines(ended).flatMap(({ proxy, modes }) =>
      (modes as Modes).flatMap(({ mode, grade, findings }) =>
        findings
          .filter(({ check, answer }) => check === 'X02' && answer !== 'does-not-apply')
          .map(({ answer }) => `${proxy === url(honest) ? 'honest' : 'leaky'} ${mode} ${grade ?? ''} ${answer}`),
      ),
    );
    assert.deepEqual(found.sort(), ['honest forward clean note', 'leaky forward transparent fail']);
  });

  it('says which address one alone has seen, and how that is made known beside those that are', async (context) => {
    const kaskade = scene(context);
    const from = '198.51.100.77';
    const behind = scope.use(await openPage((response) => void response.end(from), { host: '127.0.3.3' }));
    const { stderr } = await kaskade.audit([url(honest), '--witness', behind.url]);
    assert.match(stderr, /Only one judge or page says that your address is 198\.51\.100\.77: whether it stays hidden/);
    await kaskade.run(['config', 'set', 'audit.own', '2001:db8::7']);
    const typed = await kaskade.audit([url(honest), '--witness', behind.url]);
    assert.match(typed.stderr, / kaskade config set audit\.own 2001:db8::7,198\.51\.100\.77 says that it is yours\./);
    await kaskade.run(['config', 'set', 'audit.own', from]);
    assert.doesNotMatch((await kaskade.audit([url(honest), '--witness', behind.url])).stderr, /Only one/);
  });

  it('audits the book by pages alone: only what was proved is kept, with nobody called a judge', async (context) => {
    const kaskade = scene(context);
    const list = join(kaskade.home, 'list.txt');
    writeFileSync(list, [url(honest), url(leaky)].join('\n'));
    await kaskade.run(['list', 'import', list, '--private']);
    const { stderr } = await kaskade.audit(['--all', '--witness', kaskade.clear]);
    assert.match(stderr, /2 proxies: 1 forward transparent, 1 forward without a grade/);
    assert.match((await kaskade.run(['list', 'show', url(leaky)])).stdout, /transparent, \S+ \S+, by pages of others/);
    assert.doesNotMatch((await kaskade.run(['list', 'show', url(honest)])).stdout, /pages of others/);
  });

  it('says what is wrong with a page, and that a judge is missing where none may be asked', async (context) => {
    const kaskade = scene(context);
    for (const wrong of ['ftp://page.example/', 'page.example', 'http://bob:secret@page.example/']) {
      const ended = await kaskade.audit([url(honest), '--witness', wrong]);
      assertRefused(ended, 2, /witness/);
      assert.doesNotMatch(ended.stderr, /secret/);
      assertRefused(await kaskade.run(['config', 'set', 'audit.witnesses', wrong]), 2, /legal is URLs such as/);
    }
    const { code, stderr } = await kaskade.audit(['http://198.51.100.7:80', '--witness', kaskade.clear]);
    assert.equal(code, 2);
    assert.match(stderr, /Not asked: 127\.0\.3\.1, which is in a private network/);
    assert.match(stderr, /An audit needs a judge/);
    for (const more of [['--tier', 'pulse']])
      assertRefused(await kaskade.audit([url(honest), '--witness', kaskade.clear, ...more]), 2, /needs a judge/);
    const before = clear?.asked.length;
    const agreed = await kaskade.audit(['http://198.51.100.7:80', '--witness', 'http://198.51.100.8/']);
    assertRefused(agreed, 2, /asks proxies of other people/);
    assert.equal(clear?.asked.length, before);
  });
});

type Modes = readonly {
  readonly mode: string;
  readonly grade?: string;
  readonly findings: readonly { readonly check: string; readonly answer: string }[];
}[];
