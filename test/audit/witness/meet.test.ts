/** Pages of others met directly: one with a name is asked by both families of addresses, and what it shows of each is told. */

import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, it } from 'node:test';
import { createWitnesses } from '../../../src/audit/witness/witnesses.js';
import type { Family } from '../../../src/model/address.js';
import { millis } from '../../../src/model/brand.js';
import { parseWitness } from '../../../src/model/witness.js';
import { type Page, type Speech, echoes, openPage, showsVariables } from '../../kit/page.js';
import { leadingTo } from '../../kit/lookup.js';
import { createScope } from '../../kit/scope.js';

const scope = createScope();
after(() => scope[Symbol.asyncDispose]());

/** Meets a page at a host; a name leads to loopback, first by IPv6. */
const meet = async ({ url }: Page, host: string) => {
  const asked: (Family | undefined)[] = [];
  const witnesses = createWitnesses({
    pages: [parseWitness(url.replace('[::]', host))],
    ...{ within: millis(3_000), pause: millis(0), random: () => 'nonce', through: () => assert.fail('no proxy here') },
    direct: (family) => {
      asked.push(family);
      const lookup = leadingTo(family === 'ipv4' ? '127.0.0.1' : '::1');
      return { request: (at, options) => Promise.resolve(request(at, { ...options, lookup })), close: () => undefined };
    },
  });
  const [met] = await witnesses.meet({ signal: new AbortController().signal });
  return { asked, met };
};

const page = async (speech: Speech): Promise<Page> => scope.use(await openPage(speech, { host: '::' }));

for (const speech of [echoes, showsVariables])
  it(`asks a page with a name by both families (${speech === echoes ? 'an echo' : 'variables'})`, async () => {
    const { asked, met } = await meet(await page(speech), 'page.lan');
    assert.deepEqual(asked, [undefined, 'ipv4']);
    assert.deepEqual(met?.you, ['::1', '127.0.0.1']);
    assert.ok('address' in met.shown && met.shown.address === '::1', 'what it showed first is what it is known by');
  });

it('does not believe an answer by the other family that shows an address of the first one', async () => {
  const { met } = await meet(await page((response) => void response.end('::1')), 'page.lan');
  assert.deepEqual(met?.you, ['::1']);
});

it('asks a page at an address, and one that says nothing of use, once', async () => {
  const literal = await meet(await page(echoes), '127.0.0.1');
  assert.deepEqual([literal.asked, literal.met?.you], [[undefined], ['127.0.0.1']]);
  const useless = await meet(await page((response) => void response.end('hello')), 'page.lan');
  assert.deepEqual([useless.asked, useless.met?.you], [[undefined], []]);
});
