/** The audit over bad lines: what is lost or late may leave a question open, and never accuses anybody. */

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { AuditReport } from '../../src/model/audit.js';
import { millis } from '../../src/model/brand.js';
import { type Auditor, openAuditor } from '../kit/auditor.js';
import { checks } from '../../src/audit/checks/index.js';
import { openLossy } from '../kit/lossy.js';
import { createChance } from '../kit/wire.js';
import type { Animal, Speech } from '../kit/zoo/animal.js';
import { animals } from '../kit/zoo/index.js';

let auditor: Auditor;
before(async () => {
  auditor = await openAuditor();
});
after(() => auditor[Symbol.asyncDispose]());

const isLong = process.env['KASKADE_LONG'] === '1';

/** Those that are silent or slow by themselves say nothing of the line; one counts what it has seen. */
const odd = ['B09', 'B15', 'P48', 'P50', 'P51', 'P52a', 'P52b', 'Q15'];
const few = ['P01', 'P03', 'P10', 'P20', 'P26', 'P30', 'P33', 'P39', 'Q01', 'Q08', 'Q17'];
const spoken = animals.filter(
  ({ id, control, tier }) =>
    tier === undefined && !odd.includes(id) && (isLong || control === true || few.includes(id)),
);

const lookOver = async (animal: Animal, speech: Speech, loss: number): Promise<AuditReport> => {
  const { below } = createChance(Math.round(loss * 1_000) + Number(animal.id.replace(/\D/g, '')));
  const random = (): number => below(2 ** 30) / 2 ** 30;
  const open = await animal.open(auditor.world);
  const { hostname, port } = new URL(open.url(speech).replace(/^\w+:/, 'http:'));
  await using line = await openLossy({ host: hostname, port: Number(port) }, { loss, delay: 20, random });
  try {
    return await auditor.audit(`${speech}://${hostname}:${line.port}`, { tier: 'quick', within: millis(2_500) });
  } finally {
    await open.close();
  }
};

for (const loss of [0.05, 0.2])
  describe(`a line that loses ${loss * 100} of 100`, { concurrency: 24 }, () => {
    const graded = { yes: 0, no: 0 };
    for (const animal of spoken)
      for (const speech of animal.speaks)
        it(`${animal.id} by ${speech} gets its grade or none`, async () => {
          const { outcome, modes } = await lookOver(animal, speech, loss);
          const failures = modes.flatMap(({ findings }) => findings.filter(({ answer }) => answer === 'fail'));
          if (animal.control === true) assert.deepEqual(failures, []);
          for (const { mode, grade } of modes) {
            graded[grade === undefined ? 'no' : 'yes'] += 1;
            const truth = animal.truth[mode];
            if (grade !== undefined && grade !== truth)
              assert.ok(isMissed(animal, mode, grade), `${mode} ${grade}, not ${truth ?? 'none'}: ${outcome}`);
          }
        });
    after(() => {
      console.log(`${loss * 100} of 100 lost: ${graded.yes} modes got a grade, ${graded.no} none`);
      if (loss < 0.1) assert.ok(graded.yes > graded.no, 'a line that is a little bad leaves most to be told');
    });
  });

/** What only a full look can see is not seen by a quick one. */
const isMissed = ({ fires }: Animal, mode: 'forward' | 'tunnel', grade: string): boolean =>
  (grade === 'clean' || grade === 'exact') &&
  fires.filter((name) => name.startsWith(mode)).every((name) => fullChecks.has(name.split(' ')[1] ?? ''));

const fullChecks = new Set(checks.filter(({ tier }) => tier === 'full').map(({ id }) => String(id)));
