/** The zoo before the audit: every animal gets the grade that it has earned, and no honest one is accused. */

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { AuditReport } from '../../src/model/audit.js';
import { millis } from '../../src/model/brand.js';
import { checks } from '../../src/audit/checks/index.js';
import { type Auditor, openAuditor } from '../kit/auditor.js';
import type { Animal, OpenAnimal, Speech } from '../kit/zoo/animal.js';
import { animals } from '../kit/zoo/index.js';

const isLong = process.env['KASKADE_LONG'] === '1';

let auditor: Auditor;
const open = new Map<string, OpenAnimal>();

before(async () => {
  auditor = await openAuditor();
  for (const animal of animals) open.set(animal.id, await animal.open(auditor.world));
});
after(async () => {
  await Promise.all([...open.values()].map((animal) => animal.close()));
  await auditor[Symbol.asyncDispose]();
});

/** Those that lose connections or take their time are asked less, and not waited for long. */
const planFor = ({ id, tier }: Animal) => {
  if (tier === 'watch') return { tier, patience: millis(2_000) };
  if (id === 'B15') return { tier: 'quick', within: millis(700) } as const;
  if (id === 'B09') return { tier: 'quick' } as const;
  return id === 'P48' || id === 'P50' || id === 'P51' ? ({ within: millis(700) } as const) : {};
};

const look = (animal: Animal, speech: Speech, more = {}): Promise<AuditReport> =>
  auditor.audit(open.get(animal.id)?.url(speech) ?? '', { ...planFor(animal), ...more });

/** What a report says, as the truth about an animal is written. */
const verdictOf = ({ outcome, modes }: AuditReport): object =>
  outcome === 'audited' ? Object.fromEntries(modes.map(({ mode, grade }) => [mode, grade])) : { outcome };

/** SOCKS has no forward mode. */
const truthOf = ({ truth: { forward, ...truth } }: Animal, speech: Speech): object =>
  speech === 'http' && forward !== undefined ? { forward, ...truth } : truth;

const failuresIn = ({ modes }: AuditReport): readonly string[] =>
  modes.flatMap(({ mode, findings }) =>
    findings.filter(({ answer }) => answer === 'fail').map(({ check }) => `${mode} ${check}`),
  );

describe('the zoo', { concurrency: 8 }, () => {
  for (const animal of animals) {
    for (const speech of animal.speaks) {
      it(`${animal.id} by ${speech}: ${animal.about}`, async () => {
        const report = await look(animal, speech);
        const failures = failuresIn(report);
        assert.deepEqual(verdictOf(report), truthOf(animal, speech), `${report.sentence} ${failures.join(', ')}`);
        if (animal.control === true) assert.deepEqual(failures, [], 'an honest proxy is accused of nothing');
        for (const check of animal.fires)
          assert.ok(failures.includes(check), `${check} is failed, beside ${failures.join()}`);
      });
    }
  }

  it('has a liar for every check that can accuse', () => {
    const fired = new Set(animals.flatMap(({ fires }) => fires.map((name) => name.split(' ')[1])));
    // What is told and accuses nobody, what needs two certificates, and what others of the same kind fail.
    const spared = ['H01', 'H11', 'H13', 'H17', 'C04', 'C09'];
    const facts = ['A01', 'A02', 'A04', 'N02', 'T04', 'T05', 'T06', 'T08', 'T10', 'T11', 'T12'];
    // What asks pages of others stands before the zoo in witness/zoo.test.ts.
    const left = checks
      .filter(({ by }) => by === undefined)
      .map(({ id }) => id as string)
      .filter((id) => !fired.has(id) && ![...spared, ...facts].includes(id));
    assert.deepEqual(left, []);
  });
});

describe('repeats', () => {
  const steady = animals.filter(
    ({ id }) => !['B09', 'B15', 'P40', 'P48', 'P50', 'P51', 'P52a', 'P52b', 'Q15'].includes(id),
  );
  const all = steady.flatMap((animal) => animal.speaks.map((speech) => ({ animal, speech })));
  const quick = { tier: 'quick', within: millis(20_000) } as const;

  for (const most of isLong ? [16, 200, 2_000] : [16, 400]) {
    it(`say the same at ${most} at once`, { timeout: 1_200_000 }, async () => {
      const jobs = Array.from({ length: Math.ceil((isLong ? 20 : 2) * all.length) }, (_, nth) => all[nth % all.length]);
      const first = new Map<string, string>();
      const said = await pooled(jobs, most, async (job) => {
        if (job === undefined) return '';
        const report = await look(job.animal, job.speech, quick);
        return `${job.animal.id} ${job.speech} ${JSON.stringify(verdictOf(report))}`;
      });
      for (const line of said) {
        const name = line.split(' ').slice(0, 2).join(' ');
        assert.equal(line, first.get(name) ?? line);
        first.set(name, line);
      }
    });
  }
});

/** Does work for all items, so many at once. */
const pooled = async <Item, Result>(
  items: readonly Item[],
  most: number,
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> => {
  const results: Result[] = [];
  let next = 0;
  const one = async (): Promise<void> => {
    for (let at = next; at < items.length; at = next) {
      next += 1;
      const item = items[at];
      if (item !== undefined) results.push(await work(item));
    }
  };
  await Promise.all(Array.from({ length: most }, one));
  return results;
};
