import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Host } from '../../src/model/address.js';
import { createBlocks, digitsOf, parseRange } from '../../src/book/ranges.js';

const ipv4 = (address: string): Extract<Host, { address: string }> => ({ kind: 'ipv4', address });

test('a range is its first and its last address, whatever its length', () => {
  const text = (range: string): string | undefined => {
    const found = parseRange(range);
    return found && `${found.low.slice(-8)}-${found.high.slice(-8)}`;
  };
  assert.equal(text('192.0.2.77/24'), 'c0000200-c00002ff');
  assert.equal(text('192.0.2.77'), 'c000024d-c000024d');
  assert.equal(text('0.0.0.0/0'), '00000000-ffffffff');
  for (const bad of ['192.0.2.0/33', '2001:db8::/129', 'name.example/8', '1.2.3/24', '', '1.2.3.4/']) {
    assert.equal(parseRange(bad), undefined, bad);
  }
});

test('an address is blocked where a range has it, plain or mapped, and nowhere else', () => {
  const octet = fc.integer({ min: 0, max: 255 });
  const address = fc.tuple(octet, octet, octet, octet).map((parts) => parts.join('.'));
  const ranges = fc.array(fc.tuple(address, fc.integer({ min: 4, max: 32 })), { maxLength: 30 });
  fc.assert(
    fc.property(ranges, fc.array(address, { minLength: 1, maxLength: 20 }), (some, asked) => {
      const parsed = some.flatMap(([start, bits]) => parseRange(`${start}/${bits}`) ?? []);
      const isBlocked = createBlocks(parsed);
      for (const each of [...asked, ...some.map(([start]) => start)]) {
        const digits = digitsOf(ipv4(each));
        const wanted = parsed.some(({ low, high }) => low <= digits && digits <= high);
        assert.equal(isBlocked(ipv4(each)), wanted);
        assert.equal(isBlocked({ kind: 'ipv6', address: `::ffff:${each}` }), wanted);
      }
    }),
  );
  assert.equal(createBlocks([])(ipv4('1.2.3.4')), false);
  assert.equal(createBlocks([])({ kind: 'name', name: 'a.example' }), false);
});
