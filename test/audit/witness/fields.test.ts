/** Fields that a page of others shows directly too: whose they may be. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldsIn } from '../../../src/audit/checks/witness-fields.js';
import { yourFacts } from '../../../src/audit/identity/facts.js';
import { createSearch } from '../../../src/audit/identity/search.js';
import type { WitnessStand } from '../../../src/audit/stand.js';
import { parseWitness } from '../../../src/model/witness.js';
import { subjectOf } from '../../kit/auditor.js';

const you = '20.77.0.1';
const facts = yourFacts({ sure: [you], other: [], names: [] });
const stand: WitnessStand = {
  ...{ mode: 'tunnel', subject: subjectOf('http://127.0.0.1:1'), facts, search: createSearch(facts) },
  ...{ signal: new AbortController().signal, once: (_name, work) => work() },
};

/** What follows from a field with your public address that a page shows through a proxy, and directly as well. */
const said = (url: string): string => {
  const shown = {
    kind: 'variables',
    address: '20.77.0.9',
    variables: [{ name: 'HTTP_X_REAL_IP', value: you }],
  } as const;
  const { answer, caps } = fieldsIn({ witness: parseWitness(url), shown, met: shown }, stand);
  return caps === undefined ? answer : `${answer} ${caps}`;
};

test('inside TLS that was verified your public address is what the page sees', () => {
  assert.equal(said('https://page.example/'), 'fail transparent');
});

test('in clear it may be the work of your own line, and accuses nobody', () => {
  assert.equal(said('http://page.example/'), 'inconclusive');
});
