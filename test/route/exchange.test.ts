/** Tunnels of plain requests: which are used again, for whom, and what is sent twice (never more than may be). */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type RawClient, connectRaw } from '../kit/http-client.js';
import { startHop, startHopTo } from '../kit/http-hop.js';
import { setStage } from '../kit/http-stage.js';
import { type Message, readRequests } from '../kit/http-strict.js';
import { answering, plainAnswer, startTarget } from '../kit/http-target.js';
import type { Wire } from '../kit/http-wire.js';
import { startHouse } from '../kit/house.js';

interface Asking {
  readonly method?: string;
  readonly host?: string;
  readonly user?: string;
  readonly fields?: string;
  readonly body?: string;
}

/** A request; `user` is who asks: `identity[+cascade]`. */
const request = ({ method = 'GET', host = 'a.test', user, fields = '', body = '' }: Asking = {}): string => {
  const login =
    user === undefined ? '' : `Proxy-Authorization: Basic ${Buffer.from(`${user}:x`).toString('base64')}\r\n`;
  const sized = body === '' ? '' : `Content-Length: ${body.length}\r\n`;
  return `${method} http://${host}/ HTTP/1.1\r\nHost: ${host}\r\n${login}${fields}${sized}\r\n${body}`;
};

const askAll = async (client: RawClient, all: readonly Asking[]): Promise<void> => {
  for (const one of all) assert.equal((await client.ask(request(one))).status, 200);
};

/** A proper answer: none to HEAD has a body. */
const sound = ({ start }: Message): string => (start.startsWith('HEAD') ? plainAnswer('') : plainAnswer('ok'));

/** How many tunnels these requests need, asked one after the other. */
const tunnelsFor = async (all: readonly Asking[], answer: (asked: Message) => string = sound) => {
  await using stage = await setStage(answering(answer));
  await askAll(await stage.client(), all);
  return stage.target.connections.length;
};

test('the same identity and target share a tunnel, over client connections too', async () => {
  assert.equal(await tunnelsFor([{}, { method: 'HEAD' }, { method: 'OPTIONS' }, {}]), 1);
  assert.equal(await tunnelsFor([{ user: 'a' }, { user: 'a' }]), 1);
  await using stage = await setStage();
  await askAll(await stage.client(), [{ user: 'a' }]);
  await askAll(await stage.client(), [{ user: 'a' }]);
  assert.equal(stage.target.connections.length, 1);
});

test('another identity, host or port has a tunnel of its own', async () => {
  assert.equal(await tunnelsFor([{ user: 'a' }, { user: 'b' }, {}, { user: 'a' }, { user: 'b' }, {}]), 3);
  assert.equal(
    await tunnelsFor([{ host: 'a.test' }, { host: 'b.test' }, { host: 'a.test:81' }, { host: 'b.test' }]),
    3,
  );
});

test('another cascade or other credentials have a tunnel of their own', async () => {
  await using target = await startTarget(answering(() => plainAnswer('ok')));
  await using hop = await startHopTo(target.port);
  const named = { one: `http://u:one@127.0.0.1:${hop.port}`, two: `http://u:two@127.0.0.1:${hop.port}` };
  await using house = await startHouse(`http://127.0.0.1:${hop.port}`, { named });
  using client = await connectRaw(house.port);
  await askAll(client, [{ user: 'a' }, { user: 'a+one' }, { user: 'a+two' }, { user: 'a' }, { user: 'a+one' }]);
  assert.equal(target.connections.length, 3);
  const logins = hop.heads.map((head) => /Basic (\S+)/.exec(head)?.[1]).map((pair) => pair && atob(pair));
  assert.deepEqual(logins, [undefined, 'u:one', 'u:two']);
});

test('only what may be repeated goes over a kept tunnel: never a POST, a body, a WebSocket or HTTP/1.0', async () => {
  assert.equal(await tunnelsFor([{}, { method: 'POST' }]), 2);
  assert.equal(await tunnelsFor([{}, { body: 'x' }]), 2);
  assert.equal(await tunnelsFor([{}, { fields: 'Connection: Upgrade\r\nUpgrade: websocket\r\n' }]), 2);
  for (const method of ['PUT', 'DELETE', 'PATCH', 'TRACE', 'PROPFIND'])
    assert.equal(await tunnelsFor([{}, { method }]), 2);
});

test('tunnels of answers that are not to be continued are not kept', async () => {
  const closing = (): string => plainAnswer('ok', ['Connection: foo, Close']);
  assert.equal(await tunnelsFor([{}, {}], closing), 2);
  assert.equal(await tunnelsFor([{}, {}], () => plainAnswer('ok').replace('HTTP/1.1', 'HTTP/1.0')), 2);
});

test('a connection that was logged in by NTLM or Negotiate is not used again', async () => {
  assert.equal(await tunnelsFor([{ fields: 'Authorization: NTLM TlRMTVNTUAAB\r\n' }, {}]), 2);
  assert.equal(await tunnelsFor([{ fields: 'Authorization: Negotiate YII=\r\n' }, {}]), 2);
  assert.equal(
    await tunnelsFor([{}, {}], () =>
      plainAnswer('ok', ['WWW-Authenticate: Basic realm="x"', 'WWW-Authenticate: NTLM']),
    ),
    2,
  );
  assert.equal(await tunnelsFor([{ fields: 'Authorization: Basic dTpw\r\n' }, {}]), 1);
});

/** A target that answers the first request of a connection and then does `then` when the second comes. */
const answersOnce =
  (then: (wire: Wire) => void) =>
  (wire: Wire): void => {
    let asked = 0;
    wire.socket.on('data', () => {
      asked += 1;
      if (asked === 1) wire.send(plainAnswer('ok'));
      else then(wire);
    });
  };

const deaths: readonly (readonly [how: string, then: (wire: Wire) => void])[] = [
  ['ended', (wire) => wire.socket.end()],
  ['reset', (wire) => wire.reset()],
];
for (const [how, then] of deaths) {
  test(`a kept tunnel that is ${how} under a request has it repeated once, on a fresh one`, async () => {
    await using stage = await setStage(answersOnce(then));
    const client = await stage.client();
    await askAll(client, [{}, {}, { method: 'HEAD' }]);
    assert.equal(stage.target.connections.length, 3);
    const requests = stage.target.connections.map((wire) => readRequests(wire.seen()).messages.length);
    assert.deepEqual(requests, [2, 2, 1]);
  });
}

test('a request that gets no answer on a fresh tunnel is not repeated', async () => {
  await using stage = await setStage((wire) => {
    wire.socket.once('data', () => wire.socket.end());
  });
  const client = await stage.client();
  for (const method of ['GET', 'POST']) {
    const answer = await client.ask(request({ method }));
    assert.deepEqual([answer.status, answer.field('x-kaskade-failure')], [502, 'answer-missing; hop=target']);
  }
  assert.equal(stage.target.connections.length, 2);
  await stage.hop.empty();
});

test('a kept tunnel that was closed meanwhile is not used', async () => {
  await using stage = await setStage((wire) => {
    wire.socket.once('data', () => wire.socket.end(plainAnswer('ok')));
  });
  const client = await stage.client();
  await askAll(client, [{}]);
  await stage.hop.empty();
  await askAll(client, [{}]);
  assert.deepEqual(
    stage.target.connections.map((wire) => readRequests(wire.seen()).messages.length),
    [1, 1],
  );
});

test('an answer that nobody asked for ends its tunnel, and is nobody’s answer', async () => {
  const poison = plainAnswer('poison');
  for (const late of [false, true]) {
    await using stage = await setStage((wire, number) => {
      wire.socket.on('data', () => {
        if (number > 0) wire.send(plainAnswer('good'));
        else if (late) wire.send(plainAnswer('good'));
        else wire.send(plainAnswer('good') + poison);
      });
    });
    const client = await stage.client();
    assert.equal((await client.ask(request())).text, 'good');
    if (late) stage.target.connections[0]?.send(poison);
    await (await stage.target.connection(0)).ended;
    const other = await stage.client();
    assert.equal((await other.ask(request())).text, 'good');
    assert.equal((await client.ask(request())).text, 'good');
    assert.equal(stage.target.connections.length, 2);
  }
});

test('many requests at once have a tunnel each, of which six are kept', async () => {
  let release: (() => void) | undefined;
  let waiting = 0;
  const together = new Promise<void>((resolve) => {
    release = resolve;
  });
  await using stage = await setStage((wire) => {
    wire.socket.on('data', () => {
      waiting += 1;
      if (waiting === 20) release?.();
      void together.then(() => {
        wire.send(plainAnswer('ok'));
      });
    });
  });
  const clients = await Promise.all(Array.from({ length: 20 }, stage.client));
  await Promise.all(clients.map((client) => client.ask(request())));
  assert.equal(stage.target.connections.length, 20);
  await Promise.all(clients.map((client) => client.ask(request())));
  assert.equal(stage.target.connections.length, 20 + 14);
  await stage.house.close();
  await stage.hop.empty();
});

test('kept tunnels are closed after some seconds without use, and with the house', async () => {
  await using stage = await setStage();
  const client = await stage.client();
  await askAll(client, [{}]);
  const began = performance.now();
  await stage.hop.empty();
  const kept = performance.now() - began;
  assert.ok(kept > 2_000 && kept < 5_000, `${kept} ms`);
  await askAll(client, [{}]);
  await stage.house.close();
  await stage.hop.empty();
  assert.equal(await client.ended.then(() => 'ended'), 'ended');
});

test('a route through two hops keeps its tunnels as well', async () => {
  await using target = await startTarget(answering(() => plainAnswer('ok')));
  await using last = await startHopTo(target.port);
  await using first = await startHop((authority) => ({ port: Number(authority.split(':')[1]) }));
  await using house = await startHouse(`http://127.0.0.1:${first.port},http://127.0.0.1:${last.port}`);
  using client = await connectRaw(house.port);
  await askAll(client, [{}, {}, { host: 'b.test' }]);
  assert.deepEqual(last.asked(), ['a.test:80', 'b.test:80']);
  assert.equal(first.heads.length, 2);
});
