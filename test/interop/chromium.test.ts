/** A headless Chromium through the listener: pages, TLS, WebSockets and many parts at once, and nothing beside the cascade. */

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Browser, type Page, chromium } from 'playwright-core';
import { type TestHop, openHop } from '../kit/hops.js';
import { type House, startHouse } from '../kit/house.js';
import { lacks, pathOf } from '../kit/real-program.js';
import { createProxies, lacksHops } from '../kit/real-proxies.js';
import { createStage } from '../kit/real-stage.js';
import { type Target, startOrigin } from '../kit/real-targets.js';

const skip = lacks('chromium') || lacksHops('microsocks', 'squid elite');
const stage = createStage();
const proxies = createProxies(stage);
let browser: Browser;
let house: House;
let origin: Target;
let secure: Target;
/** The last hop remembers by which connections it went on; it takes every name for 127.0.0.1, and nobody else knows any. */
let exit: TestHop;

const args = [
  ...['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];

before(async () => {
  if (skip !== false) return;
  [origin, secure] = await Promise.all([startOrigin(), startOrigin(await proxies.certificate())]);
  exit = await openHop({ scheme: 'socks5h' });
  const url = exit.url as `${string}://${string}`;
  house = await startHouse(await proxies.chain('microsocks', 'squid elite', url));
  browser = await chromium.launch({ executablePath: pathOf('chromium'), args, env: stage.env });
});
after(async () => {
  if (skip === false) {
    await browser.close();
    await Promise.all([house.close(), origin.close(), secure.close(), exit.slam()]);
  }
  await stage.close();
});

const sites = (): readonly {
  readonly name: string;
  readonly web: string;
  readonly socket: string;
  readonly target: Target;
}[] => [
  { name: 'in clear', web: `http://site.test:${origin.port}`, socket: `ws://site.test:${origin.port}`, target: origin },
  {
    name: 'over TLS',
    web: `https://site.test:${secure.port}`,
    socket: `wss://site.test:${secure.port}`,
    target: secure,
  },
];

/** Opens a page in a profile of its own that uses `port` as its proxy. */
const browse = async (scheme: string, port: number, body: (page: Page) => Promise<void>): Promise<void> => {
  // Without the bypass rule Chromium goes to loopback directly, and the test would prove nothing.
  const proxy = { server: `${scheme}://127.0.0.1:${port}`, bypass: '<-loopback>' };
  const context = await browser.newContext({ proxy, ignoreHTTPSErrors: true });
  try {
    await body(await context.newPage());
  } finally {
    await context.close();
  }
};

/** Runs in the page: sends three messages and gives back what came for them. */
const talk = (url: string): Promise<readonly string[]> =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(url);
    const heard: string[] = [];
    socket.onopen = () => {
      for (const word of ['one', 'two', 'three']) socket.send(word);
    };
    socket.onmessage = ({ data }) => {
      heard.push(String(data));
      if (heard.length === 3) resolve(heard);
    };
    socket.onerror = () => {
      reject(new Error('the WebSocket failed'));
    };
  });

const cameThroughExit = (): void => {
  const ways = new Set(exit.visits.map(({ onward }) => Number(onward?.split('>')[0])));
  const peers = [...origin.peers(), ...secure.peers()];
  assert.ok(peers.length > 0);
  assert.deepEqual(
    peers.filter((peer) => !ways.has(peer)),
    [],
    'connections that did not come from the exit',
  );
  const asked = new Set(exit.visits.map((visit) => visit.asked?.host));
  assert.deepEqual([...asked], ['site.test'], 'the exit is asked for the name');
};

for (const scheme of ['socks5', 'http']) {
  describe(`Chromium over ${scheme}://`, () => {
    it(
      'loads a page with 100 parts, in clear and over TLS',
      { skip },
      stage.test(async () => {
        for (const { web, name } of sites()) {
          await browse(scheme, house.port, async (page) => {
            const answer = await page.goto(`${web}/page?n=100`);
            assert.equal(answer?.status(), 200, name);
            assert.equal(await page.textContent('h1'), 'It is here');
            await page.waitForFunction('window.loaded === window.wanted');
          });
        }
        cameThroughExit();
      }),
    );

    it(
      'keeps a WebSocket, in clear and over TLS',
      { skip },
      stage.test(async () => {
        for (const { web, socket } of sites()) {
          await browse(scheme, house.port, async (page) => {
            await page.goto(`${web}/page?n=0`);
            assert.deepEqual(await page.evaluate(talk, `${socket}/ws`), ['one', 'two', 'three']);
          });
        }
        cameThroughExit();
      }),
    );

    it(
      'sends a form and downloads, in one page',
      { skip },
      stage.test(async () => {
        for (const { web } of sites()) {
          await browse(scheme, house.port, async (page) => {
            await page.goto(`${web}/page?n=0`);
            const script = `
              (async () => {
                const sent = await (await fetch('/post', { method: 'POST', body: 'x'.repeat(1000000) })).json();
                const got = await (await fetch('/?n=3000000')).arrayBuffer();
                return [sent.method, sent.size, got.byteLength];
              })()`;
            assert.deepEqual(await page.evaluate(script), ['POST', 1_000_000, 3_000_000]);
          });
        }
        cameThroughExit();
      }),
    );

    it(
      'gets nothing when the cascade is broken, and goes no other way',
      { skip },
      stage.test(async () => {
        await using broken = await startHouse(
          await proxies.chain('microsocks', 'squid elite', 'socks5h://127.0.0.1:1'),
        );
        for (const { web, target } of sites()) {
          target.forget();
          await browse(scheme, broken.port, async (page) => {
            const came = await page.goto(`${web}/page?n=1`).then(
              (answer) => answer?.status(),
              (error: unknown) => /net::(\w+)/.exec(String(error))?.[1],
            );
            const plainPage = scheme === 'http' && web.startsWith('http://');
            if (plainPage) assert.match((await page.textContent('body')) ?? '', /Hop 2 of 3 .*refused to reach hop 3/);
            assert.ok(plainPage ? came === 502 : /PROXY|TUNNEL|SOCKS/.test(String(came)), String(came));
          });
          assert.deepEqual(target.peers(), []);
        }
        assert.equal(broken.controller.snapshot.totals.served, 0);
      }),
    );
  });
}
