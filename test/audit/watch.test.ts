/** The longest look: who comes later for what was asked, or with a password that was sent, is told from who does not. */

import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { passwords, revisits } from '../../src/audit/checks/later.js';
import { createStand } from '../../src/audit/stand.js';
import type { AuditReport, Mode } from '../../src/model/audit.js';
import { millis } from '../../src/model/brand.js';
import { fail } from '../../src/model/error.js';
import { createAborter } from '../../src/net/signal.js';
import { type Auditor, openAuditor, subjectOf } from '../kit/auditor.js';
import { standstill } from '../kit/leak.js';
import type { Animal } from '../kit/zoo/animal.js';
import { b16 } from '../kit/zoo/animals/asks-ahead.js';
import { q19 } from '../kit/zoo/animals/comes-back.js';
import { b01 } from '../kit/zoo/animals/honest-http.js';
import { b11 } from '../kit/zoo/animals/honest-socks5.js';
import { p36 } from '../kit/zoo/animals/keeps-all.js';
import { p41 } from '../kit/zoo/animals/rotates.js';
import { q20 } from '../kit/zoo/animals/tries-logins.js';
import type { Behaviour } from '../kit/zoo/core/behaviour.js';
import { openProxy } from '../kit/zoo/core/proxy.js';

const patience = millis(2_000);
const long = millis(60_000);

let auditor: Auditor;
before(async () => {
  auditor = await openAuditor();
});
after(() => auditor[Symbol.asyncDispose]());

/** What was said by a check of a mode. */
const said = ({ modes }: AuditReport, name: `${Mode} ${string}`) =>
  modes.flatMap(({ mode, findings }) => findings.filter(({ check }) => `${mode} ${check}` === name))[0];

const gradesIn = ({ modes }: AuditReport): object => Object.fromEntries(modes.map(({ mode, grade }) => [mode, grade]));

/** Opens an animal before an auditor, for as long as the work takes. */
const withAnimal = async (animal: Animal, { world }: Auditor, work: (url: string) => Promise<void>): Promise<void> => {
  const open = await animal.open(world);
  try {
    await work(open.url(animal.speaks[0]));
  } finally {
    await open.close();
  }
};

describe('the longest look', { concurrency: 4 }, () => {
  for (const [animal, answers] of [
    [q19, { 'forward C06': 'fail', 'forward C07': 'pass', 'tunnel C06': 'fail' }],
    [q20, { 'forward C06': 'pass', 'forward C07': 'fail', 'tunnel C06': 'pass' }],
    [p36, { 'forward H13': 'fail', 'forward C06': 'pass', 'forward C07': 'pass' }],
    [b01, { 'forward H13': 'pass', 'forward C06': 'pass', 'forward C07': 'pass', 'tunnel C06': 'pass' }],
    [b16, { 'forward C06': 'pass', 'forward C07': 'pass', 'tunnel C06': 'pass' }],
    [p41, { 'forward C06': 'pass', 'forward C07': 'pass', 'tunnel C06': 'pass' }],
    [b11, { 'tunnel C06': 'pass' }],
  ] as const)
    it(`${animal.id} ${animal.about}`, async () => {
      await withAnimal(animal, auditor, async (url) => {
        const report = await auditor.audit(url, { tier: 'watch', patience });
        for (const [name, answer] of Object.entries(answers)) {
          const found = said(report, name as `${Mode} ${string}`);
          assert.equal(found?.answer, answer, `${name} ${found?.sentence ?? ''}`);
        }
        assert.deepEqual(gradesIn(report), animal.truth);
      });
    });

  it('tells from who comes only for what was asked with a login', async () => {
    const comes: Behaviour = {
      fields: (lines, { world, host, port, method, path }) => {
        if (method !== 'GET' || !lines.some((line) => /^authorization:/i.test(line))) return lines;
        const kept = lines.filter((line) => !/^connection:/i.test(line));
        setTimeout(() => {
          const again = connect({ host: world.names.get(host) ?? host, port, localAddress: '127.40.7.7' });
          again.on('error', () => undefined).setTimeout(2_000, () => again.destroy());
          again.end([`GET ${path} HTTP/1.1`, ...kept, 'Connection: close', '', ''].join('\r\n'));
          again.resume();
        }, 4_000).unref();
        return lines;
      },
    };
    const open = await openProxy(auditor.world, ['http'], comes);
    const report = await auditor.audit(open.url('http'), { tier: 'watch', patience: millis(6_000) });
    await open.close();
    assert.equal(said(report, 'forward C06')?.answer, 'fail');
    assert.deepEqual(gradesIn(report), { forward: 'hostile', tunnel: 'exact' });
  });

  it('says how long nobody came, and how much later somebody did, and from where', async () => {
    await withAnimal(b01, auditor, async (url) => {
      const quiet = await auditor.audit(url, { tier: 'watch', patience: millis(1_000) });
      assert.equal(said(quiet, 'tunnel C06')?.answer, 'pass');
    });
    await withAnimal(q20, auditor, async (url) => {
      const stand = standAt(url, auditor, patience);
      const { sentence, evidence } = await passwords.run(stand);
      assert.equal(sentence, 'Somebody came for it 1 second later.');
      assert.match(evidence?.[0]?.what ?? '', /^from 127\.40\./);
      assert.match(evidence?.[0]?.arrived ?? '', /^POST /);
      assert.equal((await revisits.run(stand)).sentence, 'Within 2 seconds nobody came.');
    });
  });

  it('tells how long a connection lives on which nothing is said, or that it lives longer', async () => {
    const impatient: Behaviour = {
      takes: (socket) => {
        socket.setTimeout(500, () => socket.end());
        return false;
      },
    };
    const open = await openProxy(auditor.world, ['socks5h'], impatient);
    const report = await auditor.audit(open.url('socks5h'), { tier: 'watch', patience });
    await open.close();
    const { how, after: span = millis(0) } = report.traits.spareLife ?? {};
    assert.equal(how, 'ended');
    assert.ok(span >= 490 && span < 1_500, `${span} ms`);
    await withAnimal(b11, auditor, async (url) => {
      const { traits } = await auditor.audit(url, { tier: 'watch', patience });
      assert.equal(traits.spareLife?.how, 'outlived');
      assert.ok(traits.spareLife.after >= 1_990);
      assert.equal((await auditor.audit(url)).traits.spareLife, undefined);
    });
  });

  it('waits once for both', async () => {
    await withAnimal(b01, auditor, async (url) => {
      const stand = standAt(url, auditor, patience);
      const began = performance.now();
      await revisits.run(stand);
      const waited = performance.now();
      await passwords.run(stand);
      assert.ok(waited - began >= 1_990, 'it waits');
      assert.ok(performance.now() - waited < 500, 'the second one has waited already');
    });
  });

  it('ends at once when it is called off while it waits', async () => {
    let asked = 0;
    await using own = await openAuditor({ clock: () => Date.now() + 0 * (asked += 1) });
    await withAnimal(b11, own, async (url) => {
      const { signal, abort } = createAborter();
      const audited = own.audit(url, { tier: 'watch', patience: long }, { signal });
      const refused = assert.rejects(audited, { code: 'stopped' });
      await standstill(() => asked, 1_500);
      const called = performance.now();
      abort(fail('stopped'));
      await refused;
      assert.ok(performance.now() - called < 500);
    });
  });

  it('tells nothing where the judge is lost while it waits', async () => {
    let asked = 0;
    await using own = await openAuditor({ clock: () => Date.now() + 0 * (asked += 1) });
    await withAnimal(b01, own, async (url) => {
      const stand = standAt(url, own, millis(3_000));
      const both = Promise.all([revisits.run(stand), passwords.run(stand)]);
      await standstill(() => asked, 1_000);
      await own.judge.close();
      for (const { answer, sentence } of await both) {
        assert.equal(answer, 'untested');
        assert.match(sentence, /^The judge could not be asked afterwards/);
      }
    });
  });

  it('waits for nobody where the judge saw nothing', async () => {
    const stand = standAt('http://127.0.0.1:1', auditor, long);
    assert.equal((await revisits.run(stand)).answer, 'untested');
    assert.equal((await passwords.run(stand)).answer, 'untested');
  });
});

const standAt = (url: string, { link }: Auditor, span: typeof patience) =>
  createStand({
    ...{ mode: 'forward', subject: subjectOf(url), judge: link, facts: [], within: millis(3_000), patience: span },
    random: () => Math.random().toString(16).slice(2),
    signal: createAborter().signal,
  });
