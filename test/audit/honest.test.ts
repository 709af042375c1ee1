/** Honest proxies that are odd, and judges that fail in the middle: whatever comes of them, nobody is accused of what he has not done. */

import assert from 'node:assert/strict';
import { type Socket, connect } from 'node:net';
import { describe, it } from 'node:test';
import type { AuditReport, Finding } from '../../src/model/audit.js';
import type { Judge } from '../../src/audit/judge/judge.js';
import { millis } from '../../src/model/brand.js';
import { parseHost } from '../../src/model/address.js';
import { type Auditor, openAuditor, openTestJudge } from '../kit/auditor.js';
import type { Behaviour, Passage, Whole } from '../kit/zoo/core/behaviour.js';
import { openProxy } from '../kit/zoo/core/proxy.js';
import { ownPage } from '../kit/zoo/core/responses.js';

const auditOf = async (behaviour: Behaviour, auditor: Auditor, more = {}): Promise<AuditReport> => {
  const open = await openProxy(auditor.world, ['http'], behaviour);
  try {
    return await auditor.audit(open.url('http'), more);
  } finally {
    await open.close();
  }
};

const findingsOf = ({ modes }: AuditReport): readonly Finding[] => modes.flatMap(({ findings }) => findings);
const findingIn = (report: AuditReport, id: string): Finding | undefined =>
  findingsOf(report).find(({ check, mode }) => check === id && mode === 'forward');
const accusedOf = (report: AuditReport): readonly string[] =>
  findingsOf(report).flatMap(({ answer, check, sentence }) => (answer === 'fail' ? [`${check}: ${sentence}`] : []));

/** So many requests, and no more. */
const limitedTo = (most: number): Behaviour => {
  let count = 0;
  return { answer: () => ((count += 1) > most ? ownPage(429, 'Too Many Requests', 'later') : undefined) };
};

const withFields =
  (...fields: Whole['fields']) =>
  (answer: Whole): Whole => ({ ...answer, fields: [...answer.fields, ...fields] });

const announced = (lines: readonly string[]): readonly string[] => [...lines, 'Via: 1.1 pseudonym'];

/** Tunnels only, and long answers are on their way for a while; what still is when the client ends its side is lost: so do squid and microsocks. */
const dropsAtTheEnd = (client: Socket): void => {
  client.once('data', (asked: Buffer) => {
    const [, host = '', port = ''] = /^CONNECT ([^:]*):(\d+) /.exec(asked.toString('latin1')) ?? [];
    if (host === '') return void client.end('HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\n\r\n');
    const origin = connect({ host, port: Number(port), localAddress: '127.40.9.9' });
    origin.once('connect', () => client.write('HTTP/1.1 200 OK\r\n\r\n'));
    client.on('data', (bytes: Buffer) => origin.write(bytes)).once('end', () => client.destroy());
    client.once('close', () => origin.destroySoon());
    origin.on('data', (bytes: Buffer) => {
      const isFirst = origin.bytesRead === bytes.length;
      if (isFirst) client.write(bytes.subarray(0, 100));
      setTimeout(() => client.write(isFirst ? bytes.subarray(100) : bytes), 200).unref();
    });
    origin.on('error', () => client.destroy()).once('close', () => client.destroySoon());
  });
};

describe('honest proxies that are odd', { concurrency: 4 }, () => {
  const harmless: Readonly<Record<string, () => Behaviour>> = {
    'takes eight requests and then asks for patience': () => limitedTo(8),
    'takes thirty requests and then asks for patience': () => limitedTo(30),
    'refuses some addresses by a rule of its owner': () => ({
      answer: ({ path }) => (/moved|\.exe$/.test(path) ? ownPage(403, 'Forbidden', 'not here') : undefined),
    }),
    'writes what caches write into answers': () => ({
      response: withFields({ name: 'Warning', value: '110 x "stale"' }, { name: 'Cache-Status', value: 'x; hit' }),
    }),
  };
  for (const [what, behaviour] of Object.entries(harmless))
    it(`one that ${what} is accused of nothing`, async () => {
      await using auditor = await openAuditor();
      assert.deepEqual(accusedOf(await auditOf(behaviour(), auditor)), []);
    });

  it('several that take turns behind one address are not said to know their judges', async () => {
    await using auditor = await openAuditor();
    const report = await auditOf({ fields: (lines, at) => (at.connection % 2 ? announced(lines) : lines) }, auditor);
    assert.equal(report.modes[0]?.grade, 'anonymous');
    const alike = findingIn(report, 'C01');
    assert.equal(alike?.answer, 'note', alike?.sentence);
  });

  it('one that announces itself to everybody is told so once, and not as if it chose whom', async () => {
    await using auditor = await openAuditor();
    const report = await auditOf({ fields: announced }, auditor);
    assert.equal(findingIn(report, 'H03')?.answer, 'fail');
    for (const id of ['C01', 'C02', 'C05', 'H20']) assert.equal(findingIn(report, id)?.answer, 'pass', id);
  });

  it('one that adds itself to Via as it must is not said to take it away', async () => {
    await using auditor = await openAuditor();
    const fields = (lines: readonly string[]): readonly string[] =>
      lines.map((line) => (line.startsWith('Via:') ? `${line}, 1.1 pseudonym` : line));
    const { sentence } = findingIn(await auditOf({ fields }, auditor, { tier: 'quick' }), 'H06') ?? {};
    assert.equal(sentence, 'Of the fields that name clients, something is added to via.');
  });

  it('one that takes the handshake of a WebSocket apart is not said to let it through', async () => {
    await using auditor = await openAuditor();
    const fields = (lines: readonly string[]): readonly string[] => lines.filter((line) => !/^connection:/i.test(line));
    assert.match(findingIn(await auditOf({ fields }, auditor), 'H17')?.sentence ?? '', /do not get through/);
  });

  it('one that drops everything as soon as one direction has ended is still compared bit by bit', async () => {
    await using auditor = await openAuditor();
    const report = await auditOf({ takes: (client) => (dropsAtTheEnd(client), true) }, auditor);
    const { sentence } = findingsOf(report).find(({ check }) => check === 'T09') ?? {};
    assert.equal(sentence, 'Every bit went through, but it does not carry the end of one direction alone.');
  });
});

/** Counts what is asked of it, and answers some of that by itself. */
const counting = (answer: (nth: number) => Whole | undefined) => {
  const asked = { times: 0 };
  return { asked, behaviour: { answer: () => answer((asked.times += 1)) } satisfies Behaviour };
};

const refusal = (status: number, reason: string, ...fields: Whole['fields']): Whole => {
  const page = ownPage(status, reason, 'no');
  return { ...page, fields: [...page.fields, ...fields] };
};

describe('proxies that ask to be left alone', { concurrency: 4 }, () => {
  const patience = { name: 'Retry-After', value: '3600' };
  const refusals: Readonly<Record<string, Whole>> = {
    'for patience': refusal(429, 'Too Many Requests', patience),
    'to come later': refusal(503, 'Service Unavailable', patience),
    'for a login': refusal(407, 'Proxy Authentication Required', { name: 'Proxy-Authenticate', value: 'Basic' }),
    'for permission': refusal(401, 'Unauthorized', { name: 'WWW-Authenticate', value: 'Basic' }),
  };
  for (const [what, no] of Object.entries(refusals))
    it(`one that asks ${what} in the middle is asked nothing more, and is accused of nothing`, async () => {
      await using auditor = await openAuditor();
      const { asked, behaviour } = counting((nth) => (nth > 3 ? no : undefined));
      const report = await auditOf(behaviour, auditor);
      assert.equal(asked.times, 4);
      assert.deepEqual(accusedOf(report), []);
      assert.equal(report.modes[0]?.grade, undefined);
      const untested = findingsOf(report).filter(({ answer }) => answer === 'untested');
      assert.ok(untested.some(({ sentence }) => /asks to be left alone \(HTTP \d+/.test(sentence)));
    });

  for (const [what, no] of Object.entries(refusals))
    it(`one that asks ${what} at once is asked nothing else`, async () => {
      await using auditor = await openAuditor();
      const { asked, behaviour } = counting(() => no);
      const report = await auditOf({ ...behaviour, refuses: () => 405 }, auditor);
      assert.equal(asked.times, 1);
      const isLogin = [401, 407].includes(no.status);
      assert.equal(report.outcome, isLogin ? 'needs-auth' : 'inconclusive', report.sentence);
    });

  it('one that refuses a tunnel so is asked for nothing else', async () => {
    await using auditor = await openAuditor();
    const { asked, behaviour } = counting(() => undefined);
    let tunnels = 0;
    const report = await auditOf({ ...behaviour, refuses: () => ((tunnels += 1), 429) }, auditor);
    assert.deepEqual([tunnels, asked.times], [1, 0]);
    assert.equal(report.outcome, 'inconclusive');
    assert.equal(report.sentence, 'The proxy asks to be left alone (HTTP 429).');
  });

  it('a judge that is asked too much is not taken for the proxy', async () => {
    await using auditor = await openAuditor({ perSecond: 5 });
    const { asked, behaviour } = counting(() => undefined);
    const report = await auditOf(behaviour, auditor);
    assert.ok(asked.times > 25, `${asked.times} questions`);
    assert.ok(findingsOf(report).every(({ sentence }) => !sentence.includes('left alone')));
    assert.ok(findingsOf(report).some(({ sentence }) => sentence.includes('The judge is asked more than')));
  });
});

describe('proxies that fall silent', { concurrency: 4 }, () => {
  /** So many connections are served, and what comes behind is taken and never answered. */
  const silentAfter = (most: number) => {
    const met = { connections: 0 };
    const takes = (client: Socket): boolean => {
      if ((met.connections += 1) <= most) return false;
      client.on('error', () => undefined).resume();
      return true;
    };
    return { met, behaviour: { takes } satisfies Behaviour };
  };

  it('one that dies in the middle is given up, and not waited for over hundreds of questions', async () => {
    await using auditor = await openAuditor();
    const { met, behaviour } = silentAfter(6);
    const report = await auditOf(behaviour, auditor, { within: millis(300) });
    assert.ok(met.connections < 60, `${met.connections} connections`);
    assert.deepEqual(accusedOf(report), []);
    assert.deepEqual(
      report.modes.map(({ grade }) => grade),
      report.modes.map(() => undefined),
    );
  });

  it('one that is silent about many things goes on being asked for the rest', async () => {
    await using auditor = await openAuditor();
    let files = 0;
    const isFile = ({ path }: Passage): boolean => /\.(?:zip|exe|apk|sh|pdf|jpg|png|gif)$/.test(path);
    const answer = async (whole: Whole, at: Passage): Promise<Whole> => {
      if (!isFile(at)) return whole;
      files += 1;
      return new Promise<never>(() => undefined);
    };
    const report = await auditOf({ response: answer }, auditor, { within: millis(300) });
    assert.ok(files > 8, `${files} files`);
    assert.equal(findingIn(report, 'H14')?.answer, 'pass');
    assert.deepEqual(accusedOf(report), []);
  });
});

describe('proxies whose way on is out of order at first', { concurrency: 4 }, () => {
  for (const status of [502, 503, 504])
    it(`one that answers ${status} to the first question is asked once more`, async () => {
      await using auditor = await openAuditor();
      let first = true;
      const once = (): boolean => first && !(first = false);
      const report = await auditOf({ answer: () => (once() ? ownPage(status, 'Not Now', 'no') : undefined) }, auditor);
      assert.deepEqual(report.modes.map(({ mode }) => mode).sort(), ['forward', 'tunnel']);
      assert.deepEqual(accusedOf(report), []);
    });
});

describe('a judge that fails', { concurrency: 4 }, () => {
  it('has nobody accused where it is asked too much', async () => {
    await using auditor = await openAuditor({ perSecond: 1 });
    assert.deepEqual(accusedOf(await auditOf({}, auditor)), []);
  });

  for (const page of ['.js', '/moved', '/fresh'])
    it(`has nobody accused where it is gone from the question for ${page} on`, async () => {
      await using auditor = await openAuditor();
      const answer: Behaviour['answer'] = ({ path }) => {
        if (path.endsWith(page)) void auditor.judge.close();
        return undefined;
      };
      assert.deepEqual(accusedOf(await auditOf({ answer }, auditor)), []);
    });

  it('has nobody accused where another one answers in its place', async () => {
    await using auditor = await openAuditor();
    const { main } = auditor.link;
    let other: Judge | undefined;
    const response = async (answer: Whole, { path }: Passage): Promise<Whole> => {
      if (!path.endsWith('/fresh') || other !== undefined) return answer;
      await auditor.judge.close();
      other = await openTestJudge({ http: [{ host: parseHost('0.0.0.0'), port: main.port }] });
      return answer;
    };
    const report = await auditOf({ response }, auditor);
    await other?.close();
    assert.ok(other, 'it came');
    assert.deepEqual(accusedOf(report), []);
    assert.match(findingIn(report, 'H16')?.sentence ?? '', /^The judge is gone, or is another one/);
  });
});
