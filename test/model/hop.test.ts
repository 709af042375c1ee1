import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { hostText, labelEndpoint } from '../../src/model/address.js';
import { type Hop, labelHop, parseHop, placeOf } from '../../src/model/hop.js';
import { codeThrown, hosts, ports, storm, costsLessThan } from '../kit/wire.js';

const loginOf = ({ credentials }: Hop): readonly (string | undefined)[] => [
  credentials?.user.reveal(),
  credentials?.password.reveal(),
];

const pin = `sha256/${'A'.repeat(40)}b+/=`;

test('every scheme and alias is read in any case, with its default port, SOCKS as the form that leaves names to the far end', () => {
  const rows: readonly (readonly [string, string])[] = [
    ['http://a.test', 'http://a.test:80'],
    ['https://a.test', 'https://a.test:443'],
    ['socks4://a.test', 'socks4a://a.test:1080'],
    ['socks4a://a.test', 'socks4a://a.test:1080'],
    ['socks5://a.test', 'socks5h://a.test:1080'],
    ['socks5h://a.test', 'socks5h://a.test:1080'],
    ['SOCKS5H://A.test:1', 'socks5h://A.test:1'],
    ['HtTp://a.test:3128/', 'http://a.test:3128'],
    ['http://[2001:DB8::1]:3128', 'http://[2001:db8::1]:3128'],
    ['http://[::1]/', 'http://[::1]:80'],
    ['http://bücher.example:1', 'http://xn--bcher-kva.example:1'],
    ['http://127.1:1', 'http://127.0.0.1:1'],
    ['http://localhost:1?mode=forward', 'http://localhost:1'],
    ['https://a.test?verify=no', 'https://a.test:443?verify=no'],
    [`https://a.test/?pin=${pin}`, 'https://a.test:443?pin=…'],
  ];
  for (const [text, label] of rows) assert.equal(labelHop(parseHop(text)), label, text);
});

test('user names and passwords may hold anything in percent-encoding', () => {
  const word = '/ @ # ? % : , | ~ space é 日本 😀 \'"\\;&=+[]';
  for (const scheme of ['http', 'https', 'socks5']) {
    const user = scheme === 'socks5' ? word : word.replaceAll(':', '.');
    const hop = parseHop(`${scheme}://${encodeURIComponent(user)}:${encodeURIComponent(word)}@h.test:1`);
    assert.deepEqual(loginOf(hop), [user, word]);
    assert.equal(labelHop(hop).includes('@'), false);
  }
  assert.deepEqual(loginOf(parseHop(`socks4://${encodeURIComponent(word)}@h.test`)), [word, '']);
});

test('what needs no percent-encoding in credentials may be raw: @ and : in a password, + ~ ! $ & and other scripts', () => {
  const rows: readonly (readonly [string, string, string])[] = [
    ['http://ann:p@ss@h.test', 'ann', 'p@ss'],
    ['http://ann:@@h.test', 'ann', '@'],
    ['http://ann@b.test:x@h.test', 'ann@b.test', 'x'],
    ['http://ann:p:w:@h.test', 'ann', 'p:w:'],
    ['http://ann@h.test', 'ann', ''],
    ['http://ann:@h.test', 'ann', ''],
    ['http://:word@h.test', '', 'word'],
    ['http://:@h.test', '', ''],
    ['http://a+b:~c!d$e&f@h.test', 'a+b', '~c!d$e&f'],
    ['http://é:日本@h.test', 'é', '日本'],
    ['http://a b:c d@h.test', 'a b', 'c d'],
  ];
  for (const [text, user, password] of rows) assert.deepEqual(loginOf(parseHop(text)), [user, password], text);
  assert.equal(parseHop('http://@h.test').credentials, undefined);
});

test('user name and password have 255 bytes at most', () => {
  assert.deepEqual(loginOf(parseHop(`http://${'u'.repeat(255)}:${'p'.repeat(255)}@h`)), [
    'u'.repeat(255),
    'p'.repeat(255),
  ]);
  for (const login of ['u'.repeat(256), `u:${'p'.repeat(256)}`, `u:${'é'.repeat(128)}`]) {
    assert.equal(
      codeThrown(() => parseHop(`http://${login}@h`)),
      'bad-hop',
    );
  }
});

test('what a protocol cannot carry in its credentials is refused', () => {
  const refused = [
    ...['socks4://ann:word@h', 'http://a%3Ab:word@h', 'https://a%3Ab@h'],
    ...[
      'http://a%0d:x@h',
      'http://a:%0A@h',
      'http://a:x%00@h',
      'socks5://a\r:x@h',
      'socks5://a:x\n@h',
      'socks5://a\0:x@h',
    ],
    ...['http://a:%@h', 'http://a:%zz@h', 'http://a:%FF@h', 'http://a:%C3@h', 'http://%E0%80%80@h', 'http://a:100%@h'],
  ];
  for (const text of refused)
    assert.equal(
      codeThrown(() => parseHop(text)),
      'bad-hop',
      JSON.stringify(text),
    );
  assert.deepEqual(loginOf(parseHop('socks4://ann:@h')), ['ann', '']);
});

test('what is no hop is bad-hop', () => {
  const refused = [
    ...[
      '',
      'h',
      'h:80',
      'h.test',
      '//h',
      '://h',
      'http',
      'http:',
      'http:/h',
      'http//h',
      'http://',
      'http:///',
      'http:///x',
      'http://@',
      'http://u@',
      'http://u:p@',
    ],
    ...[
      ' http://h',
      'http://h ',
      'http ://h',
      'http://h /',
      'http://h/x',
      'http://h//',
      'http://h/?/',
      'http://h#',
      'http://h/#x',
      'http://h\n',
      'http://\0h',
      'http://h\0',
    ],
    ...[
      'http://h:',
      'http://h:0',
      'http://h:65536',
      'http://h:4294967376',
      'http://h:+80',
      'http://h:80x',
      'http://h: 80',
      'http://h:080',
      'http://h:80:80',
    ],
    ...[
      'http://::1',
      'http://::1:80',
      'http://[::1',
      'http://[::1]80',
      'http://[h]:80',
      'http://[fe80::1%25eth0]:80',
      'http://[fe80::1%eth0]:80',
    ],
    ...[
      'http://a,b',
      'http://a|b',
      'http://a..b',
      'http://-a',
      'http://a%2eb',
      'http://1.2.3.256',
      `http://${'a'.repeat(64)}`,
      'http://a;b',
    ],
    ...[
      'ftp://h',
      'ssh://h',
      'socks://h',
      'socks6://h',
      'socks5s://h',
      'vmess://h',
      'direct://h',
      'httpx://h',
      '__proto__://h',
      'constructor://h',
      'toString://h',
    ],
  ];
  for (const text of refused)
    assert.equal(
      codeThrown(() => parseHop(text)),
      'bad-hop',
      JSON.stringify(text),
    );
});

test('the options of https hops say how a certificate is judged', () => {
  assert.deepEqual(parseHop('https://h').trust, { by: 'authorities' });
  assert.deepEqual(parseHop('https://h?verify=yes').trust, { by: 'authorities' });
  assert.deepEqual(parseHop('https://h?verify=no').trust, { by: 'nobody' });
  assert.deepEqual(parseHop(`https://h?pin=${pin}`).trust, { by: 'pin', sha256: pin.slice(7) });
  for (const encoded of [encodeURIComponent(pin), pin.replaceAll('+', '%2b').replaceAll('=', '%3d')]) {
    assert.deepEqual(parseHop(`https://h?pin=${encoded}`).trust, { by: 'pin', sha256: pin.slice(7) });
  }
  assert.equal(parseHop('http://h').trust, undefined);
  assert.deepEqual(parseHop('https://h?mode=forward&verify=no'), { ...parseHop('https://h?verify=no'), forward: true });
  assert.equal(parseHop('http://h?mode=forward').forward, true);
  assert.equal(parseHop('http://h?mode=tunnel').forward, undefined);
});

test('unknown, repeated, contradicting or misplaced options are refused', () => {
  const refused = [
    ...[
      'http://h?verify=no',
      `http://h?pin=${pin}`,
      'socks5://h?verify=no',
      'socks5://h?mode=forward',
      'socks4://h?x',
      'http://h?x=y',
      'http://h?mode',
      'http://h?mode=',
    ],
    ...[
      'http://h?mode=x',
      'http://h?MODE=forward',
      'http://h?mode=forward&mode=forward',
      'http://h?mode=forward&',
      'http://h?&',
      'http://h?=',
      'http://h?__proto__=x',
    ],
    ...[
      'https://h?verify=maybe',
      'https://h?verify',
      'https://h?verify=',
      'https://h?verify=NO',
      'https://h?verify=no&verify=yes',
      `https://h?verify=no&pin=${pin}`,
    ],
    ...[
      'https://h?pin=',
      'https://h?pin=sha1/x',
      'https://h?pin=sha256/',
      `https://h?pin=${pin}=`,
      `https://h?pin=${pin.slice(0, -1)}`,
      `https://h?pin=x${pin}`,
      'https://h?verify=no#x',
    ],
  ];
  for (const text of refused)
    assert.equal(
      codeThrown(() => parseHop(text)),
      'bad-hop',
      text,
    );
  for (const text of ['http://h?', 'https://h/?', 'socks5://h?'])
    assert.equal(
      codeThrown(() => parseHop(text)),
      'none',
      text,
    );
});

test('two hops are the same proxy when they stand at the same place, whatever their scheme, case or trailing dot', () => {
  const places = ['http://A.test:1080', 'socks5://a.TEST', 'socks4://u@a.test.:1080'].map((text) =>
    placeOf(parseHop(text)),
  );
  assert.deepEqual(new Set(places).size, 1);
  assert.notEqual(placeOf(parseHop('http://a.test:1')), placeOf(parseHop('http://a.test:2')));
});

test('a hop that was written as text is read as the same one', () => {
  const scheme = fc.constantFrom('http', 'https', 'socks4a', 'socks5h');
  const word = fc.string({ unit: 'binary', maxLength: 40 }).filter((text) => !/[\r\n\0]/.test(text));
  fc.assert(
    fc.property(fc.tuple(scheme, hosts, ports, word, word), ([kind, host, port, user, password]) => {
      const name = kind.startsWith('http') ? user.replaceAll(':', ';') : user;
      const secret = kind === 'socks4a' ? '' : password;
      const place = labelEndpoint({ host, port });
      const hop = parseHop(`${kind}://${encodeURIComponent(name)}:${encodeURIComponent(secret)}@${place}`);
      assert.deepEqual([hop.scheme, hop.endpoint, ...loginOf(hop)], [kind, { host, port }, name, secret]);
      assert.equal(labelHop(hop), `${kind}://${place}`);
      assert.equal(labelHop(parseHop(labelHop(hop))), labelHop(hop));
    }),
    { numRuns: 1000 },
  );
});

test('100,000 random and damaged hops are read or bad-hop, and only for the host they show', () => {
  const valid = [
    'socks5h://u:p@h.test:1080',
    'https://[2001:db8::1]?verify=no',
    'http://a%20b:c@1.2.3.4:80/',
    'socks4://h',
  ].map((text) => Buffer.from(text));
  const weather = storm(0x486f, valid, (bytes) => {
    const text = bytes.toString('utf8');
    const code = codeThrown(() => {
      const hop = parseHop(text);
      assert.match(labelHop(hop), /^(?:http|https|socks4a|socks5h):\/\/[\x21-\x7e]+(?:\?verify=no)?$/);
      assert.equal(hostText(parseHop(labelHop(hop)).endpoint.host), hostText(hop.endpoint.host));
    });
    assert.match(code, /^(?:none|bad-hop)$/);
    return code === 'none' ? 'result' : 'error';
  });
  assert.ok(weather.result > 1000 && weather.error > 1000, JSON.stringify(weather));
});

test('a megabyte of anything is refused for less than 1.5 s of CPU time', () => {
  for (const filler of [
    'a',
    '@',
    ':',
    '/',
    '?',
    '#',
    '&',
    '=',
    '%',
    '%41',
    'a@',
    'a:',
    '[',
    '://',
    'http://',
    '?a',
    '\n',
    'é',
  ]) {
    const long = filler.repeat(1_000_000 / filler.length);
    for (const text of [
      long,
      `http://${long}`,
      `http://${long}@h/x`,
      `http://u:${long}@h`,
      `https://h?${long}`,
      `http://h${long}/x`,
    ]) {
      assert.ok(
        costsLessThan(1_500, () => codeThrown(() => parseHop(text))),
        text.slice(0, 20),
      );
    }
  }
});
