/** What dials have shown of proxies: it is about the proxies, never about where their users go. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Blame } from '../../src/model/blame.js';
import { everyProxy, parseCascade } from '../../src/model/cascade.js';
import type { FailureCode } from '../../src/model/failure.js';
import type { Route } from '../../src/model/route.js';
import { createEvidence } from '../../src/route/evidence.js';

const cascade = parseCascade('test', 'socks5h://one.test,http://two.test');
const [one, two] = everyProxy(cascade);
assert.ok(one !== undefined && two !== undefined);
const route = { cascade: cascade.id, identity: '', hops: [one, two] } as unknown as Route;

const afterFailure = (code: FailureCode, blame: Blame) => {
  const evidence = createEvidence();
  evidence.failed(route, { code, blame });
  return [evidence.failedLately(one), evidence.failedLately(two)];
};

test('a hop that cannot be reached is passed over for a while', () => {
  assert.deepEqual(afterFailure('hop-unreachable', { reporter: 0, suspect: 1, phase: 'tcp' }), [true, false]);
});

test('a hop that does not reach the next one is the one to be passed over', () => {
  assert.deepEqual(afterFailure('onward-denied', { reporter: 1, suspect: 2, phase: 'request' }), [true, false]);
});

test('a target that cannot be reached takes nothing from the last hop, whatever the hop says of it', () => {
  for (const code of ['onward-refused', 'onward-failed', 'onward-denied', 'onward-timeout'] as const) {
    assert.deepEqual(afterFailure(code, { reporter: 2, suspect: 'target', phase: 'request' }), [false, false], code);
  }
});

test('a last hop that just closes when it is asked for a target keeps its good name, one that closes before does not', () => {
  assert.deepEqual(afterFailure('hop-closed', { reporter: 1, suspect: 2, phase: 'request' }), [false, false]);
  assert.deepEqual(afterFailure('hop-closed', { reporter: 1, suspect: 2, phase: 'greeting' }), [false, true]);
});

test('a hop that works again is taken again', () => {
  const evidence = createEvidence();
  evidence.failed(route, { code: 'hop-timeout', blame: { reporter: 0, suspect: 1, phase: 'tcp' } });
  evidence.passed(route, { hop: 1, label: 'one', exchange: 1 as never });
  assert.equal(evidence.failedLately(one), false);
});
