/** The labels of the zoo, proved by bytes at both ends and without the audit: every animal does what it is said to do, and leaves nothing open. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Scene, openOrigin, withAnimal, worldAt } from '../kit/ends.js';
import { backTo, holdings } from '../kit/leak.js';
import { answerProofs } from '../kit/proofs/answers.js';
import type { Proof } from '../kit/proofs/ask.js';
import { nameProofs } from '../kit/proofs/names.js';
import { otherProofs } from '../kit/proofs/others.js';
import { requestProofs } from '../kit/proofs/requests.js';
import { proveClean, proveExact, proveTrusted, tunnelProofs } from '../kit/proofs/tunnels.js';
import type { Animal } from '../kit/zoo/animal.js';
import { certificateFor } from '../kit/zoo/core/certificate.js';
import { animals } from '../kit/zoo/index.js';

/** Made before anything is counted. */
const authority = certificateFor({ subject: '/CN=An authority' });

/** P31 stands where somebody trusts its authority. */
const trusting =
  (animal: Animal): Proof =>
  async () => {
    await using origin = await openOrigin();
    const open = await animal.open({ ...worldAt(origin.port), trusted: authority });
    const scene: Scene = { origin, open, site: '' };
    try {
      await proveTrusted(scene, authority.cert);
    } finally {
      await open.close();
    }
  };

const proofOf = (animal: Animal): Proof | undefined =>
  animal.id === 'P31'
    ? trusting(animal)
    : { ...requestProofs, ...answerProofs, ...tunnelProofs, ...otherProofs, ...nameProofs }[animal.id];

/** What follows from a label: a mode that is called clean or exact is left alone. Some are proved otherwise. */
const rest = ({ id, truth, speaks }: Animal): readonly Proof[] => {
  if (id === 'B15' || !speaks.includes('http')) return [];
  const isOdd = ['B07', 'B08', 'P11', 'P41'].includes(id);
  return [
    ...(truth.forward === 'clean' && !isOdd ? [proveClean] : []),
    ...(truth.tunnel === 'exact' ? [proveExact] : []),
  ];
};

describe('the labels of the zoo', () => {
  for (const animal of animals) {
    it(`${animal.id} ${animal.about}`, { timeout: 20_000 }, async () => {
      const proof = proofOf(animal);
      assert.ok(proof, 'somebody has to prove it');
      const base = holdings();
      await withAnimal(animal, async (scene) => {
        await proof(scene);
        for (const each of rest(animal)) await each(scene);
      });
      await backTo(base);
    });
  }

  it('are each about another animal', () => {
    assert.equal(new Set(animals.map(({ id }) => id)).size, animals.length);
    assert.equal(new Set(animals.map(({ about }) => about)).size, animals.length);
  });
});
