/** How the world sees this machine: what one alone says is doubtful, and two names of one site are one. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Met } from '../../src/audit/witness/witnesses.js';
import { unknownOfYou } from '../../src/audit/identity/facts.js';
import { parseWitness } from '../../src/model/witness.js';
import { ownFacts } from '../../src/engine/audit-facts.js';
import { toldBy } from '../../src/engine/audit-witnesses.js';

const address = '198.51.100.7';

const sight = (url: string, ...more: readonly string[]): Met => {
  const you = more.length === 0 ? [address] : more;
  const shown = { kind: 'echo', address: you[0] ?? '' } as const;
  return { witness: parseWitness(url), shown, met: shown, you };
};

/** What is doubtful of what these pages say, or that it is sure. */
const said = (...sights: readonly Met[]): string => {
  const { facts, doubtful } = ownFacts([], [], toldBy(sights));
  const known = facts.filter(({ text }) => text === address);
  assert.equal(known.length, 1, 'it is looked for in any case');
  return known.some(({ sure }) => sure === true) ? 'sure' : `doubtful ${doubtful.join(' ')}`;
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
  assert.deepEqual(toldBy([{ witness: parseWitness('https://ip.one.example/'), you: [] }]), []);
});

test('each family of addresses is known by itself', () => {
  const ipv6 = '2001:db8::7';
  const both = [sight('https://ip.one.example/', address, ipv6), sight('https://ip.two.example/', address)];
  const { facts, doubtful } = ownFacts([], [], toldBy(both));
  assert.deepEqual(doubtful, [ipv6]);
  assert.equal(unknownOfYou(facts, []), undefined);
  assert.equal(unknownOfYou(facts, ['ipv4']), undefined);
  assert.equal(unknownOfYou(facts, ['ipv4', 'ipv6']), 'Your public IPv6 address');
  assert.equal(unknownOfYou([], []), 'Your public address');
  const typed = ownFacts([ipv6], [], toldBy(both));
  assert.deepEqual(typed.doubtful, []);
  assert.equal(unknownOfYou(typed.facts, ['ipv4', 'ipv6']), undefined);
});
