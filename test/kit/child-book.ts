/** Writes into the book of a folder without end, and says each thing when it is safe: `child-book FOLDER SEED`. */

import { bookIn, keyOf, takeText } from './book.js';
import { fail } from '../../src/model/error.js';
import type { Stamp } from '../../src/model/book.js';

const [folder = '', seed = '0', mode] = process.argv.slice(2);
const { book } = bookIn(folder, (Number(seed) * 1_000_000_000) as Stamp);
const say = (...words: readonly (string | number)[]): void => {
  process.stdout.write(`${words.join(' ')}\n`);
};

/** A list of its own: 200 proxies that nobody else names, one with a login. */
const listOf = (round: number): string =>
  [
    ...Array.from({ length: 199 }, (_, index) => `http://11.${round % 250}.${Number(seed) % 250}.${index + 1}:80`),
    `http://u${round}:p@11.${round % 250}.${Number(seed) % 250}.250:80`,
  ].join('\n');

if (mode === 'full') {
  const big = Array.from(
    { length: 60_000 },
    (_, index) => `http://12.${index >> 16}.${(index >> 8) & 255}.${index & 255}:81`,
  );
  const code = await takeText(book, big.join('\n'), { name: 'big' }).then(
    () => 'taken',
    (error: unknown) => (error as ReturnType<typeof fail>).failure.code,
  );
  say(code, book.count({ kind: 'all' }));
} else {
  const known = keyOf(book, 'http://99.0.0.1:80');
  say('begun');
  for (let round = 1; ; round += 1) {
    await takeText(book, listOf(round), { name: `list-${seed}-${round}` });
    say('list', `list-${seed}-${round}`);
    const at = (Number(seed) * 1_000_000_000 + round * 1_000) as Stamp;
    book.tried([{ key: known, at, good: true }]);
    say('tried', at);
    book.audited([{ key: known, mode: 'tunnel', grade: 'exact', at, judges: 1, exits: [{ address: '11.9.9.9' }] }]);
    say('audited', at);
  }
}
