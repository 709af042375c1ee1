/** Audits that are made up: checks, reports in every shape, and a desk that keeps some of them. */

import type { AuditReport, CheckId, CheckText, Evidence, Finding, Mode } from '../../src/model/audit.js';
import type { Grade } from '../../src/model/book.js';
import type { Millis } from '../../src/model/brand.js';
import type { AuditDesk, KeptMode } from '../../src/engine/controller.js';
import { today } from './entries.js';

const both: readonly Mode[] = ['forward', 'tunnel'];

/** A check of this name. */
export const idOf = (name: string): CheckId => name as CheckId;

const checkOf = (name: string, title: string, more: Partial<CheckText> = {}): CheckText => ({
  ...{ id: idOf(name), axis: 'RQ', severity: 'high', tier: 'quick', modes: both, title },
  meaning: `What ${name} means.`,
  ...more,
});

/** As many as there really are, in the order in which they are asked. */
const checkTexts: readonly CheckText[] = [
  checkOf('T02', 'TLS goes through byte by byte', { modes: ['tunnel'], severity: 'critical' }),
  checkOf('T03', 'certificates are those of the site', { modes: ['tunnel'], severity: 'critical' }),
  checkOf('H01', 'answers of the judge come back unforged', { severity: 'critical' }),
  checkOf('A03', 'the connection comes from another address than yours', { severity: 'critical' }),
  checkOf('H02', 'your address does not arrive', { severity: 'critical' }),
  checkOf('H03', 'the proxy does not announce itself', { severity: 'medium' }),
  checkOf('H05', 'the shape of your requests is kept', { severity: 'low' }),
  checkOf('A02', 'how its way out stands to its way in', { severity: 'info' }),
  checkOf('C01', 'it behaves the same where it is watched', { severity: 'critical' }),
  ...Array.from({ length: 32 }, (_, index) => checkOf(`N${String(index + 1).padStart(2, '0')}`, `question ${index}`)),
];

/** A finding. */
export const findingOf = (name: string, answer: Finding['answer'], more: Partial<Finding> = {}): Finding => ({
  ...{ check: idOf(name), mode: 'forward', axis: 'RQ', answer, evidence: [] },
  severity: checkTexts.find(({ id }) => id === name)?.severity ?? 'high',
  sentence: `${name} said ${answer}.`,
  ...more,
});

const head = ['GET /echo HTTP/1.1', 'Host: judge.example', 'Accept: */*', 'Connection: close', ''];
const changedHead: Evidence = {
  what: 'the head',
  sent: head.join('\n'),
  arrived: [...head.slice(0, 2), 'accept: */*', 'X-Forwarded-For: 192.0.2.7', 'Connection: close', ''].join('\n'),
};

const bad: readonly Finding[] = [
  findingOf('A02', 'note', { sentence: 'It goes out by another address than the one it is reached by.' }),
  findingOf('H03', 'fail', { sentence: 'It announces itself (X-Forwarded-For).', caps: 'anonymous' }),
  findingOf('H02', 'fail', {
    sentence: 'Your address arrives (dotted).',
    remedy: 'Do not use it where the site must not know you.',
    caps: 'transparent',
    evidence: [changedHead, { what: 'yours, dotted', arrived: 'X-Forwarded-For: 192.0.2.7' }],
  }),
  findingOf('H01', 'pass'),
  findingOf('A03', 'pass'),
  findingOf('C01', 'inconclusive', { sentence: 'Seen once in 4 looks: answers differ.' }),
  findingOf('H05', 'untested', { sentence: 'Not asked: what is known is bad enough.' }),
];

const good: readonly Finding[] = ['T02', 'T03', 'H01', 'A03', 'H02', 'H03', 'C01'].map((name) =>
  findingOf(name, 'pass', { mode: 'tunnel' }),
);

/** A report; modes by their grades. */
export const reportOf = (
  proxy: string,
  grades: Partial<Record<Mode, Grade>>,
  more: Partial<AuditReport> = {},
): AuditReport => ({
  ...{ proxy, at: today, tier: 'quick', took: 900 as Millis, outcome: 'audited', judges: 2 },
  sentence: 'It works.',
  traits: { schemes: [], opens: [], refuses: [], cannot: [] },
  modes: both.flatMap((mode) => {
    const grade = grades[mode];
    if (grade === undefined) return [];
    const findings = mode === 'forward' ? bad : good;
    return [{ mode, grade, sentence: `It is ${grade} here.`, findings, exits: ['198.51.100.7'] }];
  }),
  ...more,
});

/** What became of four proxies. */
export const reports: readonly AuditReport[] = [
  reportOf('http://81.0.0.1:3128', { forward: 'transparent', tunnel: 'exact' }),
  reportOf('socks5h://93.0.0.1:1080', { tunnel: 'exact' }),
  reportOf('http://81.0.0.9:8080', {}, { outcome: 'dead', sentence: 'Nobody answers there.' }),
  reportOf('http://81.0.0.2:3128', { forward: 'hostile' }),
];

/** What the book kept of one proxy. */
const kept: KeptMode = {
  ...{ mode: 'tunnel', grade: 'exact', sentence: 'It was exact then.', exits: ['93.0.0.9'], findings: good },
  ...{ at: (today - 86_400_000) as KeptMode['at'], tier: 'full', changed: [idOf('T03')], watched: [] },
};

/** A desk that knows the checks, and one kept report. */
export const auditDeskOf = (): Pick<AuditDesk, 'checks' | 'meaning' | 'kept'> => ({
  checks: checkTexts,
  meaning: (grade) => `What ${grade} means.`,
  kept: (proxy) => (proxy === 'socks5h://93.0.0.1:1080' ? [kept] : []),
});
