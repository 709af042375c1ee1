/** Ports where no open proxy is, and proxies that speak otherwise than they were said to: each is called what it is. */

import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { whyNone } from '../../src/audit/why-none.js';
import { millis } from '../../src/model/brand.js';
import { type Auditor, openAuditor } from '../kit/auditor.js';
import type { Speech } from '../kit/zoo/animal.js';
import { openProxy } from '../kit/zoo/core/proxy.js';

let auditor: Auditor;
before(async () => {
  auditor = await openAuditor();
});
after(() => auditor[Symbol.asyncDispose]());

interface Port {
  readonly as: Speech;
  readonly serve: (socket: Socket) => void;
  readonly is: RegExp;
}

/** Answers the first bytes, whatever they are. */
const saying =
  (text: string): Port['serve'] =>
  (socket) => {
    socket.once('data', () => socket.end(Buffer.from(text, 'latin1')));
  };

const banner: Port['serve'] = (socket) => {
  socket.write('SSH-2.0-x\r\n');
  socket.resume();
};

const page = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello';
const login = 'HTTP/1.1 302 Found\r\nLocation: http://login.test/\r\nContent-Length: 0\r\n\r\n';

/** A web server that waits until a request is whole. */
const patient: Port['serve'] = (socket) => {
  socket.on('data', (said: Buffer) => {
    if (said.includes('\r\n\r\n')) socket.end(page);
  });
};

const ports: Readonly<Record<string, Port>> = {
  'a port that says again what it is told': {
    ...{ as: 'http', serve: (socket) => void socket.pipe(socket) },
    is: /^not-a-proxy: It speaks something else: GET /,
  },
  'the banner of a server, asked in SOCKS': {
    as: 'socks5h',
    serve: banner,
    is: /^not-a-proxy: It speaks something else/,
  },
  'a web server, asked in SOCKS': { as: 'socks5h', serve: patient, is: /^not-a-proxy: It answers by itself: hello/ },
  'a captive portal': {
    ...{ as: 'http', serve: saying(login) },
    is: /^not-a-proxy: It answers by itself: 302, to http:\/\/login\.test\/$/,
  },
  'a TLS server': { as: 'http', serve: saying('\x15\x03\x01\x00\x02\x02F'), is: /^not-a-proxy: It speaks TLS/ },
  'a proxy that lets nobody through': {
    ...{ as: 'socks5h', serve: saying('\x05\x00\x05\x02\x00\x01\x00\x00\x00\x00\x00\x00') },
    is: /^dead: It does not allow what it was asked to reach \(/,
  },
  'a proxy that has no way on': {
    ...{ as: 'socks5h', serve: saying('\x05\x00\x05\x04\x00\x01\x00\x00\x00\x00\x00\x00') },
    is: /^dead: It did not reach what it was asked for \(/,
  },
  'a port that hangs up': { as: 'http', serve: saying(''), is: /^dead: It closed the connection\.$/ },
  'a port that says a byte now and then': {
    ...{ as: 'http', serve: (socket) => void socket.resume().write('.') },
    is: /^dead: It said one byte, and nothing more in time\.$/,
  },
  'a silent port': { as: 'http', serve: (socket) => void socket.resume(), is: /^dead: It gave no answer in time\.$/ },
};

describe('what is no open proxy', { concurrency: 8 }, () => {
  for (const [what, { as, serve, is }] of Object.entries(ports))
    it(`${what} is called that`, async () => {
      const takes = (socket: Socket): boolean => {
        serve(socket);
        return true;
      };
      const open = await openProxy(auditor.world, [as], { takes });
      const { outcome, sentence } = await auditor.audit(open.url(as), { within: millis(1_000) });
      await open.close();
      assert.match(`${outcome}: ${sentence}`, is);
    });

  it('is not called hop 1 of 1 where it was asked by itself, and is told by its number in a cascade', () => {
    const said = (hops: number): string => {
      const blame = { reporter: 0, suspect: 1, phase: 'tcp' } as const;
      const failure = { code: 'hop-unreachable', note: 'ECONNREFUSED', hops, blame } as const;
      return whyNone({ visits: [{ failure }], byTls: [] }).sentence;
    };
    assert.equal(said(1), 'Nobody answers there (ECONNREFUSED).');
    assert.match(said(2), /^Hop 1 of 2 /);
  });

  it('a SOCKS proxy that hangs up when it is asked in HTTP is audited in SOCKS', async () => {
    const open = await openProxy(auditor.world, ['socks4a'], {});
    const { outcome, sentence } = await auditor.audit(open.url('socks4a').replace('socks4a', 'http'));
    await open.close();
    assert.equal(outcome, 'audited', sentence);
    assert.match(sentence, /^It speaks socks4a, and not http\. tunnel: exact/);
  });
});
