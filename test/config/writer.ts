/** A process that changes settings until it is killed, and says how far it came. Not a test by itself. */

import { openStore } from '../../src/config/store.js';

const [home, prefix = 'c', most = '1000000'] = process.argv.slice(2);
const store = openStore(home);
for (let number = 1; number <= Number(most); number += 1) {
  store.add(`${prefix}${number}`, `http://u:p@${prefix}${number}.example`);
  process.stdout.write(`${number}\n`);
}
