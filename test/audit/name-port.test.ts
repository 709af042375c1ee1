/** The port of a zone over TCP: many queries on one connection, in whatever pieces, by the same rules as over UDP, and nobody stays. */

import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type Socket, connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { after, before, describe, it } from 'node:test';
import { type Packet, decode, encode, streamEncode } from 'dns-packet';
import fc from 'fast-check';
import { type NameLimits, openNamePort } from '../../src/audit/judge/name-port.js';
import { answerQuery } from '../../src/audit/judge/zone.js';
import { parseHost } from '../../src/model/address.js';
import type { Answering } from '../../src/net/datagram-port.js';
import type { JudgePort } from '../../src/net/judge-port.js';
import { type Auditor, auditorAt, judgeAt, openAuditor, openTestJudge } from '../kit/auditor.js';

const zone = { name: 'd.judge.test', ipv4: judgeAt };
const id = '0123456789abcdef0123456789abcdef';

let auditor: Auditor;
let namesAt = 0;
before(async () => {
  auditor = await openAuditor();
  namesAt = auditor.judge.names?.port ?? 0;
});
after(() => auditor[Symbol.asyncDispose]());

const packet = (name: string, nth = 7): Packet => ({
  ...{ type: 'query', id: nth, flags: 1 << 8, questions: [{ type: 'A', name }] },
});

const query = (name: string, nth?: number): Buffer => streamEncode(packet(name, nth));

const dial = (port: number, host = judgeAt): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const local = host === judgeAt ? { localAddress: auditorAt } : {};
    const socket = connect({ host, port, ...local, noDelay: true, allowHalfOpen: true });
    socket.once('connect', () => resolve(socket)).once('error', reject);
  });

/** Everything that comes until the other side ends. */
const heard = async (socket: Socket): Promise<Buffer> => {
  const pieces: Buffer[] = [];
  socket.on('error', () => undefined).on('data', (bytes: Buffer) => void pieces.push(bytes));
  socket.once('end', () => socket.destroy());
  if (!socket.destroyed) await once(socket, 'close');
  return Buffer.concat(pieces);
};

/** The answers in what was heard: each behind its length. */
const answersIn = (bytes: Buffer): readonly Packet[] => {
  const found: Packet[] = [];
  for (let at = 0; at < bytes.length; at += 2 + bytes.readUInt16BE(at))
    found.push(decode(bytes.subarray(at + 2, at + 2 + bytes.readUInt16BE(at))));
  return found;
};

const said = (packets: readonly Packet[]): readonly unknown[] =>
  packets.map(({ id: nth, answers = [] }) => [nth, answers.map((each) => (each.type === 'A' ? each.data : each.type))]);

/** Says this, ends its own direction, and gives what came. */
const ask = async (bytes: Buffer, port = namesAt): Promise<readonly Packet[]> => {
  const socket = await dial(port);
  socket.end(bytes);
  return answersIn(await heard(socket));
};

describe('the zone of a judge over TCP', () => {
  it('is answered on the port that it has over UDP too: many queries on one connection, in their order', async () => {
    const both = await ask(Buffer.concat([query('v4.d.judge.test', 1), query(`${id}.d.judge.test`, 2)]));
    assert.deepEqual(said(both), [
      [1, [judgeAt]],
      [2, [judgeAt]],
    ]);
    assert.deepEqual(
      (await auditor.link.lookups(id, new AbortController())).map(({ resolver, name }) => [resolver, name]),
      [[auditorAt, `${id}.d.judge.test`]],
    );
  });

  it('takes queries in whatever pieces they come', async () => {
    const bytes = Buffer.concat([1, 2, 3].map((nth) => query('v4.d.judge.test', nth)));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(bytes.length), { maxLength: 6 }), async (cuts) => {
        const socket = await dial(namesAt);
        const told = heard(socket);
        const ends = [...cuts.toSorted((one, other) => one - other), bytes.length];
        for (const [nth, end] of ends.entries()) {
          const piece = bytes.subarray(ends[nth - 1] ?? 0, end);
          if (piece.length > 0) await new Promise((resolve) => socket.write(piece, resolve));
        }
        socket.end();
        assert.deepEqual(
          answersIn(await told).map((each) => each.id),
          [1, 2, 3],
        );
      }),
      { numRuns: 30 },
    );
  });

  for (const [what, bytes] of [
    ['that is longer than any', Buffer.from('0201', 'hex')],
    ['of no length', Buffer.alloc(2)],
    ['that is garbage', Buffer.concat([Buffer.from('0020', 'hex'), Buffer.alloc(32, 0xaa)])],
    ['that is an answer', streamEncode({ ...packet('d.judge.test'), type: 'response' })],
  ] as const)
    it(`ends with a query ${what}; what was asked before is answered, and nothing behind it`, async () => {
      const socket = await dial(namesAt);
      socket.write(Buffer.concat([query('v4.d.judge.test', 1), bytes, query('v4.d.judge.test', 2)]));
      assert.deepEqual(said(answersIn(await heard(socket))), [[1, [judgeAt]]]);
    });

  it('says nothing to half a query', async () => {
    assert.deepEqual(await ask(query('v4.d.judge.test').subarray(0, -1)), []);
  });

  it('gives one source as much as over UDP, and both together no more', async () => {
    await using judge = await scarce();
    const port = judge.names?.port ?? 0;
    const five = Buffer.concat([1, 2, 3, 4, 5].map((nth) => query('v4.d.judge.test', nth)));
    const answered = (await ask(five, port)).length;
    assert.equal(answered, 4, 'four times its share at once');
    const udp = createSocket('udp4');
    udp.bind(0, auditorAt);
    await once(udp, 'listening');
    let came = 0;
    udp.on('message', () => (came += 1));
    udp.send(encode(packet('v4.d.judge.test')), port, judgeAt);
    const other = createSocket('udp4');
    other.send(encode(packet('v4.d.judge.test')), port, judgeAt);
    await once(other, 'message');
    udp.close();
    other.close();
    assert.equal(came, 0, 'another source is answered behind one that has asked too much');
  });
});

/** A judge whose clock stands still. */
const scarce = async () => {
  const at = { host: parseHost(judgeAt), port: 0 } as const;
  const judge = await openTestJudge({ perSecond: 1, clock: () => 0, zone: { ...zone, at } });
  return { ...judge, [Symbol.asyncDispose]: () => judge.close() };
};

const limits: NameLimits = { most: 8, mostEach: 2, silence: 60_000, stay: 60_000, queries: 100 };

const portWith = async (more: Partial<NameLimits>, host = judgeAt, answering?: Answering) => {
  const usual: Answering = (bytes) => answerQuery(bytes, zone)?.bytes;
  const at = { host: parseHost(host), port: 0 } as const;
  const port: JudgePort = await openNamePort(at, answering ?? usual, { ...limits, ...more });
  return { port: port.endpoint.port, [Symbol.asyncDispose]: () => port.close() };
};

describe('a connection to the zone of a judge', () => {
  it('is ended where it is silent, where it stays, and where it asks without end', async () => {
    await using silent = await portWith({ silence: 20 });
    assert.equal((await heard(await dial(silent.port))).length, 0);
    await using short = await portWith({ stay: 20 });
    const drip = await dial(short.port);
    drip.write(query('v4.d.judge.test').subarray(0, 1));
    assert.equal((await heard(drip)).length, 0);
    await using few = await portWith({ queries: 3 });
    const socket = await dial(few.port);
    socket.write(Buffer.concat(Array.from({ length: 9 }, (_, nth) => query('v4.d.judge.test', nth))));
    assert.equal(answersIn(await heard(socket)).length, 3);
  });

  it('is one of so many from one source', async () => {
    await using port = await portWith({});
    const inside = [await dial(port.port), await dial(port.port)];
    assert.equal((await heard(await dial(port.port))).length, 0);
    for (const socket of inside) {
      socket.end(query('v4.d.judge.test'));
      assert.equal(answersIn(await heard(socket)).length, 1);
    }
  });

  const hasSix = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === '::1'));
  it('comes from an address of version 4 also at a port of version 6, over both', { skip: !hasSix }, async () => {
    const seen: string[] = [];
    const answering: Answering = (bytes, from) => {
      seen.push(from);
      return answerQuery(bytes, zone)?.bytes;
    };
    await using port = await portWith({}, '::', answering);
    const socket = await dial(port.port, '127.0.0.1');
    socket.end(query('v4.d.judge.test'));
    await heard(socket);
    const udp = createSocket('udp4');
    udp.send(encode(packet('v4.d.judge.test')), port.port, '127.0.0.1');
    await once(udp, 'message');
    udp.close();
    assert.deepEqual(seen, ['127.0.0.1', '127.0.0.1']);
  });
});
