/** openssh with `kaskade connect` as its ProxyCommand, to a real sshd behind three real hops. */

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { kaskade, kaskadeCommand } from '../kit/real-kaskade.js';
import { type Ended, pathOf, run } from '../kit/real-program.js';
import { createProxies, lacksHops, sshOptions } from '../kit/real-proxies.js';
import { createStage } from '../kit/real-stage.js';

const skip = lacksHops('squid elite', 'tinyproxy with login', 'microsocks', 'ssh -D socks5');
const stage = createStage();
const proxies = createProxies(stage);
const home = join(stage.folder, 'home');
let good = '';
let broken = '';

before(async () => {
  if (skip !== false) return;
  mkdirSync(home);
  good = await proxies.chain('squid elite', 'tinyproxy with login', 'microsocks');
  broken = await proxies.chain('squid elite', 'microsocks', 'socks5h://127.0.0.1:1');
  for (const args of [
    ['config', 'set', 'targets.private', 'allow'],
    ['cascade', 'add', 'three', good],
  ]) {
    const { code, stderr } = await kaskade(home, args);
    assert.equal(code, 0, stderr);
  }
});
after(() => stage.close());

interface Asked {
  readonly words: readonly string[];
  readonly home?: string;
  readonly cascade?: string;
  readonly input?: string;
}

const ssh = async ({ words, home: at = home, cascade, input = '' }: Asked): Promise<Ended> => {
  const through = [
    '--home',
    at,
    'connect',
    ...(cascade === undefined ? [] : ['--cascade', `'${cascade}'`]),
    '%h',
    '%p',
  ];
  const proxyCommand = [...kaskadeCommand, ...through].join(' ');
  const [port = 0] = (await proxies.program('sshd')).ports;
  const options = [...sshOptions(stage.folder), '-p', String(port), '-o', `ProxyCommand=${proxyCommand}`];
  return run([pathOf('ssh'), ...options, 'root@localhost', ...words], { env: stage.env, input });
};

describe('ssh with kaskade connect as its ProxyCommand', () => {
  it(
    'runs a command through the stored cascade, and through a chain that is given',
    { skip },
    stage.test(async () => {
      for (const cascade of [{}, { cascade: 'three' }, { cascade: good }]) {
        const { code, stdout, stderr } = await ssh({ ...cascade, words: ['echo', 'hello', 'through', 'it'] });
        assert.deepEqual([code, stdout, stderr], [0, 'hello through it\n', '']);
      }
    }),
  );

  it(
    'gives the exit code of the command back',
    { skip },
    stage.test(async () => {
      assert.equal((await ssh({ words: ['exit', '42'] })).code, 42);
    }),
  );

  it(
    'carries megabytes both ways unchanged, and ends when its input does',
    { skip },
    stage.test(async () => {
      const input = randomBytes(4_000_000).toString('hex');
      const sent = await ssh({ words: ['sha256sum'], input });
      assert.equal(sent.stdout.split(' ')[0], createHash('sha256').update(input).digest('hex'), sent.stderr);
      const echoed = await ssh({ words: ['cat'], input });
      assert.equal(echoed.stdout === input, true);
    }),
  );

  it(
    'tells which hop failed, and reaches nothing',
    { skip },
    stage.test(async () => {
      const { code, stdout, stderr } = await ssh({ cascade: broken, words: ['echo', 'leaked'] });
      assert.deepEqual([code, stdout], [255, '']);
      assert.match(stderr, /Hop 2 of 3 .*refused to reach hop 3/);
      assert.doesNotMatch(stderr, /s3cret|\n\s+at /);
    }),
  );

  it(
    'is refused a private target where the setting was not made',
    { skip },
    stage.test(async () => {
      const fresh = join(stage.folder, 'fresh');
      mkdirSync(fresh);
      const { code, stdout, stderr } = await ssh({ home: fresh, cascade: good, words: ['echo', 'leaked'] });
      assert.deepEqual([code, stdout], [255, '']);
      assert.match(stderr, /targets\.private/);
    }),
  );
});
