/** A report that is given away says what a proxy does, and not who found out. */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { shown } from '../../src/audit/ask/text.js';
import { hiding } from '../../src/audit/for-others.js';
import { yourFacts } from '../../src/audit/identity/facts.js';
import { findingOf, reportOf } from '../kit/audits.js';

const own = '198.51.100.77';
const facts = yourFacts({ sure: [own], other: ['192.168.1.23'], names: ['margarete'] });

const telling = {
  dotted: `X-Forwarded-For: ${own}`,
  'as one of several': `Via: 1.1 gw\nX-Forwarded-For: 203.0.113.9, ${own}`,
  hexadecimal: 'X-T: c633644d',
  hashed: `X-T: ${createHash('md5').update(own).digest('hex')}`,
  'of the own network': 'X-T: 192.168.1.23',
  'in a binary preamble': shown(Buffer.from([0x0d, 0x0a, 0x51, 0x21, 0x11, 198, 51, 100, 77, 203, 0, 113, 9])),
  'a name': 'X-Host: margarete',
};

for (const [how, text] of Object.entries(telling))
  test(`evidence in which the own address or name stands is taken out: ${how}`, () => {
    const evidence = [{ what: 'yours', sent: 'nothing', arrived: text }];
    const [mode] = hiding(facts)(withFinding('H02', { evidence })).modes;
    assert.deepEqual(mode?.findings[0]?.evidence, [{ what: 'yours', sent: 'nothing', arrived: '[yours, taken out]' }]);
  });

test('a sentence and an exit lose the address, and what is of others stays', () => {
  const evidence = [{ what: 'fields', arrived: 'Via: 1.1 gw\nX-Forwarded-For: 203.0.113.9' }];
  const report = withFinding('A03', { sentence: `The judge sees ${own}, and 203.0.113.9.`, evidence });
  const [mode] = hiding(facts)({
    ...report,
    modes: report.modes.map((each) => ({ ...each, exits: [own, '203.0.113.9'], asked: ['f00d'] })),
  }).modes;
  assert.equal(mode?.findings[0]?.sentence, 'The judge sees [yours, taken out], and 203.0.113.9.');
  assert.deepEqual(mode.findings[0].evidence, evidence);
  assert.deepEqual(mode.exits, ['[yours, taken out]', '203.0.113.9']);
  assert.equal('asked' in mode, false);
});

const withFinding = (check: string, more: Parameters<typeof findingOf>[2]) => {
  const report = reportOf('http://93.0.0.1:80', { forward: 'transparent' });
  return { ...report, modes: report.modes.map((mode) => ({ ...mode, findings: [findingOf(check, 'fail', more)] })) };
};
