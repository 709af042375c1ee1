/** The whole program as people run it, watched by strace: whatever is asked of it, it connects to hop 1 and to nothing else. */

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Curled, curl } from '../kit/real-client.js';
import type { ClientScheme } from '../kit/real-house.js';
import { kaskade, kaskadeCommand } from '../kit/real-kaskade.js';
import { lacks, pathOf } from '../kit/real-program.js';
import { type HopName, createProxies, lacksHops } from '../kit/real-proxies.js';
import { type Running, createStage } from '../kit/real-stage.js';
import { type Target, startOrigin } from '../kit/real-targets.js';

const hops: readonly HopName[] = ['microsocks', 'squid elite', 'stunnel before tinyproxy'];
const skip = lacks('strace') || lacksHops(...hops);
const stage = createStage();
const proxies = createProxies(stage);
const home = join(stage.folder, 'home');
const trace = join(stage.folder, 'trace');
let origin: Target;
let secure: Target;
let served: Running;

before(async () => {
  if (skip !== false) return;
  mkdirSync(home);
  [origin, secure] = await Promise.all([startOrigin(), startOrigin(await proxies.certificate())]);
  const chain = await proxies.chain(...hops);
  assert.equal((await kaskade(home, ['config', 'set', 'targets.private', 'allow'])).code, 0);
  served = await stage.start({
    name: 'kaskade',
    ports: 1,
    command: ([port]) => [
      ...([pathOf('strace'), '-f', '-qq', '-e', 'trace=connect,sendto,sendmsg,sendmmsg', '-o', trace] as const),
      ...[...kaskadeCommand, '--home', home, 'serve', '--listen', `127.0.0.1:${port}`, '--cascade', chain],
    ],
  });
});
after(async () => {
  if (skip === false) await Promise.all([origin.close(), secure.close()]);
  await stage.close();
});

const go = (scheme: ClientScheme, ...args: readonly string[]): Promise<Curled> =>
  curl('-x', `${scheme}://127.0.0.1:${served.ports[0]}`, '-k', ...args);

/** Every address that the program has connected to or sent something to, as `address port`. */
const reached = (): readonly string[] => {
  const lines = readFileSync(trace, 'utf8').split('\n');
  return lines.flatMap((line) => {
    const found = /sin6?_port=htons\((\d+)\).*?"([^"]+)"/.exec(line);
    return found === null ? [] : [`${found[2]} ${found[1]}`];
  });
};

describe('kaskade serve with a cascade of three real programs', () => {
  it(
    'serves every kind of client, and fails some, through sockets to hop 1 only and without asking for a name',
    { skip },
    stage.test(async () => {
      const [plain, veiled] = [`http://localhost:${origin.port}/`, `https://localhost:${secure.port}/`];
      let sessions = 0;
      for (const scheme of ['http', 'socks4', 'socks4a', 'socks5', 'socks5h'] as const) {
        for (const url of [plain, veiled]) assert.equal((await go(scheme, url)).status, 200, `${scheme} ${url}`);
        const dead = await go(scheme, 'http://127.0.0.1:1/');
        assert.notEqual(dead.status, 200);
        sessions += 3;
      }
      assert.equal((await go('http', 'http://nowhere.invalid/')).status, 502);
      const peers = new Set([...origin.peers(), ...secure.peers()]);
      assert.equal(peers.size, 10, 'each page came over a connection of its own');
      const first = `127.0.0.1 ${await proxies.port('microsocks')}`;
      assert.deepEqual([...new Set(reached())], [first]);
      assert.ok(reached().length >= sessions, `${reached().length} connections for ${sessions} sessions`);
    }),
  );

  it(
    'asks for nothing and reaches nobody when hop 1 is gone',
    { skip },
    stage.test(async () => {
      const first = `127.0.0.1 ${await proxies.port('microsocks')}`;
      await (await proxies.program('microsocks')).kill();
      origin.forget();
      const came = await go('http', `http://localhost:${origin.port}/`);
      assert.equal(came.status, 502);
      assert.ok(came.headers.includes('X-Kaskade-Failure: hop-unreachable; hop=1'), came.headers);
      assert.equal((await go('socks5h', `https://localhost:${secure.port}/`)).exit, 97);
      assert.deepEqual(origin.peers(), []);
      assert.deepEqual([...new Set(reached())], [first]);
    }),
  );
});
