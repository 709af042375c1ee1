/** Requests through proxies that are no cascade: one that the user names, or that the environment or a PAC file names. */

import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import type { Socket } from 'node:net';
import { ProxyAgent } from 'proxy-agent';
import type { Millis } from '../../model/brand.js';
import { fail } from '../../model/error.js';
import { type Road, agentRoad } from './road.js';

/** Names the proxy for a URL. Rejects where there is none: nothing goes out without one. */
export type ProxyFor = (url: URL) => Promise<string>;

/** Requests through the proxies that `proxyFor` names, each of which may take so long to connect; names of hosts are looked up by them. */
export const proxyRoad = (proxyFor: ProxyFor, within?: Millis): Road => {
  const agent = new ProxyAgent({
    keepAlive: false,
    getProxyForUrl: async (text) => farNames(await proxyFor(new URL(text))),
    ...(within === undefined ? {} : { timeout: within }),
  });
  const road = agentRoad(agent);
  const guard = guardAnswers();
  return {
    request: async (url, options, cancel) => {
      const request = await guard.own(() => road.request(url, options, cancel));
      guard.watch(request);
      return request;
    },
    close: () => {
      guard.off();
      road.close();
    },
  };
};

/** `socks5` and `socks4` would look names up here. */
const farNames = (url: string): string => url.replace(/^socks(?:5)?:/i, 'socks5h:').replace(/^socks4:/i, 'socks4a:');

/**
 * The proxy that a variable names for a URL, as other programs read it: `https_proxy` or `http_proxy`, then `all_proxy`, in small
 * letters or capitals; `no_proxy` names hosts that are for none. Throws `list-refused` where there is none.
 */
export const fromEnvironment = (url: URL, environment: Readonly<Record<string, string | undefined>>): string => {
  const read = (name: string): string => environment[name] ?? environment[name.toUpperCase()] ?? '';
  const isExempt = read('no_proxy')
    .split(/[\s,]+/)
    .some((entry) => entry !== '' && isNamed(url, entry));
  const found = isExempt ? '' : read(`${url.protocol.slice(0, -1)}_proxy`) || read('all_proxy');
  if (found === '') throw fail('list-refused', { note: 'the environment names no proxy for it' });
  return found.includes('://') ? found : `http://${found}`;
};

const isNamed = ({ hostname, port, protocol }: URL, entry: string): boolean => {
  const [, name = '', only] = /^(.*?)(?::(\d+))?$/.exec(entry.toLowerCase()) ?? [];
  if (only !== undefined && only !== (port === '' ? { 'http:': '80', 'https:': '443' }[protocol] : port)) return false;
  const plain = name.replace(/^\*?\.?/, '');
  return name === '*' || hostname === plain || (plain !== '' && hostname.endsWith(`.${plain}`));
};

/** The agent sets no bound to what a proxy answers before a connection is there; so much is more than any needs. */
const mostAnswer = 256 * 1024;
const lookEvery = 20;

/**
 * Ends a request whose proxy answers without end, or refuses: its word is not the word of the host that was meant. Others may connect
 * at the same time: a socket belongs to the request in whose course it was made.
 */
const guardAnswers = () => {
  const course = new AsyncLocalStorage<true>();
  const all = new Set<Socket>();
  const answering = new Set<Socket>();
  const onSocket = (message: unknown): void => {
    if (course.getStore() !== true) return;
    const { socket } = message as { readonly socket: Socket };
    for (const set of [all, answering]) set.add(socket);
    socket.once('close', () => all.delete(socket));
  };
  const timer = setInterval(() => {
    for (const socket of answering) if (socket.bytesRead > mostAnswer) socket.destroy(tooMuch());
  }, lookEvery).unref();
  subscribe('net.client.socket', onSocket);
  return {
    own: <Result>(work: () => Promise<Result>): Promise<Result> => course.run(true, work),
    watch: (request: ClientRequest): void => {
      request.once('proxyConnect', ({ statusCode }: { readonly statusCode?: number }) => {
        // Without one there was no CONNECT: the request itself goes to the proxy.
        if (statusCode === undefined || statusCode === 200) return;
        request.destroy(fail('list-unreachable', { note: `the proxy answers ${statusCode}` }));
      });
      request.once('socket', () => {
        answering.clear();
      });
    },
    off: (): void => {
      clearInterval(timer);
      unsubscribe('net.client.socket', onSocket);
      course.disable();
      // The agent forgets a proxy that says nothing, and would leave it open.
      for (const socket of all) socket.destroy();
    },
  };
};

const tooMuch = () => fail('list-unreachable', { note: 'the proxy answers without end' });
