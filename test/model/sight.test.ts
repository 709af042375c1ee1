import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sightsOf } from '../../src/model/sight.js';
import { parseCascade } from '../../src/model/cascade.js';

const chainOf = (schemes: readonly string[]): string =>
  schemes.map((scheme, index) => `${scheme}://h${index + 1}.example`).join(',');

/**
 * Says what somebody at `at` finds in the bytes that pass there. What hop k is told lies inside one layer of TLS for every
 * https hop up to k; hop j takes off those up to its own, and the line before hop 1 none.
 */
const readable = (schemes: readonly string[], at: number, told: number): boolean => {
  const layers = schemes.flatMap((scheme, index) => (scheme === 'https' && index + 1 <= told ? [index + 1] : []));
  return layers.every((hop) => hop <= at);
};

test('every place of every cascade of four schemes and up to five hops reads what no TLS hides, and nothing else', () => {
  let cascades: readonly (readonly string[])[] = [[]];
  for (let length = 1; length <= 5; length += 1) {
    cascades = cascades.flatMap((before) =>
      ['http', 'https', 'socks4a', 'socks5h'].map((scheme) => [...before, scheme]),
    );
    for (const schemes of cascades) {
      const sights = sightsOf(parseCascade('x', chainOf(schemes)));
      assert.equal(sights.length, length + 1);
      for (const { at, reads, mayRead, doubt } of sights) {
        for (let told = at + 1; told <= length; told += 1) {
          assert.equal(told <= reads, readable(schemes, at, told), `${schemes.join()}: ${at} reads ${told}`);
        }
        assert.deepEqual([mayRead, doubt], [reads, undefined]);
      }
    }
  }
});

const sightAt = (chain: string, at: number) => sightsOf(parseCascade('x', chain))[at];

test('encryption that nobody checks, or that not every choice has, is doubtful up to the next that is sure', () => {
  const chain = 'http://a,https://b?verify=no,http://c,https://d|http://e,socks5://f,https://g,http://h';
  assert.deepEqual(sightAt(chain, 0), { at: 0, reads: 1, mayRead: 5, doubt: 'any certificate' });
  assert.deepEqual(sightAt(chain, 2), { at: 2, reads: 3, mayRead: 5, doubt: 'some without TLS' });
  assert.deepEqual(sightAt(chain, 5), { at: 5, reads: 5, mayRead: 5 });
  assert.deepEqual(sightAt(chain, 6), { at: 6, reads: 7, mayRead: 7 });
});

test('a pinned certificate is as sure as one that an authority signed', () => {
  const chain = `http://a,https://b?pin=sha256/${'A'.repeat(43)}=`;
  assert.deepEqual(sightAt(chain, 0), { at: 0, reads: 1, mayRead: 1 });
});
