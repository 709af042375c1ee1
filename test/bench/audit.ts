/**
 * Audits of many: 10,000 proxies of which 70 % are dead in five ways, then a first grade for 1,000 that live; and what one pulse costs
 * beside the same question through node:http, through proxy-agent, through undici, and by the least that Node can do. Judge, proxies and auditor share this machine.
 */

import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { type Socket, connect, createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { meetJudge } from '../../src/audit/ask/judge-link.js';
import { auditCrowd } from '../../src/audit/crowd.js';
import type { Job } from '../../src/audit/run-jobs.js';
import { yourFacts } from '../../src/audit/identity/facts.js';
import { parseJudgeUrl } from '../../src/audit/judge/card.js';
import { type JudgeKey, findRecord } from '../../src/audit/judge/record.js';
import { auditDoor, blockOf, subjectOf } from '../../src/engine/audit-jobs.js';
import type { Stamp } from '../../src/model/book.js';
import { millis } from '../../src/model/brand.js';
import { asProxy } from '../../src/model/cascade.js';
import { parseHop } from '../../src/model/hop.js';
import { connectDirect, resolveBySystem } from '../../src/net/direct.js';

const SELF = fileURLToPath(import.meta.url);

/** Where the targets stand, told by the process that runs them. */
interface Town {
  readonly judge: string;
  /** A live proxy, one that is silent, one that hangs up, one that refuses, one at which packets vanish, and one where nobody is. */
  readonly ports: Readonly<Record<'live' | 'silent' | 'closing' | 'refusing' | 'hole' | 'nobody', number>>;
}

const dead = ['silent', 'closing', 'refusing', 'hole', 'nobody'] as const;

const main = async (role: string | undefined): Promise<void> => {
  if (role === 'town') return runTown();
  if (role !== undefined) return measure(role, JSON.parse(process.argv[3] ?? '{}') as Town);
  const child = fork(SELF, ['town'], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const [town] = (await once(child, 'message')) as [Town];
  for (const each of ['pulse', 'quick', 'cost-kaskade', 'cost-http', 'cost-agents', 'cost-bare', 'cost-undici']) {
    const runner = spawn(process.execPath, [SELF, each, JSON.stringify(town)], { stdio: 'inherit' });
    await once(runner, 'exit');
  }
  child.send('end');
  await once(child, 'exit');
};

const runTown = async (): Promise<void> => {
  const { openTestJudge } = await import('../kit/auditor.js');
  const judge = await openTestJudge();
  const proxies: Record<string, number> = {
    live: await serve(proxy),
    silent: await serve((socket) => socket.resume()),
    closing: await serve((socket) => socket.end()),
    refusing: await serve((socket) =>
      socket.once('data', () => socket.end('HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n')),
    ),
    nobody: 1,
  };
  const hole = await openHole();
  process.send?.({ judge: judge.urls[0], ports: { ...proxies, hole: hole.port } });
  await once(process, 'message');
  hole.child.kill('SIGKILL');
  process.exit(0);
};

const serve = async (onSocket: (socket: Socket) => void): Promise<number> => {
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    socket.on('error', () => socket.destroy());
    onSocket(socket);
  });
  server.listen({ port: 0, host: '0.0.0.0', backlog: 8_192 });
  await once(server, 'listening');
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
};

/** The least that a proxy does: a tunnel, or requests with a path instead of a URL. */
const proxy = (client: Socket): void => {
  client.once('data', (first: Buffer) => {
    const text = first.toString('latin1');
    const [, host = '', port = ''] = /^(?:CONNECT |[A-Z]+ http:\/\/)([\d.]+):(\d+)/.exec(text) ?? [];
    if (port === '') return void client.end();
    const exit = `127.40.${Math.floor(Math.random() * 250)}.1`;
    const onward = connect({ host, port: Number(port), localAddress: exit, allowHalfOpen: true, noDelay: true }, () => {
      if (text.startsWith('CONNECT')) client.write('HTTP/1.1 200 OK\r\n\r\n');
      const isTunnel = text.startsWith('CONNECT');
      const pathOnly = (chunk: Buffer): Buffer =>
        Buffer.from(chunk.toString('latin1').replace(/^([A-Z]+) http:\/\/[^/]*/, '$1 '), 'latin1');
      if (!isTunnel) onward.write(pathOnly(first));
      if (isTunnel) client.pipe(onward);
      else client.on('data', (chunk: Buffer) => onward.write(pathOnly(chunk))).on('end', () => onward.end());
      onward.pipe(client);
    });
    onward.on('error', () => client.destroy());
    client.on('close', () => onward.destroy());
  });
};

/** A stopped process whose queue is full. */
const openHole = async (): Promise<{ readonly port: number; readonly child: ChildProcess }> => {
  const script =
    "const s = require('node:net').createServer(); s.listen({ host: '0.0.0.0', port: 0, backlog: 1 }, () => console.log(s.address().port))";
  const child = spawn(process.execPath, ['-e', script], { detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  child.kill('SIGSTOP');
  const port = Number(said.toString());
  for (let n = 0; n < 4; n += 1) connect({ host: '127.0.0.1', port }).on('error', () => undefined);
  return { port, child };
};

/** The n-th address: neighbours are few. */
const addressOf = (n: number): string => `127.${64 + (n % 128)}.${(n >> 7) & 255}.${1 + ((n >> 15) & 127)}`;

const jobsOf = (all: number, { ports }: Town, liveShare: number): readonly Job[] => {
  const door = auditDoor();
  return Array.from({ length: all }, (_, n) => {
    const isLive = (n * 7) % 10 < liveShare * 10;
    const port = isLive ? ports.live : ports[dead[n % dead.length] ?? 'nobody'];
    const hop = parseHop(`http://${addressOf(n)}:${port}`);
    const subject = subjectOf(asProxy(hop, 'bench'), door);
    return { subject, block: blockOf(subject) };
  });
};

const random = (): string => Math.random().toString(16).slice(2).padEnd(14, '0');
const freshId = (): string => Array.from({ length: 32 }, () => Math.floor(Math.random() * 16).toString(16)).join('');

const meet = (town: Town, signal: AbortSignal) =>
  meetJudge(
    parseJudgeUrl(town.judge),
    {
      open: (at, cancel) => connectDirect(at, { resolve: resolveBySystem, mayReach: () => true }, cancel),
      ...{ freshId, random },
    },
    { signal },
  );

interface Bounds {
  readonly tier: 'pulse' | 'quick';
  readonly most: number;
  /** Connections begun in 10 ms; those of the program where it is missing. */
  readonly pace?: number;
}

const crowd = async (
  jobs: readonly Job[],
  town: Town,
  { tier, most, pace = Math.max(4, Math.ceil(most / 140)) }: Bounds,
) => {
  const { signal } = new AbortController();
  const judge = await meet(town, signal);
  const outcomes: Record<string, number> = {};
  const began = performance.now();
  let peak = 0;
  const clock = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 50);
  await auditCrowd(
    jobs,
    {
      ...{ most, mostOfBlock: 4, pace },
      plan: {
        ...{
          tier,
          judges: [judge],
          facts: yourFacts({ sure: ['127.0.0.1'], other: [], names: [] }),
          within: millis(5_000),
        },
        ...{ random, clock: () => Date.now() as Stamp },
      },
      onReport: (_job, { outcome, modes }) => {
        const word = tier === 'pulse' ? outcome : `${outcome} ${modes.map(({ grade }) => grade ?? 'none').join('/')}`;
        outcomes[word] = (outcomes[word] ?? 0) + 1;
      },
    },
    { signal },
  );
  clearInterval(clock);
  return { seconds: (performance.now() - began) / 1_000, peak: peak / 1e6, outcomes };
};

const tell = (what: string, { seconds, peak, outcomes }: Awaited<ReturnType<typeof crowd>>): void => {
  const counts = Object.entries(outcomes).map(([word, count]) => `${count} ${word}`);
  console.log(`${what}: ${seconds.toFixed(1)} s, peak ${Math.round(peak)} MB: ${counts.join(', ')}`);
};

const many = 5_000;

const measure = async (role: string, town: Town): Promise<void> => {
  if (role === 'pulse')
    tell(
      'pulse of 10,000, 70 % dead, 5 s',
      await crowd(jobsOf(10_000, town, 0.3), town, { tier: 'pulse', most: 4_000 }),
    );
  else if (role === 'quick')
    tell(
      'quick of 1,000 that live, 1,000 at once',
      await crowd(jobsOf(1_000, town, 1), town, { tier: 'quick', most: 1_000 }),
    );
  else await tellCost(role, town);
  process.exit(0);
};

/** CPU of this process for one question, at 100 at once. */
const tellCost = async (role: string, town: Town): Promise<void> => {
  const { endpoint, key } = parseJudgeUrl(town.judge);
  const judge = `http://127.0.2.1:${endpoint.port}`;
  const ask: Readonly<Record<string, (n: number) => Promise<boolean>>> = {
    'cost-http': (n) => byHttp(addressOf(n), { port: town.ports.live, judge, key }),
    'cost-agents': (n) => byAgents(addressOf(n), { port: town.ports.live, judge, key }),
    'cost-bare': (n) => byHand(addressOf(n), { port: town.ports.live, judge, key }),
    'cost-undici': (n) => byUndici(addressOf(n), { port: town.ports.live, judge, key }),
  };
  const one = ask[role];
  const before = process.cpuUsage();
  let good = 0;
  // As fast as the others, which are not paced: a program that mostly waits pays for each time it wakes up.
  const unpaced = { tier: 'pulse', most: 100, pace: 100 } as const;
  if (one === undefined) good = (await crowd(jobsOf(many, town, 1), town, unpaced)).outcomes['audited'] ?? 0;
  else {
    let next = 0;
    const lane = async (): Promise<void> => {
      for (let n = next; n < many; n = next) {
        next += 1;
        if (await one(n)) good += 1;
      }
    };
    await Promise.all(Array.from({ length: 100 }, lane));
  }
  const { user, system } = process.cpuUsage(before);
  console.log(`${role}: ${((user + system) / 1_000 / many).toFixed(2)} ms CPU a question, ${good} of ${many} good`);
};

interface Asked {
  readonly port: number;
  readonly judge: string;
  readonly key: JudgeKey;
}

/** CONNECT by node:http, then the question over the tunnel by an agent of its own. */
const byHttp = (host: string, { port, judge, key }: Asked): Promise<boolean> =>
  new Promise((resolve) => {
    const id = freshId();
    const asked = request({ host, port, method: 'CONNECT', path: judge.slice(7), agent: false, timeout: 5_000 });
    asked.on('error', () => resolve(false));
    asked.on('connect', (_answer, socket) => {
      const agent = new Agent();
      agent.createConnection = () => socket;
      const inner = request(`${judge}/${id}.txt`, { agent }, (answer) => {
        const pieces: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => pieces.push(chunk));
        answer.on('end', () => {
          agent.destroy();
          socket.destroy();
          resolve(findRecord(Buffer.concat(pieces), id, key) !== undefined);
        });
      });
      inner.on('error', () => resolve(false));
      inner.end();
    });
    asked.end();
  });

/** As programs usually ask: by node:http, with an agent for the proxy, which hands it the request. */
const byAgents = async (host: string, { port, judge, key }: Asked): Promise<boolean> => {
  // Only where it is measured.
  const { ProxyAgent } = await import('proxy-agent');
  const id = freshId();
  const agent = new ProxyAgent({ getProxyForUrl: () => `http://${host}:${port}` });
  return new Promise((resolve) => {
    const asked = request(`${judge}/${id}.txt`, { agent, timeout: 5_000 }, (answer) => {
      const pieces: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => pieces.push(chunk));
      answer.on('end', () => {
        agent.destroy();
        resolve(findRecord(Buffer.concat(pieces), id, key) !== undefined);
      });
    });
    asked.on('error', () => resolve(false));
    asked.end();
  });
};

/** The least that Node can do: two writes on a socket, and nothing of the answer is read or checked; what is above it is ours to save. */
const byHand = (host: string, { port, judge }: Asked): Promise<boolean> =>
  new Promise((resolve) => {
    const [place, id] = [judge.slice(7), freshId()];
    const socket = connect({ host, port, noDelay: true }, () => {
      socket.write(`CONNECT ${place} HTTP/1.1\r\nHost: ${place}\r\n\r\n`);
    });
    let told = 0;
    socket.on('error', () => resolve(false));
    socket.on('data', () => {
      told += 1;
      if (told === 1) return void socket.write(`GET /${id}.txt HTTP/1.1\r\nHost: ${place}\r\n\r\n`);
      socket.destroy();
      resolve(true);
    });
  });

const byUndici = async (host: string, { port, judge, key }: Asked): Promise<boolean> => {
  // Only where it is measured: it would be held against the others.
  const { ProxyAgent, request: undiciRequest } = await import('undici');
  const id = freshId();
  const dispatcher = new ProxyAgent({ uri: `http://${host}:${port}` });
  try {
    const { body } = await undiciRequest(`${judge}/${id}.txt`, { dispatcher });
    return findRecord(Buffer.from(await body.arrayBuffer()), id, key) !== undefined;
  } catch {
    return false;
  } finally {
    await dispatcher.destroy();
  }
};

await main(process.argv[2]);
