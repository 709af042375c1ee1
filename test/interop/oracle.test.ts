/** proxychains4 through the same real hops as the oracle: the same answers, where it is right. */

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startHouse } from '../kit/house.js';
import { type Curled, curl, curlUnder } from '../kit/real-client.js';
import { lastVerdict, through } from '../kit/real-house.js';
import { lacks, pathOf } from '../kit/real-program.js';
import { type HopName, createProxies, lacksHops } from '../kit/real-proxies.js';
import { createStage } from '../kit/real-stage.js';
import { type Echo, type Target, startOrigin } from '../kit/real-targets.js';

const stage = createStage();
const proxies = createProxies(stage);
let origin: Target;
let secure: Target;

type Triple = readonly [HopName, HopName, HopName];

/** It knows no TLS to a proxy and no SOCKS4a. Its own word for a hop, in the same order as ours. */
const kinds = { socks5h: 'socks5', socks4a: 'socks4', http: 'http' } as const;

const triples: readonly Triple[] = [
  ['microsocks', 'squid', 'dante socks4'],
  ['squid', 'dante socks5', 'tinyproxy'],
  ['dante socks4', 'tinyproxy', 'microsocks'],
  ['tinyproxy with login', 'microsocks with login', 'squid with login'],
  ['ssh -D socks5', 'privoxy', 'microsocks'],
  ['privoxy', 'squid elite', 'ssh -D socks4'],
];
const lacksFor = (...names: readonly HopName[]): string | false => lacks('proxychains4') || lacksHops(...names);

before(async () => {
  const certificate = lacks('openssl') === false ? await proxies.certificate() : undefined;
  [origin, secure] = await Promise.all([startOrigin(), startOrigin(certificate)]);
});
after(async () => {
  await Promise.all([origin.close(), secure.close(), stage.close()]);
});

/** What curl gets through proxychains4; it has no say in whether a proxy is used. */
const viaProxychains = async (chain: string, ...args: readonly string[]): Promise<Curled> => {
  const conf = join(stage.folder, 'proxychains.conf');
  const entries = chain.split(',').map((hop) => {
    const { protocol, username, password, hostname, port } = new URL(hop);
    const kind = kinds[protocol.slice(0, -1) as keyof typeof kinds];
    return `${kind} ${hostname} ${port} ${username} ${password}`.trimEnd();
  });
  const timeouts = ['tcp_read_time_out 15000', 'tcp_connect_time_out 8000'];
  writeFileSync(conf, `${['strict_chain', 'quiet_mode', ...timeouts, '[ProxyList]', ...entries].join('\n')}\n`);
  return curlUnder([pathOf('proxychains4'), '-q', '-f', conf], ...args);
};

/** The same answer: status, body and headers, all but the peer port and the clock. */
const essence = ({ exit, status, body, headers, sha256 }: Curled) => {
  const fields = headers.split('\r\n').filter((line) => !/^(date|keep-alive|connection):/i.test(line));
  const isEcho = body.startsWith('{');
  const { peer: _, ...echo } = isEcho ? (JSON.parse(body) as Echo) : { peer: 0 };
  const heads = body.startsWith('HTTP/');
  return { exit, status, body: isEcho ? echo : heads ? 'heads' : sha256, fields };
};

describe('through the same three hops proxychains4 and kaskade get the same', () => {
  for (const names of triples) {
    it(
      names.join(' → '),
      { skip: lacksFor(...names) },
      stage.test(async () => {
        const chain = await proxies.chain(...names);
        await using house = await startHouse(chain);
        const plain = `http://127.0.0.1:${origin.port}`;
        const veiled = `https://127.0.0.1:${secure.port}`;
        const asked: readonly (readonly string[])[] = [
          [`${plain}/one?two=3`],
          [`${plain}/missing?status=404`],
          [`${plain}/?n=300000`],
          ['-I', `${plain}/?n=300000`],
          ['--data-binary', 'a body', '-H', 'X-Extra: kept', `${plain}/post`],
          ['-k', `${veiled}/secret`],
          ['-k', `${veiled}/?n=700000`],
          ['-k', `${veiled}/?status=500`],
        ];
        for (const args of asked) {
          const [theirs, ours] = [
            await viaProxychains(chain, ...args),
            await curl(...through(house, 'socks5h'), ...args),
          ];
          assert.deepEqual(essence(ours), essence(theirs), args.join(' '));
        }
        assert.equal(house.controller.snapshot.totals.failed, 0);
      }),
    );
  }
});

describe('where proxychains4 gets nothing, kaskade gets nothing, and says more', () => {
  const skip = lacksFor('microsocks', 'squid', 'tinyproxy');

  for (const names of triples) {
    it(
      `a target that refuses: ${names.join(' → ')}`,
      { skip: lacksFor(...names) },
      stage.test(async () => {
        const chain = await proxies.chain(...names);
        await using house = await startHouse(chain);
        const theirs = await viaProxychains(chain, 'http://127.0.0.1:1/');
        const ours = await curl(...through(house, 'socks5h'), 'http://127.0.0.1:1/');
        // proxychains4 says "connection refused" of everything, so curl ends with 7; over SOCKS we give a reply, 97.
        assert.deepEqual([theirs.exit, theirs.status, ours.exit, ours.status], [7, 0, 97, 0]);
        // `ssh -D` only closes the connection when it cannot reach what it was asked for.
        const silent = names[2].startsWith('ssh');
        assert.equal(lastVerdict(house)?.suspect, silent ? 3 : 'target');
      }),
    );
  }

  it(
    'a hop that is not there, at each place',
    { skip },
    stage.test(async () => {
      for (const dead of [0, 1, 2]) {
        const hops = (await proxies.chain('microsocks', 'squid', 'tinyproxy')).split(',');
        const chain = hops.with(dead, 'socks5h://127.0.0.1:1').join(',');
        await using house = await startHouse(chain);
        const theirs = await viaProxychains(chain, `http://127.0.0.1:${origin.port}/`);
        const ours = await curl(...through(house), `http://127.0.0.1:${origin.port}/`);
        assert.deepEqual([theirs.exit, ours.status, lastVerdict(house)?.suspect], [7, 502, dead + 1]);
      }
    }),
  );

  it(
    'a login that is wrong',
    { skip },
    stage.test(async () => {
      const chain = (await proxies.chain('squid', 'microsocks with login', 'tinyproxy')).replace('s3cret', 'wrong');
      await using house = await startHouse(chain);
      const theirs = await viaProxychains(chain, `http://127.0.0.1:${origin.port}/`);
      await curl(...through(house), `http://127.0.0.1:${origin.port}/`);
      assert.deepEqual([theirs.exit, lastVerdict(house)?.code], [7, 'hop-auth-refused']);
    }),
  );
});
