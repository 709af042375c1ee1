/** What `kaskade judge` says of flags that it cannot follow. */

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createKaskade } from './kaskade.js';

test('a judge names the flag that is wrong, and what it should be', async (context) => {
  const { home, run } = createKaskade(context);
  const key = join(home, 'my.key');
  writeFileSync(key, 'no key');
  const said = async (...args: readonly string[]): Promise<string> => {
    const { code, stderr } = await run(['judge', ...args]);
    return `${code ?? ''} ${stderr}`;
  };
  const here = ['--listen', '127.0.2.1:0'];
  assert.match(
    await said('--listen', 'nonsense'),
    /^2 --listen is HOST:PORT, such as 0\.0\.0\.0:80, and not nonsense\./,
  );
  assert.match(await said(...here, '--tls-listen', '127.0.2.1:99999'), /^2 --tls-listen is HOST:PORT/);
  assert.match(await said(...here, '--name', 'a b'), /^2 --name is a host name or an address, and not a b\./);
  assert.match(
    await said(...here, '--key-file', key),
    /^3 A file could not be read \(.*my\.key is no key of a judge\)/,
  );
  assert.equal(readFileSync(key, 'utf8'), 'no key');
  assert.match(
    await said(...here, '--tls-cert', key, '--tls-key', key),
    /^2 A certificate needs a port that speaks TLS/,
  );
});
