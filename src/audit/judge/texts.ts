/** Texts with what is worth changing in them: where money goes, where links lead, what is run. */

import { seededBytes, seededWords } from './stream.js';

/** Accounts that belong to nobody or to everybody, with right checksums: from the documents of their makers. */
const accounts = [
  '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa',
  'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4',
  '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed',
  'DE89 3704 0044 0532 0130 00',
];

/** Accounts, in another order for every seed. */
export const moneyFor = (seed: string): readonly string[] => {
  const from = (seededBytes(`${seed}/money`, 1)[0] ?? 0) % accounts.length;
  return [...accounts.slice(from), ...accounts.slice(0, from)];
};

/** What programs read. */
export const dataDecoy = (seed: string): Buffer => {
  const words = seededWords(seed, 24);
  const rows = words.map((name, nth) => ({ id: nth, name, url: `https://www.example.org/${name}/${nth}` }));
  return Buffer.from(JSON.stringify({ total: rows.length, pay: moneyFor(seed), rows }), 'latin1');
};

/** What administrators run: it does nothing but say words. */
export const shellDecoy = (seed: string): Buffer =>
  Buffer.from(
    ['#!/bin/sh', 'set -e', ...seededWords(seed, 24).map((word) => `echo ${word}`), 'exit 0', ''].join('\n'),
    'latin1',
  );

/** What people read. */
export const notesDecoy = (seed: string): Buffer =>
  Buffer.from(
    [
      seededWords(seed, 40).join(' '),
      `https://www.example.org/${seededWords(seed, 1).join('')}`,
      ...moneyFor(seed),
      '',
    ].join('\n'),
    'latin1',
  );

/** A page that is longer than many proxies read along. */
export const longDecoy = (seed: string): Buffer => {
  const words = seededWords(seed, 1_500);
  const rows = Array.from({ length: 100 }, (_, nth) => words.slice(nth * 15, nth * 15 + 15).join(' '));
  const text = Array.from({ length: 8 }, () => rows.map((row) => `<p>${row}</p>`).join('\n')).join('\n');
  return Buffer.from(
    `<!DOCTYPE html>\n<html><head><title>long</title></head><body>\n${text}\n</body></html>\n`,
    'latin1',
  );
};
