import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KaskadeError, asKaskadeError, fail, withDetail } from '../../src/model/error.js';
import type { FailureDetail } from '../../src/model/failure-row.js';
import {
  type Failure,
  type FailureCode,
  culpritOf,
  explain,
  failureCodes,
  failureHeader,
} from '../../src/model/failure.js';

const nextHop: FailureDetail = {
  blame: { reporter: 1, suspect: 2, phase: 'auth' },
  hops: 3,
  reporter: 'socks5h://a.test:1080',
  suspect: 'http://b.test:3128',
  note: 'a fact',
};
const target: FailureDetail = {
  blame: { reporter: 3, suspect: 'target', phase: 'request' },
  hops: 3,
  reporter: 'http://c.test:3128',
  note: 'a fact',
};
const details: readonly FailureDetail[] = [
  {},
  { note: 'a fact' },
  nextHop,
  target,
  { blame: { reporter: 0, suspect: 1, phase: 'tcp' } },
];

test('every code has a sentence, a hint, and replies that its protocols allow, whatever is known of it', () => {
  assert.ok(failureCodes.length > 50);
  for (const code of failureCodes) {
    for (const detail of details) {
      const { sentence, hint, socks5, http, exit } = explain({ ...detail, code });
      if (code !== 'bad-usage' || detail.note === undefined) assert.match(sentence, /^[A-Z][^\n]+[^.]\.$/, code);
      assert.match(hint, /^[A-Za-z][^\n]+\.$/, code);
      assert.doesNotMatch(`${sentence} ${hint}`, /undefined|\[object|!|NaN/, code);
      assert.ok(Number.isInteger(socks5) && socks5 >= 1 && socks5 <= 8, code);
      assert.ok(Number.isInteger(http) && http >= 400 && http <= 599, code);
      assert.ok([1, 2, 3, 130].includes(exit), code);
      assert.match(failureHeader({ ...detail, code }), /^[a-z-]+(?:; hop=(?:\d|target))?$/, code);
    }
  }
});

test('a failure of a hop says which of how many, what it was doing, and the fact', () => {
  const rows: Readonly<Partial<Record<FailureCode, string>>> = {
    'hop-name-unknown': 'The name of hop 2 of 3 (http://b.test:3128) could not be found (a fact).',
    'hop-unreachable': 'Hop 2 of 3 (http://b.test:3128) could not be connected to (a fact).',
    'hop-timeout': 'Hop 2 of 3 (http://b.test:3128) did not answer in time while logging in.',
    'hop-closed': 'Hop 2 of 3 (http://b.test:3128) closed the connection while logging in.',
    'hop-reset': 'Hop 2 of 3 (http://b.test:3128) broke the connection while logging in (a fact).',
    'hop-garbled':
      'Hop 2 of 3 (http://b.test:3128) answered with something that is not its protocol while logging in (a fact).',
    'hop-oversized': 'Hop 2 of 3 (http://b.test:3128) sent an answer without end while logging in (a fact).',
    'hop-auth-missing': 'Hop 2 of 3 (http://b.test:3128) wants a user name and a password (a fact).',
    'hop-auth-refused': 'Hop 2 of 3 (http://b.test:3128) did not accept the user name or password (a fact).',
    'hop-tls-failed': 'No TLS connection could be made to hop 2 of 3 (http://b.test:3128) (a fact).',
    'hop-untrusted': 'The certificate of hop 2 of 3 (http://b.test:3128) could not be verified (a fact).',
    'hop-pin-mismatch': 'Hop 2 of 3 (http://b.test:3128) showed a key that is not the pinned one (a fact).',
    'onward-denied': 'Hop 1 of 3 (socks5h://a.test:1080) refused to reach hop 2 (a fact).',
    'onward-refused': 'Hop 1 of 3 (socks5h://a.test:1080) refused to reach hop 2 (a fact).',
    'onward-unreachable': 'Hop 1 of 3 (socks5h://a.test:1080) refused to reach hop 2 (a fact).',
    'onward-timeout': 'Hop 1 of 3 (socks5h://a.test:1080) refused to reach hop 2 (a fact).',
    'onward-failed': 'Hop 1 of 3 (socks5h://a.test:1080) refused to reach hop 2 (a fact).',
  };
  for (const [code, sentence] of Object.entries(rows)) {
    assert.equal(explain({ ...nextHop, code: code as FailureCode }).sentence, sentence);
    assert.ok(failureCodes.includes(code as FailureCode));
  }
  const hopCodes = failureCodes.filter((code) => /^(?:hop|onward)-/.test(code));
  assert.deepEqual(hopCodes.sort(), Object.keys(rows).sort(), 'every such row is here');
});

test('a failure of the target says so, and which hop says so', () => {
  const rows: Readonly<Partial<Record<FailureCode, string>>> = {
    'onward-denied': 'Hop 3 of 3 (http://c.test:3128) refused to reach the target (a fact).',
    'onward-refused': 'The target refused the connection, says hop 3 of 3 (http://c.test:3128) (a fact).',
    'onward-unreachable':
      'The target cannot be reached or its name is not known, says hop 3 of 3 (http://c.test:3128) (a fact).',
    'onward-timeout': 'The target did not answer in time, says hop 3 of 3 (http://c.test:3128) (a fact).',
    'onward-failed': 'Hop 3 of 3 (http://c.test:3128) refused to reach the target (a fact).',
    'plain-http-denied':
      'Hop 3 of 3 (http://c.test:3128) does not open tunnels to the port of this plain http:// request (a fact).',
    'answer-garbled': 'The answer that came back is not proper HTTP (a fact).',
    'answer-missing': 'The connection ended before the target answered (a fact).',
    'answer-timeout': 'The target did not begin to answer in time.',
  };
  for (const [code, sentence] of Object.entries(rows)) {
    assert.equal(explain({ ...target, code: code as FailureCode }).sentence, sentence);
  }
});

test('what is not known is left out of a sentence', () => {
  const rows: readonly (readonly [Failure, string])[] = [
    [{ code: 'hop-closed' }, 'A hop closed the connection.'],
    [{ code: 'hop-untrusted' }, 'The certificate of a hop could not be verified.'],
    [
      { code: 'hop-closed', blame: { reporter: 0, suspect: 1, phase: 'greeting' } },
      'Hop 1 closed the connection during the greeting.',
    ],
    [
      { code: 'hop-timeout', blame: { reporter: 0, suspect: 1, phase: 'tls' }, hops: 1 },
      'Hop 1 of 1 did not answer in time during the TLS handshake.',
    ],
    [
      { code: 'onward-refused', blame: { reporter: 2, suspect: 'target', phase: 'request' }, hops: 2 },
      'The target refused the connection, says hop 2 of 2.',
    ],
    [{ code: 'bad-usage' }, 'The command line is not understood.'],
    [{ code: 'bad-usage', note: 'The flag --x is not known.' }, 'The flag --x is not known.'],
    [{ code: 'target-private', note: 'loopback' }, 'The target is a private, local or reserved address (loopback).'],
  ];
  for (const [failure, sentence] of rows) assert.equal(explain(failure).sentence, sentence);
});

test('the header names a code and the hop or target that it is about', () => {
  const rows: readonly (readonly [FailureCode, FailureDetail, string])[] = [
    ['hop-timeout', nextHop, 'hop-timeout; hop=2'],
    ['hop-closed', { blame: { reporter: 0, suspect: 1, phase: 'tcp' } }, 'hop-closed; hop=1'],
    ['onward-denied', nextHop, 'onward-denied; hop=1'],
    ['onward-denied', target, 'onward-denied; hop=3'],
    ['onward-failed', target, 'onward-failed; hop=3'],
    ['onward-refused', nextHop, 'onward-refused; hop=1'],
    ['onward-refused', target, 'onward-refused; hop=target'],
    ['onward-unreachable', target, 'onward-unreachable; hop=target'],
    ['onward-timeout', target, 'onward-timeout; hop=target'],
    ['plain-http-denied', target, 'plain-http-denied; hop=3'],
    ['answer-garbled', target, 'answer-garbled; hop=target'],
    ['target-private', target, 'target-private'],
    ['hop-closed', {}, 'hop-closed'],
  ];
  for (const [code, detail, header] of rows) assert.equal(failureHeader({ ...detail, code }), header);
  assert.equal(culpritOf({ code: 'hop-closed', ...nextHop }), 2);
  assert.equal(culpritOf({ code: 'internal' }), undefined);
});

test('clients get the reply that fits: refused, unreachable, timed out, denied', () => {
  const rows: readonly (readonly [FailureCode, number, number])[] = [
    ['onward-refused', 0x05, 502],
    ['onward-unreachable', 0x04, 502],
    ['onward-timeout', 0x06, 504],
    ['onward-denied', 0x02, 502],
    ['hop-timeout', 0x01, 504],
    ['hop-auth-refused', 0x01, 502],
    ['unsupported-command', 0x07, 501],
    ['unsupported-address', 0x08, 400],
    ['auth-required', 0x02, 407],
    ['header-too-large', 0x01, 431],
    ['target-private', 0x02, 403],
    ['too-many-sessions', 0x01, 503],
    ['misdirected', 0x01, 421],
    ['internal', 0x01, 500],
  ];
  for (const [code, socks5, http] of rows) {
    const row = explain({ code });
    assert.deepEqual([row.socks5, row.http], [socks5, http], code);
  }
  for (const code of failureCodes) {
    assert.equal(explain({ code }).http === 407, code === 'auth-required', 'a 407 of ours is about our own login only');
  }
});

test('a failure goes through JSON as it is', () => {
  for (const code of failureCodes) {
    for (const detail of details) {
      const failure: Failure = { ...detail, code };
      const copy = JSON.parse(JSON.stringify(failure)) as Failure;
      assert.deepEqual(copy, failure);
      assert.deepEqual(explain(copy), explain(failure));
    }
  }
});

test('an error carries its failure, says its sentence, and gains detail without losing any', () => {
  const cause = new Error('ECONNRESET');
  const inner = fail('hop-reset', { note: 'ECONNRESET' }, cause);
  const outer = withDetail(inner, nextHop);
  assert.deepEqual(outer.failure, { code: 'hop-reset', ...nextHop });
  assert.equal(outer.cause, cause);
  assert.equal(outer.message, explain(outer.failure).sentence);
  assert.deepEqual([outer.name, outer.code, outer instanceof KaskadeError], ['KaskadeError', 'hop-reset', true]);
  assert.equal('cause' in fail('stopped'), false);
  assert.equal(asKaskadeError(inner), inner);
  for (const strange of [cause, 'text', undefined, null, 7, Symbol('x'), Object.create(null)]) {
    const error = asKaskadeError(strange);
    assert.deepEqual([error.code, error.cause], ['internal', strange]);
  }
});
