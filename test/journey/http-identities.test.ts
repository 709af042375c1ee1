/** Many identities, cascades and hosts at once over the same client connections: nothing of one ever reaches another. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type RawClient, connectRaw } from '../kit/http-client.js';
import { startHop } from '../kit/http-hop.js';
import { valuesIn } from '../kit/http-strict.js';
import { type RawTarget, answering, plainAnswer, startTarget } from '../kit/http-target.js';
import { startHouse } from '../kit/house.js';

const identities = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
const hosts = ['one.test', 'two.test', 'three.test'];
const cascades = ['', '+first', '+second'];
const requests = 10_000;

/** Numbers that look random and are the same in every run. */
const dice = (seed: number): ((sides: number) => number) => {
  let state = seed;
  return (sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
};

/** A target for one host and one cascade: it complains of every request that is for another, and of connections that change hands. */
const startOwnTarget = async (host: string, cascade: string, complaints: string[]) =>
  startTarget((wire) => {
    const owners = new Set<string>();
    answering(({ lines, body }) => {
      const [tag = ''] = valuesIn(lines, 'x-tag');
      const [named = ''] = valuesIn(lines, 'host');
      const [identity = '', wanted = ''] = tag.split('/');
      owners.add(identity);
      if (named !== host) complaints.push(`${tag} for ${named} came to ${host}`);
      if (wanted !== cascade) complaints.push(`${tag} came through ${cascade}`);
      if (owners.size > 1) complaints.push(`${[...owners].join()} share a connection to ${host}`);
      return plainAnswer(`${tag} ${body.toString()}`);
    })(wire);
  });

/** One target for each host and cascade. */
const startTargets = async (complaints: string[]) => {
  const ports = new Map<string, number>();
  const all: RawTarget[] = [];
  for (const host of hosts) {
    for (const cascade of cascades) {
      const target = await startOwnTarget(host, cascade, complaints);
      all.push(target);
      ports.set(`${host}:80 ${cascade}`, target.port);
    }
  }
  return {
    ports,
    [Symbol.asyncDispose]: async () => {
      await Promise.all(all.map((target) => target.close()));
    },
  };
};

test('10,000 requests of 8 identities to 3 hosts through 3 cascades: not one answer, tunnel or login is mixed up', async () => {
  const complaints: string[] = [];
  await using targets = await startTargets(complaints);
  const logins: Record<string, string> = { 'first:x': '+first', 'second:y': '+second' };
  await using hop = await startHop((authority, head) => {
    const login = /Basic (\S+)/.exec(head)?.[1];
    const cascade = login === undefined ? '' : (logins[atob(login)] ?? 'unknown');
    return { port: targets.ports.get(`${authority} ${cascade}`) ?? 1 };
  });
  const chain = (login: string): string => `http://${login}127.0.0.1:${hop.port}`;
  const named = { first: chain('first:x@'), second: chain('second:y@') };
  await using house = await startHouse(chain(''), { named });
  let asked = 0;
  const worker = async (client: RawClient, roll: (sides: number) => number): Promise<void> => {
    while (asked < requests) {
      asked += 1;
      const identity = identities[roll(8)] ?? '';
      const cascade = cascades[roll(3)] ?? '';
      const host = hosts[roll(3)] ?? '';
      const tag = `${identity}/${cascade}/${asked}`;
      const body = roll(5) === 0 ? `body of ${tag}` : '';
      const answer = await client.ask(requestOf({ identity, cascade, host, tag, body }));
      if (answer.text !== `${tag} ${body}`) complaints.push(`${tag} got ${answer.status} ${answer.text}`);
    }
  };
  const clients = await Promise.all(Array.from({ length: 24 }, () => connectRaw(house.port)));
  try {
    await Promise.all(clients.map((client, at) => worker(client, dice(at + 1))));
  } finally {
    for (const client of clients) client.socket.destroy();
  }
  assert.deepEqual(complaints.slice(0, 10), []);
  assert.ok(hop.heads.length < requests / 2, `${hop.heads.length} tunnels`);
  await house.close();
  await hop.empty();
});

const requestOf = (of: Record<'identity' | 'cascade' | 'host' | 'tag' | 'body', string>): string => {
  const login = Buffer.from(`${of.identity}${of.cascade}:any`).toString('base64');
  const sized = of.body === '' ? '' : `Content-Length: ${of.body.length}\r\n`;
  const line = `${of.body === '' ? 'GET' : 'POST'} http://${of.host}/ HTTP/1.1`;
  const fields = `Host: ${of.host}\r\nProxy-Authorization: Basic ${login}\r\nX-Tag: ${of.tag}\r\n${sized}`;
  return `${line}\r\n${fields}\r\n${of.body}`;
};
