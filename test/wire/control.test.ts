/** What goes over the control socket: everything that is written is read again, and nothing else is believed. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Command } from '../../src/model/command.js';
import { controlLines, controlVersion, readAsk, readTold } from '../../src/wire/control.js';

const commands: readonly Command[] = [
  { do: 'use-cascade', name: 'work' },
  { do: 'reload' },
  { do: 'probe' },
  { do: 'probe', cascade: 'work' },
  { do: 'renew', identity: '' },
  { do: 'close-session', session: 7 },
  { do: 'why', session: 7 },
  { do: 'stop' },
];

test('every command is read as it was written, also with fields that a later face adds', () => {
  for (const command of commands) {
    assert.deepEqual(readAsk(controlLines.command(3, command)), { kind: 'command', id: 3, command });
    const more = JSON.stringify({ id: 3, later: [1], command: { ...command, later: {} } });
    assert.deepEqual(readAsk(more), { kind: 'command', id: 3, command });
  }
  assert.deepEqual(readAsk(controlLines.watch(1)), { kind: 'watch', id: 1 });
});

test('a command that is not known, or lacks what it needs, is told from garbage', () => {
  const lacking = commands.flatMap((command) => Object.keys(command).map((key) => ({ ...command, [key]: null })));
  const unknown = [...lacking, { do: 'dance' }, { do: 'toString' }, { do: '__proto__' }, {}, [], null, 'stop', 1];
  for (const command of unknown) {
    assert.deepEqual(readAsk(JSON.stringify({ id: 1, command })), { kind: 'unknown', id: 1 }, JSON.stringify(command));
  }
  const garbage = [
    '',
    '{',
    '[]',
    'null',
    '1',
    '"stop"',
    '{"id":-1}',
    '{"id":1.5}',
    '{"id":"1"}',
    '{}',
    'GET / HTTP/1.1\r',
  ];
  for (const line of garbage) assert.equal(readAsk(line), undefined, line);
});

test('every line of an engine is read as it was written', () => {
  assert.deepEqual(readTold(controlLines.hello(12)), { kind: 'hello', version: controlVersion, pid: 12 });
  assert.deepEqual(readTold(controlLines.full(12)), { kind: 'full', pid: 12 });
  const result = { done: false, failure: { code: 'stopped' } } as const;
  assert.deepEqual(readTold(controlLines.result(4, result)), { kind: 'result', id: 4, result });
  const event = { kind: 'stopping' } as const;
  assert.deepEqual(readTold(controlLines.event(event)), { kind: 'event', event });
  for (const line of [
    '{"kind":"hello"}',
    '{"event":1}',
    '{"event":{}}',
    '{"id":1,"result":{}}',
    '{"result":{"done":true}}',
  ])
    assert.equal(readTold(line), undefined, line);
});

test('nothing that comes in throws, and every line has one end', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      readAsk(text);
      readTold(text);
    }),
  );
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (name) => {
      const line = controlLines.command(1, { do: 'use-cascade', name });
      assert.equal(line.indexOf('\n'), line.length - 1);
      assert.deepEqual(readAsk(line), { kind: 'command', id: 1, command: { do: 'use-cascade', name } });
    }),
  );
});
