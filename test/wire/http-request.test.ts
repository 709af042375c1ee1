import assert from 'node:assert/strict';
import { test } from 'node:test';
import { labelEndpoint } from '../../src/model/address.js';
import type { Field } from '../../src/wire/http-head.js';
import {
  asksForWebSocket,
  fieldsOf,
  hostsOf,
  onwardFields,
  splitAbsolute,
  writeRequest,
} from '../../src/wire/http-request.js';
import { codeThrown, storm, costsLessThan } from '../kit/wire.js';

const fields = (...lines: string[]): readonly Field[] =>
  lines.map((line) => ({ name: line.slice(0, line.indexOf(':')), value: line.slice(line.indexOf(':') + 1).trim() }));
const namesOf = (left: readonly Field[]): string => left.map(({ name }) => name).join(' ');

test('an absolute target is split into endpoint, origin form and absolute form', () => {
  const rows: readonly (readonly [string, string, string, string])[] = [
    ['http://a.test/', 'a.test:80', '/', 'http://a.test/'],
    ['http://a.test', 'a.test:80', '/', 'http://a.test/'],
    ['HTTP://A.test/Path', 'A.test:80', '/Path', 'http://A.test/Path'],
    ['http://a.test:80/x', 'a.test:80', '/x', 'http://a.test/x'],
    [
      'http://a.test:8080/x?y=http://b.test/',
      'a.test:8080',
      '/x?y=http://b.test/',
      'http://a.test:8080/x?y=http://b.test/',
    ],
    ['http://a.test?q', 'a.test:80', '/?q', 'http://a.test/?q'],
    ['http://a.test/?', 'a.test:80', '/?', 'http://a.test/?'],
    ['http://a.test//x/../y;z', 'a.test:80', '//x/../y;z', 'http://a.test//x/../y;z'],
    ['http://[2001:DB8::1]:81/', '[2001:db8::1]:81', '/', 'http://[2001:db8::1]:81/'],
    ['http://[::1]/', '[::1]:80', '/', 'http://[::1]/'],
    ['http://1.2.3.4/', '1.2.3.4:80', '/', 'http://1.2.3.4/'],
    ['http://0x7f.1:81/', '127.0.0.1:81', '/', 'http://127.0.0.1:81/'],
    ['ws://a.test/chat', 'a.test:80', '/chat', 'http://a.test/chat'],
    ['http://a.test/a@b:c', 'a.test:80', '/a@b:c', 'http://a.test/a@b:c'],
  ];
  for (const [url, endpoint, path, absolute] of rows) {
    const target = splitAbsolute(url, 'GET', []);
    assert.deepEqual([labelEndpoint(target.endpoint), target.path, target.absolute], [endpoint, path, absolute], url);
  }
});

test('OPTIONS without a path asks for * at the server, and a hop that forwards still sees that the path is empty', () => {
  const { path, absolute } = splitAbsolute('http://a.test:8080', 'OPTIONS', []);
  assert.deepEqual([path, absolute], ['*', 'http://a.test:8080']);
  assert.deepEqual(splitAbsolute('http://a.test/', 'OPTIONS', []).path, '/');
  assert.deepEqual(splitAbsolute('http://a.test?x', 'OPTIONS', []).path, '/?x');
});

test('a Host field that names another place than the target is refused', () => {
  const same: readonly (readonly [string, string])[] = [
    ['http://a.test/', 'a.test'],
    ['http://a.test/', 'A.TEST:80'],
    ['http://a.test:80/', 'a.test'],
    ['http://A.test:81/', 'a.test:81'],
    ['http://[::1]/', '[0:0::1]:80'],
    ['http://127.1/', '127.0.0.1'],
  ];
  for (const [url, host] of same)
    assert.equal(
      codeThrown(() => splitAbsolute(url, 'GET', [host])),
      'none',
      host,
    );
  const others = [
    'b.test',
    'a.test:81',
    'a.test.',
    'a.test:',
    '',
    ' ',
    'a.test, a.test',
    'a.test/',
    'u@a.test',
    'a.test:080',
    'a.test\tb',
    '[a.test]',
    'xa.test',
  ];
  for (const host of others) {
    assert.equal(
      codeThrown(() => splitAbsolute('http://a.test/', 'GET', [host])),
      'bad-request',
      JSON.stringify(host),
    );
  }
  assert.equal(
    codeThrown(() => splitAbsolute('http://a.test/', 'GET', ['a.test', 'a.test'])),
    'bad-request',
  );
});

test('a target that is no plain http URL, has a user, a fragment or a bad port is refused', () => {
  const refused = [
    ...[
      '/',
      '*',
      '',
      'a.test',
      'a.test:80',
      '//a.test/',
      'http:/a.test/',
      'http:a.test',
      'http//a.test',
      ' http://a.test/',
      'http ://a.test/',
    ],
    ...[
      'https://a.test/',
      'wss://a.test/',
      'ftp://a.test/',
      'file:///etc/passwd',
      'javascript://a.test/',
      'httpx://a.test/',
      '1http://a.test/',
    ],
    ...[
      'http://',
      'http:///',
      'http:///x',
      'http://?x',
      'http://:80/',
      'http://#',
      'http://a.test/#x',
      'http://a.test#x',
      'http://a#b/',
    ],
    ...[
      'http://u@a.test/',
      'http://u:p@a.test/',
      'http://@a.test/',
      'http://a.test@b.test/',
      'http://a.test\\@b.test/',
      'http://a.test:80@b.test/',
    ],
    ...[
      'http://a.test:/',
      'http://a.test:0/',
      'http://a.test:65536/',
      'http://a.test:4294967376/',
      'http://a.test:+80/',
      'http://a.test:80 /',
    ],
    ...[
      'http://a.test:x/',
      'http://a.test:-1/',
      'http://a.test:8 0/',
      'http://::1/',
      'http://[::1/',
      'http://[::1]x/',
      'http://[fe80::1%25lo]/',
    ],
    ...[
      'http://a,b/',
      'http://a%2eb/',
      'http://a b/',
      'http://a\\b/',
      'http://a..b/',
      'http://-a/',
      'http://a;b/',
      'http://a\0b/',
      'http://1.2.3.256/',
    ],
    ...[
      'http://a.test/x y',
      'http://a.test/x\r\nHost: b',
      'http://a.test/\0',
      'http://a.test/\t',
      'http://a.test/\x7f',
      'http://b\xfccher.test/',
      'http://a.test/\xe9',
    ],
  ];
  for (const url of refused) {
    assert.match(
      codeThrown(() => splitAbsolute(url, 'GET', [])),
      /^bad-(?:request|name)$/,
      JSON.stringify(url),
    );
  }
});

test('a refused target with credentials in it is not repeated', () => {
  for (const url of [
    'http://u:CANARY@a.test/',
    'http://u:CANARY@a.test/\xe9',
    'https://u:CANARY@a.test/',
    'u:CANARY@a.test',
    'http://u:CANARY@a#',
  ]) {
    assert.throws(
      () => splitAbsolute(url, 'GET', []),
      (error: Error) => !JSON.stringify(error).includes('CANARY') && !error.message.includes('CANARY'),
    );
  }
});

test('fields go on in their order, case and repetition, without those that are meant for a proxy', () => {
  const sent = fields(
    ...[
      'hOsT: a.test',
      'Proxy-Connection: keep-alive',
      'Cookie: a',
      'TE: trailers',
      'X-A: 1',
      'Proxy-Authorization: Basic x',
    ],
    ...[
      'cookie: b',
      'Connection: keep-alive',
      'Keep-Alive: 5',
      'Upgrade: h2c',
      'HTTP2-Settings: x',
      'x-a: 2',
      'Transfer-Encoding: chunked',
    ],
    ...[
      'Via: 1.0 x',
      'Trailer: X-Sum',
      'Proxy-Authenticate: Basic',
      'Proxy-Authentication-Info: x',
      'Upgrade-Insecure-Requests: 1',
    ],
  );
  assert.equal(namesOf(onwardFields(sent)), 'hOsT Cookie X-A cookie x-a Via Trailer Upgrade-Insecure-Requests');
  assert.equal(
    namesOf(onwardFields(sent, ['transfer-encoding', 'connection', 'upgrade'])).includes('Connection Upgrade'),
    true,
  );
});

test('what Connection names goes too, in any case and on any of its lines', () => {
  const sent = fields(
    'connection: x-a, X-B',
    'X-A: 1',
    'x-b: 2',
    'CONNECTION: close ,X-C',
    'X-c: 3',
    'X-D: 4',
    'x-a: 5',
    'Date-Trace: 6',
  );
  assert.equal(namesOf(onwardFields(sent)), 'X-D Date-Trace');
  const lookalikes = fields(
    'Connection: hosting, date-trace, ranges',
    'Hosting: 1',
    'Date-Trace: 2',
    'Ranges: 3',
    'X: 4',
  );
  assert.equal(namesOf(onwardFields(lookalikes)), 'X');
});

test('Connection cannot take away what is meant for the other end', () => {
  const names = [
    ...[
      'Authorization',
      'Cookie',
      'Host',
      'Content-Length',
      'Content-Type',
      'Content-Encoding',
      'Accept',
      'Accept-Encoding',
      'Cache-Control',
    ],
    ...[
      'If-None-Match',
      'Range',
      'Origin',
      'Referer',
      'User-Agent',
      'Set-Cookie',
      'Location',
      'Vary',
      'ETag',
      'Expires',
      'Date',
      'Expect',
    ],
    ...['Sec-Fetch-Site', 'Sec-WebSocket-Key', 'WWW-Authenticate', 'Last-Modified', 'Trailer', 'Pragma', 'Age'],
  ];
  const sent = fields(`Connection: ${names.join(', ')}`, ...names.map((name) => `${name}: x`));
  assert.equal(namesOf(onwardFields(sent)), names.join(' '));
  assert.equal(namesOf(onwardFields(fields('Connection: __proto__, constructor', 'X: 1'))), 'X');
});

test('a request for a WebSocket asks for that and for nothing else', () => {
  assert.equal(asksForWebSocket(fields('Connection: keep-alive, Upgrade', 'Upgrade: WebSocket')), true);
  const others = [
    ['Upgrade: websocket'],
    ['Connection: upgrade'],
    ['Connection: upgrade', 'Upgrade: h2c'],
    ['Connection: upgrade', 'Upgrade: websocket, h2c'],
    ['Connection: upgrade', 'Upgrade: websocket', 'Upgrade: h2c'],
    ['Connection: upgraded', 'Upgrade: websocket'],
  ];
  for (const lines of others) assert.equal(asksForWebSocket(fields(...lines)), false, lines.join());
});

test('a request is written as one line and its fields', () => {
  const request = { method: 'GET', target: '/x?y', version: '1.1' };
  assert.equal(
    writeRequest(request, fields('Host: a', 'X: ')).toString('latin1'),
    'GET /x?y HTTP/1.1\r\nHost: a\r\nX: \r\n\r\n',
  );
  assert.deepEqual(fieldsOf(['A', 'b', 'a', 'c', 'odd']), fields('A: b', 'a: c'));
  assert.deepEqual(hostsOf(fields('Host: a', 'X: y', 'HOST: b')), ['a', 'b']);
});

test('100,000 random and damaged targets give one line or a KaskadeError', () => {
  const valid = ['http://a.test:8080/x?y', 'http://[2001:db8::1]/', 'ws://1.2.3.4', 'http://a_b.test./%41'].map((url) =>
    Buffer.from(url),
  );
  const weather = storm(0x5552, valid, (bytes) => {
    const url = bytes.toString('latin1');
    const code = codeThrown(() => {
      const { endpoint, path, absolute } = splitAbsolute(url, 'GET', []);
      assert.match(
        `${labelEndpoint(endpoint)} ${path} ${absolute}`,
        /^[\x21-\x7e]+ [/*][\x21-\x7e]* http:\/\/[\x21-\x7e]+$/,
      );
      assert.equal(labelEndpoint(splitAbsolute(absolute, 'GET', []).endpoint), labelEndpoint(endpoint));
    });
    return code === 'none' ? 'result' : 'error';
  });
  assert.ok(weather.result > 1000 && weather.error > 1000, JSON.stringify(weather));
});

test('a target of a megabyte is split or refused for less than 1.5 s of CPU time', () => {
  const fillers = ['a', '#', 'a#', '?', ':', '@', '.', '/', '[', '1.', '%', '\xe9'];
  for (const filler of fillers) {
    const long = filler.repeat(1_000_000 / filler.length);
    for (const url of [`http://${long}#`, `http://${long}/`, `http://a.test/${long}#`, `${long}://a`, long]) {
      assert.ok(
        costsLessThan(1_500, () => codeThrown(() => splitAbsolute(url, 'GET', [long]))),
        url.slice(0, 20),
      );
    }
  }
});
