/** Proofs for animals that do something to names, before a name server of their own. */

import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type OptAnswer, decode, encode } from 'dns-packet';
import { type Scene, originAt, worldAt } from '../ends.js';
import type { Animal } from '../zoo/animal.js';
import { q18 } from '../zoo/animals/own-names.js';
import { q17 } from '../zoo/animals/tells-network.js';
import { type Proof, ask, askOnly, plain } from './ask.js';

/** Opens an animal in a world whose zone `d.test` leads to the origin; tells what its name server was asked. */
const withZone = async (
  animal: Animal,
  { origin, site }: Scene,
  work: (scene: Scene, asked: readonly string[]) => Promise<void>,
): Promise<void> => {
  const server = createSocket('udp4');
  const asked: string[] = [];
  server.on('message', (bytes: Buffer, from) => {
    const query = decode(bytes);
    const [question] = query.questions ?? [];
    const opt = query.additionals?.find((each): each is OptAnswer => each.type === 'OPT');
    const { ip, sourcePrefixLength } = (opt?.options[0] ?? {}) as {
      readonly ip?: string;
      readonly sourcePrefixLength?: number;
    };
    const name = question?.name ?? '';
    asked.push(ip === undefined ? name : `${name} for ${ip}/${sourcePrefixLength}`);
    const answers = [{ type: 'A' as const, name, ttl: 1, data: originAt }];
    server.send(
      encode({ type: 'response', id: query.id ?? 0, questions: query.questions ?? [], answers }),
      from.port,
      from.address,
    );
  });
  server.bind(0, originAt);
  await once(server, 'listening');
  const zone = { name: 'd.test', server: { host: originAt, port: server.address().port } };
  const open = await animal.open({ ...worldAt(origin.port), zone });
  try {
    await work({ origin, open, site }, asked);
  } finally {
    await open.close();
    server.close();
    await once(server, 'close');
  }
};

export const nameProofs: Readonly<Record<string, Proof>> = {
  Q17: (scene) =>
    withZone(q17, scene, async (inside, asked) => {
      const told = await ask(inside, { host: `name.d.test:${scene.origin.port}` });
      assert.deepEqual([told.added, told.removed, told.came], [[], [], plain]);
      assert.deepEqual(asked, ['name.d.test for 127.0.0.0/24']);
    }),
  Q18: (scene) =>
    withZone(q18, scene, async (inside, asked) => {
      const told = await askOnly(inside, { host: 'name.d.test' });
      assert.deepEqual([told.body.toString(), asked], ['parked', []]);
      assert.equal((await ask(inside)).came, plain);
    }),
};
