/** How the world sees this machine: what one alone says is doubtful, and two names of one site are one. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Sight } from '../../src/audit/witness/witnesses.js';
import { parseWitness } from '../../src/model/witness.js';
import { ownFacts } from '../../src/engine/audit-facts.js';
import { toldBy } from '../../src/engine/audit-witnesses.js';

const address = '198.51.100.7';

const sight = (url: string, seen = address): Sight => {
  const shown = { kind: 'echo', address: seen } as const;
  return { witness: parseWitness(url), shown, met: shown };
};

/** What is doubtful of what these pages say, or that it is sure. */
const said = (...sights: readonly Sight[]): string => {
  const { facts, doubtful } = ownFacts([], [], toldBy(sights));
  const known = facts.filter(({ text }) => text === address);
  assert.equal(known.length, 1, 'it is looked for in any case');
  return known.some(({ sure }) => sure === true) ? 'sure' : `doubtful ${doubtful ?? ''}`;
};

test('two pages of different sites over TLS say together how the world sees you, and one alone does not', () => {
  assert.equal(said(sight('https://ip.one.example/'), sight('https://ip.two.example/')), 'sure');
  assert.equal(said(sight('https://ip.one.example/')), `doubtful ${address}`);
  for (const [one, other] of [
    ['https://a.one.example/', 'https://b.one.example/'],
    ['https://ip.one.example/', 'http://ip.two.example/'],
    ['http://ip.one.example/', 'http://ip.two.example/'],
  ] as const)
    assert.equal(said(sight(one), sight(other)), `doubtful ${address}`, `${one} ${other}`);
  assert.equal(
    said(sight('https://ip.one.example/'), sight('https://ip.two.example/', '198.51.100.8')),
    `doubtful ${address}`,
  );
});

test('a page that says nothing of use tells nothing of this machine', () => {
  const shown = { kind: 'useless', note: 'it answers 500', status: 500 } as const;
  assert.deepEqual(toldBy([{ witness: parseWitness('https://ip.one.example/'), shown, met: shown }]), []);
});
