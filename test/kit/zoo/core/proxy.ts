/** A proxy that is honest but for its behaviour: it speaks HTTP, SOCKS5 and SOCKS4 on one port, and passes every byte on. */

import { type Server, type Socket, connect, createServer, isIP } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { OpenAnimal, Speech, World } from '../animal.js';
import type { Behaviour, Change, Passage } from './behaviour.js';
import { type Around, forward } from './forward.js';
import { lookUp } from './lookup.js';
import { nextPlace, seeded } from './places.js';
import { cutRequests, fieldsOf } from './requests.js';
import { type Asked, readConnect, readSocks4, readSocks5 } from './speak.js';
import { rested } from './streams.js';
import { join, openTls, peek } from './tunnel.js';

interface Stall {
  readonly world: World;
  readonly behaviour: Behaviour;
  readonly speaks: readonly Speech[];
  readonly random: () => number;
}

/** Opens a proxy on an address of its own. */
export const openProxy = (world: World, speaks: readonly Speech[], behaviour: Behaviour): Promise<OpenAnimal> =>
  new Promise((resolve, reject) => {
    if (world.collect !== undefined) {
      world.collect(behaviour);
      resolve({ url: () => '', close: () => Promise.resolve() });
      return;
    }
    const { entry, exit } = nextPlace();
    const sockets = new Set<Socket>();
    const stall: Stall = { world, behaviour, speaks, random: seeded(world.seed) };
    let connections = 0;
    const server: Server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
      connections += 1;
      track(client, sockets);
      const way = behaviour.exit?.(exit, connections) ?? exit;
      if (behaviour.takes?.(client, stall.random) === true) return;
      welcome(client, { ...stall, exit: way, from: client.remoteAddress ?? '', connection: connections, sockets });
    });
    server.once('error', reject);
    server.listen(0, entry, () => {
      const { port } = server.address() as AddressInfo;
      resolve({ url: (speech) => `${speech}://${entry}:${port}`, close: () => close(server, sockets) });
    });
  });

const track = (socket: Socket, sockets: Set<Socket>): void => {
  sockets.add(socket);
  socket.on('error', () => socket.destroy());
  socket.once('close', () => sockets.delete(socket));
};

const close = (server: Server, sockets: ReadonlySet<Socket>): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    for (const socket of sockets) socket.destroy();
  });

interface Visit extends Stall {
  readonly exit: string;
  /** The client. */
  readonly from: string;
  readonly connection: number;
  readonly sockets: Set<Socket>;
}

const welcome = (client: Socket, visit: Visit): void => {
  const { speaks, behaviour } = visit;
  const tunnel = (asked: Asked, rest: Buffer): void => void openTunnel(client, asked, { visit, rest });
  const found = (first: Buffer): void => {
    const [byte] = first;
    if (byte === 0x05 && speaks.includes('socks5h')) readSocks5(client, behaviour.login === true, tunnel);
    else if (byte === 0x04 && speaks.includes('socks4a')) readSocks4(client, behaviour.noNames === true, tunnel);
    else if (byte === undefined || byte < 0x41 || byte > 0x5a || !speaks.includes('http')) strange(client, visit);
    else speakHttp(client, visit);
  };
  peek(client, found, () => client.end());
};

/** HTTP proxies say nothing to what they do not understand; SOCKS servers answer in their own words. */
const strange = (client: Socket, { speaks }: Visit): void => {
  client.resume();
  if (speaks.includes('socks5h')) client.end(Buffer.from([0x05, 0xff]));
  else if (speaks.includes('socks4a')) client.end();
};

const speakHttp = (client: Socket, visit: Visit): void => {
  let seen = Buffer.alloc(0);
  const onData = (chunk: Buffer): void => {
    seen = Buffer.concat([seen, chunk]);
    const found = readConnect(seen);
    if (found === undefined) return;
    client.off('data', onData).off('end', onEnd).pause();
    if (found === null) {
      if (visit.behaviour.login === true) client.end(asksLogin);
      else {
        client.unshift(seen);
        forward(client, aroundOf(client, visit));
      }
    } else if (visit.behaviour.login === true) client.end(asksLogin);
    else void openTunnel(client, found.asked, { visit, rest: seen.subarray(found.used) });
  };
  const onEnd = (): void => void client.end();
  client.on('data', onData).once('end', onEnd);
  client.resume();
};

const asksLogin =
  'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="x"\r\nContent-Length: 0\r\n\r\n';

const aroundOf = (client: Socket, visit: Visit): Around => ({
  behaviour: visit.behaviour,
  dial: (host, port) => dial(host, port, visit),
  passage: (of) => ({ ...of, ...passageOf(client, visit) }),
});

const passageOf = (client: Socket, { world, exit, connection, random }: Visit) => ({
  ...{ world, exit, connection, random, client: client.remoteAddress ?? '' },
});

const dial = async (host: string, port: number, visit: Visit): Promise<Socket> => {
  const address = isIP(host) === 0 ? await addressOf(host, visit) : host;
  if (address === undefined) throw new Error('unknown name');
  const [place = '', at = String(port)] = address.split('|');
  return new Promise((resolve, reject) => {
    const from = isIP(place) === 4 ? { localAddress: visit.exit } : {};
    const socket = connect({ host: place, port: Number(at), ...from, allowHalfOpen: true, noDelay: true });
    track(socket, visit.sockets);
    socket.once('error', reject);
    socket.once('connect', () => resolve(socket));
  });
};

const addressOf = async (host: string, { world, behaviour, exit, from }: Visit): Promise<string | undefined> => {
  const subnet = behaviour.asksFor?.(from);
  return (
    world.names.get(host.toLowerCase()) ??
    (await lookUp(host, world, { from: exit, ...(subnet === undefined ? {} : { subnet }) })) ??
    behaviour.nowhere?.()
  );
};

const openTunnel = async (
  client: Socket,
  { host, port, yes, no }: Asked,
  { visit, rest }: { readonly visit: Visit; readonly rest: Buffer },
): Promise<void> => {
  const refused = visit.behaviour.refuses?.(host, port);
  if (refused !== undefined) {
    client.end(no(refused));
    return;
  }
  try {
    const origin = await dial(host, port, visit);
    if (visit.behaviour.delay !== undefined) await rested(visit.behaviour.delay);
    client.write(yes);
    if (rest.length > 0) client.unshift(rest);
    carry(client, origin, { visit, host, port });
  } catch {
    client.end(no(502));
  }
};

interface Tunnel {
  readonly visit: Visit;
  readonly host: string;
  readonly port: number;
}

/** Looks at what is inside only where the behaviour is about that. */
const carry = (client: Socket, origin: Socket, { visit, host, port }: Tunnel): void => {
  const { behaviour } = visit;
  const { opens, spares, inTunnels } = behaviour;
  if (opens === undefined) {
    const up = inTunnels === true ? { up: () => rewriteInside(client, { visit, host, port }) } : {};
    join(client, origin, { ...behaviour, ...up });
    return;
  }
  const found = (first: Buffer): void => {
    if (first[0] === 0x16 && first[1] === 0x03 && spares?.(first, host) !== true)
      openTls(client, origin, { host, opens });
    else join(client, origin, behaviour);
  };
  peek(client, found, () => {
    client.end();
    origin.destroy();
  });
};

/** Requests in clear get the fields of the behaviour; everything else stays as it is. */
const rewriteInside = (client: Socket, { visit, host, port }: Tunnel): Change => {
  let request = 0;
  let out: Buffer[] = [];
  const cut = cutRequests({
    head: (line, lines) => {
      request += 1;
      const of = { host, port, method: line.split(' ')[0] ?? '', path: line.split(' ')[1] ?? '', request };
      const at: Passage = { ...of, fields: fieldsOf(lines), ...passageOf(client, visit) };
      const sent = [line, ...(visit.behaviour.fields?.(lines, at) ?? lines)];
      out.push(Buffer.from(`${sent.join('\r\n')}\r\n\r\n`, 'latin1'));
    },
    body: (raw) => out.push(raw),
    end: () => undefined,
  });
  let isHttp: boolean | undefined;
  return (bytes) => {
    isHttp ??= /^[A-Z]{3,10} \S/.test(bytes.toString('latin1', 0, 16));
    if (!isHttp) return bytes;
    out = [];
    cut(bytes);
    return Buffer.concat(out);
  };
};
