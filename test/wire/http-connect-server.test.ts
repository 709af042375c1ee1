import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Login } from '../../src/wire/client-request.js';
import { acceptConnect, answerConnect, checkLogin } from '../../src/wire/http-connect-server.js';
import { longestHead } from '../../src/wire/http-head.js';
import { assertCutsDoNotMatter, codeOf, codeThrown, converse, endOf, plainly, resultOf, storm } from '../kit/wire.js';

const open: Login = { required: false, check: () => true };
const closed: Login = { required: true, check: (user, password) => user === 'ann' && password === 'p:w' };

const basic = (pair: Buffer | string): string => `Basic ${Buffer.from(pair).toString('base64')}`;
const ask = (authority: string, ...fields: string[]): Buffer =>
  Buffer.from([`CONNECT ${authority} HTTP/1.1`, `Host: ${authority}`, ...fields, '', ''].join('\r\n'), 'latin1');

const tail = Buffer.from([0x16, 0x03, 0x01, 0x0d, 0x0a, 0x0d, 0x0a]);
const simple = ask('www.example.org:443');
const full = ask('[2001:db8::1]:8443', 'User-Agent: x', `Proxy-Authorization: ${basic('änn:p')}`, 'Content-Length: 0');
const failing = ask('www.example.org:0');

test('a CONNECT request is read, and the bytes behind its blank line stay in the stream', () => {
  const talk = converse(answerConnect(open), Buffer.concat([simple, tail]));
  assert.deepEqual(resultOf(talk), {
    user: '',
    target: { host: { kind: 'name', name: 'www.example.org' }, port: 443 },
  });
  assert.deepEqual(talk.tail, tail);
  const second = converse(answerConnect(open), Buffer.concat([full, tail]));
  assert.deepEqual(resultOf(second), {
    user: 'änn',
    target: { host: { kind: 'ipv6', address: '2001:db8::1' }, port: 8443 },
  });
  assert.deepEqual(second.tail, tail);
});

test('the request comes out the same however its bytes are cut', () => {
  for (const whole of [simple, full, failing]) {
    const bytes = Buffer.concat([whole, tail]);
    assertCutsDoNotMatter(bytes.length, (cuts) => plainly(converse(answerConnect(open), bytes, cuts)));
  }
});

test('an authority that is not exactly host:port is refused', () => {
  const refused = [
    ...[
      'a.test',
      'a.test:',
      ':443',
      'a.test:0',
      'a.test:65536',
      'a.test:4294967376',
      'a.test:+80',
      'a.test:-1',
      'a.test:080',
    ],
    ...[
      'a.test:0x50',
      'a.test:80x',
      'a.test:8 0',
      'a.test:80,',
      'a.test:80:80',
      '::1:443',
      '2001:db8::1:443',
      '[::1]',
      '[::1]443',
    ],
    ...[
      '[::1%lo]:443',
      '[::1%25lo]:443',
      '[]:443',
      '[a.test]:443',
      '[127.0.0.1]:443',
      '[::1:443',
      '::1]:443',
      '[[::1]]:443',
    ],
    ...[
      'a,b:443',
      'a#b:443',
      'a@b:443',
      'u:p@b:443',
      'a\0b:443',
      'a/b:443',
      'a?b:443',
      'a\\b:443',
      'a%2eb:443',
      'a;b:443',
      'a b:443',
    ],
    ...[
      'a..b:443',
      '.a:443',
      '-a:443',
      'a-:443',
      '*:443',
      '*',
      '/',
      'http://a.test/',
      'http://a.test:443',
      '\t:443',
      ' :443',
      '',
    ],
    ...[
      'b\xc3\xbccher.test:443',
      '\xa0a.test:443',
      'a.test:\xb2',
      `${'a'.repeat(64)}.test:443`,
      `${'a.'.repeat(127)}test:443`,
    ],
    ...['a.test:443\t', '256.1.1.1:443', '1.2.3.4.5:443', '1.2.3.08:443'],
  ];
  for (const authority of refused) {
    const talk = converse(answerConnect(open), ask(authority));
    assert.equal(talk.end.kind, 'error', authority);
    assert.match(codeOf(talk), /^bad-(?:name|request)$/, authority);
  }
});

test('an authority in any legal form is read', () => {
  const legal = [
    'a:1',
    'A.test:65535',
    'a.test.:443',
    'a_b.test:443',
    'xn--bcher-kva.test:443',
    '1.2.3.4:443',
    '[::1]:443',
    '[2001:DB8::1]:80',
  ];
  for (const authority of legal)
    assert.equal(converse(answerConnect(open), ask(authority)).end.kind, 'result', authority);
});

test('a request line or field that two readers may see differently is refused', () => {
  const line = 'CONNECT a.test:443 HTTP/1.1';
  const heads = [
    ...[
      'CONNECT a.test:443',
      'CONNECT a.test:443 HTTP/2.0',
      'CONNECT  a.test:443 HTTP/1.1',
      'connect a.test:443 HTTP/1.1',
    ],
    ...[
      'CONNECT a.test:443 HTTP/1.1 ',
      'CONNECT a.test:443 HTTP/1.12',
      'CONNECT a.test:443\tHTTP/1.1',
      'GET a.test:443 HTTP/1.1',
    ],
    ...[
      '',
      '\nX: y',
      '\n',
      '\rX: y',
      '\0',
      '\r\n X: y',
      '\r\n\tX: y',
      '\r\nX : y',
      '\r\n: y',
      '\r\nX',
      '\r\nX: \0',
      '\r\nX: \x7f',
    ].map((rest) => (rest === '' ? rest : line + rest)),
    ...[
      '\r\nTransfer-Encoding: chunked',
      '\r\nTransfer-Encoding: 0',
      '\r\nTransfer-Encoding:',
      '\r\nContent-Length: 5',
    ].map((rest) => line + rest),
    ...['\r\nContent-Length: 0\r\nContent-Length: 1', '\r\nContent-Length: ', '\r\nContent-Length: 0, 0'].map(
      (rest) => line + rest,
    ),
  ];
  for (const head of heads) {
    const talk = converse(answerConnect(open), Buffer.from(`${head}\r\n\r\n`, 'latin1'));
    assert.equal(codeOf(talk), 'bad-request', JSON.stringify(head));
    assert.equal(talk.sent.length, 0, 'the failure table has the answer, not this code');
  }
});

test('a header of 64 KiB or 200 fields passes, and one more of either is header-too-large', () => {
  const fields = (count: number): string[] => Array.from({ length: count }, (_, at) => `X-${at}: y`);
  assert.equal(converse(answerConnect(open), ask('a.test:1', ...fields(199))).end.kind, 'result');
  assert.equal(codeOf(converse(answerConnect(open), ask('a.test:1', ...fields(200)))), 'header-too-large');
  const room = longestHead - ask('a.test:1', 'X: ').length;
  assert.equal(converse(answerConnect(open), ask('a.test:1', `X: ${'y'.repeat(room)}`)).end.kind, 'result');
  assert.equal(
    codeOf(converse(answerConnect(open), ask('a.test:1', `X: ${'y'.repeat(room + 1)}`))),
    'header-too-large',
  );
});

test('an endless header ends at 64 KiB and a byte', () => {
  for (const filler of ['A', '9', '\r', '\n', 'a: b\r\n', ' ']) {
    const bytes = Buffer.from(`CONNECT ${filler.repeat(70_000 / filler.length)}`, 'latin1');
    const cuts = [longestHead, longestHead + 1];
    assert.equal(codeOf(converse(answerConnect(open), bytes, cuts)), 'header-too-large');
    assert.equal(converse(answerConnect(open), bytes.subarray(0, longestHead)).end.kind, 'incomplete');
  }
});

test('a login is read from Basic, and where one is required nothing else is welcome', () => {
  const sent = (value: string) => [{ name: 'pRoXy-AuThOrIzAtIoN', value }];
  assert.equal(checkLogin(sent(basic('ann:p:w')), closed), 'ann');
  assert.equal(checkLogin(sent(basic('ann:p:w').replace('Basic', 'bAsIc  ')), closed), 'ann');
  assert.equal(checkLogin([], open), '');
  assert.equal(checkLogin(sent(basic('ann')), open), 'ann');
  assert.equal(checkLogin(sent(basic(`${'u'.repeat(255)}:`)), open).length, 255);
  const wrong = [
    '',
    'Basic',
    'Basic ',
    'Bearer x',
    basic('ann:wrong'),
    basic('ann'),
    basic(':'),
    basic('ANN:p:w'),
    'Digest username="ann"',
  ];
  for (const value of wrong)
    assert.equal(
      codeThrown(() => checkLogin(sent(value), closed)),
      'auth-required',
      value,
    );
  assert.equal(
    codeThrown(() => checkLogin([], closed)),
    'auth-required',
  );
});

test('two user names of different bytes never become one identity: what is not UTF-8 is refused', () => {
  const value = basic(Buffer.from([0xff, 0x3a, 0x70]));
  assert.equal(
    codeThrown(() => checkLogin([{ name: 'Proxy-Authorization', value }], open)),
    'bad-request',
  );
});

test('a CONNECT that came through another parser is checked in the same way', () => {
  assert.equal(acceptConnect('a.test:443', [], open).target.port, 443);
  assert.equal(
    codeThrown(() => acceptConnect('u@a.test:443', [], open)),
    'bad-request',
  );
  assert.equal(
    codeThrown(() => acceptConnect('b\xfc.test:443', [], open)),
    'bad-name',
  );
  assert.equal(
    codeThrown(() => acceptConnect('a.test:443', [], closed)),
    'auth-required',
  );
});

test('100,000 random and damaged requests end in a request, a KaskadeError or a wait', () => {
  const weather = storm(0x4353, [simple, full, failing], (bytes) => {
    const talk = converse(answerConnect(open), bytes);
    assert.ok(talk.most <= longestHead);
    return endOf(talk);
  });
  assert.ok(weather.result > 1000 && weather.error > 1000 && weather.incomplete > 1000, JSON.stringify(weather));
});
