/** One place has many spellings: each of them leads to all of the others. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseHost } from '../../src/model/address.js';
import { spellingsOf } from '../../src/model/same-place.js';

/** Whether whoever looks for the one finds the other, as the book has it written. */
const finds = (one: string, other: string): boolean => {
  const { hosts, prefixes } = spellingsOf(parseHost(one));
  return hosts.includes(other) || prefixes.some((prefix) => other.startsWith(prefix));
};

const forms = ['8.8.4.4', '::ffff:808:404', '64:ff9b::808:404', '2002:808:404::1', '2002:808:404:7::9', '::808:404'];

test('an IPv4 address is found by every IPv6 address that carries it, and the other way round', () => {
  for (const one of forms) for (const other of forms) assert.ok(finds(one, other), `${one} ${other}`);
  for (const other of ['8.8.4.5', '::ffff:808:405', '2002:808:4040::1', '2002:808:405::', '2001:db8::808:404'])
    for (const one of forms) assert.ok(!finds(one, other), `${one} ${other}`);
  assert.ok(finds('8.8.0.0', '2002:808::1') && finds('8.8.0.0', '2002:808:0:1::2'));
});

test('a name is the same in capitals and with a dot at its end, and is no other name', () => {
  for (const text of ['proxy.example', 'PROXY.Example', 'proxy.example.'])
    assert.ok(finds(text, 'proxy.example') && finds('proxy.example', text.toLowerCase()), text);
  assert.ok(!finds('proxy.example', 'a.proxy.example') && !finds('proxy.example', '127.0.0.1'));
});

test('this machine is found by its names, by loopback and by no address at all, each family for itself', () => {
  for (const one of ['localhost', 'LOCALHOST.', 'any.localhost', '127.0.0.1', '0.0.0.0', '::ffff:127.0.0.1', '127.1'])
    for (const other of ['127.0.0.1', '0.0.0.0', 'localhost', '::ffff:7f00:1', '2002:7f00:1::5'])
      assert.ok(finds(one, other), `${one} ${other}`);
  for (const one of ['localhost', '::1', '::'])
    for (const other of ['::1', '::', 'localhost']) assert.ok(finds(one, other), `${one} ${other}`);
  assert.ok(!finds('::1', '127.0.0.1') && !finds('127.0.0.1', '::1') && !finds('127.0.0.2', 'localhost'));
});
