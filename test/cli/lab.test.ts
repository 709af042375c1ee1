/** `kaskade lab` as a user types it, with the judge that is part of it. */

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { once } from 'node:events';
import { test } from 'node:test';
import type { AuditReport } from '../../src/model/audit.js';
import { createKaskade, jsonLines } from './kaskade.js';

test('its proxies can be audited with its own judge, as it says in one line', async (context) => {
  const { start, run, home } = createKaskade(context);
  const lab = start(['lab', '--hops', '3', '--listen', '127.0.0.1:0']);
  const [, words = ''] = await lab.printed(/^ {2}kaskade (audit .*)$/m);
  const args = words.replaceAll("'", '').split(' ');
  const { code, stdout, stderr } = await run(['--json', ...args]);
  assert.equal(code, 0, stderr);
  const reports = jsonLines({ code, stdout, stderr }) as unknown as readonly AuditReport[];
  assert.deepEqual(reports.map(({ proxy }) => proxy).toSorted(), args.slice(1, 4).toSorted());
  for (const { outcome, modes } of reports) {
    assert.equal(outcome, 'audited');
    assert.deepEqual(
      modes.map(({ mode, grade }) => [mode, grade]),
      [['tunnel', 'transparent']],
    );
    const named = (answer: string): readonly string[] =>
      modes.flatMap(({ findings }) => findings.filter((each) => each.answer === answer).map(({ check }) => check));
    // They go out by the address of who asks, which is all that is wrong with them.
    assert.deepEqual(named('fail'), ['A03']);
    for (const check of ['T02', 'T03', 'T09']) assert.ok(named('pass').includes(check), check);
  }
  lab.child.kill('SIGTERM');
  await lab.ended;
  assert.deepEqual(
    readdirSync(home).filter((name) => name !== 'health.json'),
    [],
  );
});

test('programs are told of its proxies and its judge, which end with it', async (context) => {
  const { start } = createKaskade(context);
  const lab = start(['lab', '--hops', '1', '--listen', '127.0.0.1:0', '--json']);
  await lab.printed(/\n/);
  lab.child.kill('SIGTERM');
  const [event] = jsonLines(await lab.ended) as unknown as readonly {
    readonly event: string;
    readonly judge: string;
    readonly proxies: readonly string[];
  }[];
  assert.equal(event?.event, 'listening');
  assert.match(event.judge, /^http:\/\/127\.0\.0\.1:\d+\/#[\w-]{43}$/);
  assert.equal(event.proxies.length, 1);
  const socket = connect(Number(new URL(event.judge).port), '127.0.0.1');
  await assert.rejects(once(socket, 'connect'), { code: 'ECONNREFUSED' });
});
