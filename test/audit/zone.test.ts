/** The judge as a name server: its zone is answered as resolvers expect it, who asked is told, and nonsense costs nothing. */

import assert from 'node:assert/strict';
import { Resolver } from 'node:dns/promises';
import { after, before, describe, it } from 'node:test';
import { type OptAnswer, decode, encode } from 'dns-packet';
import fc from 'fast-check';
import { answerQuery } from '../../src/audit/judge/zone.js';
import type { JudgeLink } from '../../src/audit/ask/judge-link.js';
import { type Auditor, auditorAt, judgeAt, openAuditor } from '../kit/auditor.js';
import { b01 } from '../kit/zoo/animals/honest-http.js';
import { costsLessThan } from '../kit/wire.js';

const zone = { name: 'd.judge.test', ipv4: '198.51.100.9', ipv6: '2001:db8::9' };
const id = '0123456789abcdef0123456789abcdef';

let auditor: Auditor;
const resolver = new Resolver({ timeout: 2_000, tries: 2 });
before(async () => {
  auditor = await openAuditor();
  resolver.setServers([`${judgeAt}:${auditor.judge.names?.port ?? 0}`]);
  resolver.setLocalAddress(auditorAt);
});
after(() => auditor[Symbol.asyncDispose]());

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'an answer',
    (thrown: unknown) => (thrown as { readonly code: string }).code,
  );

const query = (name: string, type: 'A' | 'AAAA' | 'TXT' = 'A', additionals: OptAnswer[] = []): Buffer =>
  encode({ type: 'query', id: 7, flags: 1 << 8, questions: [{ type, name }], additionals });

describe('the zone of a judge', () => {
  it('is answered to a resolver: its own names, whatever their case, and nothing else', async () => {
    assert.deepEqual(await resolver.resolve4(`${id}.d.judge.test`), [judgeAt]);
    assert.deepEqual(await resolver.resolve4(`${id.toUpperCase()}.D.jUdGe.TeSt`), [judgeAt]);
    assert.deepEqual(await resolver.resolve4('v4.d.judge.test'), [judgeAt]);
    assert.equal(await codeOf(resolver.resolve6(`${id}.d.judge.test`)), 'ENODATA');
    assert.equal(await codeOf(resolver.resolve4('v6.d.judge.test')), 'ENODATA');
    assert.equal(await codeOf(resolver.resolve4('www.d.judge.test')), 'ENOTFOUND');
    assert.equal(await codeOf(resolver.resolve4('judge.test')), 'EREFUSED');
    assert.equal((await resolver.resolveSoa('d.judge.test')).nsname, 'd.judge.test');
    assert.deepEqual(await resolver.resolveNs('d.judge.test'), ['ns.d.judge.test']);
  });

  it('tells, signed, who looked a name up', async () => {
    const other = 'f'.repeat(32);
    await resolver.resolve4(`${other}.d.judge.test`);
    const seen = await auditor.link.lookups(other, new AbortController());
    assert.deepEqual(
      seen.map(({ resolver: from, type, name }) => [from, type, name]),
      [[auditorAt, 'A', `${other}.d.judge.test`]],
    );
    assert.deepEqual(await auditor.link.lookups('e'.repeat(32), new AbortController()), []);
  });

  it('is asked for by the audit, which says how a judge gets one that has none', async () => {
    const animal = await b01.open(auditor.world);
    const { zone: _zone, ...card } = auditor.link.card;
    const saidAbout = async (link: JudgeLink): Promise<readonly string[]> => {
      const { modes } = await auditor.audit(animal.url('http'), { tier: 'quick', judges: [link] });
      const all = modes.flatMap(({ findings }) => findings);
      return all.filter(({ check }) => /^N0[13]$/.test(check)).map(({ answer, sentence }) => `${answer}: ${sentence}`);
    };
    const [told, untold] = [await saidAbout(auditor.link), await saidAbout({ ...auditor.link, card })];
    await animal.close();
    assert.ok(told.every((said) => said.startsWith('pass: ')));
    assert.equal(untold.length, 4);
    assert.ok(untold.every((said) => /^untested: .* kaskade judge --zone NAME --address ADDRESS/.test(said)));
  });

  it('has names of both families where it has both addresses', () => {
    const addresses = (name: string, type: 'A' | 'AAAA') =>
      decode(answerQuery(query(name, type), zone)?.bytes ?? Buffer.alloc(0)).answers?.map((each) =>
        each.type === 'A' || each.type === 'AAAA' ? each.data : each.type,
      );
    assert.deepEqual(addresses(`${id}.d.judge.test`, 'A'), ['198.51.100.9']);
    assert.deepEqual(addresses(`${id}.d.judge.test`, 'AAAA'), ['2001:db8::9']);
    assert.deepEqual(addresses('v6.d.judge.test', 'A'), []);
    assert.deepEqual(addresses('v4.d.judge.test', 'AAAA'), []);
  });

  it('hears for whom a resolver asks', () => {
    const opt: OptAnswer = {
      ...{ type: 'OPT', name: '.', udpPayloadSize: 1_232, extendedRcode: 0, ednsVersion: 0, flags: 0, flag_do: false },
      options: [{ code: 8, family: 1, ip: '203.0.113.0', sourcePrefixLength: 24, scopePrefixLength: 0 }],
    };
    const { lookup, bytes } = answerQuery(query(`a.${id}.d.judge.test`, 'A', [opt]), zone) ?? {};
    assert.deepEqual([lookup?.id, lookup?.subnet], [id, '203.0.113.0/24']);
    assert.equal(
      answerQuery(query(`${id.toUpperCase()}.d.judge.test`), zone)?.lookup?.name,
      `${id.toUpperCase()}.d.judge.test`,
    );
    assert.equal(decode(bytes ?? Buffer.alloc(0)).additionals?.[0]?.type, 'OPT');
  });

  it('never answers with much more than it was asked with', () => {
    for (const name of [`${id}.d.judge.test`, 'd.judge.test', 'nobody.d.judge.test', 'elsewhere.test'])
      for (const type of ['A', 'AAAA', 'TXT'] as const) {
        const asked = query(name, type);
        assert.ok((answerQuery(asked, zone)?.bytes.length ?? 0) < asked.length + 100, `${name} ${type}`);
      }
  });

  it('bears nonsense: nothing is thrown, and a small packet costs little', () => {
    const good = query(`${id}.d.judge.test`);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(), fc.nat(255), (bytes, at, byte) => {
        answerQuery(Buffer.from(bytes), zone);
        const changed = Buffer.from(good);
        changed[at % changed.length] = byte;
        answerQuery(changed, zone);
        answerQuery(changed.subarray(0, at % changed.length), zone);
      }),
      { numRuns: 20_000 },
    );
    const greedy = Buffer.concat([Buffer.from('000701000001ffff00000000', 'hex'), Buffer.alloc(80)]);
    assert.ok(costsLessThan(200, () => Array.from({ length: 1_000 }, () => answerQuery(greedy, zone))));
    assert.equal(
      answerQuery(encode({ type: 'response', id: 1, questions: [{ type: 'A', name: 'd.judge.test' }] }), zone),
      undefined,
    );
  });
});
