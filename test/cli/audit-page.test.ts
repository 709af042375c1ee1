/** The page with the results of an audit: harmless whatever a proxy has said, and the worst first. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { auditPage } from '../../src/cli/audit-page.js';
import type { AuditReport } from '../../src/model/audit.js';
import { auditDeskOf, findingOf, idOf, reportOf } from '../kit/audits.js';

const withFindings = (report: AuditReport, ...findings: AuditReport['modes'][number]['findings']): AuditReport => ({
  ...report,
  modes: report.modes.map((mode) => ({ ...mode, findings })),
});

const hostile = `<script>alert(1)</script>"'><img src=x onerror=y>\x1b]0;t\x07\u202egnp.exe`;

test('what a proxy says is text and nothing else', () => {
  const evidence = [{ what: hostile, sent: hostile, arrived: `${hostile}\nmore` }];
  const finding = findingOf('H02', 'fail', { sentence: hostile, remedy: hostile, evidence });
  const page = auditPage([withFindings(reportOf(hostile, { forward: 'hostile' }), finding)], auditDeskOf());
  assert.doesNotMatch(page, /<script|<img|onerror=y>|\x1b|\u202e/);
  assert.doesNotMatch(page, /\ssrc="|href="[^#]|@import|url\(/);
});

test('what arrived and was not sent is marked, also where nothing was sent', () => {
  const evidence = [
    { what: 'the head', sent: 'GET /a\nHost: x', arrived: 'GET /a\nHost: x\nVia: 1.1 gw' },
    { what: 'yours, dotted', arrived: 'X-Forwarded-For: 192.0.2.7' },
  ];
  const report = withFindings(
    reportOf('http://93.0.0.1:80', { forward: 'transparent' }),
    findingOf('H02', 'fail', { evidence }),
  );
  const marks = [...auditPage([report], auditDeskOf()).matchAll(/<mark>(.*?)<\/mark>/g)].map(([, text]) => text);
  assert.deepEqual(marks, ['Via: 1.1 gw', 'X-Forwarded-For: 192.0.2.7']);
});

test('the worst comes first, empty columns are left out, and what was not tested has its reason', () => {
  const fine = withFindings(
    reportOf('http://93.0.0.1:80', { forward: 'clean' }),
    findingOf('H02', 'pass'),
    findingOf('C01', 'does-not-apply'),
    findingOf('N01', 'untested', { sentence: 'The judge has no zone.' }),
    findingOf('N02', 'untested', { sentence: 'The judge has no zone.' }),
  );
  const bad = withFindings(reportOf('http://93.0.0.2:80', { forward: 'hostile' }), findingOf('H02', 'fail'));
  const page = auditPage([fine, bad], auditDeskOf());
  assert.ok(page.indexOf('93.0.0.2') < page.indexOf('93.0.0.1'));
  assert.doesNotMatch(page, new RegExp(`id="${idOf('C01')}"`));
  assert.match(page, /Not tested: N01, N02\. The judge has no zone\./);
  assert.match(auditPage([fine], auditDeskOf()), /<p>One proxy, /);
});
