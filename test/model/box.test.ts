import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawBox, observersOf } from '../../src/model/box.js';
import { parseCascade } from '../../src/model/cascade.js';

const assertPicture = (chain: string, picture: string): void => {
  assert.equal(`\n${drawBox(parseCascade('x', chain)).join('\n')}\n`, picture);
};

test('one proxy without TLS: the provider reads all that the proxy does', () => {
  assertPicture(
    'socks5h://a.example:1080',
    `
┌ your provider sees
│   your address, and that you talk to hop 1 (a.example:1080), when and how much
│   reads what hop 1 is told, and can change it: the name of the site and http:// pages in full; of
│     https:// only when and how much
├ hop 1 (socks5h://a.example:1080) sees
│   your address, and that you go on to the site, by name
│   http:// pages in full, and can change them; of https:// only when and how much
├ the site sees
│   the address that hop 1 goes out with, usually a.example
│   what your program tells of itself: cookies, logins, its make
└ Whoever watches the line behind a hop sees all that passes there. Hops that work together know all of this,
  and times and amounts alone can tie you to the site.
`,
  );
});

test('three hops without TLS: everybody before the last hop reads where it all goes', () => {
  assertPicture(
    'http://u:p@a.example:3128,socks5h://b.example,http://c.example',
    `
┌ your provider sees
│   your address, and that you talk to hop 1 (a.example:3128), when and how much
│   reads what hops 1 to 3 are told, and can change it: the logins, hop 2 (b.example:1080), hop 3
│     (c.example:80), the name of the site and http:// pages in full; of https:// only when and how
│     much
├ hop 1 (http://a.example:3128) sees
│   your address, and that you go on to hop 2 (b.example:1080)
│   reads what hops 2 and 3 are told, and can change it: hop 3 (c.example:80), the name of the site
│     and http:// pages in full; of https:// only when and how much
├ hop 2 (socks5h://b.example:1080) sees
│   the address that hop 1 goes out with, usually a.example, and that somebody goes on to hop 3
│     (c.example:80)
│   reads what hop 3 is told, and can change it: the name of the site and http:// pages in full; of
│     https:// only when and how much
├ hop 3 (http://c.example:80) sees
│   the address that hop 2 goes out with, usually b.example, and that somebody goes on to the site,
│     by name
│   http:// pages in full, and can change them; of https:// only when and how much
├ the site sees
│   the address that hop 3 goes out with, usually c.example
│   what your program tells of itself: cookies, logins, its make
└ Whoever watches the line behind a hop sees all that passes there. Hops that work together know all of this,
  and times and amounts alone can tie you to the site.
`,
  );
});

test('TLS hops hide what goes to them from all before, and only that', () => {
  assertPicture(
    'https://a.example,socks5h://u:p@b.example,https://c.example',
    `
┌ your provider sees
│   your address, and that you talk to hop 1 (a.example:443), when and how much
│   cannot read what goes to hop 1, which is encrypted (TLS)
├ hop 1 (https://a.example:443) sees
│   your address, and that you go on to hop 2 (b.example:1080)
│   reads what hop 2 is told, and can change it: the logins and hop 3 (c.example:443)
│   cannot read what goes to hop 3, which is encrypted (TLS)
├ hop 2 (socks5h://b.example:1080) sees
│   the address that hop 1 goes out with, usually a.example, and that somebody goes on to hop 3
│     (c.example:443)
│   cannot read what goes to hop 3, which is encrypted (TLS)
├ hop 3 (https://c.example:443) sees
│   the address that hop 2 goes out with, usually b.example, and that somebody goes on to the site,
│     by name
│   http:// pages in full, and can change them; of https:// only when and how much
├ the site sees
│   the address that hop 3 goes out with, usually c.example
│   what your program tells of itself: cookies, logins, its make
└ Whoever watches the line behind a hop sees all that passes there. Hops that work together know all of this,
  and times and amounts alone can tie you to the site.
`,
  );
});

test('a hop on this machine: the provider sees what that program sends', () => {
  assertPicture(
    'socks5h://127.0.0.1:9050,http://b.example',
    `
┌ your provider sees
│   what hop 1 sends on, which cannot be told from here: hop 1 runs on this machine
├ hop 1 (socks5h://127.0.0.1:9050) sees
│   that this machine asks, and that you go on to hop 2 (b.example:80)
│   reads what hop 2 is told, and can change it: the name of the site and http:// pages in full; of
│     https:// only when and how much
├ hop 2 (http://b.example:80) sees
│   the address that hop 1 goes out with, which is yours unless it leads elsewhere, and that
│     somebody goes on to the site, by name
│   http:// pages in full, and can change them; of https:// only when and how much
├ the site sees
│   the address that hop 2 goes out with, usually b.example
│   what your program tells of itself: cookies, logins, its make
└ Whoever watches the line behind a hop sees all that passes there. Hops that work together know all of this,
  and times and amounts alone can tie you to the site.
`,
  );
});

test('doubtful TLS is told as doubtful, with the reason', () => {
  assertPicture(
    'https://192.168.1.1?verify=no,http://b.example|https://c.example,https://d.example?mode=forward',
    `
┌ your own network sees
│   your address, and that you talk to hop 1 (192.168.1.1:443), when and how much
│   may read what hops 1 and 2 are told, and can change it: hop 2 (b.example:80 or c.example:443)
│     and hop 3 (d.example:443), by posing as hop 1, whose certificate is not checked (verify=no)
│   cannot read what goes to hop 3, which is encrypted (TLS)
├ your provider sees
│   what hop 1 sends on, which cannot be told from here
├ hop 1 (https://192.168.1.1:443?verify=no) sees
│   your address in your own network, and that you go on to hop 2 (b.example:80 or c.example:443)
│   may read what hop 2 is told, and can change it: hop 3 (d.example:443), whenever hop 2 is a proxy
│     without TLS
│   cannot read what goes to hop 3, which is encrypted (TLS)
├ hop 2 (http://b.example:80 or https://c.example:443) sees
│   the address that hop 1 goes out with, which is yours unless it leads elsewhere, and that
│     somebody goes on to hop 3 (d.example:443)
│   cannot read what goes to hop 3, which is encrypted (TLS)
├ hop 3 (https://d.example:443) sees
│   the address that hop 2 goes out with, usually b.example or c.example, and that somebody goes on
│     to the site, by name
│   http:// pages in full, and can change them; of https:// only when and how much
├ the site sees
│   the address that hop 3 goes out with, usually d.example
│   what your program tells of itself: cookies, logins, its make
│   what hop 3 adds to http:// requests (mode=forward), often the address before it: that of hop 2
└ Whoever watches the line behind a hop sees all that passes there. Hops that work together know all of this,
  and times and amounts alone can tie you to the site.
`,
  );
});

test('a credential is in no sentence, whoever can read it', () => {
  const cascade = parseCascade('x', 'http://canary:canary@a,https://canary:canary@b?verify=no,socks4a://canary@c');
  assert.doesNotMatch(JSON.stringify(observersOf(cascade)), /canary/);
});

test('nobody but hop 1 and those before it see your address, unless hop 1 stands with you', () => {
  const cascade = parseCascade('x', 'http://a.example,http://b.example,http://c.example');
  const seers = observersOf(cascade).filter(({ sees }) => /your address|yours/.test(sees.join()));
  assert.deepEqual(
    seers.map(({ who }) => who),
    ['your provider', 'hop 1 (http://a.example:80)'],
  );
});
