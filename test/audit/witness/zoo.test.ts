/** Pages of others before the zoo: honest proxies are accused of nothing and praised for nothing, liars are told of, and pages are spared. */

import assert from 'node:assert/strict';
import { type AddressInfo, type Server, createServer } from 'node:net';
import { after, before, describe, it } from 'node:test';
import type { AuditReport, Finding } from '../../../src/model/audit.js';
import { yourFacts } from '../../../src/audit/identity/facts.js';
import { createSearch } from '../../../src/audit/identity/search.js';
import { auditByWitnesses } from '../../../src/audit/witnessed.js';
import type { Witnesses } from '../../../src/audit/witness/witnesses.js';
import type { Stamp } from '../../../src/model/book.js';
import { type Auditor, auditorAt, openAuditor, subjectOf } from '../../kit/auditor.js';
import { openHop } from '../../kit/hops.js';
import { backTo, holdings } from '../../kit/leak.js';
import { type Page, type Speech, echoes, openPage, showsVariables, tells } from '../../kit/page.js';
import { createScope } from '../../kit/scope.js';
import { witnessesOf } from '../../kit/witnesses.js';
import { animals } from '../../kit/zoo/index.js';

const scope = createScope();
let auditor: Auditor;
before(async () => {
  auditor = scope.use(await openAuditor());
});
after(() => scope[Symbol.asyncDispose]());

const forget = { signal: new AbortController().signal };

/** The auditor's own connections and proxy-agent's leave by two addresses. */
const facts = yourFacts({ sure: [auditorAt, '127.0.0.1'], other: [], names: [] });

const page = async (speech: Speech, more: { readonly secure?: true } = {}): Promise<Page> =>
  scope.use(await openPage(speech, { host: '127.0.3.1', ...more }));

const met = async (...pages: readonly Page[]): Promise<Witnesses> => {
  const witnesses = witnessesOf(pages);
  await witnesses.meet(forget);
  return witnesses;
};

const open = async (id: string): Promise<string> => {
  const animal = animals.find((each) => each.id === id);
  assert.ok(animal);
  const out = await animal.open(auditor.world);
  scope.defer(() => out.close());
  return out.url(animal.speaks[0]);
};

const byWitnesses = (url: string, witnesses: Witnesses): Promise<AuditReport> =>
  auditByWitnesses(
    subjectOf(url),
    { witnesses, facts, search: createSearch(facts), clock: () => Date.now() as Stamp },
    forget,
  );

const findingsIn = ({ modes }: AuditReport): readonly Finding[] => modes.flatMap(({ findings }) => findings);

/** `forward X01 note` for everything that applies. */
const saidIn = (report: AuditReport): readonly string[] =>
  findingsIn(report)
    .filter(({ check, answer }) => check.startsWith('X') && answer !== 'does-not-apply')
    .map(({ mode, check, answer, caps }) => [mode, check, answer, ...(caps === undefined ? [] : [caps])].join(' '));

const gradesIn = ({ outcome, modes }: AuditReport): string =>
  [outcome, ...modes.map(({ mode, grade }) => `${mode} ${grade ?? 'none'}`)].join(', ');

describe('honest proxies', { concurrency: 4 }, () => {
  for (const animal of animals.filter(({ control, id }) => control === true && id !== 'B15'))
    for (const speech of animal.speaks)
      it(`${animal.id} by ${speech} is accused of nothing, and no grade rests on it`, async () => {
        const [clear, secure] = [await page(showsVariables), await page(tells, { secure: true })];
        const witnesses = await met(clear, secure);
        const out = await animal.open(auditor.world);
        scope.defer(() => out.close());
        const [alone, judged] = [
          await byWitnesses(out.url(speech), witnesses),
          await auditor.audit(out.url(speech), { tier: 'quick', facts, witnesses }),
        ];
        for (const report of [alone, judged]) {
          const answers = findingsIn(report).filter(({ check }) => check.startsWith('X'));
          assert.deepEqual(
            answers.filter(({ answer }) => !['note', 'does-not-apply', 'untested'].includes(answer)),
            [],
          );
        }
        assert.ok(alone.modes.every(({ grade }) => grade === undefined));
        assert.ok(judged.modes.every(({ mode, grade }) => grade === animal.truth[mode]));
      });
});

describe('a page of others', () => {
  it('sees an address that is told, over verified TLS, and gives no grade', async () => {
    const url = await open('B01');
    const report = await byWitnesses(url, await met(await page(echoes, { secure: true }), await page(showsVariables)));
    assert.equal(gradesIn(report), 'audited, forward none, tunnel none');
    assert.deepEqual(saidIn(report), ['forward X01 note', 'forward X02 note', 'tunnel X01 note', 'tunnel X03 note']);
    const [seen] = findingsIn(report).filter(({ check, mode }) => check === 'X01' && mode === 'tunnel');
    assert.match(seen?.sentence ?? '', /^127\.0\.3\.1 sees 127\.40\.\S+, which is none of yours, over verified TLS\.$/);
    assert.match(report.modes[0]?.sentence ?? '', /^No grade: only pages of others were asked\. Nothing was seen/);
    assert.equal(report.judges, 0);
  });

  for (const [id, said, grades] of [
    ['P01', 'forward X02 fail transparent', 'forward transparent, tunnel none'],
    ['P07', 'forward X02 fail transparent', 'forward transparent, tunnel none'],
    ['P02', 'forward X02 fail anonymous', 'forward none, tunnel none'],
    ['P11', 'forward X01 fail transparent', 'forward transparent, tunnel transparent'],
    ['P30', 'tunnel X03 fail hostile', 'forward none, tunnel hostile'],
  ] as const)
    it(`tells what ${id} does: ${said}`, async () => {
      // What connects to the proxy is proxy-agent, from the address of every program here.
      const animal = animals.find((each) => each.id === id);
      const out = await animal?.open({ ...auditor.world, client: '127.0.0.1' });
      assert.ok(out);
      scope.defer(() => out.close());
      const witnesses = await met(await page(showsVariables), await page(echoes, { secure: true }));
      const report = await byWitnesses(out.url('http'), witnesses);
      assert.ok(saidIn(report).includes(said), saidIn(report).join('; '));
      assert.equal(gradesIn(report), `audited, ${grades}`);
      const judged = await auditor.audit(out.url('http'), { tier: 'quick', facts, witnesses });
      assert.ok(saidIn(judged).includes(said), saidIn(judged).join('; '));
    });

  it('shows what came with the evidence, as nothing that a terminal obeys', async () => {
    const report = await byWitnesses(
      await open('P01'),
      await met(
        await page((response, request) => {
          request.headers['x-odd'] = '\x1b[2J';
          showsVariables(response, request);
        }),
      ),
    );
    const arrived = findingsIn(report).flatMap(({ evidence }) => evidence.map((each) => each.arrived ?? ''));
    assert.ok(arrived.some((text) => text.includes('HTTP_X_FORWARDED_FOR = 127.0.0.1')));
    assert.ok(arrived.every((text) => /^[\x20-\x7e\n]*$/.test(text)));
  });

  it('writes fields of its own house, which are not held against a proxy', async () => {
    const behindFront: Speech = (response, request) => {
      request.headers['x-forwarded-proto'] = 'http';
      request.headers.via = '1.1 front';
      showsVariables(response, request);
    };
    const front = await page(behindFront);
    assert.deepEqual(saidIn(await byWitnesses(await open('B01'), await met(front))), [
      'forward X01 note',
      'forward X02 note',
    ]);
    const unmet = witnessesOf([front]);
    assert.deepEqual(saidIn(await byWitnesses(await open('B01'), unmet)), [
      'forward X01 note',
      'forward X02 inconclusive',
    ]);
  });

  it('has addresses of its own house, which may be those of yours too', async () => {
    const lan = '192.168.1.23';
    const mine = yourFacts({ sure: [auditorAt, '127.0.0.1'], other: [lan], names: ['brigitte'] });
    const house: Speech = (response, request) => {
      request.headers['x-front'] = `${lan} brigitte`;
      showsVariables(response, request);
    };
    const front = await page(house);
    const witnesses = await met(front);
    const url = await open('B01');
    const said = async (): Promise<string | undefined> =>
      saidIn(await auditor.audit(url, { tier: 'quick', facts: mine, witnesses })).find((line) => line.includes('X02'));
    assert.equal(await said(), 'forward X02 note');
    front.says((response, request) => {
      if (request.socket.remoteAddress !== auditorAt) request.headers['x-other'] = lan;
      house(response, request);
    });
    assert.equal(await said(), 'forward X02 fail transparent');
  });

  it('shows your address directly too where your own line writes it, and accuses nobody of that', async () => {
    const yours = '93.184.215.14';
    const mine = yourFacts({ sure: [auditorAt, yours], other: [], names: [] });
    const line = await page((response, request) => {
      request.headers['x-forwarded-for'] = yours;
      showsVariables(response, request);
    });
    const report = await auditor.audit(await open('B01'), {
      ...{ tier: 'quick', facts: mine, witnesses: await met(line) },
    });
    assert.ok(saidIn(report).includes('forward X02 inconclusive'), saidIn(report).join('; '));
    const front = await page((response, request) => {
      const { 'x-forwarded-for': before, ...rest } = request.headers;
      const peer = request.socket.remoteAddress ?? '';
      request.headers = { ...rest, 'x-forwarded-for': [before ?? [], peer].flat().join(', ') };
      showsVariables(response, request);
    });
    const said = saidIn(await byWitnesses(await open('P01'), await met(front)));
    assert.equal(said[1], 'forward X02 fail transparent', 'a house that writes who came is told apart');
  });

  it('shows what your own line writes only into what is handed to proxies: it is asked so directly, once', async () => {
    const line: Speech = (response, request) => {
      const isUntouched = request.socket.remoteAddress === auditorAt && request.url?.startsWith('/') === true;
      if (!isUntouched) request.headers.via = '1.1 line';
      showsVariables(response, request);
    };
    const touched = await page(line);
    const witnesses = await met(touched);
    for (const nth of [1, 2]) {
      const report = await byWitnesses(await open('B01'), witnesses);
      assert.deepEqual(saidIn(report), ['forward X01 note', 'forward X02 note'], `proxy ${nth}`);
    }
    assert.equal(touched.asked.filter(({ from }) => from === auditorAt).length, 2);
    assert.ok(saidIn(await byWitnesses(await open('P02'), witnesses)).includes('forward X02 fail anonymous'));
  });

  it('accuses nobody over TLS that was not met directly', async () => {
    const report = await byWitnesses(await open('P30'), witnessesOf([await page(echoes, { secure: true })]));
    assert.deepEqual(
      saidIn(report),
      ['X01', 'X02', 'X03'].map((check) => `tunnel ${check} untested`),
    );
    assert.equal(gradesIn(report), 'audited, tunnel none');
  });

  it('is not believed where some cache answers in its place', async () => {
    const url = await open('B01');
    const stale = await page((response, request) => {
      request.url = '/env.php?other';
      showsVariables(response, request);
    });
    assert.deepEqual(saidIn(await byWitnesses(url, await met(stale))), [
      'forward X01 inconclusive',
      'forward X02 inconclusive',
    ]);
    const kept = await page((response) => {
      response.setHeader('X-Cache', 'HIT from proxy').end(auditorAt);
    });
    assert.deepEqual(saidIn(await byWitnesses(url, await met(kept)))[0], 'forward X01 inconclusive');
  });

  it('is asked with a nonce, once for each mode, and by the proxy only', async () => {
    const [clear, secure] = [await page(showsVariables), await page(echoes, { secure: true })];
    const witnesses = await met(clear, secure);
    await byWitnesses(await open('B01'), witnesses);
    for (const { asked } of [clear, secure]) {
      assert.equal(asked.length, 2);
      assert.notEqual(asked[0]?.path, asked[1]?.path);
      assert.match(asked[1]?.path ?? '', /^\/env\.php\?nonce\d+$/);
      assert.deepEqual([asked[0]?.from, asked[1]?.from.startsWith('127.40.')], [auditorAt, true]);
    }
  });

  it('is left alone once it has asked for that, and a redirect is not followed', async () => {
    const url = await open('B01');
    const other = await page(echoes);
    const moved = await page((response) => {
      response.writeHead(302, { Location: other.url }).end();
    });
    const report = await byWitnesses(url, witnessesOf([moved]));
    assert.equal(other.asked.length, 0);
    assert.deepEqual([report.outcome, moved.asked.length], ['inconclusive', 1]);
    for (const [status, head] of [
      [429, {}],
      [200, { 'Retry-After': '60' }],
    ] as const) {
      const limited = await page(echoes);
      const witnesses = await met(limited);
      limited.says((response) => {
        response.writeHead(status, head).end('127.0.0.9');
      });
      await byWitnesses(url, witnesses);
      const count = limited.asked.length;
      const again = await auditor.audit(url, { tier: 'quick', facts, witnesses });
      assert.equal(limited.asked.length, count);
      const [said] = findingsIn(again).filter(({ check }) => check === 'X01');
      assert.equal(said?.sentence, '127.0.3.1 was not asked: it asked not to be asked so often.');
    }
  });

  it('is left alone where it forbids being asked: in clear, where three proxies in a row say so', async () => {
    const [url, forbidding] = [await open('B01'), await page(echoes)];
    const witnesses = await met(forbidding);
    forbidding.says((response) => void response.writeHead(403).end());
    for (let count = 0; count < 5; count += 1) await byWitnesses(url, witnesses);
    assert.equal(forbidding.asked.length, 4);
    const direct = await page((response) => void response.writeHead(403).end());
    await byWitnesses(url, await met(direct));
    assert.equal(direct.asked.length, 1);
  });

  it('may send without end: it is cut', async () => {
    let written = 0;
    const endless = await page((response) => {
      const more = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(16_384, '1'))) written += 16_384;
      };
      response.on('drain', more);
      more();
    });
    const witnesses = witnessesOf([endless]);
    const [sight] = await witnesses.ask(subjectOf(await open('B11')), 'tunnel', forget);
    assert.equal(sight?.shown.kind, 'useless');
    assert.ok(written < 64 * 2 ** 20);
  });
});

/** Somebody who hears and says nothing. */
const listener = async (): Promise<Server> => {
  const server = createServer((socket) => socket.resume().on('error', () => undefined));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.3.9', resolve);
  });
  return server;
};

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

describe('a page by its name', () => {
  const login = { user: 'bob', password: 'pass:word%' };
  for (const scheme of ['http', 'socks5h', 'socks4a'] as const)
    it(`is looked up by the proxy, over ${scheme}, which alone is told the login`, async () => {
      const at = await page(showsVariables, { secure: true });
      const hop = scope.use(
        await openHop({
          ...{ scheme, resolve: (host) => (host === 'page.test' ? '127.0.3.1' : undefined) },
          ...(scheme === 'socks4a' ? {} : { login }),
        }),
      );
      const url = at.url.replace('127.0.3.1', 'page.test');
      const witnesses = witnessesOf([{ url, cert: at.cert }]);
      const [sight] = await witnesses.ask(subjectOf(hop.url), 'tunnel', forget);
      // It answers, by the name of a public page: what such a one sees here is no address of the world.
      assert.equal(sight?.shown.kind, 'useless');
      assert.equal(hop.visits[0]?.asked?.kind, 'name');
      assert.match(at.asked[0]?.fields ?? '', /^Host\npage\.test:\d+\n/);
      assert.doesNotMatch(at.asked[0]?.fields ?? '', /proxy|bob|pass:/i);
    });

  it('is known by a certificate for it, and no other, be it a name or an address', async () => {
    const at = await page(echoes, { secure: true });
    const hop = scope.use(await openHop({ scheme: 'http', resolve: () => '127.0.3.1' }));
    for (const [host, shown] of [
      ['page.test', 'useless it shows an address of its own house (loopback)'],
      ['127.0.3.1', 'echo'],
      ['other.test', 'untrusted it is not for other.test'],
      ['127.0.3.9', 'untrusted it is not for 127.0.3.9'],
      ['127.0.0.1', 'untrusted it is not for 127.0.0.1'],
    ] as const) {
      const witnesses = witnessesOf([{ url: at.url.replace('127.0.3.1', host), cert: at.cert }]);
      const [sight] = await witnesses.ask(subjectOf(hop.url), 'tunnel', forget);
      assert.ok(sight);
      assert.equal('note' in sight.shown ? `${sight.shown.kind} ${sight.shown.note}` : sight.shown.kind, shown);
    }
  });
});

describe('a proxy that does not work', () => {
  it('is not called hostile for a certificate of its own', async () => {
    const [clear, secure] = [await page(echoes), await page(echoes, { secure: true })];
    const witnesses = await met(clear, secure);
    const hop = scope.use(await openHop({ scheme: 'https', trust: 'authorities' }));
    const report = await byWitnesses(hop.url, witnesses);
    assert.deepEqual([report.outcome, report.modes], ['dead', []]);
  });

  it('leads to no connection to a page: dead, silent, refusing or endless', async () => {
    const [clear, secure] = [await page(echoes), await page(echoes, { secure: true })];
    const closed = await listener();
    const [gone, silent] = [portOf(closed), await listener()];
    await new Promise((resolve) => closed.close(resolve));
    scope.defer(() => silent.close());
    const witnesses = witnessesOf([clear, secure], 400);
    await witnesses.meet(forget);
    const dead = ['http', 'socks5h', 'socks4a'].flatMap((scheme) =>
      [gone, portOf(silent)].map((port) => `${scheme}://127.0.3.9:${port}`),
    );
    const others = [await open('P49'), await open('P52a'), await open('P46'), await open('P47')];
    const base = holdings();
    for (const url of [...dead, ...others]) {
      const { outcome, sentence } = await byWitnesses(url, witnesses);
      assert.ok(outcome !== 'audited', `${url}: ${sentence}`);
    }
    await backTo(base);
    assert.deepEqual(
      [clear, secure].map(({ reached }) => reached),
      [[auditorAt], [auditorAt]],
    );
  });

  it('is asked for no page behind other hops, known by a key, or in another network', async () => {
    const local = await page(echoes);
    const witnesses = await met(local);
    const { isAlone: _isAlone, ...behind } = subjectOf(await open('B01'));
    const pinned = subjectOf(`https://127.0.0.1:1?pin=sha256/${'A'.repeat(43)}=`);
    for (const subject of [behind, pinned, subjectOf('socks5h://198.51.100.7:1080'), subjectOf('http://10.0.0.1:1')])
      for (const mode of ['forward', 'tunnel'] as const)
        assert.deepEqual(await witnesses.ask(subject, mode, forget), []);
    assert.equal(local.asked.length, 1);
  });
});
