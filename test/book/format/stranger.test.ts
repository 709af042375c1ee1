/** What a stranger found: each of these was read as something that it is not. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { notation } from '../corpus/lines.js';
import { readPieces } from './stage.js';

const read = (...lines: readonly string[]): readonly string[] => readPieces([lines.join('\n')]).map(notation);

test('what a script puts together is no address', () => {
  const script = (text: string): readonly string[] => read(`function FindProxyForURL() { return ${text}; }`);
  assert.deepEqual(script('"PROXY proxy.example.com" + (x ? ":8080" : ":8081")'), ['!no-address']);
  assert.deepEqual(script('"PROXY 9.9.9.9:80" + "80"'), ['!no-address']);
  assert.deepEqual(script('"PROXY 9.9.9.9:80; PROXY a.example" + dc + "; PROXY 8.8.8.8:3128"').slice(0, 2), [
    'http 9.9.9.9:80',
    '!no-address',
  ]);
});

test('a remark is no script, and a sentence is no heading', () => {
  assert.deepEqual(read('# comment about FindProxyForURL', '5.9.1.1:80'), ['http? 5.9.1.1:80']);
  assert.deepEqual(read('5.9.4.1:80', '# tested via socks5 on Monday', '5.9.4.2:3128'), [
    'http? 5.9.4.1:80',
    'http? 5.9.4.2:3128',
  ]);
});

test('fields that contradict each other are told, and a login beside a whole address is taken', () => {
  assert.deepEqual(read('[{"proxy":"1.2.3.4:80","ip":"11.2.3.45","port":8080}]'), ['!ambiguous']);
  assert.deepEqual(read('[{"host":"http://1.2.3.4:80","port":8080}]'), ['!ambiguous']);
  const [reading] = readPieces(['[{"ip":"2.2.3.4:80","username":"u","password":"p"}]']);
  assert.ok(reading?.kind === 'proxy' && reading.hop.credentials !== undefined);
});

test('digits of other scripts make no host, nor does a backslash', () => {
  assert.deepEqual(read('٥.٦.٧.٨:80', '५.६.७.८:80'), ['!obfuscated', '!obfuscated']);
  assert.deepEqual(read('http://1.2.3.4:80\\@evil.example.com:80'), ['!ambiguous']);
});

test('what stands beside a list tells of it, and is no proxy; another list of proxies is', () => {
  const text = (value: unknown): readonly string[] => read(JSON.stringify(value));
  const listed = [{ ip: '9.9.9.9', port: 80 }];
  const source = { host: 'api.example.org', port: 443 };
  for (const name of ['proxies', 'data', 'list', 'results', 'items']) {
    assert.deepEqual(text({ source, [name]: listed }), ['!not-a-proxy', 'http? 9.9.9.9:80'], name);
    assert.deepEqual(text({ [name]: listed, source }), ['http? 9.9.9.9:80', '!not-a-proxy'], name);
    assert.deepEqual(text({ [name]: [], judges: ['judge.example.org:80'] }), ['!not-a-proxy'], name);
  }
  assert.deepEqual(text({ meta: { source }, data: { proxies: ['9.9.9.9:80'] } }), ['!not-a-proxy', 'http? 9.9.9.9:80']);
  assert.deepEqual(text({ proxies: listed, more: [{ ip: '8.8.8.8', port: 80 }], socks5: ['8.8.4.4:1080'] }), [
    'http? 9.9.9.9:80',
    'http? 8.8.8.8:80',
    'socks5h 8.8.4.4:1080',
  ]);
  assert.deepEqual(text({ first: { ip: '9.9.9.9', port: 80 } }), ['http? 9.9.9.9:80']);
});

test('what stands around the lists of Clash and sing-box is theirs, or is told', () => {
  const clash = ['port: 7890', '1.1.1.1:80', 'proxies:', '  - {name: a, type: http, server: 9.9.9.9, port: 80}'];
  const after = ['rules:', '  - MATCH,a', 'socks5://8.8.8.8:1080', '[8.8.4.4]:80', '"dns":', '  enable: true'];
  assert.deepEqual(read(...clash, ...after), ['!not-a-proxy', 'http 9.9.9.9:80', '!not-a-proxy', '!not-a-proxy']);
  const outbound = { type: 'http', server: '9.9.9.9', server_port: 80 };
  const box = { dns: { servers: [{ address: '1.1.1.1', type: 'udp' }] }, outbounds: [outbound] };
  const more = {
    extra: [{ ...outbound, server: '8.8.8.8' }],
    list: [{ ip: '8.8.4.4', port: 80 }],
    note: ['1.1.1.1:80'],
  };
  assert.deepEqual(read(JSON.stringify({ ...box, ...more })), [
    'http 9.9.9.9:80',
    'http 8.8.8.8:80',
    'http? 8.8.4.4:80',
    '!not-a-proxy',
  ]);
});

test('a row with two protocols, or with a second address, is not one proxy', () => {
  const rows = [
    'socks5 5.6.7.8 1080 http',
    '5.6.7.8:80 http socks5',
    'http://5.6.7.8:80,US,socks4',
    '5.6.7.8,80,http,5.6.7.9,81',
  ];
  assert.deepEqual(
    read(...rows),
    rows.map(() => '!ambiguous'),
  );
  assert.deepEqual(read('5.6.7.8,80,http,5.6.7.9', '5.6.7.8,80,http,high,99', 'http 5.6.7.8 80 http'), [
    'http 5.6.7.8:80',
    'http 5.6.7.8:80 a=high',
    'http 5.6.7.8:80',
  ]);
});

test('a line below [ProxyList] that is of another list is read as it stands there', () => {
  assert.deepEqual(read('[ProxyList]', 'socks4 9.9.9.9 1080', '8.8.8.8:80', 'socks5 8.8.4.4', '1.2.3.999:80'), [
    'socks4a 9.9.9.9:1080',
    'http? 8.8.8.8:80',
    '!no-port',
    '!bad-octets',
  ]);
});

test('a proxy in a block list is no block', () => {
  const ranges = ['5.6.0.0/16', '7.7.0.0/16', '6.6.0.0/16', '4.4.0.0/16'];
  assert.deepEqual(read(...ranges, '9.9.9.9 80').slice(4), ['!not-a-proxy']);
});
