/** Why nothing comes through a SOCKS proxy, where only pages of others are asked. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { after, test } from 'node:test';
import { yourFacts } from '../../../src/audit/identity/facts.js';
import { createSearch } from '../../../src/audit/identity/search.js';
import { auditByWitnesses } from '../../../src/audit/witnessed.js';
import type { AuditReport } from '../../../src/model/audit.js';
import type { Stamp } from '../../../src/model/book.js';
import { subjectOf } from '../../kit/auditor.js';
import { openHop } from '../../kit/hops.js';
import { echoes, openPage } from '../../kit/page.js';
import { createScope } from '../../kit/scope.js';
import { witnessesOf } from '../../kit/witnesses.js';

const scope = createScope();
after(() => scope[Symbol.asyncDispose]());

const audit = async (url: string): Promise<AuditReport> => {
  const { signal } = new AbortController();
  const witnesses = witnessesOf([scope.use(await openPage(echoes, { host: '127.0.3.1', secure: true }))]);
  await witnesses.meet({ signal });
  const facts = yourFacts({ sure: ['127.0.0.1'], other: [], names: [] });
  const plan = { witnesses, facts, search: createSearch(facts), clock: () => Date.now() as Stamp };
  return auditByWitnesses(subjectOf(url), plan, { signal });
};

test('one that wants a login is not called dead', async () => {
  const locked = scope.use(await openHop({ scheme: 'socks5h', login: { user: 'bob', password: 'word' } }));
  const { outcome, sentence } = await audit(locked.url.replace('bob:word@', ''));
  assert.deepEqual([outcome, sentence], ['needs-auth', 'It asks for a login.']);
});

test('what speaks something else is no proxy', async () => {
  const shell = createServer((socket) => socket.on('error', () => undefined).end('SSH-2.0-shell\r\n'));
  scope.defer(() => shell.close());
  shell.listen(0, '127.0.3.9');
  await once(shell, 'listening');
  const { outcome, sentence } = await audit(`socks5h://127.0.3.9:${(shell.address() as AddressInfo).port}`);
  assert.equal(outcome, 'not-a-proxy', sentence);
});
