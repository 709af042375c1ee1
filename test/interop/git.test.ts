/** git over the listener: it lists and clones a repository through three real hops, or gets nothing. */

import assert from 'node:assert/strict';
import { createReadStream, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startHouse } from '../kit/house.js';
import { type ClientScheme, lastVerdict } from '../kit/real-house.js';
import { type Ended, lacks, pathOf, run } from '../kit/real-program.js';
import { createProxies, lacksHops } from '../kit/real-proxies.js';
import { createStage } from '../kit/real-stage.js';
import { type Extra, type Target, startOrigin } from '../kit/real-targets.js';

const skip = lacks('git') || lacksHops('tinyproxy', 'microsocks', 'squid elite');
const stage = createStage();
const proxies = createProxies(stage);
const served = join(stage.folder, 'served');
const readme = 'through three hops\n'.repeat(5_000);
let origin: Target;
let secure: Target;
let head = '';

const git = (...args: readonly string[]): Promise<Ended> =>
  run([pathOf('git'), ...args], {
    cwd: stage.folder,
    env: {
      ...stage.env,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_TERMINAL_PROMPT: '0',
      ...{ GIT_AUTHOR_NAME: 'A', GIT_AUTHOR_EMAIL: 'a@test', GIT_COMMITTER_NAME: 'A', GIT_COMMITTER_EMAIL: 'a@test' },
    },
  });

const gitOrFail = async (...args: readonly string[]): Promise<string> => {
  const { code, stdout, stderr } = await git(...args);
  assert.equal(code, 0, `git ${args.join(' ')}: ${stderr}`);
  return stdout.trim();
};

/** Files and nothing else, which is all that git's plain HTTP transport wants. */
const files: Extra = (request, response) => {
  const path = join(served, normalize((request.url ?? '').split('?')[0] ?? ''));
  const found = existsSync(path) && statSync(path).isFile();
  response.writeHead(found ? 200 : 404);
  if (found) createReadStream(path).pipe(response);
  else response.end();
  return true;
};

before(async () => {
  if (skip !== false) return;
  const work = join(stage.folder, 'work');
  mkdirSync(work);
  await gitOrFail('init', '-q', '-b', 'main', work);
  for (let version = 1; version <= 5; version += 1) {
    writeFileSync(join(work, 'README'), `${version}\n${readme}`);
    await gitOrFail('-C', work, 'add', 'README');
    await gitOrFail('-C', work, 'commit', '-q', '-m', `version ${version}`);
  }
  head = await gitOrFail('-C', work, 'rev-parse', 'HEAD');
  await gitOrFail('clone', '-q', '--bare', work, join(served, 'repo.git'));
  await gitOrFail('-C', join(served, 'repo.git'), 'update-server-info');
  [origin, secure] = await Promise.all([
    startOrigin(undefined, files),
    startOrigin(await proxies.certificate(), files),
  ]);
});
after(async () => {
  if (skip === false) await Promise.all([origin.close(), secure.close()]);
  await stage.close();
});

describe('git with http.proxy', () => {
  for (const scheme of ['socks5h', 'socks4a', 'http'] as const satisfies readonly ClientScheme[]) {
    it(
      `${scheme}:// lists and clones, over TLS too`,
      { skip },
      stage.test(async () => {
        await using house = await startHouse(await proxies.chain('tinyproxy', 'microsocks', 'squid elite'));
        const { certFile } = await proxies.certificate();
        const proxy = ['-c', `http.proxy=${scheme}://127.0.0.1:${house.port}`, '-c', `http.sslCAInfo=${certFile}`];
        for (const base of [`http://localhost:${origin.port}`, `https://localhost:${secure.port}`]) {
          const url = `${base}/repo.git`;
          const listed = await gitOrFail(...proxy, 'ls-remote', url);
          assert.deepEqual(listed.split('\n'), [`${head}\tHEAD`, `${head}\trefs/heads/main`]);
          const copy = join(stage.folder, `${scheme}-${base.slice(0, 5)}`);
          await gitOrFail(...proxy, 'clone', '-q', url, copy);
          assert.equal(readFileSync(join(copy, 'README'), 'utf8'), `5\n${readme}`);
          assert.equal(await gitOrFail('-C', copy, 'rev-list', '--count', 'HEAD'), '5');
        }
        assert.equal(house.controller.snapshot.totals.failed, 0);
      }),
    );
  }

  it(
    'gets nothing, and the server sees nothing, when the last hop is not there',
    { skip },
    stage.test(async () => {
      await using house = await startHouse(await proxies.chain('tinyproxy', 'microsocks', 'http://127.0.0.1:1'));
      origin.forget();
      const proxy = ['-c', `http.proxy=socks5h://127.0.0.1:${house.port}`];
      const { code } = await git(...proxy, 'ls-remote', `http://localhost:${origin.port}/repo.git`);
      assert.equal(code, 128);
      assert.deepEqual(origin.peers(), []);
      assert.deepEqual([lastVerdict(house)?.reporter, lastVerdict(house)?.suspect], [2, 3]);
    }),
  );
});
