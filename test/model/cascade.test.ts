import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { parseEndpoint } from '../../src/model/address.js';
import {
  asProxy,
  everyProxy,
  isThisMachine,
  labelCascade,
  mostHops,
  parseCascade,
  parseCascadeName,
  refuseListeners,
  warningsOf,
} from '../../src/model/cascade.js';
import { observersOf } from '../../src/model/box.js';
import { rate } from '../../src/model/rating.js';
import { KaskadeError } from '../../src/model/error.js';
import { parseHop } from '../../src/model/hop.js';
import { codeThrown, createChance, storm, costsLessThan } from '../kit/wire.js';

const chainOf = (length: number): string => Array.from({ length }, (_, at) => `http://h${at}.test:80`).join(',');
const code = (chain: string): string => codeThrown(() => parseCascade('c', chain));

const failureOf = (work: () => unknown): KaskadeError => {
  try {
    work();
  } catch (thrown) {
    if (thrown instanceof KaskadeError) return thrown;
    throw thrown;
  }
  return assert.fail('nothing was thrown');
};

test('positions stand between commas, alternatives between bars, the way of choosing behind a tilde', () => {
  const cascade = parseCascade(
    'swiss',
    ' socks5h://a.test:1080 , http://b.test:3128 | http://c.test:3128~random,https://d.test',
  );
  assert.equal(
    labelCascade(cascade),
    'socks5h://a.test:1080 > http://b.test:3128 | http://c.test:3128 > https://d.test:443',
  );
  assert.deepEqual(
    cascade.positions.map(({ pick, among }) => [pick, among.map(({ id, source }) => `${id} ${source}`)]),
    [
      ['first-up', ['socks5h://a.test:1080 swiss']],
      ['random', ['http://b.test:3128 swiss', 'http://c.test:3128 swiss']],
      ['first-up', ['https://d.test:443 swiss']],
    ],
  );
  assert.deepEqual([cascade.id, cascade.name, everyProxy(cascade).length], ['swiss', 'swiss', 4]);
});

test('every way of choosing is known by its name and by no other', () => {
  for (const pick of ['first-up', 'random', 'fastest', 'sticky']) {
    assert.equal(parseCascade('c', `http://a|http://b:1~${pick}`).positions[0].pick, pick);
  }
  for (const pick of [
    '',
    'Random',
    'first',
    'random ~',
    'random~random',
    '__proto__',
    'constructor',
    'slowest',
    'random.',
  ]) {
    assert.match(code(`http://a|http://b:1~${pick}`), /^bad-(?:cascade|hop)$/, pick);
  }
  assert.equal(code('http://a~random|http://b'), 'bad-hop', 'the tilde stands at the end of a position');
});

test('a tilde in a password and a pin at the end of a position are not a way of choosing', () => {
  const cascade = parseCascade('c', `http://u:a~b@h.test,https://i.test?pin=sha256/${'A'.repeat(43)}=~sticky`);
  assert.equal(cascade.positions[0].among[0]?.hop.credentials?.password.reveal(), 'a~b');
  assert.deepEqual([cascade.positions[1]?.pick, cascade.positions[1]?.among[0]?.hop.trust?.by], ['sticky', 'pin']);
});

test('a cascade has 1 to 8 hops', () => {
  assert.equal(parseCascade('c', chainOf(mostHops)).positions.length, 8);
  assert.equal(code(chainOf(9)), 'bad-cascade');
  assert.equal(code(chainOf(10_000)), 'bad-cascade');
  for (const chain of [
    '',
    ' ',
    ',',
    'http://a,',
    ',http://a',
    'http://a,,http://b',
    '|',
    'http://a|',
    '|http://a',
    'http://a||http://b',
    '~random',
  ]) {
    assert.equal(code(chain), 'bad-cascade', JSON.stringify(chain));
  }
});

test('the same proxy twice is refused, at one position or at two, whatever its scheme, case, user or trailing dot', () => {
  const twice = [
    'http://a:1,http://a:1',
    'http://a:1,socks5://A:1',
    'http://a:1|http://a.:1',
    'http://u@a:1,http://w@a:1',
    'socks4://a,socks5://a',
    'http://[::1]:1,http://[0:0::1]:1',
    'http://127.1:1,http://127.0.0.1:1',
  ];
  for (const chain of twice) assert.equal(code(chain), 'bad-cascade', chain);
  assert.equal(code('http://a:1,http://a:2,http://b:1'), 'none');
});

test('a failure says which hop it is about', () => {
  const error = failureOf(() => parseCascade('c', 'http://a,http://b:99999,http://c'));
  assert.deepEqual([error.code, error.failure.note], ['bad-hop', 'hop 2: host or port; ports are 1 to 65535']);
});

test('no error about a cascade repeats any piece of its credentials, wherever a separator tears them apart', () => {
  const chance = createChance(0x6361);
  const pieces = [
    ',',
    '|',
    '~',
    '~random',
    '~x',
    '/',
    '?',
    '#',
    ':',
    '@',
    '%',
    '%41',
    ' ',
    '&',
    '=',
    '://',
    '.',
    '12',
    'é',
    '-',
    '[',
    ']',
    '\n',
  ];
  for (let round = 0; round < 20_000; round += 1) {
    const word = Array.from({ length: 1 + chance.below(5) }, () => `QZJX${chance.pick(pieces)}`).join('');
    const chain = chance.pick([
      `http://user:${word}@h.test:1`,
      `http://${word}@h.test`,
      `user:${word}@h.test:1`,
      `http://u:${word}@`,
      `http://u:${word}`,
      `socks5://a.test,socks5://u:${word}@b.test`,
    ]);
    try {
      parseCascade('c', chain);
    } catch (thrown) {
      assert.ok(thrown instanceof KaskadeError);
      const said = `${inspect({ ...thrown.failure, cause: thrown.cause }, { depth: 9 })} ${thrown.message}`;
      assert.doesNotMatch(said, /QZJX|qzjx/, chain);
    }
  }
});

test('a name has 1 to 64 letters, digits, dots, hyphens and underscores, and is not repeated when it is wrong', () => {
  for (const name of ['a', 'Swiss.2', '_x', '0', 'a-b_c', 'x'.repeat(64), 'constructor'])
    assert.equal(parseCascadeName(name), name);
  const wrong = [
    '',
    '-a',
    '.a',
    'a b',
    'a/b',
    'a\n',
    'a\0',
    'é',
    'x'.repeat(65),
    '__proto__',
    'http://u:CANARY@h',
    'a,b',
    '~',
  ];
  for (const name of wrong) {
    const error = failureOf(() => parseCascadeName(name));
    assert.equal(error.code, 'bad-cascade');
    assert.doesNotMatch(error.message, /CANARY/);
  }
});

test('a hop that is the own listener is refused, in every spelling of this machine', () => {
  const own = [parseEndpoint('127.0.0.1:4001'), parseEndpoint('[::1]:4002')];
  const refusal = (chain: string): string => codeThrown(() => refuseListeners(parseCascade('c', chain), own));
  const here = [
    '127.0.0.1',
    '127.1',
    '0x7f.1',
    '127.9.9.9',
    '0.0.0.0',
    '0',
    'localhost',
    'LOCALHOST.',
    'x.localhost',
    '[::1]',
    '[::]',
    '[::ffff:127.0.0.1]',
    '[::127.0.0.1]',
  ];
  for (const host of here) {
    assert.ok(isThisMachine(parseEndpoint(`${host}:1`)), host);
    assert.equal(refusal(`http://${host}:4001`), 'bad-cascade', host);
    assert.equal(refusal(`http://a.test:4001,socks5://b.test|http://${host}:4002`), 'bad-cascade', host);
    assert.equal(refusal(`http://${host}:4003`), 'none');
  }
  for (const host of ['10.0.0.1', 'a.test', 'router.local', 'notlocalhost', '[fe80::1]', '128.0.0.1']) {
    assert.equal(isThisMachine(parseEndpoint(`${host}:1`)), false, host);
    assert.equal(refusal(`http://${host}:4001`), 'none');
  }
});

test('a person is told of a single hop, of a private address behind a public one, and of a certificate that nobody checks', () => {
  const warn = (chain: string): readonly string[] => warningsOf(parseCascade('c', chain));
  assert.deepEqual(warn('http://a.test'), ['One hop sees both who you are and where you go.']);
  assert.deepEqual(warn('http://127.0.0.1:1,http://a.test'), []);
  assert.match(warn('http://a.test,http://10.0.0.1').join(), /^Hop 2 has a private address behind a public hop/);
  assert.match(warn('http://a.test,https://b.test?verify=no').join(), /^Hop 2 is accepted with any certificate/);
});

test('a proxy is named by its URL without credentials', () => {
  assert.deepEqual(asProxy(parseHop('socks5://u:p@a.test'), 'mine'), {
    id: 'socks5h://a.test:1080',
    hop: parseHop('socks5://u:p@a.test'),
    source: 'mine',
  });
});

test('100,000 random and damaged chains are read, bad-hop or bad-cascade', () => {
  const valid = [
    'socks5h://a:1080,http://b:3128|http://c:3128~random,https://d:443',
    'http://u:p@h|socks4://i~sticky',
    'http://a',
  ].map((text) => Buffer.from(text));
  const weather = storm(0x4361, valid, (bytes) => {
    const ended = code(bytes.toString('utf8'));
    assert.match(ended, /^(?:none|bad-hop|bad-cascade)$/);
    return ended === 'none' ? 'result' : 'error';
  });
  assert.ok(weather.result > 1000 && weather.error > 1000, JSON.stringify(weather));
});

test('a megabyte of anything is refused for less than 1.5 s of CPU time', () => {
  for (const filler of ['a', ',', '|', '~', '~a', 'a-', 'http://a|', 'http://a,', ' ', '~random', '@']) {
    const long = filler.repeat(1_000_000 / filler.length);
    for (const text of [long, `http://a~${long}!`, `http://${long}@h`, `http://a|${long}`]) {
      assert.ok(
        costsLessThan(1_500, () => code(text)),
        text.slice(0, 20),
      );
    }
    assert.ok(costsLessThan(1_500, () => codeThrown(() => parseCascadeName(long))));
  }
});

test('a position may be a filter, whose commas, bars and quotes are its own', () => {
  const chain = '{grade>=anonymous, country!=FR, up}~random, socks5h://a:1080,{(tag="a,b}|c" | new)};repeat=country';
  const cascade = parseCascade('book', chain);
  assert.equal(cascade.positions.length, 3);
  assert.deepEqual(
    cascade.positions.map(({ pick, among }) => [pick, among.length]),
    [
      ['random', 0],
      ['first-up', 1],
      ['first-up', 0],
    ],
  );
  assert.equal(labelCascade(cascade), '{grade>=anonymous, country!=FR, up} > socks5h://a:1080 > {tag="a,b}|c" | new}');
  assert.deepEqual(cascade.rules, { repeat: ['country'] });
  assert.deepEqual(parseCascade('all', '{}').positions[0].filter, { kind: 'all' });
  assert.equal(parseCascade('brace', 'http://u:{w@a,http://b').positions.length, 2);
});

test('a filter in a cascade that is not right is refused with its hop', () => {
  const rows: readonly (readonly [string, string, RegExp])[] = [
    ['http://a,{colour=red}', 'bad-filter', /^hop 2: at character 1: there is no such field/],
    ['{up', 'bad-cascade', /^hop 1: the brace is not closed$/],
    ['http://a,{tag="}', 'bad-cascade', /^hop 2: the brace is not closed$/],
    ['{up}http://a', 'bad-cascade', /^hop 1: behind a filter stands nothing/],
    ['{up}|http://a', 'bad-cascade', /^hop 1: a filter stands alone/],
    ['{tag="a}"}|{up}', 'bad-cascade', /^hop 1: a filter stands alone/],
    ['http://a|{up}', 'bad-cascade', /^hop 1: a filter stands alone/],
    [',{up}', 'bad-cascade', /^hop 1: nothing stands there/],
    ['http://a,', 'bad-cascade', /^hop 2: nothing stands there/],
    ['{up};repeat=country;repeat=network', 'bad-cascade', /^repeat= is said twice; .*country\+network/],
    ['{up}~fast', 'bad-cascade', /behind ~ stands one of/],
    ['{up};repeat=exit', 'bad-cascade', /behind repeat= stands country or network/],
    ['http://a;repeat=country', 'bad-cascade', /^repeat= is for filters/],
  ];
  for (const [chain, code, note] of rows) {
    assert.throws(
      () => parseCascade('x', chain),
      (thrown) => {
        assert.ok(thrown instanceof KaskadeError);
        assert.equal(thrown.code, code, chain);
        assert.match(thrown.failure.note ?? '', note, chain);
        return true;
      },
    );
  }
});

test('of what a filter will give, only what is known is said', () => {
  const cascade = parseCascade('book', '{up}~random,https://b.example');
  const sees = observersOf(cascade);
  assert.match(sees.map(({ who }) => who).join(), /hop 1 \(\{up\}\)/);
  assert.match(JSON.stringify(sees), /you talk to hop 1 \(drawn from the book\)/);
  assert.equal(rate(cascade).diversity, 0);
  assert.match(rate(cascade).raise.join(), /hop 1: what the book will give cannot be told/);
  assert.deepEqual(warningsOf(cascade), []);
});
