import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { createBoard, mostNotices, mostRecent } from '../../src/model/board.js';
import type { At } from '../../src/model/brand.js';
import type { ProxyId } from '../../src/model/cascade.js';
import type { KaskadeEvent } from '../../src/model/event.js';
import type { Session } from '../../src/model/session.js';
import { emptySnapshot, hopOf, sessionOf } from '../kit/snapshots.js';

const closed: Session['state'] = { phase: 'closed', opened: [], traffic: { up: 1, down: 2 }, because: 'client' };
const relaying: Session['state'] = { phase: 'relaying', opened: [], traffic: { up: 0, down: 0 } };

const told = (...events: readonly KaskadeEvent[]) => {
  const board = createBoard(emptySnapshot);
  for (const event of events) board.take(event);
  return board;
};

const session = (id: number, state: Session['state'] = relaying): KaskadeEvent => ({
  kind: 'session',
  session: sessionOf(id, { state }),
});

const tick = (change: Partial<Extract<KaskadeEvent, { kind: 'tick' }>>): KaskadeEvent => ({
  kind: 'tick',
  ...{ at: 0 as At, up: 0, down: 0, moved: [], totals: emptySnapshot.totals },
  ...change,
});

describe('a board', () => {
  test('keeps a session open until it has ended, and remembers it for a while', () => {
    const board = told(session(1), session(2), session(1, closed));
    assert.deepEqual(
      [board.snapshot().sessions.map(({ id }) => id), board.snapshot().recent.map(({ id }) => id)],
      [[2], [1]],
    );
    assert.equal(board.session(1)?.state.phase, 'closed');
    assert.equal(board.session(2)?.state.phase, 'relaying');
    assert.equal(board.session(3), undefined);
  });

  test('forgets the oldest ended sessions and notices first', () => {
    const ended = Array.from({ length: mostRecent + 5 }, (_, id) => session(id, closed));
    const notices = Array.from({ length: mostNotices + 3 }, (_, id): KaskadeEvent => {
      return { kind: 'notice', notice: { level: 'info', topic: `t${id}`, text: '', count: 1, at: 0 as At } };
    });
    const { recent, notices: kept } = told(...ended, ...notices).snapshot();
    assert.deepEqual([recent.length, recent[0]?.id], [mostRecent, 5]);
    assert.deepEqual([kept.length, kept[0]?.topic], [mostNotices, 't3']);
  });

  test('puts a notice that comes again last, once', () => {
    const notice = (topic: string, count: number): KaskadeEvent => {
      return { kind: 'notice', notice: { level: 'warning', topic, text: '', count, at: 0 as At } };
    };
    const { notices } = told(notice('a', 1), notice('b', 1), notice('a', 2)).snapshot();
    assert.deepEqual(
      notices.map(({ topic, count }) => [topic, count]),
      [
        ['b', 1],
        ['a', 2],
      ],
    );
  });

  test('takes bytes, totals and rates of a tick, a minute of them at most', () => {
    const totals = { served: 1, failed: 2, traffic: { up: 3, down: 4 } };
    const board = told(session(1), ...Array.from({ length: 70 }, (_, at) => tick({ up: at, down: 2 * at })));
    board.take(tick({ at: 9 as At, moved: [[1, 10, 20]], totals }));
    const now = board.snapshot();
    assert.deepEqual([now.at, now.totals], [9, totals]);
    assert.deepEqual([now.rates.up.length, now.rates.up.at(-2), now.rates.down.at(-2)], [60, 69, 138]);
    const { state } = now.sessions[0] ?? {};
    assert.deepEqual(state?.phase === 'relaying' && state.traffic, { up: 10, down: 20 });
  });

  test('replaces a hop and an edge by their names', () => {
    const [a, b] = ['http://a:1', 'http://b:1'] as const;
    const edge = { from: a as ProxyId, to: b as ProxyId, since: 0 as At };
    const health = (standing: 'up' | 'down'): KaskadeEvent => {
      return { kind: 'health', hops: [hopOf(a, { standing })], edges: [{ ...edge, standing }], network: 'online' };
    };
    const now = told(health('up'), health('down')).snapshot();
    assert.deepEqual(
      [now.hops.map(({ standing }) => standing), now.edges.map(({ standing }) => standing), now.network],
      [['down'], ['down'], 'online'],
    );
  });

  test('forgets the cascade in use when none is', () => {
    const now = told({ kind: 'cascades', cascades: [], cascade: 'a' }, { kind: 'cascades', cascades: [] }).snapshot();
    assert.equal('cascade' in now, false);
  });

  test('gives values that nothing changes later', () => {
    const board = told(session(1));
    const before = board.snapshot();
    const copy = structuredClone(before);
    for (const event of [session(2), session(1, closed), tick({ up: 5 })]) board.take(event);
    assert.deepEqual(before, copy);
  });

  test('is the same whether it saw every event or begins with a snapshot in the middle', () => {
    const events = fc.array(
      fc.oneof(
        fc
          .record({ id: fc.nat(6), state: fc.constantFrom(relaying, closed) })
          .map(({ id, state }) => session(id, state)),
        fc.nat(6).map((id) => tick({ up: id, moved: [[id, id, id]] })),
        fc.constantFrom('up', 'down', 'slow').map((standing): KaskadeEvent => {
          return { kind: 'health', hops: [hopOf('http://a:1', { standing })], edges: [], network: 'offline' };
        }),
      ),
    );
    fc.assert(
      fc.property(events, events, (first, then) => {
        const whole = told(...first, ...then).snapshot();
        const late = createBoard(emptySnapshot);
        late.take({ kind: 'snapshot', snapshot: told(...first).snapshot() });
        for (const event of then) late.take(event);
        assert.deepEqual(late.snapshot(), whole);
      }),
    );
  });
});
