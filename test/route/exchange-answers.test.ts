/** Hostile targets: a client gets their answer, a 502, or a broken connection, and never two answers or half of one that looks whole. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectRaw } from '../kit/http-client.js';
import { brokenAnswers, damagedAnswers, garbledHeads } from '../kit/http-answers.js';
import { startHop } from '../kit/http-hop.js';
import { createStage, setStage } from '../kit/http-stage.js';
import { type Message, type Reading, readAnswers, tryAnswer } from '../kit/http-strict.js';
import { answering, plainAnswer, startTarget } from '../kit/http-target.js';
import { startHouse } from '../kit/house.js';

const get = (host: string): string => `GET http://${host}/ HTTP/1.1\r\nHost: ${host}\r\n\r\n`;

/** A stage where `bad.test` says what is in `script` and ends, and `good.test` is honest. */
const hostileStage = async () => {
  const script: { say: Buffer } = { say: Buffer.alloc(0) };
  const bad = await startTarget((wire) => {
    wire.socket.once('data', () => wire.socket.end(script.say));
  });
  const good = await startTarget(answering(() => plainAnswer('good')));
  const hop = await startHop((authority) => ({ port: authority.startsWith('bad') ? bad.port : good.port }));
  const house = await startHouse(`http://127.0.0.1:${hop.port}`);
  const stage = createStage({ house, hop, target: bad });
  return { script, stage, house, [Symbol.asyncDispose]: () => stage[Symbol.asyncDispose]().then(good.close) };
};

test('answers that two readers see differently become 502 answer-garbled, and the connection goes on', async () => {
  await using hostile = await hostileStage();
  using client = await connectRaw(hostile.house.port);
  for (const [name, text] of garbledHeads) {
    hostile.script.say = Buffer.from(text, 'latin1');
    const answer = await client.ask(get('bad.test'));
    assert.deepEqual([answer.status, answer.field('x-kaskade-failure')], [502, 'answer-garbled; hop=target'], name);
    assert.equal((await client.ask(get('good.test'))).text, 'good', name);
  }
});

test('a target that says nothing, or half a head, is an answer that is missing', async () => {
  await using hostile = await hostileStage();
  using client = await connectRaw(hostile.house.port);
  for (const say of ['', 'H', 'HTTP/1.1 200 OK\r\nContent-Le', 'HTTP/1.1 103 Hints\r\n\r\n']) {
    hostile.script.say = Buffer.from(say);
    const answer = await client.ask(get('bad.test'));
    assert.deepEqual([answer.status, answer.field('x-kaskade-failure')], [502, 'answer-missing; hop=target'], say);
    assert.equal((await client.ask(get('good.test'))).text, 'good');
  }
});

test('an answer that breaks in its body is cut, so that no client takes it for whole', async () => {
  await using hostile = await hostileStage();
  for (const [name, text] of brokenAnswers) {
    hostile.script.say = Buffer.from(text, 'latin1');
    for (const version of ['1.1', '1.0']) {
      const client = await hostile.stage.client();
      client.send(get('bad.test').replace('1.1', version));
      await client.ended;
      if (version === '1.0') assert.equal(client.end(), 'reset', name);
      assert.deepEqual(readAnswers(client.seen(), ['GET']).messages, [], name);
    }
  }
});

test('thousands of damaged answers: a client sees exactly what a strict reader finds, a 502, or a broken connection', async () => {
  await using hostile = await hostileStage();
  const cases = damagedAnswers().filter((_, at) => at % 3 === 0);
  const seen = { same: 0, refused: 0, cut: 0 };
  for (const { name, bytes } of cases) {
    hostile.script.say = bytes;
    const client = await hostile.stage.client();
    client.send(get('bad.test') + get('good.test'));
    client.finish();
    await client.ended;
    client.socket.destroy();
    seen[judge(client.seen(), bytes, name)] += 1;
  }
  assert.ok(cases.length > 1_500, `${cases.length} cases`);
  assert.ok(seen.same > 300 && seen.refused > 300 && seen.cut > 100, JSON.stringify(seen));
});

/** What a client made of an answer; throws where it is something else than the target said. */
const judge = (client: Buffer, target: Buffer, name: string): 'same' | 'refused' | 'cut' => {
  const [first, second] = finals(readAnswers(client, ['GET', 'GET']));
  if (first === undefined) return 'cut';
  assert.equal(second?.body.toString(), 'good', name);
  if (first.lines.some((line) => line.startsWith('X-Kaskade-Failure: answer-'))) return 'refused';
  const said = tryAnswer(target);
  assert.ok(said !== undefined, `${name}: the client saw ${first.start}, a strict reader nothing`);
  assert.deepEqual(essence(first), essence(said), name);
  return 'same';
};

const finals = ({ messages }: Reading): readonly Message[] =>
  messages.filter(({ start }) => !start.startsWith('HTTP/1.1 1'));

const essence = ({ start, lines, body, trailers }: Message) => ({
  start: start.replace('HTTP/1.0', 'HTTP/1.1').trim(),
  lines: lines
    .filter((line) => !/^(?:transfer-encoding|connection|keep-alive|te|upgrade|trailer|proxy-[a-z-]+):/i.test(line))
    .map((line) => line.replace(/:[ \t]*/, ': ').trim()),
  body: body.toString('latin1'),
  trailers: trailers.map((line) => line.replace(/:[ \t]*/, ': ').trim()),
});

const floods: readonly (readonly [what: string, begin: string, more: string])[] = [
  ['reason', 'HTTP/1.1 200 ', 'x'.repeat(60_000)],
  ['row of fields', 'HTTP/1.1 200 OK\r\n', 'Set-Cookie: a=b\r\n'.repeat(4_000)],
  ['row of interim answers', '', 'HTTP/1.1 102 Processing\r\n\r\n'.repeat(2_000)],
];
for (const [what, begin, more] of floods) {
  test(`an endless ${what} ends as garbled, and its tunnel is closed`, async () => {
    await using stage = await setStage((wire) => {
      wire.socket.once('data', () => {
        wire.send(begin);
        const pump = (): void => {
          while (!wire.socket.destroyed && wire.socket.write(more));
        };
        wire.socket.on('drain', pump);
        pump();
      });
    });
    const client = await stage.client();
    const answer = await client.ask(get('a.test'));
    assert.deepEqual([answer.status, answer.field('x-kaskade-failure')], [502, 'answer-garbled; hop=target']);
    await stage.hop.empty();
  });
}

test('bytes behind an answer without a body never reach the next one', async () => {
  const says: readonly (readonly [method: string, say: string])[] = [
    ['HEAD', plainAnswer('a body that HEAD has not')],
    ['GET', `HTTP/1.1 204 None\r\n\r\n${plainAnswer('poison')}`],
    ['GET', `HTTP/1.1 304 Same\r\nContent-Length: 6\r\n\r\npoison`],
    ['GET', `${plainAnswer('right')}${plainAnswer('poison')}`],
  ];
  for (const [method, say] of says) {
    await using stage = await setStage((wire, number) => {
      wire.socket.on('data', () => {
        wire.send(number === 0 ? say : plainAnswer('fresh'));
      });
    });
    const client = await stage.client();
    await client.ask(get('a.test').replace('GET', method));
    assert.equal((await client.ask(get('a.test'))).text, 'fresh');
    assert.doesNotMatch(client.seen().toString(), /poison|a body that/);
  }
});
