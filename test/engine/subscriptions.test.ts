/** Sources that are fetched again by themselves: one at a time, beside the engine, and never after it has stopped. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { millis } from '../../src/model/brand.js';
import { type Fetching, fetchInThread, watchSubscriptions } from '../../src/engine/subscriptions.js';
import { makeHome } from '../kit/daemon.js';
import { until } from '../kit/leak.js';
import { answer, openListHost } from '../kit/list-host.js';
import { openProgram } from '../../src/engine/program.js';

const createScene = () => {
  const waiting = new Map<string, (came: Fetching) => void>();
  const told: string[] = [];
  let due: readonly string[] = [];
  const stopped: string[] = [];
  const watch = watchSubscriptions({
    due: () => due,
    fetch: (source) => ({
      fetching: new Promise((resolve) => waiting.set(source, resolve)),
      stop: () => void stopped.push(source),
    }),
    notices: {
      warn: (topic, text) => void told.push(`${topic}! ${text}`),
      inform: (topic, text) => void told.push(`${topic}: ${text}`),
    },
    lookEvery: millis(2),
  });
  return {
    ...{ watch, told, stopped, waiting },
    offer: (...sources: readonly string[]) => {
      due = sources;
    },
    end: (source: string, came: Fetching) => {
      waiting.get(source)?.(came);
      waiting.delete(source);
    },
  };
};

test('what is due is fetched one after the other, and told only where there is news or trouble', async () => {
  const { watch, told, waiting, offer, end } = createScene();
  offer('one', 'two');
  await until(() => waiting.has('one'), 'the first');
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual([...waiting.keys()], ['one']);
  offer('two');
  end('one', { ok: true, added: 0 });
  await until(() => waiting.has('two'), 'the second');
  offer('three');
  end('two', { ok: true, added: 1 });
  await until(() => waiting.has('three'), 'the third');
  offer();
  end('three', { ok: false, sentence: 'The list could not be fetched (ECONNREFUSED).' });
  await until(() => told.length === 2, 'notices');
  assert.deepEqual(told, [
    'source two: The list two has 1 proxy that the book did not have; they are in quarantine.',
    'source three! The list three was not taken: The list could not be fetched (ECONNREFUSED).',
  ]);
  watch[Symbol.dispose]();
});

test('with the engine a fetch under way ends too, without a word', async () => {
  const { watch, told, stopped, waiting, offer, end } = createScene();
  offer('one');
  await until(() => waiting.has('one'), 'a fetch');
  watch[Symbol.dispose]();
  end('one', { ok: false, sentence: 'It was called off.' });
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual([stopped, told], [['one'], []]);
});

test('a thread fetches a source of the home into its book, or says what kept it from it', async () => {
  await using host = await openListHost();
  await using home = makeHome();
  const { book } = openProgram(home.folder);
  const url = host.says('/list', answer('http://8.8.8.8:80\n'));
  await book.import({ kind: 'url', url, way: 'direct', consent: true, every: millis(3_600_000) });
  host.says('/list', answer('http://8.8.8.8:80\nhttp://8.8.4.4:80\n'));
  const fetch = fetchInThread(home.folder);
  const name = book.sources()[0]?.name ?? '';
  assert.deepEqual(await fetch(name).fetching, { ok: true, added: 1 });
  assert.equal(book.count(''), 2);
  host.says('/list', answer('', {}, '503 Busy'));
  assert.deepEqual(await fetch(name).fetching, {
    ok: false,
    sentence: 'The list was not taken (what was asked for is answered with 503).',
  });
  assert.equal((await fetch('unknown').fetching).ok, false);
});
