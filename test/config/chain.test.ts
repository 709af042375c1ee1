import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { printChain } from '../../src/config/chain.js';
import { type Cascade, parseCascade } from '../../src/model/cascade.js';

const print = (cascade: Cascade): string => printChain(cascade, (secret) => secret.reveal());

/** A cascade with its secrets laid open, so that two can be compared. */
const laidOpen = ({ positions }: Cascade): unknown =>
  positions.map(({ pick, among }) => ({
    pick,
    among: among.map(({ hop: { credentials, ...hop } }) => ({
      ...hop,
      login: credentials && [credentials.user.reveal(), credentials.password.reveal()],
    })),
  }));

const assertRoundTrip = (chain: string): void => {
  const cascade = parseCascade('x', chain);
  const printed = print(cascade);
  assert.deepEqual(laidOpen(parseCascade('x', printed)), laidOpen(cascade), printed);
  assert.equal(print(parseCascade('x', printed)), printed);
};

test('a cascade is read back as it was written: positions, choices, options, hosts', () => {
  assertRoundTrip('socks5://a:1,socks4://b|http://c~random,https://d?verify=no|https://e:8443~sticky');
  assertRoundTrip(`https://a?pin=sha256/${'a+/'.repeat(14)}a=&mode=forward~fastest`);
  assertRoundTrip('http://[2001:db8::1]:3128,socks5h://192.0.2.1,http://bücher.example,http://dot.example.:1');
  assertRoundTrip('http://a?mode=forward');
});

test('a login is read back as it was written, also an empty one', () => {
  for (const login of ['u', 'u:', ':p', ':', 'u:p:q', 'u:p@q', '%7E:~random', 'u:~random', '%3A:x']) {
    assertRoundTrip(`socks5h://${login}@a`);
  }
  assert.equal(print(parseCascade('x', 'http://user:@a:1')), 'http://user@a:1');
});

test('any user name and password survive, whatever marks they hold', () => {
  const text = fc
    .oneof(
      fc.string({
        unit: fc.constantFrom(...Array.from(',|~@/?#%: é!\'()*[]\\"`$&=+;<>^{}-_.aZ0~random')),
        maxLength: 40,
      }),
      fc.string({ unit: 'grapheme', maxLength: 40 }),
    )
    .filter((value) => !/[\r\n\0]/.test(value) && Buffer.byteLength(value) <= 255);
  fc.assert(
    fc.property(text, text, (user, password) => {
      assertRoundTrip(
        `socks5h://${encodeURIComponent(user)}:${encodeURIComponent(password)}@a:1,http://b|http://c~random`,
      );
    }),
    { numRuns: 2_000 },
  );
});

test('a stored chain has no mark that a shell or a chain would read', () => {
  const chain = print(parseCascade('x', `socks5h://${encodeURIComponent(",|~@/?#%: é'()*!")}:p@a:1`));
  assert.match(chain, /^socks5h:\/\/[A-Za-z0-9%._-]+:p@a:1$/);
});

test('a cascade with filters and rules is stored so that it reads as the same', () => {
  const chain = '{grade>=anonymous, !tag="a } b"}~random,http://a.test:1,{up | new};repeat=country+network';
  const cascade = parseCascade('book', chain);
  assert.equal(print(cascade), chain);
});
