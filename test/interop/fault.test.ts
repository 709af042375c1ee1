/** Real proxies that stop answering or die in the middle: who is blamed, and that nothing half-done looks whole. */

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { millis } from '../../src/model/brand.js';
import { startHouse } from '../kit/house.js';
import { curl, tunnel } from '../kit/real-client.js';
import { lastVerdict, through } from '../kit/real-house.js';
import { type Proxies, createProxies, lacksHops } from '../kit/real-proxies.js';
import { createStage, until } from '../kit/real-stage.js';
import { type Target, banner, startBanner, startOrigin } from '../kit/real-targets.js';

const stage = createStage();
let proxies: Proxies;
let origin: Target;
let speaker: Target;

before(async () => {
  [origin, speaker] = await Promise.all([startOrigin(), startBanner()]);
});
after(async () => {
  await Promise.all([origin.close(), speaker.close(), stage.close()]);
});

const skip = lacksHops('microsocks', 'tinyproxy', 'squid');
const places = [
  { program: 'microsocks', number: 1, phase: 'greeting' },
  { program: 'tinyproxy', number: 2, phase: 'request' },
  { program: 'squid', number: 3, phase: 'request' },
] as const;

const whole = (): Promise<string> => proxies.chain('microsocks', 'tinyproxy', 'squid');
const soon = { limits: { dial: millis(700) } };

describe('a real proxy that is stopped (SIGSTOP)', () => {
  before(() => {
    proxies = createProxies(stage);
  });
  for (const { program, number, phase } of places) {
    it(
      `as hop ${number} is named after the dial deadline, and serves again when it goes on`,
      { skip },
      stage.test(async () => {
        await using house = await startHouse(await whole(), soon);
        const running = await proxies.program(program);
        const url = `http://127.0.0.1:${origin.port}/`;
        running.signal('SIGSTOP');
        try {
          const came = await curl(...through(house), url);
          assert.deepEqual(lastVerdict(house), { code: 'hop-timeout', reporter: number - 1, suspect: number, phase });
          assert.equal(came.status, 504);
        } finally {
          running.signal('SIGCONT');
        }
        assert.ok(await until(async () => (await curl(...through(house), url)).status === 200, 10_000));
      }),
    );
  }

  it(
    'in the middle of a tunnel only delays it',
    { skip },
    stage.test(async () => {
      await using house = await startHouse(await whole());
      const open = await tunnel(house.port, `127.0.0.1:${speaker.port}`);
      assert.equal(await open.read(banner.length), banner);
      const running = await proxies.program('tinyproxy');
      running.signal('SIGSTOP');
      open.socket.write('late\n');
      running.signal('SIGCONT');
      assert.equal(await open.read(5), 'late\n');
      open.socket.destroy();
    }),
  );
});

describe('a real proxy that is killed', () => {
  const codes = [
    { ...places[0], code: 'hop-unreachable', edge: [0, 1], told: 'tcp' },
    { ...places[1], code: 'onward-refused', edge: [1, 2], told: 'request' },
    { ...places[2], code: 'onward-failed', edge: [2, 3], told: 'request' },
  ] as const;
  for (const { program, number, code, edge, told } of codes) {
    it(
      `as hop ${number} in the middle of a download breaks it for the client and at the origin, and is named by the next session`,
      { skip },
      stage.test(async () => {
        proxies = createProxies(stage);
        await using house = await startHouse(await whole());
        origin.forget();
        const running = await proxies.program(program);
        const url = `http://127.0.0.1:${origin.port}`;
        const cut = curl(...through(house, 'socks5h'), '--limit-rate', '1M', `${url}/?n=50000000`);
        assert.ok(await until(() => house.controller.snapshot.sessions.some(isMoving), 10_000));
        await running.kill();
        const { exit, size } = await cut;
        assert.ok(exit !== 0 && size < 50_000_000, `curl ended with ${exit} after ${size} bytes`);
        assert.ok(await until(() => origin.open() === 0, 10_000), 'the origin keeps its connection');

        await curl(...through(house), `${url}/`);
        const [reporter, suspect] = edge;
        assert.deepEqual(lastVerdict(house), { code, reporter, suspect, phase: told });
      }),
    );
  }
});

const isMoving = ({
  state,
}: {
  readonly state: { readonly phase: string; readonly traffic?: { down: number } };
}): boolean => state.phase === 'relaying' && (state.traffic?.down ?? 0) > 0;
