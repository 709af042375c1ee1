/** Tunnels of honest animals before bare sockets: every byte, every end and every reset arrives as it left. */

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { meet, openTunnel, originAt, withAnimal, withPair } from '../kit/ends.js';
import { standstill } from '../kit/leak.js';
import { animals } from '../kit/zoo/index.js';

const controls = animals.filter(({ control }) => control === true);

describe('honest proxies in tunnel mode', { concurrency: 4 }, () => {
  for (const animal of controls.filter(({ id }) => id !== 'B15')) {
    for (const speech of animal.speaks) {
      const hosts = animal.id === 'B12' ? [originAt] : [originAt, 'origin.test'];
      for (const host of hosts) {
        it(`${animal.id} by ${speech} to ${host}: bytes and ends arrive both ways`, async () => {
          await withAnimal(animal, async ({ origin, open }) => {
            const client = await meet(open, speech);
            const [, far] = await Promise.all([openTunnel(client, speech, host, origin.port), origin.next()]);
            const [up, down] = [randomBytes(300_000), randomBytes(300_000)];
            client.socket.end(up);
            assert.deepEqual(await far.rest(), up);
            far.socket.end(down);
            assert.deepEqual(await client.rest(), down);
          });
        });
      }
    }
  }
});

describe('an honest proxy in tunnel mode', () => {
  it(
    'passes on the end of an origin that ends first, and what a client says after that',
    withPair(async ({ client, far, origin }) => {
      await openTunnel(client, 'http', originAt, origin.port);
      const end = await far;
      end.socket.end('bye');
      assert.equal((await client.rest()).toString(), 'bye');
      const late = randomBytes(200_000);
      client.socket.end(late);
      assert.deepEqual(await end.rest(), late);
    }),
  );

  it(
    'passes on resets both ways',
    withPair(async ({ client, far, origin, open }) => {
      await openTunnel(client, 'http', originAt, origin.port);
      const end = await far;
      client.socket.resetAndDestroy();
      await assert.rejects(end.rest(), /^Error: reset/);
      const other = await meet(open);
      const [, next] = await Promise.all([openTunnel(other, 'http', originAt, origin.port), origin.next()]);
      next.socket.resetAndDestroy();
      await assert.rejects(other.rest(), /^Error: reset/);
    }),
  );

  it(
    'takes no more than the other side does',
    withPair(async ({ client, far, origin }) => {
      await openTunnel(client, 'http', originAt, origin.port);
      const end = await far;
      end.socket.pause();
      const much = randomBytes(32 * 1024 * 1024);
      client.socket.end(much);
      const written = (): number => client.socket.bytesWritten - client.socket.writableLength;
      await standstill(written, 100);
      assert.ok(written() < 20 * 1024 * 1024, `${written()} bytes went`);
      end.socket.resume();
      assert.ok((await end.rest()).equals(much));
    }),
  );
});
