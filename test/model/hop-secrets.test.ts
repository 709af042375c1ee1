import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { KaskadeError } from '../../src/model/error.js';
import { labelHop, parseHop, placeOf } from '../../src/model/hop.js';

/** Everything that a thrown error says, its causes included. */
const saidBy = (work: () => unknown): string => {
  try {
    work();
    return '';
  } catch (thrown) {
    assert.ok(thrown instanceof KaskadeError, String(thrown));
    return `${inspect(thrown, { depth: 20, showHidden: true })} ${JSON.stringify(thrown)} ${thrown.stack ?? ''} ${thrown.message}`;
  }
};

test('no error about a hop repeats any piece of its credentials, however malformed the text is', () => {
  const texts = [
    ...[
      'http://user:CANARY@',
      'user:CANARY@host:1',
      'socks5://a:CANARY@host:99999',
      'http://CANARY@',
      'CANARY@h',
      'CANARY',
      'http://a:CANARY',
      'http://CANARY:80:80',
    ],
    ...[
      'http://u:x/CANARY@h:1',
      'http://u:CANARY/x@h:1',
      'http://u:x?CANARY@h:1',
      'http://u:CANARY?x@h:1',
      'http://u:x#CANARY@h:1',
      'http://u:CANARY#x@h:1',
      'http://u:12?CANARY',
    ],
    ...[
      'ftp://u:CANARY@h',
      'CANARY://u@h',
      'http://u:CANARY%@h',
      'http://u:CANARY%0d@h',
      'http://u:CANARY%FF@h',
      'socks4://u:CANARY@h',
      'http://CANARY%3A:x@h',
    ],
    ...[
      'http://u:CANARY@h?x=y',
      'https://u:CANARY@h?verify=x',
      'http://h?CANARY=x',
      'https://h?pin=CANARY',
      'http://h?mode=CANARY',
      'http://u:CANARY@[::1',
      'http://u:CANARY@h/x',
    ],
    ...[
      'http://u:CANARY@h\n',
      'http://u:\0CANARY@h',
      'http//u:CANARY@h',
      'http:u:CANARY@h',
      `http://u:CANARY${'x'.repeat(300)}@h`,
      'http://u:CANARY@h@',
      'http://u:CANARY@-h',
      'http://u:1/CANARY',
    ],
  ];
  for (const text of texts) {
    const said = saidBy(() => parseHop(text));
    assert.notEqual(said, '', text);
    assert.doesNotMatch(said, /CANARY/, text);
  }
});

test('what a hop prints, logs or serialises has no credentials in it', () => {
  const hop = parseHop('https://CANARY1:CANARY2@h.test?verify=no');
  for (const shown of [
    labelHop(hop),
    JSON.stringify(hop),
    inspect(hop, { depth: 9, showHidden: true }),
    placeOf(hop),
  ]) {
    assert.doesNotMatch(shown, /CANARY/);
  }
  assert.match(JSON.stringify(hop), /"user":"‹secret›","password":"‹secret›"/);
});
