/** The court of outages: what is this machine's own trouble takes nothing from any hop. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseEndpoint } from '../../src/model/address.js';
import type { At } from '../../src/model/brand.js';
import type { Failure } from '../../src/model/failure.js';
import { hasWay, readWays } from '../../src/health/network.js';
import { type Ways, createOutageCourt } from '../../src/health/outage.js';

const [one, two] = [parseEndpoint('198.51.100.1:1080'), parseEndpoint('203.0.113.2:1080')];
const loopback = parseEndpoint('127.0.0.1:9050');
const at = (seconds: number): At => (seconds * 1_000) as At;
const toFirst = { reporter: 0, suspect: 1, phase: 'tcp' } as const;
const failed = (note: string): Failure => ({ code: 'hop-unreachable', blame: toFirst, note });
const late: Failure = { code: 'hop-timeout', blame: toFirst };
const courtWith = (ways: Ways = 'some') => createOutageCourt(() => ways);

test('an error of the network is an outage, and what failed since the last success is taken back', () => {
  for (const note of ['ENETUNREACH', 'ENETDOWN', 'EHOSTUNREACH', 'EAI_AGAIN']) {
    const court = courtWith();
    court.proof(one, at(1));
    assert.deepEqual(court.failed(one, failed(note), at(2)), { counts: false, pardon: at(1) });
    assert.equal(court.network(), 'offline');
  }
});

test('an error of the network is one of the way to that hop while another one is reached', () => {
  const court = courtWith();
  court.proof(two, at(1));
  assert.deepEqual(court.failed(one, failed('EHOSTUNREACH'), at(2)), { counts: true });
  assert.equal(court.network(), 'online');
});

test('a hop that refuses shows that the network is up', () => {
  const court = courtWith();
  court.failed(one, failed('ENETUNREACH'), at(1));
  assert.deepEqual(court.failed(one, failed('ECONNREFUSED'), at(2)), { counts: true });
  assert.equal(court.network(), 'online');
});

test('one first hop that is late is ill, two of them are an outage, and one that answers in between is none', () => {
  const court = courtWith();
  assert.equal(court.failed(one, late, at(1)).counts, true);
  assert.equal(court.failed(one, late, at(2)).counts, true);
  court.proof(two, at(3));
  assert.equal(court.failed(one, late, at(4)).counts, true);
  assert.deepEqual(court.failed(two, late, at(5)), { counts: false, pardon: at(3) });
  assert.equal(court.network(), 'offline');
});

test('a machine without a way out is in an outage, unless its first hop is this machine', () => {
  const court = courtWith('none');
  assert.equal(court.failed(loopback, late, at(1)).counts, true);
  assert.equal(court.network(), 'unknown');
  assert.equal(court.failed(one, late, at(2)).counts, false);
  assert.equal(court.network(), 'offline');
});

test('while the network is off nothing counts, and one success ends that', () => {
  const court = courtWith();
  court.failed(one, failed('ENETDOWN'), at(1));
  const behind: Failure = { code: 'onward-timeout', blame: { reporter: 1, suspect: 2, phase: 'request' } };
  assert.equal(court.failed(loopback, behind, at(2)).counts, false);
  assert.equal(court.failed(loopback, failed('ECONNREFUSED'), at(2)).counts, true);
  court.proof(one, at(3));
  assert.equal(court.failed(loopback, behind, at(4)).counts, true);
});

test('failures within five seconds behind a jump of the clock do not count', () => {
  const court = courtWith();
  for (let second = 0; second < 10; second += 1) assert.equal(court.tick(second * 1_000, at(second)), false);
  assert.equal(court.tick(9_000 + 6_001, at(10)), true);
  assert.equal(court.failed(one, failed('ECONNREFUSED'), at(14)).counts, false);
  assert.equal(court.failed(one, failed('ECONNREFUSED'), at(15)).counts, true);
});

test('a clock that is set back is no jump', () => {
  const court = courtWith();
  court.tick(100_000, at(1));
  assert.equal(court.tick(50_000, at(2)), false);
  assert.equal(court.tick(51_000, at(3)), false);
});

const header = 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\n';

test('the tables of Linux are read: a way out, none, a closed one, one on loopback', () => {
  assert.equal(hasWay(`${header}eth0\t00000000\t0100A8C0\t0003\t0\t0\t0\t00000000\n`, ''), true);
  assert.equal(hasWay(header, ''), false);
  const line = (to: string, flags: string, device: string): string =>
    `${to} 00 ${'0'.repeat(32)} 00 ${'0'.repeat(32)} ffffffff 00000001 00000000 ${flags} ${device}\n`;
  assert.equal(hasWay(header, line('0'.repeat(32), '00200200', 'lo')), false);
  assert.equal(hasWay(header, line('0'.repeat(32), '00000003', 'eth0')), true);
  assert.equal(hasWay(header, line(`fe80${'0'.repeat(28)}`, '00000001', 'eth0')), false);
});

test('this machine can be asked', () => {
  assert.ok(['none', 'some', 'unknown'].includes(readWays()));
});
