/** A later look at what earlier audits asked for: by id only, with a judge whose clock is moved by hand. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, it } from 'node:test';
import { parseJudgeUrl } from '../../src/audit/judge/card.js';
import { judgeKeys } from '../../src/audit/judge/record.js';
import type { Asked, AuditReport, Finding, Mode, Tier } from '../../src/model/audit.js';
import type { Stamp } from '../../src/model/book.js';
import { millis } from '../../src/model/brand.js';
import { type Auditor, judgeAt, openAuditor } from '../kit/auditor.js';
import { b01 } from '../kit/zoo/animals/honest-http.js';

const hour = 3_600_000;

/** An honest proxy under audit, and time that passes for the judge and the auditor alike. */
interface Scene {
  readonly auditor: Auditor;
  readonly pass: (span: number) => void;
  readonly look: (watched: readonly Asked[], tier?: Tier) => Promise<AuditReport>;
}

const withScene = async (work: (scene: Scene) => Promise<void>): Promise<void> => {
  let ahead = 0;
  const clock = (): Stamp => (Date.now() + ahead) as Stamp;
  await using auditor = await openAuditor({ clock });
  const animal = await b01.open(auditor.world);
  try {
    await work({
      auditor,
      pass: (span) => (ahead += span),
      look: (watched, tier = 'full') =>
        auditor.audit(animal.url('http'), { tier, clock, patience: millis(100), past: () => ({ runs: [], watched }) }),
    });
  } finally {
    await animal.close();
  }
};

/** What a report asked for in a mode, as the book keeps it. */
const askedBy = ({ at, took, modes }: AuditReport, wanted: Mode): readonly Asked[] =>
  modes.flatMap(({ mode, asked }) => (mode === wanted && asked !== undefined ? [{ ids: asked, at, took }] : []));

const revisitsIn = ({ modes }: AuditReport, wanted: Mode = 'forward'): Finding | undefined =>
  modes.find(({ mode }) => mode === wanted)?.findings.find(({ check }) => (check as string) === 'C06');

/** Somebody comes for what was asked for. */
const comeFor = async ({ judge }: Auditor, [asked]: readonly Asked[]): Promise<void> => {
  const { port } = parseJudgeUrl(judge.urls[0] ?? '').endpoint;
  const socket = connect({ host: judgeAt, port, localAddress: '127.0.3.3' });
  socket.end(`GET /${asked?.ids[0] ?? ''}.html HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`).resume();
  await once(socket, 'close');
};

describe('a later look', { concurrency: 4 }, () => {
  it('finds who came hours after an audit, long after the judge has forgotten who that was', async () => {
    await withScene(async ({ auditor, pass, look }) => {
      const first = await look([]);
      assert.equal(revisitsIn(first), undefined);
      const watched = askedBy(first, 'forward');
      assert.deepEqual(
        watched.map(({ ids }) => ids.length),
        [1],
      );
      pass(3 * hour);
      await comeFor(auditor, watched);
      pass(2 * hour);
      const second = await look(watched);
      const found = revisitsIn(second);
      assert.deepEqual([found?.answer, found?.caps], ['fail', 'hostile']);
      assert.equal(found?.sentence, 'Somebody came for it 3 hours later.');
      assert.match(found.evidence[0]?.what ?? '', /^a page that was asked for on \d{4}-\d\d-\d\d /);
      assert.equal(found.evidence[0]?.arrived, '1 visit, the last one 3 hours later');
      assert.doesNotMatch(JSON.stringify(found), /127\.0\.3\.3/);
      assert.deepEqual(second.modes.find(({ mode }) => mode === 'forward')?.grade, 'hostile');
    });
  });

  it('says so where nobody came, in the longest look beside what it waited for itself', async () => {
    await withScene(async ({ auditor, pass, look }) => {
      const first = await look([], 'watch');
      const watched = askedBy(first, 'tunnel');
      pass(5 * hour);
      const full = revisitsIn(await look(watched), 'tunnel');
      assert.deepEqual(
        [full?.answer, full?.sentence],
        ['pass', 'In 5 hours nobody came for what earlier audits asked for.'],
      );
      assert.match(revisitsIn(await look(watched, 'watch'), 'tunnel')?.sentence ?? '', /^Within 0 seconds nobody came/);
      await comeFor(auditor, watched);
      const watch = await look(watched, 'watch');
      assert.equal(revisitsIn(watch, 'tunnel')?.sentence, 'Somebody came for it 5 hours later.');
      assert.equal(
        watch.modes.flatMap(({ findings }) => findings.filter(({ check }) => (check as string) === 'C06')).length,
        2,
      );
    });
  });

  it('accuses nobody of what came while the audit was under way, nor by a judge that knows nothing of it', async () => {
    await withScene(async ({ auditor, pass, look }) => {
      const [asked] = askedBy(await look([]), 'forward');
      assert.ok(asked);
      pass(20_000);
      await comeFor(auditor, [asked]);
      pass(hour);
      const slow = { ...asked, took: millis(30_000) };
      assert.equal(revisitsIn(await look([slow]))?.answer, 'pass');
      assert.equal(revisitsIn(await look([{ ...asked, ids: ['0'.repeat(32)] }])), undefined);
    });
    await using other = await openAuditor({ keys: judgeKeys() });
    assert.equal((await other.link.revisits(['1'.repeat(32)], new AbortController())).size, 0);
  });
});
