/** Twenty ways in which proxies treat headers, before the audit and before the published rules of ten other programs, said here in our own words. */

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Grade } from '../../src/model/book.js';
import { createStand } from '../../src/audit/stand.js';
import { runChecks } from '../../src/audit/run-checks.js';
import { reportMode } from '../../src/audit/grade.js';
import type { Stamp } from '../../src/model/book.js';
import { millis } from '../../src/model/brand.js';
import { yourFacts } from '../../src/audit/identity/facts.js';
import { type Auditor, auditorAt, openAuditor, subjectOf } from '../kit/auditor.js';
import { openProxy } from '../kit/zoo/core/proxy.js';
import type { Behaviour } from '../kit/zoo/core/behaviour.js';

/** What a page of the azenv kind would show to those who judge by it. */
interface Page {
  readonly client: string;
  readonly entry: string;
  readonly exit: string;
  /** Fields as they arrive beside those that were sent. */
  readonly added: readonly (readonly [string, string])[];
  readonly removed?: readonly string[];
  /** The name of the exit's address. */
  readonly reverse?: string;
}

interface Case {
  readonly what: string;
  readonly truth: Grade;
  readonly added?: readonly (readonly [string, string])[];
  readonly removed?: readonly string[];
  readonly exit?: 'client' | 'entry';
  readonly reverse?: string;
}

const [client, stranger, near] = [auditorAt, '81.2.69.142', '127.0.1.107'];
const hex = Buffer.from(client.split('.').map(Number)).toString('hex');
const base64 = Buffer.from(client).toString('base64');
const six = '::ffff:127.0.1.10';

const cases: readonly Case[] = [
  {
    what: 'squid as it comes: Via, XFF = client',
    truth: 'transparent',
    added: [
      ['Via', '1.1 s (squid/5.7)'],
      ['X-Forwarded-For', client],
    ],
  },
  {
    what: 'squid, forwarded_for off: Via, XFF = unknown',
    truth: 'anonymous',
    added: [
      ['Via', '1.1 s (squid/5.7)'],
      ['X-Forwarded-For', 'unknown'],
    ],
  },
  { what: 'squid, both off: XFF = unknown', truth: 'anonymous', added: [['X-Forwarded-For', 'unknown']] },
  { what: 'XFF = a random address', truth: 'distorting', added: [['X-Forwarded-For', stranger]] },
  { what: 'Forwarded: for = a random address', truth: 'distorting', added: [['Forwarded', `for=${stranger}`]] },
  { what: 'Forwarded: for = client', truth: 'transparent', added: [['Forwarded', `for=${client}`]] },
  { what: 'X-Real-IP = client', truth: 'transparent', added: [['X-Real-IP', client]] },
  { what: 'client in hexadecimal', truth: 'transparent', added: [['X-Node', hex]] },
  { what: 'client in base64', truth: 'transparent', added: [['X-Session', base64]] },
  { what: 'client in IPv6 in XFF', truth: 'transparent', added: [['X-Forwarded-For', six]] },
  { what: 'exit = client', truth: 'transparent', exit: 'client' },
  { what: 'clean, exit = entry', truth: 'clean', exit: 'entry' },
  { what: 'clean, another exit', truth: 'clean' },
  { what: 'clean, the exit is called proxy9', truth: 'clean', reverse: 'proxy9.example' },
  {
    what: 'Via and X-Proxy-ID',
    truth: 'anonymous',
    added: [
      ['Via', '1.1 m (Mikrotik HttpProxy)'],
      ['X-Proxy-ID', '1791'],
    ],
  },
  { what: 'X-Varnish only', truth: 'anonymous', added: [['X-Varnish', '1234567']] },
  { what: 'Client-IP = 10.1.2.3', truth: 'anonymous', added: [['Client-IP', '10.1.2.3']] },
  { what: 'XFF = an address that begins as the client’s', truth: 'distorting', added: [['X-Forwarded-For', near]] },
  { what: 'takes cookies and referers away', truth: 'stealth', removed: ['cookie', 'referer'] },
  { what: 'adds Cache-Control only', truth: 'stealth', added: [['Cache-Control', 'max-age=259200']] },
];

/** What a rule says; `dead` where it would have thrown the proxy away. */
type Said = 'transparent' | 'anonymous' | 'elite' | 'some' | 'dead' | 'none';
type Rule = (page: Page) => Said;

const cgi = (name: string): string => name.toUpperCase().replaceAll('-', '_');
const textOf = ({ added, exit, reverse = '' }: Page): string =>
  [
    `REMOTE_ADDR = ${exit}`,
    `REMOTE_HOST = ${reverse}`,
    ...added.map(([name, value]) => `HTTP_${cgi(name)} = ${value}`),
  ].join('\n');
const has = (page: Page, ...names: readonly string[]): boolean =>
  page.added.some(([name]) => names.includes(name.toLowerCase()));
const counts = (text: string, words: readonly string[]): number =>
  words.reduce((sum, word) => sum + text.toLowerCase().split(word).length - 1, 0);
const literal = (page: Page): boolean =>
  (textOf(page).match(/\d+\.\d+\.\d+\.\d+/g) as readonly string[] | null)?.includes(page.client) === true &&
  !textOf(page).includes('::ffff');

const forwardNames = [
  'forwarded',
  'x-forwarded-for',
  'x-real-ip',
  'client-ip',
  'x-client-ip',
  'x-forwarded',
  'x-forwarded-host',
  'cdn-src-ip',
];
const viaNames = [
  'via',
  'x-cache',
  'x-varnish',
  'x-proxy-id',
  'proxy-connection',
  'x-via',
  'x-bluecoat-via',
  'proxy-agent',
];

/** The rules as they were published, each in a line or two. */
const rules: Readonly<Record<string, Rule>> = {
  ProxyBroker: (page) => {
    if ((page.removed ?? []).length > 0) return 'dead';
    return literal(page) ? 'transparent' : counts(textOf(page), ['via', 'proxy']) > 0 ? 'anonymous' : 'elite';
  },
  unfx: (page) =>
    textOf(page).includes(page.client) && !textOf(page).includes('::ffff')
      ? 'transparent'
      : has(page, 'via')
        ? 'anonymous'
        : 'elite',
  'proxy-checker-python': (page) => {
    if (textOf(page).includes(page.client) && !textOf(page).includes('::ffff')) return 'transparent';
    return /HTTP_VIA|HTTP_FORWARDED|X_FORWARDED_FOR/.test(textOf(page)) ? 'anonymous' : 'elite';
  },
  'node-proxybroker': (page) => {
    const isShown = page.added.some(
      ([, value]) =>
        new RegExp(`(^|[^\\d.])${page.client.replaceAll('.', '\\.')}([\\s:]|$)`).test(value) &&
        !value.includes('::ffff'),
    );
    return isShown ? 'transparent' : has(page, ...forwardNames, ...viaNames) ? 'anonymous' : 'elite';
  },
  scylla: ({ exit }) => (exit === client ? 'transparent' : 'some'),
  ProxyPool: ({ exit, entry }) => (exit === client || exit !== entry ? 'dead' : 'some'),
  'monosans until 2025-07': ({ exit, entry }) => (exit === entry ? 'none' : 'some'),
  'proxy-verifier': ({ exit }) => (exit === client ? 'transparent' : 'elite'),
  'check-proxy': () => 'some',
};

/** Whether a rule's word is the truth: several levels of ours are one of theirs. */
const isRight = (said: Said, truth: Grade): boolean => {
  if (said === 'transparent') return truth === 'transparent';
  if (said === 'anonymous') return truth === 'anonymous' || truth === 'distorting';
  return said === 'elite' ? truth === 'clean' : false;
};

let auditor: Auditor;
before(async () => {
  auditor = await openAuditor();
});
after(() => auditor[Symbol.asyncDispose]());

const behaviourOf = ({ added = [], removed, exit }: Case): Behaviour => ({
  fields: (lines) => [
    ...lines.filter((line) => removed?.includes(line.split(':')[0]?.toLowerCase() ?? '') !== true),
    ...added.map(([name, value]) => `${name}: ${value}`),
  ],
  ...(exit === 'client' ? { exit: () => client } : {}),
  ...(exit === 'entry' ? { exit: (own: string) => own.replace(/^127\.40/, '127.16') } : {}),
});

const gradeOf = async (each: Case): Promise<Grade | undefined> => {
  const proxy = await openProxy(auditor.world, ['http'], behaviourOf(each));
  const { signal } = new AbortController();
  const facts = yourFacts({ sure: [client], other: [], names: [] });
  const random = (): string => Math.random().toString(16).slice(2).padEnd(16, '0');
  const subject = subjectOf(proxy.url('http'));
  const stands = new Map<number, ReturnType<typeof createStand>>();
  const stand = (nth: number) => {
    const made =
      stands.get(nth) ??
      createStand({ mode: 'forward', subject, judge: auditor.link, facts, within: millis(4_000), random, signal });
    stands.set(nth, made);
    return made;
  };
  const findings = await runChecks('quick', stand, () => undefined);
  await proxy.close();
  return reportMode({ mode: 'forward', findings, exits: [], at: Date.now() as Stamp, judges: 1 }).grade;
};

describe('the population of headers', () => {
  it('is told right by the audit in every case, and by the published rules in some', async () => {
    const lines: string[] = [];
    const right = new Map<string, number>();
    let ours = 0;
    for (const each of cases) {
      const grade = await gradeOf(each);
      const exit = each.exit === 'client' ? client : each.exit === 'entry' ? '127.16.9.9' : '127.40.9.9';
      const { added = [], removed = [] as readonly string[], reverse } = each;
      const page: Page = {
        client,
        entry: '127.16.9.9',
        exit,
        added,
        removed,
        ...(reverse === undefined ? {} : { reverse }),
      };
      const said = Object.entries(rules).map(([name, rule]) => {
        const word = rule(page);
        if (isRight(word, each.truth)) right.set(name, (right.get(name) ?? 0) + 1);
        return `${word}${isRight(word, each.truth) ? '' : ' ✗'}`;
      });
      if (grade === each.truth) ours += 1;
      lines.push([each.what.padEnd(48), `kaskade ${grade ?? 'none'}`, ...said].join(' | '));
    }
    const sums = Object.keys(rules).map((name) => `${name} ${right.get(name) ?? 0}`);
    console.log(
      [
        `rules: ${Object.keys(rules).join(' | ')}`,
        ...lines,
        `right of ${cases.length}: kaskade ${ours}, ${sums.join(', ')}`,
      ].join('\n'),
    );
    assert.equal(ours, cases.length);
    assert.ok(Math.max(...right.values()) < cases.length);
  });
});
