import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createKaskade } from './kaskade.js';

/** Marked in every part, so that half of one is found as well. */
const password = 'canary1,canary2|canary3~canary4@canary5/canary6?canary7#canary8%canary9:canary0 canaryé';
const user = 'canaryuser';
const encoded = `${user}:${encodeURIComponent(password)}`;

/** The mark in clear, at the head of a Basic login in base64, and in hexadecimal. */
const marks = [/canary/i, /Y2FuYXJ5/, /63616e617279/i];

const wrongChains = [
  `http://${user}:${password}@a.example`,
  `http:/${encoded}@a.example`,
  `${encoded}@a.example:80`,
  `ftp://${encoded}@a.example`,
  `http://${encoded}@a.example:99999`,
  `http://${encoded}@`,
  `http://${encoded}@a.example?pin=canary`,
  `https://${encoded}@a.example?canary=canary`,
  `socks4://${encoded}@a.example`,
  `http://canary:canary@a.example,http://canary:canary@a.example`,
  `http://a.example,http://canary%ffcanary@b.example`,
  `http://canary\n:canary@b.example`,
];

/** Commands that end in a chain. */
const readers: readonly (readonly string[])[] = [
  ['cascade', 'add', 'x'],
  ['cascade', 'test'],
  ['serve', '--listen', '127.0.0.1:0', '--cascade'],
  ['connect', 'x.example', '80', '--cascade'],
];

test('no command prints a credential: done, refused, in JSON, with its stack', async (context) => {
  const { run, home } = createKaskade(context);
  const good = `http://${encoded}@127.0.0.1:9,socks5://${encoded}@b.example`;
  await run(['cascade', 'add', 'work', '-'], { stdin: good });
  const users = join(home, 'users');
  writeFileSync(users, `ann:one\ncanary\n`);
  const commands: readonly (readonly string[])[] = [
    ['cascade', 'add', 'work', good],
    ['cascade', 'add', 'more', good],
    ['cascade', 'ls'],
    ['cascade', 'ls', '--json'],
    ['cascade', 'show', 'work', '--json'],
    ['cascade', 'test', 'work', '--json'],
    ['cascade', 'show', 'work'],
    ['cascade', 'show', good],
    ['cascade', 'use', 'work'],
    ['cascade', 'use', good],
    ['cascade', 'rm', good],
    ['cascade', 'rm', 'more'],
    ['cascade', 'test', 'work'],
    ['cascade', 'test', good, '--target', 'x.example:80'],
    ['cascade', 'add', good, 'more'],
    ['cascade', good],
    ['connect', 'x.example', '80'],
    ['connect', 'x.example', '80', '--cascade', good],
    ['connect', good, '80'],
    ['connect', 'x.example', good],
    ['cascade', 'test', 'work', '--target', good],
    ['serve', '--listen', `http://${encoded}@127.0.0.1:0`],
    ['serve', '--listen', '127.0.0.1:0', '--auth-file', users],
    ['serve', `--cascad=${good}`],
    ['serve', good],
    ['config', 'set', 'listen', good],
    ['config', 'get', good],
    [good],
    [`--${good}`],
    ...wrongChains.map((chain, index) => [...(readers[index % readers.length] ?? []), chain]),
  ];
  await inLanes(commands.values(), async (args) => {
    const { stdout, stderr } = await run(args, { env: { KASKADE_DEBUG: '1' } });
    assertClean(`${stdout}\n${stderr}`, String(args));
  });
});

test('a broken file is named, and nothing of it is told', async (context) => {
  const { run, home } = createKaskade(context);
  const texts = [
    `{"version":1,"settings":{},"cascades":[{"name":"x","chain":"http://${encoded}@a"`,
    `{"version":1,"settings":{},"cascades":["http://${encoded}@a"]}`,
    `{"version":1,"settings":{"canary":"canary"},"cascades":[]}`,
    `{"version":1,"settings":{},"cascades":[{"name":"x","chain":"http://${user}:${password}@a"}]}`,
  ];
  for (const text of texts) {
    writeFileSync(join(home, 'settings.json'), text);
    const { code, stdout, stderr } = await run(['serve', '--listen', '127.0.0.1:0'], { env: { KASKADE_DEBUG: '1' } });
    assert.equal(code, 2, stderr);
    // A key of the settings is no credential; it is named so that it can be found.
    assertClean(`${stdout}\n${stderr}`.replaceAll('there is no setting canary', ''), text);
  }
});

const assertClean = (printed: string, what: string): void => {
  for (const mark of marks) assert.doesNotMatch(printed, mark, what);
};

/** Works through items, four at a time. */
const inLanes = async <Item>(items: IterableIterator<Item>, work: (item: Item) => Promise<void>): Promise<void> => {
  const lane = async (): Promise<void> => {
    for (const item of items) await work(item);
  };
  await Promise.all([lane(), lane(), lane(), lane()]);
};
