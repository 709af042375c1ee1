/** Canaries in every login: whatever goes wrong, none of them comes out anywhere but at the hop that it is for. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { type Child, startChild } from '../kit/child.js';
import { ask, clientProtocols, dialUp } from '../kit/clients.js';
import { failureOf, dialThrough } from '../kit/dials.js';
import { hearAll, hearUntil } from '../kit/ear.js';
import type { Fault } from '../kit/faults.js';
import { type HopScript, type TestHop, chainOf, openHop, openHops } from '../kit/hops.js';
import { millis } from '../../src/model/brand.js';
import { createScope } from '../kit/scope.js';
import { type Login, type TestScheme, httpAnswer, speeches } from '../kit/speech.js';
import { echo, openTarget } from '../kit/target.js';

/** A login of which every piece is a canary, with every kind of character that a pattern may trip over. */
const canary = (number: number): Login => ({ user: `canary${number}user`, password: `canary${number}/@#?% é` });

const schemes: readonly TestScheme[] = ['http', 'socks5h', 'https', 'socks4a'];

/** Every form in which a login may turn up. */
const formsOf = ({ user, password }: Login): readonly string[] => {
  const pair = Buffer.from(`${user}:${password}`);
  const bytes = [pair.toString('base64'), pair.toString('hex'), Buffer.from(password).toString('hex')];
  return [user, password, encodeURIComponent(password), JSON.stringify(password).slice(1, -1), ...bytes];
};

const everyForm = [...schemes.keys(), 9].flatMap((number) => formsOf(canary(number)));

const assertSilent = (where: string, text: string): void => {
  for (const form of everyForm) assert.ok(!text.includes(form), `${form} came out in ${where}: ${text}`);
  assert.ok(!/canary\d/.test(text), `a canary came out in ${where}: ${text}`);
};

/** What can go wrong at one hop. A hop may also repeat to everybody what it was told. */
const faultsOf = (scheme: TestScheme, login: Login): readonly Fault[] => {
  const told = Buffer.from(`${login.user}:${login.password} ${Buffer.from(login.user).toString('base64')}\r\n\r\n`);
  const stages = scheme === 'socks5h' ? (['greeting', 'auth', 'request'] as const) : (['request'] as const);
  return [
    ...stages.flatMap((at): Fault[] => [
      { play: 'answer', at, bytes: told, then: 'fin' },
      { play: 'answer', at, bytes: httpAnswer(407, login.user), then: 'fin' },
      { play: 'silence', at },
    ]),
    { play: 'answer', at: 'request', bytes: speeches[scheme].no, then: 'fin' },
    { play: 'cut', after: 1, how: 'rst' },
    { play: 'cut', after: 0, how: 'fin' },
    { play: 'silence', at: 'accept' },
  ];
};

/** Asks in every protocol, with a login of its own, and returns all that came back. */
const provoke = async (child: Child, chain: string, target: string): Promise<string> => {
  const port = await child.start(chain, { limits: { dial: millis(300), handshake: millis(300), idle: millis(300) } });
  const login = canary(9);
  const basic = Buffer.from(`${login.user}:${login.password}`).toString('base64');
  const said = clientProtocols.map(async (protocol) => {
    const { socket, text } = await ask(port, {
      protocol,
      target: protocol === 'socks4' ? '127.0.0.1:9' : target,
      login,
    });
    const rest = socket.destroyed ? '' : (await hearAll(socket)).bytes.toString('latin1');
    socket.destroy();
    return text + rest;
  });
  const plain = ['GET', 'POST'].map(async (method) => {
    const socket = await dialUp(port);
    const fields = `Host: ${target}\r\nProxy-Authorization: Basic ${basic}\r\nContent-Length: 0\r\nConnection: close\r\n`;
    socket.write(`${method} http://${target}/ HTTP/1.1\r\n${fields}\r\n`);
    const { bytes } = await hearAll(socket);
    socket.destroy();
    return bytes.toString('latin1');
  });
  const all = await Promise.all([...said, ...plain]);
  const { snapshots } = await child.report();
  const told = await child.stop(port);
  return [...all, JSON.stringify(snapshots), JSON.stringify(told)].join('\n');
};

/** The identity is the name that a client gave itself: it is shown on this machine's screen, and nowhere else. */
const withoutIdentity = (text: string): string => text.replaceAll(`"identity":"${canary(9).user}"`, '');

test('no login comes out in an answer, an event, a snapshot, an error or on the screen, whatever goes wrong', async () => {
  await using child = await startChild();
  for (const [place, scheme] of schemes.entries()) {
    for (const fault of [undefined, ...faultsOf(scheme, canary(place))]) {
      await using scope = createScope();
      const target = scope.use(await openTarget(echo));
      const hops: readonly TestHop[] = await openHops(
        ...schemes.map((each, index): HopScript => {
          const plays = index === place && fault !== undefined ? { fault } : {};
          return { scheme: each, login: canary(index), ...plays };
        }),
      );
      for (const hop of hops) scope.use(hop);
      const broken = fault === undefined ? hops.slice(0, place) : hops;
      const chain = chainOf(broken.length === 0 ? hops : broken);
      const aim = fault === undefined ? 'nowhere.test:9' : target.name;
      assertSilent(`${scheme} ${inspect(fault)}`, withoutIdentity(await provoke(child, chain, aim)));
      const error = await failureOf(dialThrough(chain, aim, { within: millis(300) }));
      const forms = [inspect(error, { depth: 20, showHidden: true }), JSON.stringify(error), String(error.stack)];
      assertSilent(
        `the error of ${scheme}`,
        [...forms, inspect(error.cause, { depth: 20, showHidden: true })].join('\n'),
      );
    }
  }
  assertSilent('the output', child.printed());
  const { crashes } = await child.report();
  assert.deepEqual(crashes, []);
});

test('a login reaches the hop that it is for, and no other hop and no target', async () => {
  await using scope = createScope();
  const child = scope.use(await startChild());
  const target = scope.use(await openTarget(echo));
  const hops = await openHops(...schemes.map((scheme, index): HopScript => ({ scheme, login: canary(index) })));
  for (const hop of hops) scope.use(hop);
  const port = await child.start(chainOf(hops));
  const { socket, ok } = await ask(port, { protocol: 'connect', target: target.name, login: canary(9) });
  assert.ok(ok);
  socket.destroy();
  for (const [index, { visits, scheme }] of hops.entries()) {
    const { user, password } = canary(index);
    assert.deepEqual(
      visits
        .flatMap(({ heard }) => heard)
        .map((secret) => Buffer.from(secret, scheme === 'socks4a' ? 'latin1' : 'utf8').toString()),
      [scheme === 'socks4a' ? user : `${user}:${password}`],
    );
  }
});

test('a last hop that forwards plain requests cannot make its login come out by answering with it', async () => {
  await using child = await startChild();
  const login = canary(0);
  const told = `${login.user} ${Buffer.from(`${login.user}:${login.password}`).toString('base64')}`;
  for (const text of [
    `HTTP/1.1 407 ${told}\r\n\r\n`,
    `HTTP/1.1 ${told}\r\n\r\n`,
    `${told}\r\n\r\n`,
    `HTTP/1.1 200 ${told}\r\n`,
  ]) {
    const fault: Fault = { play: 'answer', at: 'request', bytes: Buffer.from(text), then: 'fin' };
    await using hop = await openHop({ scheme: 'http', login, fault });
    const port = await child.start(`${hop.url}?mode=forward`, { limits: { dial: millis(300) } });
    const socket = await dialUp(port);
    socket.write('GET http://target.test/ HTTP/1.1\r\nHost: target.test\r\n\r\n');
    assert.match(await hearUntil(socket, '\r\n\r\n'), /^HTTP\/1\.1 502 /);
    const { bytes } = await hearAll(socket.end());
    assert.deepEqual(hop.visits[0]?.heard, [`${login.user}:${login.password}`]);
    assertSilent(text, bytes.toString('latin1') + JSON.stringify(await child.stop(port)));
  }
});
