import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { type Socket, connect } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Running, assertRefused, createKaskade, jsonLines } from './kaskade.js';

const portOf = async (running: Running): Promise<number> =>
  Number((await running.printed(/^listening on 127\.0\.0\.1:(\d+) through /m))[1]);

/** Asks for the page of the lab as curl with an HTTP proxy does. */
const askLab = (port: number): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path: 'http://lab.test/', headers: { host: 'lab.test' } }, (answer) => {
      answer.resume().on('end', () => resolve(answer.statusCode));
    }).on('error', reject);
  });

const dialTo = async (context: TestContext, port: number): Promise<Socket> => {
  const socket = connect(port, '127.0.0.1').on('error', () => undefined);
  context.after(() => socket.destroy());
  await once(socket, 'connect');
  return socket;
};

/** Opens a tunnel to the lab's page and leaves it idle. */
const openSession = async (context: TestContext, port: number): Promise<Socket> => {
  const socket = await dialTo(context, port);
  socket.write('CONNECT lab.test:80 HTTP/1.1\r\nHost: lab.test:80\r\n\r\n');
  const [answer] = (await once(socket, 'data')) as [Buffer];
  assert.match(answer.toString('latin1'), /^HTTP\/1\.1 200/);
  return socket;
};

test('without a command and without a cascade it serves the lab, and says what that is', async (context) => {
  const { start } = createKaskade(context);
  const running = start(['--listen', '127.0.0.1:0']);
  const port = await portOf(running);
  assert.equal(await askLab(port), 200);
  running.child.kill('SIGINT');
  const { code, stdout, stderr } = await running.ended;
  assert.equal(code, 130);
  assert.equal(stdout, `listening on 127.0.0.1:${port} through lab\n`);
  assert.match(stderr, /^This is no terminal: kaskade serves instead of showing itself\.\n/);
  assert.match(stderr, /It gives no anonymity at all/);
  assert.ok(stderr.includes(`curl -x socks5h://127.0.0.1:${port} http://lab.test/`), stderr);
  assert.match(stderr, /kaskade cascade add NAME CHAIN/);
});

test('every listener is announced with its port, for people and for programs', async (context) => {
  const { run, start } = createKaskade(context);
  await run(['cascade', 'add', 'work', 'http://a.example,http://b.example']);
  const people = start(['serve', '--listen', '127.0.0.1:0', '--listen', '[::1]:0']);
  await people.printed(/^listening on 127\.0\.0\.1:\d+ through work\nlistening on \[::1\]:\d+ through work\n$/);
  const { start: startElsewhere } = createKaskade(context);
  const chain = 'http://u:canary@c.example';
  const programs = startElsewhere(['serve', '--listen', '127.0.0.1:0', '--cascade', chain, '--json']);
  await programs.printed(/\n/);
  programs.child.kill('SIGTERM');
  const ended = await programs.ended;
  assert.equal(ended.code, 0);
  const [{ port, ...listening } = { port: 0 }, ...rest] = jsonLines(ended);
  assert.deepEqual(listening, { event: 'listening', host: '127.0.0.1', cascade: 'http://c.example:80' });
  assert.ok(Number(port) > 0 && rest.length === 0);
  assert.equal(ended.stderr, 'Note: One hop sees both who you are and where you go.\n');
});

test('the setting listen holds where no flag says otherwise', async (context) => {
  const { run, start } = createKaskade(context);
  await run(['config', 'set', 'listen', '[::1]:0']);
  await start(['lab']).printed(/^listening on \[::1\]:\d+ through lab$/m);
});

test('stored cascades of which none is in use are not replaced by the lab', async (context) => {
  const { run } = createKaskade(context);
  await run(['cascade', 'add', 'one', 'http://a.example']);
  await run(['cascade', 'add', 'two', 'http://b.example']);
  await run(['cascade', 'rm', 'one']);
  assertRefused(await run(['serve', '--listen', '127.0.0.1:0']), 2, /No cascade is in use/);
  assertRefused(await run(['serve', '--listen', '127.0.0.1:0', '--cascade', 'one']), 2, /no cascade of that name/);
});

test('a listener for others needs users, and then every program must be one of them', async (context) => {
  const { start, home } = createKaskade(context);
  writeFileSync(join(home, 'users'), '# ours\nann:one\n');
  const running = start(['lab', '--listen', '127.0.0.1:0']);
  assert.equal(await askLab(await portOf(running)), 200);
  const { start: startElsewhere } = createKaskade(context);
  const guarded = startElsewhere(['serve', '--public', '--auth-file', join(home, 'users'), '--listen', '127.0.0.1:0']);
  assert.equal(await askLab(await portOf(guarded)), 407);
});

test('SIGTERM and SIGHUP end it with 0, once is enough', async (context) => {
  const { start } = createKaskade(context);
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) {
    const running = start(['lab', '--listen', '127.0.0.1:0']);
    await portOf(running);
    running.child.kill(signal);
    assert.equal((await running.ended).code, 0, signal);
  }
});

test('Ctrl-C once waits for open sessions, twice does not', async (context) => {
  const { start } = createKaskade(context);
  const running = start(['lab', '--listen', '127.0.0.1:0']);
  const port = await portOf(running);
  const session = await openSession(context, port);
  running.child.kill('SIGINT');
  await running.printed(/Stopping: 1 open session/);
  session.write('GET / HTTP/1.1\r\nHost: lab.test\r\n\r\n');
  const [answer] = (await once(session, 'data')) as [Buffer];
  assert.match(answer.toString('latin1'), /^HTTP\/1\.1 200/, 'the session goes on');
  running.child.kill('SIGINT');
  assert.equal((await running.ended).code, 130);
});

test('a session that ends by itself ends the waiting', async (context) => {
  const { start } = createKaskade(context);
  const running = start(['lab', '--listen', '127.0.0.1:0']);
  const session = await openSession(context, await portOf(running));
  running.child.kill('SIGINT');
  await running.printed(/Stopping/);
  session.destroy();
  const began = performance.now();
  assert.equal((await running.ended).code, 130);
  assert.ok(performance.now() - began < 4_000);
});

test('nobody reading what it says is no reason to end', async (context) => {
  const { start } = createKaskade(context);
  const running = start(['lab', '--listen', '127.0.0.1:0']);
  const port = await portOf(running);
  running.child.stdout.destroy();
  running.child.stderr.destroy();
  for (let round = 0; round < 3; round += 1) {
    const socket = await dialTo(context, port);
    socket.resume().write('\x16\x03\x01 no proxy request\r\n\r\n');
    await once(socket, 'close');
  }
  assert.equal(await askLab(port), 200);
  running.child.kill('SIGTERM');
  assert.equal((await running.ended).code, 0);
});

test('garbage on the port is told once, with nothing of it', async (context) => {
  const { start } = createKaskade(context);
  const running = start(['lab', '--listen', '127.0.0.1:0']);
  const port = await portOf(running);
  for (let round = 0; round < 5; round += 1) {
    const socket = await dialTo(context, port);
    socket.resume().write('\x16\x03\x01\x1b[2Jcanary');
    await once(socket, 'close');
  }
  assert.equal(await askLab(port), 200);
  running.child.kill('SIGTERM');
  const { stderr } = await running.ended;
  const lines = stderr
    .split('\n')
    .filter((line) => !/^( |This is a rehearsal|and it reaches|See what|Then store|$)/.test(line));
  assert.equal(lines.length, 1, stderr);
  assert.doesNotMatch(stderr, /canary|\x1b/);
});
