/** The ways out: what a text means, what the environment and a PAC file name, and when a list is fetched next. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { millis } from '../../../src/model/brand.js';
import type { Stamp } from '../../../src/model/book.js';
import { asKaskadeError } from '../../../src/model/error.js';
import { nextFetch } from '../../../src/book/fetch/due.js';
import { askPac } from '../../../src/book/fetch/pac.js';
import { fromEnvironment } from '../../../src/book/fetch/proxies.js';
import { parseWay, printWay } from '../../../src/book/fetch/way.js';

test('a way reads as it is printed, and what is none is refused with what is legal', () => {
  for (const text of [
    'cascade',
    'cascade swiss',
    'direct',
    'environment',
    'proxy socks5h://10.0.0.1:1080',
    'pac /srv/proxy.pac',
  ])
    assert.equal(printWay(parseWay(` ${text} `)), text);
  const wrong = [
    '',
    'directly',
    'direct please',
    'proxy',
    'proxy x',
    'proxy http://bob:secret@10.0.0.1:80',
    'pac',
    'proxy https://a.example:1?verify=no',
  ];
  for (const text of wrong)
    assert.throws(
      () => parseWay(text),
      (thrown) =>
        asKaskadeError(thrown).code === 'bad-usage' && !String(asKaskadeError(thrown).failure.note).includes('secret'),
      text,
    );
});

const url = new URL('http://lists.example/all.txt');

test('the environment names a proxy as it does for other programs, and none where it exempts the host', () => {
  const named = (environment: Record<string, string>, of = url): string => {
    try {
      return fromEnvironment(of, environment);
    } catch (thrown) {
      return asKaskadeError(thrown).code;
    }
  };
  assert.equal(named({ http_proxy: 'http://one.example:1' }), 'http://one.example:1');
  assert.equal(named({ HTTP_PROXY: 'one.example:1' }), 'http://one.example:1');
  assert.equal(
    named({ all_proxy: 'socks5://two.example:2', https_proxy: 'http://three.example:3' }),
    'socks5://two.example:2',
  );
  assert.equal(named({ https_proxy: 'http://three.example:3' }), 'list-refused');
  assert.equal(
    named({ https_proxy: 'http://three.example:3' }, new URL('https://lists.example/')),
    'http://three.example:3',
  );
  for (const no of ['*', 'lists.example', '.example', 'example', 'other.test, lists.example:80', '*.example'])
    assert.equal(named({ http_proxy: 'http://one.example:1', no_proxy: no }), 'list-refused', no);
  for (const other of ['ample', 'lists.example:81', 'sub.lists.example', ''])
    assert.equal(named({ http_proxy: 'http://one.example:1', no_proxy: other }), 'http://one.example:1', other);
});

const find = (body: string): Promise<string> =>
  askPac(`function FindProxyForURL(url, host) { ${body} }`, new URL('https://lists.example/secret/path?key=1')).catch(
    (thrown: unknown) => `${asKaskadeError(thrown).code}: ${asKaskadeError(thrown).failure.note ?? ''}`,
  );

test('a PAC file names the first proxy; DIRECT, nonsense and scripts without end name none', async () => {
  assert.equal(await find('return "PROXY one.example:3128; DIRECT"'), 'http://one.example:3128');
  assert.equal(await find('return "SOCKS5 [::1]:1080"'), 'socks5h://[::1]:1080');
  assert.equal(
    await find('return shExpMatch(host, "*.example") ? "HTTPS one.example:443" : "DIRECT"'),
    'https://one.example:443',
  );
  for (const none of [
    'return "DIRECT"',
    'return "DIRECT; PROXY one.example:1"',
    'return null',
    'return "PROXY a b"',
    'return "FTP a:1"',
  ])
    assert.match(await find(none), /^list-refused: the PAC file names no proxy/, none);
  for (const broken of ['while (true) {}', 'throw 1', 'let s = "x"; while (true) s += s;', '}{'])
    assert.match(await find(broken), /^list-refused: the PAC file (?:fails|names)/, broken);
});

test('a PAC file looks nothing up, and hears of the host only', async () => {
  assert.equal(
    await find('return "PROXY " + (url == "https://lists.example/" ? "a" : "b") + ".example:1"'),
    'http://a.example:1',
  );
  assert.equal(
    await find(
      'return dnsResolve(host) === null && !isResolvable(host) && myIpAddress() == "127.0.0.1" ? "PROXY a.example:1" : "DIRECT"',
    ),
    'http://a.example:1',
  );
  assert.equal(
    await find(
      'return isInNet("10.1.2.3", "10.0.0.0", "255.0.0.0") && !isInNet(host, "0.0.0.0", "0.0.0.0") ? "PROXY a.example:1" : "DIRECT"',
    ),
    'http://a.example:1',
  );
});

test('a source is fetched at its interval, later for each failure up to a day, and never twice within ten minutes', () => {
  const hours = (every: number, failures: number, random = 0.5): number =>
    (nextFetch({ every: millis(every * 3_600_000), failures, now: 0 as Stamp, random: () => random }) as number) /
    3_600_000;
  assert.deepEqual(
    [0, 1, 2, 3, 9].map((failures) => hours(6, failures)),
    [6, 12, 24, 24, 24],
  );
  assert.deepEqual([hours(48, 0), hours(48, 5)], [48, 48]);
  assert.equal(hours(0.01, 0), 1 / 6);
  assert.ok(Math.abs(hours(6, 0, 0) - 5.4) < 1e-9 && Math.abs(hours(6, 0, 1) - 6.6) < 1e-9);
});
