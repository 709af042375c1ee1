/** A process of its own with engines in it, watched from inside: every connection it opens, every name it looks up, every crash. */

import dns from 'node:dns';
import { createRequire, syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import type { ChildAnswer, ChildQuestion, ChildReport } from './child.js';
import type { House } from './house.js';

const report = { connects: [] as string[], lookups: [] as string[], crashes: [] as string[] };
const houses = new Map<number, House>();
const names = new Map<string, string>(Object.entries(JSON.parse(process.env['CHILD_NAMES'] ?? '{}') as object));

/** Notes every connection, whoever opens it and however. */
const watchConnections = (): void => {
  const original: unknown = Reflect.get(net.Socket.prototype, 'connect');
  if (typeof original !== 'function') throw new Error('this Node has no connect to watch');
  net.Socket.prototype.connect = function connect(this: net.Socket, ...args: unknown[]): net.Socket {
    report.connects.push(whereTo(args));
    return Reflect.apply(original, this, args) as net.Socket;
  };
};

/** Node hands its own arguments on as one list: options and listener. */
const whereTo = (args: readonly unknown[]): string => {
  const [first] = args.length === 1 && Array.isArray(args[0]) ? (args[0] as readonly unknown[]) : args;
  if (typeof first !== 'object' || first === null) return inspect(args);
  const { host, port, path } = first as { host?: string; port?: number; path?: string };
  return path ?? `${host ?? 'localhost'}:${port ?? ''}`;
};

/** Notes every name that is looked up; answers are from the table of the test only, never from a resolver. Addresses are no names. */
const trapNames = (): void => {
  const lookup = (name: string, ...rest: readonly unknown[]): void => {
    if (net.isIP(name) === 0) report.lookups.push(name);
    const [options, callback] = rest.length === 1 ? [{}, rest[0]] : rest;
    const all = typeof options === 'object' && options !== null && 'all' in options && options.all === true;
    const address = net.isIP(name) === 0 ? names.get(name) : name;
    const answer = callback as (error: Error | null, address?: unknown, family?: number) => void;
    const error = Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), { code: 'ENOTFOUND' });
    setImmediate(() => {
      if (address === undefined) answer(error);
      else if (all) answer(null, [{ address, family: 4 }]);
      else answer(null, address, 4);
    });
  };
  const refuse = (name: unknown): never => {
    report.lookups.push(String(name));
    throw new Error('the test lets nobody resolve names');
  };
  Object.assign(dns, { lookup });
  const promises = dns.promises as unknown as Record<string, unknown>;
  for (const room of [
    dns as unknown as Record<string, unknown>,
    promises,
    dns.Resolver.prototype,
    dns.promises.Resolver.prototype,
  ]) {
    const functions = room as Record<string, unknown>;
    for (const key of ['lookup', ...Object.keys(promises)]) {
      if (/^(?:resolve|reverse|lookup)/.test(key) && !(room === dns && key === 'lookup')) functions[key] = refuse;
    }
  }
};

const answer = async (question: ChildQuestion): Promise<unknown> => {
  switch (question.do) {
    case 'start': {
      const { startHouse } = await import('./house.js');
      const house = await startHouse(question.chain, question.options);
      houses.set(house.port, house);
      return house.port;
    }
    case 'stop': {
      const house = houses.get(question.port);
      // Its port is free as soon as it begins to close, and may be the next one's before it is closed.
      houses.delete(question.port);
      await house?.close();
      return house?.events ?? [];
    }
    case 'control':
      return control();
    case 'report': {
      globalThis.gc?.();
      const { rss } = process.memoryUsage();
      const { user, system } = process.cpuUsage();
      const open = process.getActiveResourcesInfo().filter((kind) => /TCP|Timeout|GetAddrInfo|TLS/.test(kind));
      const snapshots = [...houses.values()].map(({ controller, events }) => ({ ...controller.snapshot, events }));
      return { ...report, rss, cpu: (user + system) / 1000, open, snapshots } satisfies ChildReport;
    }
  }
};

/** Does what no session may do, so that the test can see that it would be noticed. */
const control = async (): Promise<void> => {
  const server = net.createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as net.AddressInfo;
  const socket = net.connect(port, '127.0.0.1');
  await new Promise((resolve) => socket.once('connect', resolve));
  socket.destroy();
  const byName = net.connect(port, 'control.test');
  await new Promise((resolve) => byName.once('close', resolve).on('error', () => undefined));
  const require = createRequire(fileURLToPath(import.meta.url));
  for (const each of [dns.promises, require('node:dns/promises') as typeof dns.promises]) {
    try {
      await each.resolve4('control.test');
    } catch {
      // What counts is that it was noted.
    }
  }
  server.close();
};

for (const crash of ['uncaughtException', 'unhandledRejection', 'warning'] as const) {
  process.on(crash, (thrown: unknown) => void report.crashes.push(`${crash}: ${inspect(thrown)}`));
}
watchConnections();
trapNames();
syncBuiltinESMExports();
process.on('message', (question: ChildQuestion & { readonly id: number }) => {
  const reply = (said: Omit<ChildAnswer, 'id'>): void => void process.send?.({ id: question.id, ...said });
  answer(question).then(
    (value) => {
      reply({ value });
    },
    (thrown: unknown) => {
      reply({ thrown: inspect(thrown) });
    },
  );
});
process.on('disconnect', () => process.exit());
process.send?.({ id: 0, value: 'ready' });
