/** Proxies that do two things at once: the worse of both is found, whatever the other one hides. */

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Grade, grades } from '../../src/model/book.js';
import { type Auditor, openAuditor } from '../kit/auditor.js';
import { createChance } from '../kit/wire.js';
import type { Animal } from '../kit/zoo/animal.js';
import { behaviourOf, openPair } from '../kit/zoo/core/pair.js';
import { animals } from '../kit/zoo/index.js';

const isLong = process.env['KASKADE_LONG'] === '1';

let auditor: Auditor;
before(async () => {
  auditor = await openAuditor();
});
after(() => auditor[Symbol.asyncDispose]());

/** What these do in pairs is not the sum of both: they answer instead of the site, or put the fields of the other one into tunnels too. */
const alone = ['B09', 'B14', 'B15', 'P33', 'P36', 'P37', 'P40', 'P42', 'P43', 'P44', 'Q15'];
const all = animals.filter(
  ({ id, truth, speaks, tier }) =>
    tier === undefined &&
    speaks.includes('http') &&
    truth.forward !== undefined &&
    truth.tunnel !== undefined &&
    !alone.includes(id),
);

/** What takes things away comes first: it does not undo what the other one does. */
const takesAway = ['P16', 'P17', 'P18', 'P19', 'P27', 'B08', 'B07'];
const ordered = (one: Animal, other: Animal): readonly [Animal, Animal] =>
  takesAway.includes(other.id) && !takesAway.includes(one.id) ? [other, one] : [one, other];

/** One of these does what the other one needs: cookies are gone, packed pages are, no browser asks, connections end, exits change. */
const undone = [
  'B07 Q11',
  'P11 P41',
  'P16 Q04',
  'P16 Q28',
  'P16 Q21',
  'P17 Q23',
  'P18 P15',
  'P18 Q04',
  'P18 Q21',
  'P18 Q25',
  'P18 Q28',
  'P18 Q32',
  'P19 Q13',
  'P19 Q22',
];
const everyPair = all
  .flatMap((one, at) => all.slice(at + 1).map((other) => ordered(one, other)))
  .filter(([{ id: one }, { id: other }]) => !undone.includes(`${one} ${other}`));
const { below } = createChance(11);
const pairs = isLong ? everyPair : Array.from({ length: 24 }, () => everyPair[below(everyPair.length)] ?? everyPair[0]);

const worse = (one: Grade | undefined, other: Grade | undefined): Grade | undefined =>
  grades.find((grade) => grade === one || grade === other);

describe('two behaviours in one', { concurrency: 8 }, () => {
  for (const pair of pairs) {
    if (pair === undefined) continue;
    const [one, other] = pair;
    it(`${one.id} with ${other.id}: ${one.about}, and ${other.about}`, async () => {
      const [first, second] = [await behaviourOf(one, auditor.world), await behaviourOf(other, auditor.world)];
      assert.ok(first !== undefined && second !== undefined, 'both are proxies');
      const open = await openPair(auditor.world, first, second);
      try {
        const report = await auditor.audit(open.url('http'));
        const found = Object.fromEntries(report.modes.map(({ mode, grade }) => [mode, grade]));
        const failures = report.modes.flatMap(({ mode, findings }) =>
          findings.filter(({ answer }) => answer === 'fail').map(({ check }) => `${mode} ${check}`),
        );
        assert.deepEqual(
          found,
          {
            forward: worse(one.truth.forward, other.truth.forward),
            tunnel: worse(one.truth.tunnel, other.truth.tunnel),
          },
          failures.join(', '),
        );
        if (one.control === true && other.control === true) assert.deepEqual(failures, []);
      } finally {
        await open.close();
      }
    });
  }
});
