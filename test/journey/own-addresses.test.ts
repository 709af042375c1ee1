/** Between public addresses of both families, in a land of its own: what is not known of the family by which a proxy sees you is not told as hidden. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AuditQuestion, AuditView } from '../kit/land-auditor.js';
import type { FarJudges } from '../kit/land-judges.js';
import { createLand, landless } from '../kit/land.js';

test('a proxy is judged by what is known of the addresses by which it sees you', {
  skip: landless() ?? false,
}, async () => {
  await using land = createLand();
  const { ipv4, ipv6 } = land.farPublic;
  const far = await land.settle('far', 'land-judges');
  const near = await land.settle('near', 'land-auditor');
  const { both, ipv4: byIpv4, inward, proxy } = await far.ask<FarJudges>(land.farPublic);
  const look = (judge: string, host: string, lookup?: string): Promise<AuditView> =>
    near.ask<AuditView>({
      ...{ judge, proxy: `socks5h://${host}:${proxy}` },
      ...(lookup === undefined ? {} : { lookup }),
    } satisfies AuditQuestion);
  const you = ['20.77.0.1', '2a0f:77::1'];

  for (const host of [ipv4, `[${ipv6}]`]) {
    const seen = await look(both, host);
    assert.deepEqual(seen.you, you, 'a judge at addresses of both families tells of both');
    assert.equal(seen.answer, 'pass', `${host}: ${seen.sentence ?? ''}`);
  }

  const unknown = /^Your public IPv6 address is not known, so nobody can say that it does not arrive\./;
  const [literal, named] = [await look(byIpv4, `[${ipv6}]`), await look(byIpv4, 'proxy.example', ipv6)];
  assert.deepEqual(literal.you, [you[0]], 'nothing is asked by a family in which the judge is not there');
  for (const seen of [literal, named]) {
    assert.equal(seen.answer, 'untested');
    assert.match(seen.sentence ?? '', unknown);
  }
  for (const seen of [await look(byIpv4, ipv4), await look(byIpv4, 'proxy.example', ipv4)])
    assert.equal(seen.answer, 'pass', seen.sentence);
  const led = await look(inward, ipv4);
  assert.deepEqual(
    [led.inward, led.you],
    [0, [you[0]]],
    'a judge of the world leads nobody into a network of their own',
  );
});
