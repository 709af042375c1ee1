/** C04: what earlier audits in the book made of a proxy stands beside this one, and who was caught does not look well by one good day. */

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { besidePast } from '../../src/audit/checks/repeat.js';
import type { Past } from '../../src/audit/grade.js';
import type { Finding } from '../../src/model/audit.js';
import type { Grade, Stamp } from '../../src/model/book.js';
import { type Auditor, openAuditor } from '../kit/auditor.js';
import { b01 } from '../kit/zoo/animals/honest-http.js';

const hour = 3_600_000;
const now = (1_000 * hour) as Stamp;

const pastOf = (...runs: readonly (readonly [hoursAgo: number, grade: Grade])[]): Past => ({
  runs: runs.map(([ago, grade]) => ({ at: (now - ago * hour) as Stamp, grade, judges: 1 })),
});

const said = (grade: Grade, past: Past): string => {
  const { answer, caps = '' } = besidePast(grade, past, now) ?? { answer: 'nothing' };
  return `${answer} ${caps}`.trim();
};

describe('earlier grades', () => {
  it('that were worse count for a week, the worst first', () => {
    assert.equal(said('clean', pastOf([3, 'transparent'])), 'fail transparent');
    assert.equal(said('exact', pastOf([2, 'exact'], [30, 'hostile'], [50, 'stealth'])), 'fail hostile');
    assert.equal(said('exact', pastOf([24 * 7 + 1, 'hostile'])), 'nothing');
  });

  it('that were better are told, and those that were alike pass', () => {
    assert.equal(said('anonymous', pastOf([3, 'clean'], [9, 'anonymous'])), 'note');
    assert.equal(said('elite', pastOf([25, 'clean'], [50, 'clean'])), 'pass');
    assert.equal(said('anonymous', pastOf([25, 'anonymous'])), 'pass');
  });

  it('are shown as they came', () => {
    const { sentence, evidence = [] } = besidePast('clean', pastOf([3, 'transparent'], [50, 'clean']), now) ?? {
      sentence: '',
    };
    assert.equal(sentence, 'It was transparent 3 hours ago and looks clean now: the worse counts for a week.');
    assert.equal(evidence[0]?.arrived, '2 days ago: clean\n3 hours ago: transparent\nnow: clean');
  });
});

describe('an audit', () => {
  let auditor: Auditor;
  before(async () => {
    auditor = await openAuditor();
  });
  after(() => auditor[Symbol.asyncDispose]());

  it('of a proxy that was caught yesterday and is honest today keeps the grade of yesterday, and says why', async () => {
    const animal = await b01.open(auditor.world);
    const told: Finding[] = [];
    try {
      const report = await auditor.audit(animal.url('http'), {
        ...{ tier: 'quick', clock: () => now, past: () => pastOf([20, 'transparent']) },
        onFinding: (finding) => told.push(finding),
      });
      const seen = report.modes.map(({ mode, grade, alone, findings }) => {
        const failures = findings.filter(({ answer }) => answer === 'fail').map(({ check }) => check as string);
        return [mode, grade, alone, failures];
      });
      assert.deepEqual(seen, [
        ['forward', 'transparent', 'clean', ['C04']],
        ['tunnel', 'transparent', 'exact', ['C04']],
      ]);
      assert.equal(told.filter(({ check, answer }) => (check as string) === 'C04' && answer === 'fail').length, 2);
      const fresh = await auditor.audit(animal.url('http'), { tier: 'quick' });
      const alone = fresh.modes.flatMap(({ findings }) => findings.filter(({ check }) => (check as string) === 'C04'));
      assert.deepEqual(
        alone.map(({ answer }) => answer),
        ['does-not-apply', 'does-not-apply'],
      );
    } finally {
      await animal.close();
    }
  });
});
