import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { type OutputParts, clean, createOutput } from '../../src/cli/output.js';
import { fail } from '../../src/model/error.js';
import { explain } from '../../src/model/failure.js';

/** What terminals obey or are fooled by: clipboard, title, answers on stdin, C1 forms, line tricks, direction. */
const hostile = [
  '\x1b]52;c;Y2FuYXJ5\x07',
  '\x1b]0;title\x1b\\',
  '\x1b[6n',
  '\x1b[2J\x1b[H',
  '\x9b6n',
  '\x9d0;x\x9c',
  '\x90q\x9c',
  'a\rb\bc\x7f',
  'a\nb\tc',
  '\u202egnp.exe',
  '\u2066x\u2069\u200e\u200f\u061c',
  'a\u2028b\u2029c\ufeff',
  '\x00\x85\xa0',
];

const dangerous = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/;

const collect = (options: Partial<OutputParts> & { readonly terminal?: boolean } = {}) => {
  const { terminal = false, ...parts } = options;
  const stdout = Object.assign(new PassThrough(), { isTTY: terminal });
  const stderr = Object.assign(new PassThrough(), { isTTY: terminal });
  const output = createOutput({ stdout, stderr, json: false, env: {}, ...parts });
  const read = (stream: PassThrough): string => String((stream.read() as Buffer | null) ?? '');
  return { output, out: () => read(stdout), err: () => read(stderr) };
};

test('nothing that a terminal obeys gets through, in lines, notes, errors and JSON', () => {
  for (const text of hostile) {
    const people = collect();
    people.output.say('x', text, { tone: 'good', text });
    people.output.note(text);
    const error = fail('port-in-use', { note: text });
    people.output.refuse(error, explain(error.failure));
    const printed = people.out() + people.err();
    assert.doesNotMatch(printed, dangerous, JSON.stringify(text));
    assert.equal(printed.split('\n').length - 1, 4, 'one line each');
    const programs = collect({ json: true });
    programs.output.value({ text });
    const json = programs.out();
    assert.doesNotMatch(json, dangerous);
    assert.deepEqual(JSON.parse(json), { text }, 'and nothing is lost');
  }
});

test('words of any script and signs stay as they are', () => {
  for (const text of ['Bücher', '日本語', 'עברית', '👩‍💻', '‹secret›', '┌│└', 'a  b']) assert.equal(clean(text), text);
  assert.equal(clean('a\r\n\tb'), 'a b');
});

test('colours are for terminals, and for nobody who sets NO_COLOR', () => {
  const line = (options: Parameters<typeof collect>[0]): string => {
    const { output, out } = collect(options);
    output.say({ tone: 'strong', text: 'x' });
    return out();
  };
  assert.equal(line({ terminal: true }), '\x1b[1mx\x1b[22m\n');
  assert.equal(line({ terminal: true, env: { NO_COLOR: '1' } }), 'x\n');
  assert.equal(line({ terminal: true, env: { NO_COLOR: '' } }), '\x1b[1mx\x1b[22m\n');
  assert.equal(line({ terminal: false }), 'x\n');
});

test('people and programs never read each other', () => {
  const people = collect();
  people.output.value({ x: 1 });
  people.output.say('hello');
  assert.equal(people.out(), 'hello\n');
  const programs = collect({ json: true });
  programs.output.say('hello');
  programs.output.value({ x: 1 });
  programs.output.note('beside');
  assert.equal(programs.out(), '{"x":1}\n');
  assert.equal(programs.err(), 'beside\n');
});

test('an error is a sentence and a hint; its stack is for KASKADE_DEBUG=1', () => {
  const error = fail('home-unusable', {}, new Error('below'));
  const lines = (env: NodeJS.ProcessEnv): readonly string[] => {
    const { output, err } = collect({ env });
    assert.equal(output.refuse(error, explain(error.failure)), 3);
    return err().trimEnd().split('\n');
  };
  assert.equal(lines({}).length, 2);
  assert.ok(lines({ KASKADE_DEBUG: '1' }).some((line) => line.startsWith('Error: below')));
});

test('a reader who has gone is no error', async () => {
  const { output } = collect({ stdout: Object.assign(new PassThrough().destroy(), { isTTY: false }) });
  output.say('x');
  await new Promise(setImmediate);
});
