/** Proofs for what is no proxy, wants a login, is dead or worse, and for the honest ones that are odd. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { type End, meet, openTunnel, originAt } from '../ends.js';
import { type Proof, ask, askOnly, plain, takeAnswer } from './ask.js';
import { proveClean } from './tunnels.js';

/** Whatever is asked, the same page comes, and tunnels are refused. */
const answersAll =
  (text: RegExp): Proof =>
  async (scene) => {
    for (const host of [scene.site, 'nobody.test']) assert.match((await askOnly(scene, { host })).came, text);
    const client = await meet(scene.open);
    client.say('GET /any HTTP/1.1\r\nHost: any.test\r\n\r\n');
    assert.match((await takeAnswer(client)).came, text);
    client.socket.destroy();
    const other = await meet(scene.open);
    await assert.rejects(openTunnel(other, 'http', originAt, scene.origin.port), /^Error: HTTP\/1\.1 4/);
    other.socket.destroy();
  };

/** Nothing comes for a while. */
const quiet = async (end: End): Promise<void> => {
  const came = await Promise.race([end.take(1).then(() => 'a byte'), new Promise((done) => setTimeout(done, 200))]);
  assert.equal(came, undefined);
};

const request = (site: string): string => `GET http://${site}/ HTTP/1.1\r\nHost: ${site}\r\n\r\n`;

/** Which of so many connections, one after the other, are answered. */
const answered = async (scene: Parameters<Proof>[0], count: number): Promise<readonly boolean[]> => {
  const clients: End[] = [];
  for (let nth = 0; nth < count; nth += 1) clients.push(await meet(scene.open));
  const said = clients.map(() => false);
  for (const [nth, client] of clients.entries()) {
    client.say(request('nobody.test'));
    client.until('\r\n\r\n').then(
      () => (said[nth] = true),
      () => undefined,
    );
  }
  await new Promise((done) => setTimeout(done, 300));
  for (const client of clients) client.socket.destroy();
  return said;
};

export const otherProofs: Readonly<Record<string, Proof>> = {
  B01: proveClean,
  B06: async (scene) => {
    await proveClean(scene);
    assert.match((await ask(scene)).peer, /^127\.50\./);
  },
  B09: async (scene) => {
    const began = performance.now();
    await proveClean(scene);
    assert.ok(performance.now() - began > 140);
  },
  B10: proveClean,
  B11: async ({ open, origin }) => {
    for (const [command, code] of [
      [2, 7],
      [3, 7],
    ] as const) {
      const client = await meet(open, 'socks5h');
      client.say(Buffer.from([5, 1, 0, 5, command, 0, 1, 127, 0, 2, 9, 1, 1]));
      assert.equal((await client.take(12))[3], code);
      client.socket.destroy();
    }
    const client = await meet(open, 'socks5h');
    await assert.rejects(openTunnel(client, 'socks5h', 'nobody.test', origin.port), /refused/);
    client.socket.destroy();
  },
  B12: async ({ open, origin }) => {
    const client = await meet(open, 'socks4a');
    await assert.rejects(openTunnel(client, 'socks4a', 'origin.test', origin.port), /refused/);
    client.socket.destroy();
  },
  B13: proveClean,
  B14: async (scene) => {
    await proveClean(scene);
    const client = await meet(scene.open);
    await assert.rejects(openTunnel(client, 'http', originAt, scene.origin.port + 1), /^Error: HTTP\/1\.1 403 /);
    client.socket.destroy();
  },
  B15: async (scene) => {
    const said = await answered(scene, 120);
    const lost = said.filter((each) => !each).length;
    assert.ok(lost > 20 && lost < 52, `${lost} of 120 were lost`);
  },
  B16: async ({ open, origin, site }) => {
    const client = await meet(open);
    client.say(`GET http://${site}/a.html HTTP/1.1\r\nHost: ${site}\r\nX-Odd: 1\r\n\r\n`);
    const ends = [await origin.next(), await origin.next(), await origin.next()];
    assert.equal(new Set(ends.map(({ socket }) => socket.remoteAddress)).size, 1);
    const heads = ends.map((end) =>
      end.until('\r\n\r\n').then(
        (head) => ({ end, head }),
        () => undefined,
      ),
    );
    const asked = `GET /a.html HTTP/1.1\r\nHost: ${site}\r\nX-Odd: 1\r\n\r\n`;
    const first = await Promise.any(heads.map(async (each) => (await each) ?? Promise.reject(new Error('idle'))));
    assert.equal(first.head, asked);
    for (const end of ends) if (end.socket.writable) end.say(plain);
    assert.equal((await takeAnswer(client)).came, plain);
    const told = (await Promise.all(heads)).flatMap((each) => each?.head ?? []);
    assert.deepEqual(told, [asked, asked]);
    client.socket.destroy();
  },
  P43: answersAll(/^HTTP\/1\.1 200 OK\r\n.*It works/s),
  P44: answersAll(/^HTTP\/1\.1 200 OK\r\n.*accept the terms/s),
  P45: async ({ open }) => {
    const client = await meet(open);
    assert.match(await client.until('\r\n'), /^SSH-2\.0-/);
    client.socket.destroy();
  },
  P46: async ({ open, site }) => {
    for (const asked of [request(site), `CONNECT ${site} HTTP/1.1\r\n\r\n`]) {
      const client = await meet(open);
      client.say(asked.replace('\r\n\r\n', '\r\nProxy-Authorization: Basic eDp5\r\n\r\n'));
      assert.match((await client.rest()).toString(), /^HTTP\/1\.1 407 .*\r\nProxy-Authenticate: Basic /s);
      client.socket.destroy();
    }
  },
  P47: async ({ open }) => {
    const client = await meet(open, 'socks5h');
    client.say(Buffer.from([5, 2, 0, 2]));
    assert.deepEqual([...(await client.take(2))], [5, 2]);
    client.say(Buffer.from([1, 1, 120, 1, 121]));
    assert.deepEqual([...(await client.rest())], [1, 1]);
    client.socket.destroy();
    const other = await meet(open, 'socks5h');
    other.say(Buffer.from([5, 1, 0]));
    assert.deepEqual([...(await other.rest())], [5, 0xff]);
    other.socket.destroy();
  },
  P48: async ({ open }) => {
    for (const asked of [request('nobody.test'), 'CONNECT nobody.test:443 HTTP/1.1\r\n\r\n', '\x05\x01\x00']) {
      const client = await meet(open);
      client.say(asked);
      await quiet(client);
      client.socket.destroy();
    }
  },
  P49: async ({ open, site }) => {
    await assert.rejects(async () => {
      const client = await meet(open);
      client.say(request(site));
      await client.rest();
    }, /reset|ECONNRESET|EPIPE/);
  },
  P50: async ({ open }) => {
    const { hostname, port } = new URL(open.url('http'));
    const socket = connect({ host: hostname, port: Number(port) });
    const told = ['connect', 'error'].map((event) => once(socket, event).then(() => event));
    for (const each of told) each.catch(() => undefined);
    const came = await Promise.race([...told, new Promise((done) => setTimeout(done, 300))]);
    socket.destroy();
    assert.equal(came, undefined);
  },
  P51: async ({ open, site }) => {
    const client = await meet(open);
    client.say(request(site));
    assert.equal((await client.take(1)).toString(), 'H');
    await quiet(client);
    client.socket.destroy();
  },
  P52a: async ({ open, site }) => {
    const client = await meet(open);
    client.say(request(site));
    const all = await client.rest();
    assert.ok(all.length > 100 * 1_000_000);
    assert.equal(all.indexOf('\r\n\r\n'), -1);
    client.socket.destroy();
  },
  P52b: async ({ open, site }) => {
    const client = await meet(open);
    client.say(request(site));
    const interim = 'HTTP/1.1 102 Processing\r\n\r\n';
    assert.equal((await client.take(interim.length * 40_000)).toString(), interim.repeat(40_000));
    client.socket.destroy();
  },
};
