/** The evidence shows what its sentence says, in bytes that a person can read. */

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Evidence, Finding } from '../../src/model/audit.js';
import { type Auditor, openAuditor } from '../kit/auditor.js';
import type { Animal } from '../kit/zoo/animal.js';
import { p12 } from '../kit/zoo/animals/proxy-line.js';
import { p16 } from '../kit/zoo/animals/no-cookies.js';
import { p40 } from '../kit/zoo/animals/swaps.js';
import { p01 } from '../kit/zoo/animals/xff-client.js';
import { q16 } from '../kit/zoo/animals/changes-uploads.js';

describe('the evidence of a finding', () => {
  let auditor: Auditor;
  before(async () => {
    auditor = await openAuditor();
  });
  after(() => auditor[Symbol.asyncDispose]());

  const failed = async (animal: Animal): Promise<(check: string) => Finding> => {
    const open = await animal.open(auditor.world);
    try {
      const { modes } = await auditor.audit(open.url('http'));
      const findings = modes.find(({ mode }) => mode === 'forward')?.findings ?? [];
      return (check) => {
        const found = findings.find((each) => each.check === check && each.answer === 'fail');
        assert.ok(found, `${check} failed`);
        return found;
      };
    } finally {
      await open.close();
    }
  };
  const firstOf = ({ evidence: [first] }: Finding): Evidence => {
    assert.ok(first, 'there is evidence');
    return first;
  };

  it('is the line that has the address, and no other', async () => {
    const found = await failed(p01);
    assert.equal(firstOf(found('H02')).arrived, 'X-Forwarded-For: 127.0.1.10');
  });

  it('is text where bytes before a request are text', async () => {
    const { arrived } = firstOf((await failed(p12))('H03'));
    assert.match(arrived ?? '', /^bytes before the request: PROXY TCP4 127\.0\.1\.10 /);
  });

  it('is the place where an upload was changed', async () => {
    const { what, sent = '', arrived = '' } = firstOf((await failed(q16))('H15'));
    assert.match(what, /^the upload around byte \d+$/);
    assert.equal(sent.length, arrived.length);
    assert.notEqual(sent, arrived);
  });

  it('is the question, and the one to which the answer belongs', async () => {
    const { sent = '', arrived = '' } = firstOf((await failed(p40))('C08'));
    const asked = (line: string): string | undefined => /^GET \S*\/([0-9a-f]{32})\.txt HTTP\/1\.1$/.exec(line)?.[1];
    assert.ok(asked(sent) !== undefined && asked(arrived) !== undefined, `${sent}, ${arrived}`);
    assert.notEqual(asked(sent), asked(arrived));
  });

  it('of another kind of request is as bad as that of the plain one, and met in the same way', async () => {
    const found = await failed(p16);
    const [plain, other] = [found('H04'), found('H20')];
    assert.deepEqual([other.severity, other.remedy], [plain.severity, plain.remedy]);
    assert.match(other.sentence, / Seen where (?:a \.\w+ file|\/\w+) was asked for\.$/);
  });
});
