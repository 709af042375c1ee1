import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { parseHost } from '../../src/model/address.js';
import { parseCascade } from '../../src/model/cascade.js';
import { type Known, type Locality, knownByAddress, mostRating, rate } from '../../src/model/rating.js';

const diversity = (chain: string, known?: Known): number => rate(parseCascade('c', chain), known).diversity;

/** A country and a network for each first number of an address. */
const atlas =
  (places: Readonly<Record<string, Omit<Locality, 'addresses'>>>): Known['locality'] =>
  (proxy) => ({
    ...knownByAddress.locality(proxy),
    ...('address' in proxy.hop.endpoint.host ? places[proxy.hop.endpoint.host.address.split('.')[0] ?? ''] : {}),
  });

const three = 'http://93.0.0.1,http://81.0.0.1,http://104.0.0.1';
const wide = {
  93: { country: 'DE', network: 1 },
  81: { country: 'FR', network: 2 },
  104: { country: 'SE', network: 3 },
};
const withPlaces = (places: Readonly<Record<string, Omit<Locality, 'addresses'>>>): Known => ({
  ...knownByAddress,
  locality: atlas(places),
});

describe('diversity', () => {
  test('is 1 for one hop, whatever is known of it', () => {
    assert.equal(diversity('http://93.0.0.1', withPlaces(wide)), 1);
  });

  test('is 0 where the address of a hop is not known, or is not public', () => {
    assert.equal(diversity('http://93.0.0.1,http://proxy.example'), 0);
    assert.equal(diversity('http://127.0.0.1,http://93.0.0.1'), 0);
    assert.equal(diversity('http://93.0.0.1,http://81.0.0.1|http://10.0.0.1'), 0);
  });

  test('counts blocks alone as 2, and 3 with a third hop', () => {
    assert.equal(diversity('http://93.0.0.1,http://81.0.0.1'), 2);
    assert.equal(diversity(three), 3);
  });

  test('is 6 for three hops in different known countries and networks', () => {
    assert.equal(diversity(three, withPlaces(wide)), 6);
  });

  test('collapses to 1 when any two hops share a /16, a network, or both ends a country', () => {
    assert.equal(diversity('http://93.0.0.1,http://81.0.0.1,http://93.0.77.1', withPlaces(wide)), 1);
    assert.equal(diversity(three, withPlaces({ ...wide, 81: { country: 'FR', network: 3 } })), 1);
    assert.equal(diversity(three, withPlaces({ ...wide, 104: { country: 'DE', network: 3 } })), 1);
    assert.equal(diversity('http://[2a00:1::1],http://[2a00:1:ffff::1]'), 1);
  });

  test('does not mind two hops in one country that are not both ends', () => {
    assert.equal(diversity(three, withPlaces({ ...wide, 81: { country: 'DE', network: 2 } })), 6);
  });

  test('counts the worst of several proxies at a position', () => {
    assert.equal(diversity('http://93.0.0.1,http://81.0.0.1|http://93.0.9.9,http://104.0.0.1'), 1);
  });

  test('looks at the address that a proxy goes out with too', () => {
    const known: Known = {
      ...knownByAddress,
      locality: (proxy) => {
        const [own] = knownByAddress.locality(proxy).addresses;
        return { addresses: [own ?? parseHost('1.1.1.1'), parseHost('93.0.200.1')] };
      },
    };
    assert.equal(diversity('http://81.0.0.1,http://104.0.0.1', known), 1);
  });
});

describe('evidence', () => {
  const audited = (days: readonly (number | undefined)[]): number => {
    let at = 0;
    const known: Known = { ...knownByAddress, auditedDaysAgo: () => days[at++] };
    return rate(parseCascade('c', three), known).evidence;
  };

  test('is 0 while nothing was audited, 6 when all was today, and falls with age', () => {
    assert.equal(rate(parseCascade('c', three)).evidence, 0);
    assert.equal(audited([0, 1, 0]), 6);
    assert.equal(audited([0, 0, undefined]), 4);
    assert.equal(audited([15, 15, 15]), 3);
    assert.equal(audited([31, 40, 1_000]), 0);
  });
});

test('there is a word on what would raise the numbers unless both are full', () => {
  const all: Known = { locality: atlas(wide), auditedDaysAgo: () => 0 };
  assert.deepEqual(rate(parseCascade('c', three), all), { diversity: 6, evidence: 6, raise: [] });
  assert.match(rate(parseCascade('c', 'http://93.0.0.1')).raise.join(' '), /second hop.*audit/);
  assert.match(rate(parseCascade('c', 'http://93.0.0.1,http://93.0.0.2')).raise.join(' '), /hops 1 and 2/);
});

test('a repeated block never rates higher than the same cascade without it, and numbers stay within 0 and 6', () => {
  const address = fc.tuple(fc.constantFrom(81, 93, 104, 151), fc.nat(2)).map(([a, b]) => `http://${a}.${b}.0.1`);
  fc.assert(
    fc.property(fc.uniqueArray(address, { minLength: 2, maxLength: 6 }), (hops) => {
      const { diversity: score, evidence } = rate(parseCascade('c', hops.join(',')), withPlaces(wide));
      assert.ok(score >= 0 && score <= mostRating && evidence === 0);
      const blocks = hops.map((hop) => hop.split('.').slice(0, 2).join('.'));
      if (new Set(blocks).size < blocks.length) assert.equal(score, 1);
    }),
  );
});
