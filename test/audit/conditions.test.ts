/** What a proxy does only after a while, only on some connections or only to some questions is found, and what is not its fault is not. */

import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { hostText } from '../../src/model/address.js';
import type { Mode } from '../../src/model/audit.js';
import type { Grade } from '../../src/model/book.js';
import { parseHop } from '../../src/model/hop.js';
import { type Auditor, auditorAt, openAuditor } from '../kit/auditor.js';
import { openDoor } from '../kit/door.js';
import type { Behaviour, Passage } from '../kit/zoo/core/behaviour.js';
import { createCache } from '../kit/zoo/core/cache.js';
import { certificateFor } from '../kit/zoo/core/certificate.js';
import { openProxy } from '../kit/zoo/core/proxy.js';
import { isType } from '../kit/zoo/core/types.js';

let auditor: Auditor;
before(async () => {
  auditor = await openAuditor();
});
after(() => auditor[Symbol.asyncDispose]());

interface Case {
  readonly behaves: () => Behaviour;
  readonly truth: Readonly<Partial<Record<Mode, Grade>>>;
  /** A check that must fail. */
  readonly fires?: string;
}

const named = (lines: readonly string[], client: string): readonly string[] => [...lines, `X-Forwarded-For: ${client}`];

/** Names the client to who is called so. */
const namesTo = (agent: RegExp): Behaviour => ({
  fields: (lines, { client }) =>
    lines.some((line) => /^user-agent:/i.test(line) && agent.test(line)) ? named(lines, client) : lines,
});

/** The question once more, empty, from the same address. */
const again = (lines: readonly string[], { world, exit, host, port, method, path }: Passage): readonly string[] => {
  if (method !== 'POST') return lines;
  const socket = connect({ host: world.names.get(host) ?? host, port, localAddress: exit });
  socket.on('error', () => undefined).setTimeout(2_000, () => socket.destroy());
  const kept = lines.filter((line) => !/^(?:content-length|transfer-encoding|connection):/i.test(line));
  socket.end([`POST ${path} HTTP/1.1`, ...kept, 'Content-Length: 0', 'Connection: close', '', ''].join('\r\n'));
  socket.resume();
  return lines;
};

const cases: Readonly<Record<string, Case>> = {
  'names the client once it was asked often enough': {
    behaves: () => {
      let seen = 0;
      return { fields: (lines, { client }) => ((seen += 1) > 12 ? named(lines, client) : lines) };
    },
    truth: { forward: 'transparent', tunnel: 'exact' },
  },
  'goes out by the address of its client on every third connection': {
    behaves: () => ({ exit: (exit, connection) => (connection % 3 === 0 ? auditorAt : exit) }),
    truth: { forward: 'transparent', tunnel: 'transparent' },
  },
  'opens TLS only for who asks by name': {
    behaves: () => ({
      opens: () => ({ ...certificateFor({ subject: '/CN=names.invalid' }), alpn: ['http/1.1'] }),
      spares: (hello) => !hello.includes('judge.test'),
    }),
    truth: { forward: 'clean', tunnel: 'hostile' },
    fires: 'tunnel T13',
  },
  'keeps every answer, apart for every cookie and login': {
    behaves: () => {
      const userOf = ({ fields }: Passage): string =>
        fields.flatMap(({ name, value }) => (/^(?:cookie|authorization)$/i.test(name) ? value : [])).join(' ');
      return createCache({
        keyOf: (at) => `${at.host}${at.path} ${userOf(at)}`,
        answers: ({ method }) => method === 'GET',
      });
    },
    truth: { forward: 'stealth', tunnel: 'exact' },
    fires: 'forward H10',
  },
  'sends uploads twice': {
    behaves: () => ({ fields: again }),
    truth: { forward: 'hostile', tunnel: 'exact' },
    fires: 'forward C10',
  },
  'names the client to one kind of phone': {
    behaves: () => namesTo(/iPhone/),
    truth: { forward: 'transparent', tunnel: 'exact' },
    fires: 'forward H20',
  },
  'names the client to programs of one language': {
    behaves: () => namesTo(/python/),
    truth: { forward: 'transparent', tunnel: 'exact' },
    fires: 'forward H20',
  },
  'makes programs longer for those who can run them': {
    behaves: () => ({
      response: (answer, { fields }) =>
        isType(answer, 'application/octet-stream') && fields.some(({ value }) => value.includes('Windows'))
          ? { ...answer, body: Buffer.concat([answer.body, Buffer.alloc(64, 0x90)]) }
          : answer,
    }),
    truth: { forward: 'hostile', tunnel: 'exact' },
    fires: 'forward H20',
  },
  'asks by the name of the site with a dot behind it: where redirects lead then is no lie': {
    behaves: () => ({ fields: (lines) => lines.map((line) => line.replace(/^host: *[^:]*/i, '$&.')) }),
    truth: { forward: 'stealth', tunnel: 'exact' },
    fires: 'forward H04',
  },
  'counts its requests: a number is nobody’s address': {
    behaves: () => ({ fields: (lines) => [...lines, 'X-Request-Id: 3735928559'] }),
    truth: { forward: 'anonymous', tunnel: 'exact' },
    fires: 'forward H03',
  },
};

describe('a proxy', { concurrency: 4 }, () => {
  for (const [what, { behaves, truth, fires }] of Object.entries(cases))
    it(`that ${what}`, async () => {
      const open = await openProxy(auditor.world, ['http'], behaves());
      const { modes, sentence } = await auditor.audit(open.url('http'));
      await open.close();
      const failures = modes.flatMap(({ mode, findings }) =>
        findings.filter(({ answer }) => answer === 'fail').map(({ check }) => `${mode} ${check}`),
      );
      assert.deepEqual(
        Object.fromEntries(modes.map(({ mode, grade }) => [mode, grade])),
        truth,
        `${sentence} ${failures.join()}`,
      );
      if (fires !== undefined) assert.ok(failures.includes(fires), failures.join());
    });

  it('that breaks every connection off at the same byte', async () => {
    const open = await openProxy(auditor.world, ['http'], {});
    const { endpoint } = parseHop(open.url('http'));
    await using door = await openDoor((socket) => {
      const onward = connect({ host: hostText(endpoint.host), port: endpoint.port, localAddress: auditorAt });
      door.own(onward);
      let left = 32 * 1024;
      onward.on('data', (bytes) => {
        socket.write(bytes.subarray(0, left));
        left -= bytes.length;
        if (left <= 0) socket.end();
      });
      onward.on('end', () => socket.end());
      socket.pipe(onward);
    });
    const { modes } = await auditor.audit(`http://127.0.0.1:${door.port}`);
    await open.close();
    const forward = modes.find(({ mode }) => mode === 'forward');
    assert.equal(forward?.grade, 'stealth', forward?.sentence);
    const told = forward.findings.find(({ check }) => check === 'H09');
    assert.match(told?.sentence ?? '', /^It cuts answers off \(.*: after \d+ bytes, twice\)\.$/);
  });
});
