/** What `kaskade audit` says before anybody is asked, and how it tells of many. */

import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { OpenAnimal } from '../kit/zoo/animal.js';
import { b01 } from '../kit/zoo/animals/honest-http.js';
import { p01 } from '../kit/zoo/animals/xff-client.js';
import { createKaskade } from './kaskade.js';

const world = {
  ...{ client: '127.0.0.1', lan: '192.168.1.23', names: new Map<string, string>(), famous: [], secure: [], seed: 7 },
};
const nobody = `http://127.0.2.1:1/#${'A'.repeat(43)}`;

describe('kaskade audit, before anybody is asked', () => {
  it('refuses a page that cannot be written, and leaves none where nothing was found out', async (context) => {
    const { home, run } = createKaskade(context);
    const [page, taken] = [join(home, 'page.html'), join(home, 'taken.html')];
    writeFileSync(taken, 'mine');
    const said = async (path: string) => {
      const { code, stderr } = await run(['audit', 'http://127.0.0.1:1', '--judge', nobody, '--html', path]);
      return `${code ?? ''} ${stderr}`;
    };
    assert.match(await said(taken), /^3 A file could not be written/);
    assert.equal(readFileSync(taken, 'utf8'), 'mine');
    assert.match(await said(page), /^3 No judge answers/);
    assert.ok(!existsSync(page));
  });

  it('says which line of a file is no proxy, and that there is none in it', async (context) => {
    const { home, run } = createKaskade(context);
    const file = join(home, 'list.txt');
    const said = async (text: string): Promise<string> => {
      writeFileSync(file, text);
      return (await run(['audit', '--file', file, '--judge', nobody])).stderr;
    };
    assert.match(await said('http://127.0.0.1:1\n\nftp://alice:s3cret@127.0.0.1:2\n'), /number 2 of 2: unknown scheme/);
    assert.doesNotMatch(await said('http://127.0.0.1:1\nftp://alice:s3cret@127.0.0.1:2\n'), /s3cret/);
    assert.match(await said('# nobody\n'), /^There is no proxy in .*list\.txt\.$/m);
  });

  it('says that a book is empty, and that a number must be above 0', async (context) => {
    const { home, run, start } = createKaskade(context);
    const judge = start(['judge', '--listen', '127.0.2.1:0']);
    const [, url = ''] = await judge.printed(/(http:\/\/\S+#[\w-]{43})\n/);
    const { code, stderr } = await run(['audit', '--all', '--judge', url]);
    assert.equal(code, 0);
    assert.match(stderr, /Nobody is asked: the book has no proxies\. kaskade list import takes some\./);
    const zero = await run(['audit', '--all', '--judge', url, '--timeout', '0', '--home', home]);
    assert.match(zero.stderr, /^--timeout is a number above 0, and 300 at most\.\nkaskade --help .* COMMAND --help/);
  });
});

describe('kaskade audit of many', () => {
  const open: OpenAnimal[] = [];
  before(async () => {
    for (const animal of [p01, b01]) open.push(await animal.open(world));
  });
  after(async () => {
    await Promise.all(open.map((each) => each.close()));
  });

  it('tells each in the same way: when, by how many judges, and what was not tested and why', async (context) => {
    const { home, run, start } = createKaskade(context);
    const judge = start(['judge', '--listen', '127.0.2.1:0', '--tls-listen', '127.0.2.1:0', '--rate', '5000']);
    const [, url = ''] = await judge.printed(/(http:\/\/\S+#[\w-]{43})\n/);
    const file = join(home, 'list.txt');
    writeFileSync(file, open.map((each) => each.url('http')).join('\n'));
    const { stdout } = await run(['audit', '--file', file, '--judge', url]);
    assert.equal([...stdout.matchAll(/^http:\S+ {2}quick, [\d.]+ s, at [-\d: ]+ UTC by 1 judge$/gm)].length, 2);
    assert.equal([...stdout.matchAll(/N01, N03 {2}not tested: The judge has no zone of its own\.$/gm)].length, 4);
    assert.doesNotMatch(stdout, /passed: |kaskade judge --zone/);
  });
});
