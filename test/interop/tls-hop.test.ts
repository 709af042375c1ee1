/** Proxies behind real TLS servers: whom kaskade believes, by default and when told. */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { startHouse } from '../kit/house.js';
import { curl } from '../kit/real-client.js';
import { kaskade } from '../kit/real-kaskade.js';
import { lastVerdict, through } from '../kit/real-house.js';
import { type HopName, createProxies, lacksHops } from '../kit/real-proxies.js';
import { createStage } from '../kit/real-stage.js';
import { type Target, startOrigin } from '../kit/real-targets.js';

const stage = createStage();
const proxies = createProxies(stage);
let origin: Target;

before(async () => {
  origin = await startOrigin();
});
after(async () => {
  await Promise.all([origin.close(), stage.close()]);
});

const wrongPin = `sha256/${createHash('sha256').update('another key').digest('base64')}`;

const fronts = ['haproxy before squid', 'stunnel before tinyproxy'] as const satisfies readonly HopName[];

for (const hop of fronts) {
  describe(hop, () => {
    const skip = lacksHops(hop, 'microsocks');
    /** The chains with this hop as the first and as the second one. */
    const chains = async (option: string): Promise<readonly (readonly [number, string])[]> => {
      const written = `https://127.0.0.1:${await proxies.port(hop)}${option}` as const;
      return [
        [1, written],
        [2, await proxies.chain('microsocks', written)],
      ];
    };

    it(
      'is not believed by default, since its certificate is its own',
      { skip },
      stage.test(async () => {
        for (const [number, chain] of await chains('')) {
          await using house = await startHouse(chain);
          origin.forget();
          const came = await curl(...through(house), `http://127.0.0.1:${origin.port}/`);
          const edge = { reporter: number - 1, suspect: number, phase: 'tls' };
          assert.deepEqual(lastVerdict(house), { code: 'hop-untrusted', ...edge });
          assert.ok(came.headers.includes(`X-Kaskade-Failure: hop-untrusted; hop=${number}`), came.headers);
          assert.deepEqual(origin.peers(), []);
        }
      }),
    );

    it(
      'works with ?verify=no, and with its own pin',
      { skip },
      stage.test(async () => {
        const { pin } = await proxies.certificate();
        for (const option of ['?verify=no', `?pin=${pin}`, `?pin=${encodeURIComponent(pin).replace('%2F', '/')}`]) {
          for (const [, chain] of await chains(option)) {
            await using house = await startHouse(chain);
            const came = await curl(...through(house), `http://127.0.0.1:${origin.port}/`);
            assert.equal(came.status, 200, `${option} ${came.headers}`);
          }
        }
      }),
    );

    it(
      'is refused with another pin',
      { skip },
      stage.test(async () => {
        for (const [number, chain] of await chains(`?pin=${wrongPin}`)) {
          await using house = await startHouse(chain);
          origin.forget();
          await curl(...through(house), `http://127.0.0.1:${origin.port}/`);
          const edge = { reporter: number - 1, suspect: number, phase: 'tls' };
          assert.deepEqual(lastVerdict(house), { code: 'hop-pin-mismatch', ...edge });
          assert.deepEqual(origin.peers(), []);
        }
      }),
    );

    it(
      'is not HTTP in clear, and a clear proxy is not TLS',
      { skip },
      stage.test(async () => {
        await using clear = await startHouse(`http://127.0.0.1:${await proxies.port(hop)}`);
        await curl(...through(clear), `http://127.0.0.1:${origin.port}/`);
        assert.match(lastVerdict(clear)?.code ?? '', /^hop-(closed|garbled|reset)$/);
        await using veiled = await startHouse(`https://127.0.0.1:${await proxies.port('microsocks')}?verify=no`);
        await curl(...through(veiled), `http://127.0.0.1:${origin.port}/`);
        const { code, suspect, phase } = lastVerdict(veiled) ?? {};
        assert.deepEqual([suspect, phase], [1, 'tls']);
        assert.match(code ?? '', /^hop-(tls-failed|closed)$/);
      }),
    );
  });
}

describe('TLS within TLS', () => {
  const skip = lacksHops(...fronts, 'stunnel to microsocks');
  it(
    'goes through two https hops, and the target speaks TLS too',
    { skip },
    stage.test(async () => {
      const certificate = await proxies.certificate();
      const secure = await startOrigin(certificate);
      try {
        await using house = await startHouse(
          await proxies.chain('haproxy before squid', 'stunnel before tinyproxy', 'stunnel to microsocks'),
        );
        const url = `https://localhost:${secure.port}/?n=2000000`;
        const came = await curl(...through(house), '--cacert', certificate.certFile, url);
        assert.deepEqual([came.exit, came.size], [0, 2_000_000], came.error);
      } finally {
        await secure.close();
      }
    }),
  );
});

interface Verdict {
  readonly hop: number;
  readonly ok: boolean;
  readonly failure?: string;
}

describe('an https hop whose certificate comes from a known authority', () => {
  const skip = lacksHops(...fronts, 'microsocks');
  it(
    'is believed under its own name, and not under another one',
    { skip },
    stage.test(async () => {
      const { certFile } = await proxies.certificate();
      const [first, port] = [await proxies.hop('microsocks'), await proxies.port('stunnel before tinyproxy')];
      const ask = async (host: string, env: NodeJS.ProcessEnv): Promise<readonly unknown[]> => {
        const chain = `${first},https://${host}:${port}`;
        const target = ['--target', `127.0.0.1:${origin.port}`];
        const { code, stdout } = await kaskade(stage.folder, ['--json', 'cascade', 'test', chain, ...target], { env });
        const verdicts = stdout
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as Verdict);
        return [code, ...verdicts.map(({ ok, failure }) => (ok ? 'ok' : failure))];
      };
      const known = { NODE_EXTRA_CA_CERTS: certFile };
      assert.deepEqual(await ask('localhost', known), [0, 'ok', 'ok']);
      assert.deepEqual(await ask('127.0.0.1', known), [0, 'ok', 'ok']);
      // The same place in a spelling that the certificate does not have.
      assert.deepEqual(await ask('[::ffff:127.0.0.1]', known), [1, 'ok', 'hop-untrusted; hop=2']);
      assert.deepEqual(await ask('localhost', {}), [1, 'ok', 'hop-untrusted; hop=2']);
    }),
  );
});
