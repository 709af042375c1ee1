/** A page with the results of an audit: one file, no script, nothing from the network. */

import {
  type AuditReport,
  type CheckId,
  type CheckText,
  type Finding,
  type ModeReport,
  checksByReason,
  seenBy,
} from '../model/audit.js';
import { grades } from '../model/book.js';
import type { AuditDesk } from '../engine/controller.js';
import { clean } from './output.js';

/** The page, of reports that may be given away. */
export const auditPage = (
  reports: readonly AuditReport[],
  { checks, meaning }: Pick<AuditDesk, 'checks' | 'meaning'>,
): string => {
  const rows = reports.flatMap((report) => report.modes.map((mode) => ({ report, mode }))).sort(worstFirst);
  const asked = checks.filter(({ id }) => rows.some(({ mode }) => mode.findings.some((found) => saysOf(found, id))));
  const others = reports.filter(({ modes }) => modes.length === 0);
  return [
    '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>kaskade audit</title>',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    `<style>${style}</style></head><body><h1>What these proxies do to traffic</h1>`,
    `<p>${reports.length === 1 ? 'One proxy' : `${reports.length} proxies`}, ${when(reports)} UTC, the worst first. Each cell is one check: hover over it for its words; a row leads to the evidence. Your own addresses and names are taken out, wherever a proxy has told them.</p>`,
    heatMap(rows, asked),
    legend,
    '<h2>Findings</h2>',
    ...rows.map(({ report, mode }, index) => section(report, mode, { index, meaning })),
    ...(others.length === 0 ? [] : ['<h2>Not audited</h2><ul>', ...others.map(otherLine), '</ul>']),
    '<h2>The checks</h2><dl>',
    ...asked.map(({ id, title, meaning: text }) => `<dt id="${id}">${id}: ${safe(title)}</dt><dd>${safe(text)}</dd>`),
    '</dl></body></html>\n',
  ].join('\n');
};

interface Row {
  readonly report: AuditReport;
  readonly mode: ModeReport;
}

const worstFirst = (one: Row, other: Row): number =>
  rankOf(one) - rankOf(other) ||
  one.report.proxy.localeCompare(other.report.proxy) ||
  one.mode.mode.localeCompare(other.mode.mode);

const rankOf = ({ mode: { grade } }: Row): number => (grade === undefined ? grades.length : grades.indexOf(grade));

const saysOf = ({ check, answer }: Finding, id: CheckId): boolean => check === id && answer !== 'does-not-apply';

const when = (reports: readonly AuditReport[]): string =>
  new Date(Math.max(0, ...reports.map(({ at }) => at))).toISOString().slice(0, 16).replace('T', ' ');

const heatMap = (rows: readonly Row[], asked: readonly CheckText[]): string =>
  [
    '<table class="map"><thead><tr><th>proxy</th><th>mode</th><th>grade</th>',
    ...asked.map(({ id, title }) => `<th class="check"><a href="#${id}" title="${safe(title)}">${id}</a></th>`),
    '</tr></thead><tbody>',
    ...rows.map(({ report, mode }, index) =>
      [
        `<tr><td title="${safe(report.proxy)}"><a href="#row${index}">${safe(report.proxy)}</a></td><td>${mode.mode}</td>`,
        `<td class="grade ${mode.grade ?? 'none'}">${mode.grade ?? 'none'}</td>`,
        ...asked.map(({ id }) => cell(mode.findings.find(({ check }) => check === id))),
        '</tr>',
      ].join(''),
    ),
    '</tbody></table>',
  ].join('\n');

const signs = { pass: '+', fail: '!', note: 'i', inconclusive: '?', untested: '-', 'does-not-apply': '' } as const;

const cell = (finding: Finding | undefined): string =>
  finding === undefined
    ? '<td></td>'
    : `<td class="${finding.answer} ${finding.severity}" title="${safe(`${finding.check}: ${finding.sentence}`)}">${signs[finding.answer]}</td>`;

const legend =
  '<p class="legend">+ nothing against it, ! failed (the darker, the graver), ? not sure, i a fact, - not tested; empty: not asked in that mode. What was not tested is not passed.</p>';

const section = (
  { proxy, at, judges, tier }: AuditReport,
  { mode, grade, sentence, findings }: ModeReport,
  { index, meaning }: { readonly index: number; readonly meaning: AuditDesk['meaning'] },
): string => {
  const told = findings.filter(({ answer }) => answer === 'fail' || answer === 'inconclusive');
  const date = new Date(at).toISOString().slice(0, 16).replace('T', ' ');
  return [
    `<section id="row${index}"><h3>${safe(proxy)}, ${mode}: ${grade ?? 'no grade'}</h3>`,
    `<p>${safe(sentence)}${grade === undefined || sentence === meaning(grade) ? '' : ` ${safe(meaning(grade))}`}`,
    ` Tier ${tier}, ${date} UTC, by ${seenBy(judges)}.</p>`,
    ...told.map(findingText),
    ...untestedText(findings),
    '</section>',
  ].join('\n');
};

const untestedText = (findings: readonly Finding[]): readonly string[] =>
  [...checksByReason(findings)].map(
    ([why, ids]) => `<p class="remedy">Not tested: ${ids.join(', ')}. ${safe(why)}</p>`,
  );

const findingText = ({ check, answer, severity, sentence, remedy, evidence }: Finding): string =>
  [
    `<h4 class="${answer} ${severity}">${check}, ${answer === 'fail' ? severity : 'not sure'}: ${safe(sentence)}</h4>`,
    ...evidence.map(
      ({ what, sent, arrived }) =>
        `<table class="evidence"><caption>${safe(what)}</caption><tr><th>sent</th><th>arrived</th></tr><tr><td><pre>${marked(sent, arrived)}</pre></td><td><pre>${marked(arrived, sent)}</pre></td></tr></table>`,
    ),
    ...(remedy === undefined ? [] : [`<p class="remedy">${safe(remedy)}</p>`]),
  ].join('\n');

/** Lines that the other side does not have are marked. */
const marked = (text = '', other = ''): string => {
  const known = new Set(other.split('\n'));
  return text
    .split('\n')
    .map((line) => (line === '' || known.has(line) ? safe(line) : `<mark>${safe(line)}</mark>`))
    .join('\n');
};

const otherLine = ({ proxy, outcome, sentence }: AuditReport): string =>
  `<li>${safe(proxy)}: ${outcome}. ${safe(sentence)}</li>`;

/** Without what turns the direction of writing, too. */
const safe = (text: string): string => clean(text).replace(/[&<>"']/g, (mark) => `&#${mark.charCodeAt(0)};`);

const style = `
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem; color: #1c2126; background: #fff }
table { border-collapse: collapse } .map { font-size: 13px } .map td, .map th { border: 1px solid #d5dade; padding: 2px 6px; text-align: center }
.map td:first-child { text-align: left; white-space: nowrap; max-width: 24rem; overflow: hidden; text-overflow: ellipsis; position: sticky; left: 0; background: #fff }
.map thead th { position: sticky; top: 0; background: #fff } section { max-width: 70rem; overflow-wrap: anywhere } .check a { writing-mode: vertical-rl; text-decoration: none; color: inherit }
td.pass { background: #dff1e3 } td.note { background: #e6eef7 } td.inconclusive { background: #f6eecb } td.untested { background: #f1f2f3; color: #777 }
td.fail { background: #f4c7a5 } td.fail.critical { background: #d65745; color: #fff } td.fail.high { background: #e98d6b }
.grade { font-weight: 600 } .hostile, .transparent, .partial { color: #b02a1a } .clean, .exact, .elite { color: #1d7a3a }
.legend, .remedy { color: #555 } .evidence { margin: .3rem 0 .8rem } .evidence td { border: 1px solid #d5dade; vertical-align: top; padding: 4px 8px }
pre { margin: 0; font-size: 12px; white-space: pre-wrap; word-break: break-all } mark { background: #ffe28a } caption { text-align: left; color: #555 }
`;
