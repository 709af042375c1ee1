/** Proofs for animals that do something to tunnels, and for the honest ones that are odd. */

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type PeerCertificate, type TLSSocket, connect, createServer } from 'node:tls';
import { certificateFor as realCertificate } from '../certificate.js';
import { type End, type Scene, meet, openTunnel, originAt } from '../ends.js';
import { type Proof, ask, plain } from './ask.js';

interface Seen {
  readonly cert: PeerCertificate;
  readonly real: PeerCertificate;
  readonly alpn: string | false | null;
  readonly authorized: boolean;
}

/** TLS to an origin of its own through a tunnel; something is said through it and comes back. */
const seenThrough = async ({ open }: Scene, ca?: string, offered: object = protocols, to = originAt): Promise<Seen> => {
  const { key, cert } = realCertificate(`IP:${originAt},DNS:origin.test`);
  const server = createServer({ key, cert, ALPNProtocols: ['h2', 'http/1.1'] }, (socket) => socket.pipe(socket));
  server.on('tlsClientError', () => undefined);
  server.listen(0, originAt);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const direct = await secured(connect({ ...trusting, ...protocols, host: originAt, port }));
  const client = await meet(open);
  await openTunnel(client, 'http', to, port);
  client.socket.removeAllListeners('data');
  const trust = ca === undefined ? {} : { ca };
  const through = await secured(connect({ ...trusting, ...offered, ...trust, socket: client.socket, host: originAt }));
  through.write('said');
  const [echo] = (await once(through, 'data')) as [Buffer];
  assert.equal(echo.toString(), 'said');
  const seen = {
    ...{ cert: through.getPeerCertificate(), real: direct.getPeerCertificate() },
    ...{ alpn: through.alpnProtocol, authorized: through.authorized },
  };
  for (const socket of [direct, through]) socket.destroy();
  server.close();
  await once(server, 'close');
  return seen;
};

const trusting = { rejectUnauthorized: false };
const protocols = { ALPNProtocols: ['h2', 'http/1.1'] };

const secured = async (socket: TLSSocket): Promise<TLSSocket> => {
  await once(socket, 'secureConnect');
  return socket;
};

interface Ends {
  readonly client: End;
  readonly far: End;
}

const tunnelOf = async ({ origin, open }: Scene): Promise<Ends> => {
  const client = await meet(open);
  const [, far] = await Promise.all([openTunnel(client, 'http', originAt, origin.port), origin.next()]);
  return { client, far };
};

/** How many bits of what was sent arrived otherwise. */
const flipped = (sent: Buffer, came: Buffer): number => {
  let count = 0;
  for (const [at, byte] of sent.entries()) for (let odd = byte ^ (came[at] ?? 0); odd > 0; odd &= odd - 1) count += 1;
  return count;
};

/** Bytes arrive as they left, whatever they look like. */
export const proveExact: Proof = async (scene) => {
  for (const first of ['\x16\x03\x01\x02\x00\x01', 'GET nothing', '\x00', 'SSH-2.0-x\r\n']) {
    const { client, far } = await tunnelOf(scene);
    const [up, down] = [Buffer.concat([Buffer.from(first, 'latin1'), randomBytes(9_000)]), randomBytes(9_000)];
    client.say(up);
    assert.deepEqual(await far.take(up.length), up);
    far.say(down);
    assert.deepEqual(await client.take(down.length), down);
    client.socket.destroy();
  }
};

export const tunnelProofs: Readonly<Record<string, Proof>> = {
  P30: async (scene) => {
    const { cert, real, alpn } = await seenThrough(scene);
    assert.equal(cert.subject.CN, 'proxy.invalid');
    assert.notEqual(cert.fingerprint256, real.fingerprint256);
    assert.equal(alpn, 'http/1.1');
  },
  Q15: async (scene) => {
    for (let nth = 1; nth <= 4; nth += 1) {
      const { cert, real } = await seenThrough(scene);
      assert.equal(cert.fingerprint256 === real.fingerprint256, nth <= 2, String(nth));
    }
  },
  Q30: async (scene) => {
    const { client, far } = await tunnelOf(scene);
    far.say('250-STARTTLS\r\n250 OK\r\n');
    assert.equal((await client.take(22)).toString(), '250-XXXXXXXX\r\n250 OK\r\n');
    client.say('STARTTLS\r\n');
    assert.equal((await far.take(10)).toString(), 'STARTTLS\r\n');
    client.socket.destroy();
  },
  Q31: async (scene) => {
    const usual = await seenThrough(scene);
    assert.equal(usual.cert.fingerprint256, usual.real.fingerprint256);
    const old = await seenThrough(scene, undefined, {});
    assert.equal(old.cert.subject.CN, 'old.invalid');
  },
  Q33: async (scene) => {
    const byAddress = await seenThrough(scene);
    assert.equal(byAddress.cert.fingerprint256, byAddress.real.fingerprint256);
    const byName = await seenThrough(scene, undefined, protocols, 'origin.test');
    assert.equal(byName.cert.subject.CN, 'named.invalid');
  },
  Q34: async (scene) => {
    for (const [first, count] of [
      ['\x16', 1],
      ['2', 0],
    ] as const) {
      const { client, far } = await tunnelOf(scene);
      const [up, down] = [randomBytes(20_000), Buffer.concat([Buffer.from(first), randomBytes(20_000)])];
      client.say(up);
      assert.deepEqual(await far.take(up.length), up);
      far.say(down);
      const came = await client.take(down.length);
      assert.equal(flipped(down, came), count);
      assert.deepEqual(came.subarray(0, 8_000), down.subarray(0, 8_000));
      client.socket.destroy();
    }
  },
  Q35: async (scene) => {
    const { client, far } = await tunnelOf(scene);
    const [up, down] = [randomBytes(100 * 1_024), randomBytes(100 * 1_024)];
    client.socket.end(up);
    const at = 64 * 1_024;
    const own = Buffer.from('put in on the way');
    assert.deepEqual(await far.rest(), Buffer.concat([up.subarray(0, at), own, up.subarray(at)]));
    far.say(down);
    assert.deepEqual(await client.take(down.length), down);
    client.socket.destroy();
  },
  P32: async (scene) => {
    const { cert, real, alpn } = await seenThrough(scene);
    assert.deepEqual([cert.subject.CN, cert.subjectaltname], [real.subject.CN, real.subjectaltname]);
    assert.notEqual(cert.fingerprint256, real.fingerprint256);
    assert.equal(alpn, 'http/1.1');
  },
  P33: async (scene) => {
    const { client, far } = await tunnelOf(scene);
    const body = 'POST /x HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc';
    for (let nth = 0; nth < 2; nth += 1) {
      client.say(body);
      assert.equal(await far.until('abc'), body.replace('\r\n\r\n', '\r\nX-Forwarded-For: 127.0.0.1\r\n\r\n'));
    }
    client.socket.destroy();
    const inside = await tunnelOf(scene);
    const hello = Buffer.concat([Buffer.from('\x16\x03\x01\x02\x00\x01', 'latin1'), randomBytes(600)]);
    inside.client.socket.end(hello);
    assert.deepEqual(await inside.far.rest(), hello);
    inside.client.socket.destroy();
    assert.deepEqual((await ask(scene)).added, ['X-Forwarded-For: 127.0.0.1']);
  },
  P34: async (scene) => {
    const { client, far } = await tunnelOf(scene);
    const [up, down] = [randomBytes(200 * 1_024), randomBytes(200 * 1_024)];
    client.say(up);
    assert.equal(flipped(up, await far.take(up.length)), 3);
    far.say(down);
    assert.equal(flipped(down, await client.take(down.length)), 3);
    client.socket.destroy();
  },
  P35: async (scene) => {
    const { client, far } = await tunnelOf(scene);
    client.socket.end('asked');
    assert.equal((await far.rest()).toString(), 'asked');
    assert.equal((await client.rest()).toString(), '');
    const other = await tunnelOf(scene);
    other.far.socket.end('first');
    assert.equal((await other.client.rest()).toString(), 'first');
    assert.equal((await other.far.rest()).toString(), '');
    for (const end of [client, other.client]) end.socket.destroy();
  },
};

/** P31 with an authority that the client trusts. */
export const proveTrusted = async (scene: Scene, ca: string): Promise<void> => {
  const { cert, real, authorized } = await seenThrough(scene, ca);
  assert.equal(authorized, true);
  assert.notEqual(cert.fingerprint256, real.fingerprint256);
};

/** Requests and answers pass as they are. */
export const proveClean: Proof = async (scene) => {
  const told = await ask(scene);
  assert.deepEqual([told.added, told.removed, told.came], [[], [], plain]);
};
