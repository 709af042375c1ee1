/** Honest animals before bare sockets: every byte, every end and every reset arrives as it left. */

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type End, type Scene, meet, openOrigin, withAnimal, withPair } from '../kit/ends.js';
import { type Exchange, exchanges } from '../kit/exchanges.js';
import { animals } from '../kit/zoo/index.js';

const controls = animals.filter(({ control }) => control === true);
/** Those that change the framing or the packing of answers, and lose connections: they are proved beside the liars. */
const steady = controls.filter(({ id }) => !['B07', 'B08', 'B15'].includes(id));
const forwarders = steady.filter(({ speaks }) => speaks.includes('http'));

/** In pieces, so that heads and chunks are cut anywhere. */
const sayInPieces = async (end: End, whole: Buffer, size: number): Promise<void> => {
  for (let at = 0; at < whole.length; at += size) {
    end.say(whole.subarray(at, at + size));
    await new Promise(setImmediate);
  }
};

const raw = (head: string, body: Buffer): Buffer => Buffer.concat([Buffer.from(head, 'latin1'), body]);

describe('honest proxies in forward mode', { concurrency: 4 }, () => {
  for (const animal of forwarders) {
    it(`${animal.id}: three requests on a connection arrive byte by byte, and so do their answers`, async () => {
      await withAnimal(animal, async (scene) => {
        const all = fc.array(exchanges, { minLength: 3, maxLength: 3 });
        const property = fc.asyncProperty(all, fc.integer({ min: 7, max: 2_000 }), (some, size) =>
          converse(some, size, scene),
        );
        await fc.assert(property, { numRuns: animal.id === 'B09' ? 2 : 25 });
      });
    });
  }
});

const converse = async (all: readonly Exchange[], size: number, { origin, open, site }: Scene): Promise<void> => {
  const client = await meet(open);
  let far: End | undefined;
  for (const { ask, answer, path } of all) {
    const hop = 'Proxy-Connection: keep-alive\r\nproxy-authorization: Basic eDp5\r\n';
    void sayInPieces(client, raw(`POST http://${site}${path} HTTP/1.1\r\n${hop}${ask.head}\r\n`, ask.body), size);
    far ??= await origin.next();
    const wanted = raw(`POST ${path} HTTP/1.1\r\n${ask.head}\r\n`, ask.body);
    assert.deepEqual(await far.take(wanted.length), wanted);
    const back = raw(`HTTP/1.1 200  so\r\n${answer.head}\r\n`, answer.body);
    void sayInPieces(far, back, size);
    assert.deepEqual(await client.take(back.length), back);
  }
  assert.match(far?.socket.remoteAddress ?? '', /^127\.(?:4\d|5\d|60)\./);
  client.socket.end();
  assert.equal((await far?.rest())?.length, 0);
  far?.socket.end();
  assert.equal((await client.rest()).length, 0);
};

describe('an honest proxy in forward mode', () => {
  it(
    'answers a client that has ended its side',
    withPair(async ({ client, far, asked }) => {
      client.socket.end(asked('/half'));
      const end = await far;
      await end.until('\r\n\r\n');
      end.say('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
      assert.match((await client.rest()).toString(), /ok$/);
    }),
  );

  it(
    'takes requests at once and answers them in order, from two origins too',
    withPair(async ({ client, far, asked, site }) => {
      await using second = await openOrigin();
      client.say(asked('/1') + asked('/2') + asked('/3').replaceAll(site, `origin.test:${second.port}`));
      const end = await far;
      for (const path of ['/1', '/2']) {
        assert.match(await end.until('\r\n\r\n'), new RegExp(`^GET ${path} `));
        end.say(`HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nb${path.slice(1)}`);
      }
      const other = await second.next();
      assert.match(await other.until('\r\n\r\n'), /^GET \/3 /);
      other.say('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nb3');
      for (const body of ['b1', 'b2', 'b3']) assert.match(await client.until(body), /^HTTP\/1\.1 200 OK/);
    }),
  );

  it(
    'passes on interim answers, and the bodies that wait for them',
    withPair(async ({ client, far, asked }) => {
      client.say(asked('/wait', 'Expect: 100-continue\r\nContent-Length: 3\r\n'));
      const end = await far;
      assert.match(await end.until('\r\n\r\n'), /\r\nExpect: 100-continue\r\n/);
      end.say('HTTP/1.1 100 Continue\r\n\r\n');
      assert.equal(await client.until('\r\n\r\n'), 'HTTP/1.1 100 Continue\r\n\r\n');
      client.say('abc');
      assert.equal((await end.take(3)).toString(), 'abc');
      end.say('HTTP/1.1 204 None\r\n\r\n');
      assert.equal(await client.until('\r\n\r\n'), 'HTTP/1.1 204 None\r\n\r\n');
    }),
  );

  it(
    'leaves heads without bodies, and bodies without lengths, as they are',
    withPair(async ({ client, far, asked }) => {
      client.say(asked('/head').replace('GET', 'HEAD'));
      const end = await far;
      await end.until('\r\n\r\n');
      end.say('HTTP/1.1 200 OK\r\nContent-Length: 77\r\n\r\n');
      assert.equal(await client.until('\r\n\r\n'), 'HTTP/1.1 200 OK\r\nContent-Length: 77\r\n\r\n');
      client.say(asked('/close'));
      await end.until('\r\n\r\n');
      end.socket.end('HTTP/1.0 200 OK\r\n\r\nto the end');
      assert.equal((await client.rest()).toString(), 'HTTP/1.0 200 OK\r\n\r\nto the end');
    }),
  );

  it(
    'is out of the way once a connection is no HTTP any more',
    withPair(async ({ client, far, asked }) => {
      client.say(asked('/socket', 'Connection: Upgrade\r\nUpgrade: websocket\r\n'));
      const end = await far;
      await end.until('\r\n\r\n');
      end.say('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n\x81\x01');
      assert.match(await client.until('\x81\x01'.slice(1)), /^HTTP\/1\.1 101 /);
      const [up, down] = [randomBytes(50_000), randomBytes(50_000)];
      client.say(up);
      assert.deepEqual(await end.take(up.length), up);
      client.socket.end();
      assert.equal((await end.rest()).length, 0);
      end.socket.end(down);
      assert.deepEqual(await client.rest(), down);
    }),
  );

  it(
    'tells when an origin is lost in the middle of an answer, and where nobody is there',
    withPair(async ({ client, far, asked, open, site }) => {
      client.say(asked('/lost'));
      const end = await far;
      await end.until('\r\n\r\n');
      end.say('HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nhalf');
      await client.until('half');
      end.socket.resetAndDestroy();
      await assert.rejects(client.rest(), /^Error: reset/);
      const other = await meet(open);
      other.say(asked('/nobody').replaceAll(site, 'unknown.test'));
      assert.match(await other.until('\r\n\r\n'), /^HTTP\/1\.1 502 /);
      other.socket.destroy();
    }),
  );
});
