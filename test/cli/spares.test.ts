/** Spare tunnels in the program as a user runs it: what an audit has left in the book is enough, and what they did is told. */

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { millis } from '../../src/model/brand.js';
import type { Session } from '../../src/model/session.js';
import type { SpareLife } from '../../src/model/spare.js';
import { bookIn, keyOf, takeText } from '../kit/book.js';
import { ask } from '../kit/clients.js';
import { hear, hearAll } from '../kit/ear.js';
import { type TestHop, openHop } from '../kit/hops.js';
import { echo, openTarget } from '../kit/target.js';
import { createKaskade, jsonLines } from './kaskade.js';

/** A program that runs, with a cascade of two hops; of the last one the book says this. */
const setUp = async (context: TestContext, spareLife: SpareLife | undefined) => {
  const kaskade = createKaskade(context);
  const target = await openTarget(echo);
  const hops: readonly TestHop[] = await Promise.all([openHop({ scheme: 'http' }), openHop({ scheme: 'socks5h' })]);
  for (const each of [target, ...hops]) context.after(() => each[Symbol.asyncDispose]());
  const { book } = bookIn(kaskade.home);
  for (const [nth, { url }] of hops.entries()) {
    await takeText(book, url, {}, { privates: 'allow' });
    const key = keyOf(book, url);
    book.release([key]);
    const found = { key, mode: 'tunnel', grade: 'exact', at: 1 as never, judges: 1, exits: [] } as const;
    book.audited([{ ...found, ...(nth === 1 && spareLife && { spareLife }) }]);
  }
  book.close();
  await kaskade.run(['cascade', 'add', 'two', hops.map(({ url }) => url).join(',')]);
  for (const setting of ['hold 0s', 'health.probes off']) await kaskade.run(['config', 'set', ...setting.split(' ')]);
  const running = kaskade.start(['serve', '--listen', '127.0.0.1:0']);
  const port = Number((await running.printed(/^listening on 127\.0\.0\.1:(\d+) through /m))[1]);
  const visit = async (): Promise<void> => {
    const { socket, ok } = await ask(port, { protocol: 'socks5', target: target.name });
    assert.ok(ok);
    socket.end('hello');
    assert.equal((await hear(socket, 5)).toString(), 'hello');
    await hearAll(socket);
  };
  const sessions = async () => jsonLines(await kaskade.run(['sessions', '--json'])) as unknown as readonly Session[];
  return { ...kaskade, hops, visit, sessions };
};

test('a session over a spare tunnel says which hops were passed ahead, and how long the last one took', async (context) => {
  const { run, hops, visit, sessions } = await setUp(context, { how: 'outlived', after: millis(60_000) });
  const [first, last] = hops;
  assert.ok(first && last);
  let over: Session | undefined;
  for (let tries = 0; over === undefined && tries < 10; tries += 1) {
    await visit();
    over = (await sessions()).find(({ ahead }) => ahead === 1);
  }
  assert.ok(over);
  const why = await run(['why', String(over.id)]);
  assert.match(
    why.stdout,
    /\n {2}hop 1 {2}http:\S+ +passed ahead, over a tunnel that was waiting\n {2}hop 2 {2}socks5h:\S+ +exchange +\d+ ms {2}#+\n/,
  );
  const shown = await run(['list', 'show', last.url]);
  assert.match(shown.stdout, /^speaks +bears silence for 60\.0 s at least$/m);
});

test('without an audit every session is a dial of all hops, and there is no other', async (context) => {
  const { hops, visit, sessions } = await setUp(context, undefined);
  for (let count = 1; count < 6; count += 1) {
    await visit();
    assert.deepEqual(
      hops.map(({ visits }) => visits.length),
      [count, count],
    );
  }
  assert.ok((await sessions()).every(({ ahead }) => ahead === undefined));
});
