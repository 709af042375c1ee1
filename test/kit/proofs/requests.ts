/** Proofs for animals that do something to requests. */

import assert from 'node:assert/strict';
import { type Scene, meet, openTunnel, originAt } from '../ends.js';
import { type Asking, type Proof, ask, plain, usual } from './ask.js';

/** Adds these lines, and does nothing else; the answer is left alone. */
const adds =
  (added: readonly string[], asking: Asking = {}): Proof =>
  async (scene) => {
    const told = await ask(scene, asking);
    assert.deepEqual([told.added, told.removed, told.came], [added, [], plain]);
  };

const addsLike =
  (shape: RegExp): Proof =>
  async (scene) => {
    const told = await ask(scene);
    assert.equal(told.added.length, 1);
    assert.match(told.added[0] ?? '', shape);
    assert.deepEqual([told.removed, told.came], [[], plain]);
  };

/** What arrives of an upload. */
const uploaded = async ({ origin, open, site }: Scene, framing: string, body: string): Promise<string> => {
  const client = await meet(open);
  client.say(`POST http://${site}/up HTTP/1.1\r\nHost: ${site}\r\n${framing}\r\n${body}`);
  const far = await origin.next();
  const head = await far.until('\r\n\r\n');
  const came = `${head}${(await far.take(body.length)).toString('latin1')}`;
  client.socket.destroy();
  return came;
};

/** What comes at the origin next, of a head and so many bytes, and from where. */
const nextAsked = async ({ origin }: Scene, size = 0) => {
  const far = await origin.next();
  const head = await far.until('\r\n\r\n');
  const body = (await far.take(size)).toString('latin1');
  far.socket.end(plain);
  return { head, body, peer: far.socket.remoteAddress ?? '' };
};

/** The animals are asked from 127.0.0.1. */
const xff = 'X-Forwarded-For: 127.0.0.1';

export const requestProofs: Readonly<Record<string, Proof>> = {
  P01: adds([xff]),
  P02: adds(['X-Forwarded-For: unknown']),
  P03: addsLike(/^X-Forwarded-For: 81(?:\.(?:[1-9]|[1-9]\d|1\d\d|2[0-4]\d|250)){3}$/),
  P04: adds(['Forwarded: for="[::ffff:127.0.0.1]:40123";proto=http']),
  P05: adds(['X-Real-IP', 'Client-IP', 'True-Client-IP', 'CF-Connecting-IP'].map((name) => `${name}: 127.0.0.1`)),
  P06: adds(['X-Tinyproxy: 127.0.0.1']),
  P07: adds(['X-Node-Ref: 7f000001']),
  P08: adds(['Via: 1.1 gw (MTI3LjAuMC4x)']),
  P09: adds(['X-Client-Host: 192.168.1.23']),
  P10: adds(['X-Client-Net: 127.0.0.0/24']),
  P11: async (scene) => {
    const told = await ask(scene);
    assert.deepEqual([told.peer, told.added, told.removed], ['127.0.0.1', [], []]);
  },
  P12: async ({ origin, open, site }) => {
    const client = await meet(open);
    const said = `Host: ${site}\r\n\r\n`;
    client.say(`GET http://${site}/1 HTTP/1.1\r\n${said}`);
    const far = await origin.next();
    const line = await far.until('\r\n');
    assert.equal(line, `PROXY TCP4 127.0.0.1 ${far.socket.remoteAddress ?? ''} 40123 80\r\n`);
    assert.equal(await far.until('\r\n\r\n'), `GET /1 HTTP/1.1\r\n${said}`);
    far.say(plain);
    await client.until('hello');
    client.say(`GET http://${site}/2 HTTP/1.1\r\n${said}`);
    assert.equal(await far.until('\r\n\r\n'), `GET /2 HTTP/1.1\r\n${said}`);
    client.socket.destroy();
  },
  Q01: async (scene) => {
    const real = 'X-Real-IP: 127.0.0.1';
    assert.deepEqual((await ask(scene, { path: '/a.js' })).added, [real]);
    assert.deepEqual((await ask(scene, { path: '/a.html' })).added, []);
  },
  Q02: async (scene) => {
    assert.deepEqual((await ask(scene)).added, []);
    assert.match(await uploaded(scene, 'Content-Length: 3\r\n', 'abc'), /\r\nX-Real-IP: 127\.0\.0\.1\r\n\r\nabc$/);
  },
  // echo 127.0.0.1 | md5sum
  Q03: adds(['X-Visitor: 2909a2c64757ce93daa60e3cfc653ef1']),
  Q04: async (scene) => {
    const told = await ask(scene);
    assert.deepEqual(told.added, ['Cookie: a=b; c=d; BIGipServer=16777343.36895.0000']);
    assert.deepEqual([told.removed, told.came], [['Cookie: a=b; c=d'], plain]);
  },
  Q05: adds(['X-P0: 127', 'X-P1: 0', 'X-P2: 0', 'X-P3: 1']),
  Q06: async (scene) => {
    const told = await ask(scene, { path: '/a' });
    assert.deepEqual([told.added, told.removed], [['GET /a?from=127.0.0.1 HTTP/1.1'], ['GET /a HTTP/1.1']]);
  },
  Q07: async ({ origin, open, site }) => {
    const client = await meet(open);
    client.say(`GET http://${site}/1 HTTP/1.1\r\nHost: ${site}\r\n\r\n`);
    const far = await origin.next();
    const exit = (far.socket.remoteAddress ?? '').split('.').map(Number);
    const header = Buffer.from('0d0a0d0a000d0a515549540a2111000c7f000001', 'hex');
    assert.deepEqual(await far.take(28), Buffer.concat([header, Buffer.from([...exit, 0x9c, 0xbb, 0, 80])]));
    assert.equal(await far.until('\r\n\r\n'), `GET /1 HTTP/1.1\r\nHost: ${site}\r\n\r\n`);
    client.socket.destroy();
  },
  Q13: async ({ origin, open, site }) => {
    const client = await meet(open);
    const asked = `GET http://${site}/1 HTTP/1.1\r\nHost: ${site}\r\n\r\n`;
    client.say(asked);
    const far = await origin.next();
    for (let nth = 1; nth <= 4; nth += 1) {
      if (nth > 1) client.say(asked);
      assert.equal((await far.until('\r\n\r\n')).includes('X-Forwarded-For: 127.0.0.1\r'), nth > 2, String(nth));
      far.say(plain);
      await client.until('hello');
    }
    client.socket.destroy();
  },
  Q23: async (scene) => {
    assert.deepEqual((await ask(scene)).added, []);
    const told = await ask(scene, { lines: ['User-Agent: curl/8.5.0', 'Accept: */*'] });
    assert.deepEqual([told.added, told.removed], [['X-Client: 127.0.0.1'], []]);
  },
  // 127.0.0.1 with every byte of its text mixed with 5a.
  Q24: adds(['X-Trace: 6b686d746a746a746b']),
  Q25: async (scene) => {
    assert.deepEqual((await ask(scene)).added, []);
    const told = await ask(scene, { lines: [...usual, 'Authorization: Basic eDp5'] });
    assert.deepEqual([told.added, told.removed], [['X-Real-IP: 127.0.0.1'], []]);
  },
  Q26: async (scene) => {
    assert.match(await uploaded(scene, 'Content-Length: 3\r\n', 'abc'), /\r\n\r\nabc$/);
    const { origin, open, site } = scene;
    const client = await meet(open);
    const framing = 'Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n';
    client.say(`POST http://${site}/up HTTP/1.1\r\nHost: ${site}\r\n${framing}`);
    const far = await origin.next();
    await far.until('\r\n\r\n');
    assert.equal(await far.until('\r\n\r\n'), '3;for=127.0.0.1\r\nabc\r\n0;for=127.0.0.1\r\n\r\n');
    client.socket.destroy();
  },
  Q14: async ({ origin, open, site }) => {
    const client = await meet(open);
    client.say(`GET http://${site}/secret HTTP/1.1\r\nHost: ${site}\r\n\r\n`);
    const ends = [await origin.next(), await origin.next()];
    const heads = await Promise.all(ends.map((end) => end.until('\r\n\r\n')));
    assert.deepEqual(
      heads.map((head) => head.split('\r\n')[0]),
      ['GET /secret HTTP/1.1', 'GET /secret HTTP/1.1'],
    );
    assert.equal(heads.filter((head) => head.includes('crawler/1')).length, 1);
    assert.equal(new Set(ends.map(({ socket }) => socket.remoteAddress)).size, 2);
    for (const end of ends) end.socket.end(plain);
    client.socket.destroy();
  },
  Q19: async (scene) => {
    const { open, site, origin } = scene;
    const inside = await meet(open);
    await openTunnel(inside, 'http', originAt, origin.port);
    const far = await origin.next();
    inside.say(`GET /inside HTTP/1.1\r\nHost: ${site}\r\n\r\n`);
    assert.equal(await far.until('\r\n\r\n'), `GET /inside HTTP/1.1\r\nHost: ${site}\r\n\r\n`);
    const told = await ask(scene, { path: '/outside' });
    assert.deepEqual([told.added, told.removed, told.came], [[], [], plain]);
    const began = performance.now();
    const came = [await nextAsked(scene), await nextAsked(scene)];
    assert.ok(performance.now() - began > 1_000);
    assert.deepEqual(came.map(({ head }) => head.split('\r\n')[0]).toSorted(), [
      ...['GET /inside HTTP/1.1', 'GET /outside HTTP/1.1'],
    ]);
    for (const { peer, head } of came) {
      assert.notEqual(peer, told.peer);
      assert.match(head, /\r\nUser-Agent: crawler\/1\r\n/);
    }
    inside.socket.destroy();
  },
  Q20: async (scene) => {
    const body = 'user=me&password=secret';
    const framing = (size: number): string => `Content-Length: ${size}\r\n`;
    assert.match(await uploaded(scene, framing(3), 'abc'), /\r\n\r\nabc$/);
    assert.match(await uploaded(scene, framing(body.length), body), /\r\n\r\nuser=me&password=secret$/);
    const began = performance.now();
    const again = await nextAsked(scene, body.length);
    assert.ok(performance.now() - began > 1_000);
    assert.equal(again.head.split('\r\n')[0], 'POST /up HTTP/1.1');
    assert.equal(again.body, body);
    assert.notEqual(again.peer, (await ask(scene)).peer);
  },
  Q16: async (scene) => {
    assert.match(await uploaded(scene, 'Content-Length: 3\r\n', 'abc'), /\r\n\r\nbbc$/);
    assert.match(await uploaded(scene, 'Transfer-Encoding: chunked\r\n', '3\r\nabc\r\n0\r\n\r\n'), /abc\r\n0\r\n\r\n$/);
  },
  Q38: async (scene) => {
    const form = 'Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 16\r\n';
    assert.match(await uploaded(scene, form, 'to=me&amount=200'), /\r\n\r\nto=me&amount=900$/);
    assert.match(await uploaded(scene, 'Content-Length: 16\r\n', 'to=me&amount=200'), /amount=200$/);
  },
  P13: adds(['Via: 1.1 cache3.corp.lan (squid/5.7)']),
  P14: addsLike(/^X-Forwarded-For: 127\.0\.0\.1\d+$/),
  P15: async (scene) => {
    const lines = [...usual, 'Proxy-Authorization: Basic eDp5', 'Proxy-Connection: keep-alive'];
    const told = await ask(scene, { lines });
    assert.deepEqual([told.added, told.removed, told.came], [[], [], plain]);
  },
  P16: async (scene) => {
    const told = await ask(scene);
    assert.deepEqual([told.added, told.removed], [[], ['Cookie: a=b; c=d', 'Referer:  http://before.test/']]);
  },
  P17: async (scene) => {
    const told = await ask(scene);
    assert.deepEqual([told.added, told.removed], [['User-Agent: Mozilla/4.0'], ['user-agent: Mozilla/5.0 (X11)']]);
  },
  P18: async (scene) => {
    const told = await ask(scene);
    assert.deepEqual([told.added, told.removed], [[], usual.slice(2)]);
  },
  P19: async (scene) => {
    const told = await ask(scene);
    assert.deepEqual(told.added, ['GET /a/page?x=1 HTTP/1.0']);
    assert.deepEqual(told.removed, ['GET /a/page?x=1 HTTP/1.1', 'Connection: keep-alive']);
  },
  P39: async (scene) => {
    const famous = scene.site.replace('origin', 'famous');
    await adds([xff])(scene);
    await adds([], { host: famous })(scene);
    await adds([], { path: '/azenv.php' })(scene);
  },
  P41: async (scene) => {
    const peers: string[] = [];
    for (let nth = 0; nth < 8; nth += 1) {
      const told = await ask(scene);
      peers.push(told.peer);
      assert.deepEqual([told.added, told.removed, told.came], [[], [], plain]);
    }
    assert.equal(new Set(peers).size, 4);
    assert.deepEqual(peers.slice(0, 4), peers.slice(4));
  },
};
