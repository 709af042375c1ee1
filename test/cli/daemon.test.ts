/** Commands that ask a kaskade that runs: what they print, what they change, and how it ends. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Session } from '../../src/model/session.js';
import { ask } from '../kit/clients.js';
import { hear } from '../kit/ear.js';
import { type TestHop, openHop } from '../kit/hops.js';
import { type Target, echo, openTarget } from '../kit/target.js';
import { type Running, assertRefused, createKaskade, jsonLines } from './kaskade.js';

const portOf = async (running: Running): Promise<number> =>
  Number((await running.printed(/^listening on 127\.0\.0\.1:(\d+) through /m))[1]);

/** Two hops and a target; a home that knows the first hop as `one` and the second as `two`, the first in use. */
const setUp = async (context: TestContext) => {
  const kaskade = createKaskade(context);
  const target: Target = await openTarget(echo);
  const hops: readonly TestHop[] = await Promise.all([openHop({ scheme: 'socks5h' }), openHop({ scheme: 'http' })]);
  for (const each of [target, ...hops]) context.after(() => each[Symbol.asyncDispose]());
  for (const [index, name] of ['one', 'two'].entries())
    await kaskade.run(['cascade', 'add', name, hops[index]?.url ?? '']);
  for (const setting of ['hold 0s', 'health.probes off']) await kaskade.run(['config', 'set', ...setting.split(' ')]);
  return { ...kaskade, target, hops, serving: ['serve', '--listen', '127.0.0.1:0'] };
};

test('without a kaskade that runs, what asks one is 3 and says how to start it', async (context) => {
  const { run } = createKaskade(context);
  for (const args of ['status', 'sessions', 'sessions --follow', 'why 1', 'stop'])
    assertRefused(await run(args.split(' ')), 3, /^No kaskade runs on this home\.$/);
  for (const text of ['x', '0', '-1', '1.5']) assertRefused(await run(['why', '--', text]), 2, /named by its number/);
});

test('a second one on the home is refused with the pid of the first', async (context) => {
  const { run, start, home } = createKaskade(context);
  const first = start(['lab', '--listen', '127.0.0.1:0']);
  await portOf(first);
  assert.equal(statSync(join(home, 'control.sock')).mode & 0o777, 0o600);
  assert.equal(statSync(home).mode & 0o777, 0o700);
  const pid = first.child.pid ?? 0;
  assertRefused(
    await run(['lab', '--listen', '127.0.0.1:0']),
    3,
    new RegExp(`runs on this home already \\(pid ${pid}\\)`),
  );
  assertRefused(await run(['serve', '--listen', '127.0.0.1:0']), 3, new RegExp(`\\(pid ${pid}\\)`));
});

test('what a killed one left is taken over, and of several starters exactly one wins', async (context) => {
  const { start, run, home } = createKaskade(context);
  const first = start(['lab', '--listen', '127.0.0.1:0']);
  await portOf(first);
  first.child.kill('SIGKILL');
  await first.ended;
  assert.ok(existsSync(join(home, 'control.sock')), 'it left its socket');
  assertRefused(await run(['status']), 3, /No kaskade runs/);
  const starters = Array.from({ length: 4 }, () => start(['lab', '--listen', '127.0.0.1:0']));
  const ports = await Promise.allSettled(starters.map(portOf));
  assert.equal(ports.filter(({ status }) => status === 'fulfilled').length, 1);
  const winner = starters[ports.findIndex(({ status }) => status === 'fulfilled')];
  for (const starter of starters) {
    if (starter === winner) continue;
    assertRefused(await starter.ended, 3, new RegExp(`\\(pid ${winner?.child.pid ?? 0}\\)`));
  }
  assert.equal((await run(['stop'])).code, 0);
  assert.equal((await winner?.ended)?.code, 0);
  assert.ok(!existsSync(join(home, 'control.sock')));
});

test('one that cannot have its socket serves all the same, and says so once', async (context) => {
  const { start, home, run } = createKaskade(context);
  writeFileSync(join(home, 'control.sock'), 'mine');
  const running = start(['lab', '--listen', '127.0.0.1:0']);
  const { socket } = await ask(await portOf(running), { protocol: 'connect', target: 'lab.test:80' });
  socket.destroy();
  assertRefused(await run(['status']), 3, /No kaskade runs/);
  running.child.kill('SIGTERM');
  const { code, stderr } = await running.ended;
  assert.equal(code, 0);
  assert.equal(stderr.match(/control socket could not be opened \(.*control\.sock is no socket\)/g)?.length, 1, stderr);
});

test('status, sessions and why tell how it is doing', async (context) => {
  const { run, start, serving, target, hops } = await setUp(context);
  const running = start(serving);
  const port = await portOf(running);
  const good = await ask(port, { protocol: 'socks5', target: target.name, login: { user: 'ann', password: '' } });
  good.socket.write('hello');
  await hear(good.socket, 5);
  const bad = await ask(port, { protocol: 'connect', target: '10.0.0.1:80' });
  assert.equal(bad.code, 403);
  const status = await run(['status']);
  assert.equal(status.code, 0);
  assert.match(
    status.stdout,
    new RegExp(`^kaskade runs, pid ${running.child.pid ?? 0}\nlistener {2}127.0.0.1:${port}\n`),
  );
  assert.match(
    status.stdout,
    /\ncascade {3}one\n {2}hop 1 {3}socks5h:\/\/127\.0\.0\.1:\d+ \(up, ≤ \d+ ms, ≥ 99 % good\)\n/,
  );
  assert.match(status.stdout, /\nsessions {2}1 open, 0 held, 0 served, 1 failed\n/);
  assert.match(status.stdout, /\nNote: One hop sees both who you are and where you go\.\n/);
  const [value, ...rest] = jsonLines(await run(['status', '--json']));
  assert.deepEqual(rest, []);
  assert.deepEqual(value?.['listeners'], [`127.0.0.1:${port}`]);
  const [[hop]] = value['hops'] as [[Record<string, unknown>]];
  assert.deepEqual([hop['proxy'], hop['standing'], hop['hour']], [hops[0]?.url, 'up', { good: 1, all: 1 }]);
  const sessions = await run(['sessions']);
  const [heading, failed, open] = sessions.stdout.split('\n');
  assert.match(heading ?? '', /^id +age +identity +protocol +target +cascade +state +up +down$/);
  assert.match(failed ?? '', /^2 .* 10\.0\.0\.1:80 .* failed \(target-private\) /);
  assert.match(open ?? '', /^1 .* ann .* socks5 .* target\.test:\d+ +one +relaying /);
  const [first, second] = jsonLines(await run(['sessions', '--json'])) as unknown as readonly Session[];
  assert.deepEqual([first?.id, second?.id, second?.identity], [2, 1, 'ann']);
  const why = await run(['why', '1']);
  assert.match(
    why.stdout,
    /^session 1 {2}socks5 of ann to target\.test:\d+ through one\n {2}hop 1 .* connect .* exchange .* #+\n/,
  );
  const whyFailed = await run(['why', '2']);
  assert.equal(whyFailed.code, 0, 'the question is answered');
  assert.match(
    whyFailed.stdout,
    /\nfailed {2}The target is a private, local or reserved address \(private\)\.\n {2}It would/,
  );
  assert.equal(jsonLines(await run(['why', '2', '--json']))[0]?.['failure'], 'target-private');
  assertRefused(await run(['why', '99']), 2, /There is no such session \(99\)/);
  for (const { socket } of [good, bad]) socket.destroy();
});

test('sessions --follow prints each change until Ctrl-C, or until the kaskade is gone', async (context) => {
  const { run, start, serving, target } = await setUp(context);
  const running = start(serving);
  const port = await portOf(running);
  const [people, programs, left] = [
    start(['sessions', '--follow']),
    start(['sessions', '--follow', '--json']),
    start(['sessions', '--follow']),
  ];
  const { socket } = await ask(port, { protocol: 'socks5', target: target.name });
  await people.printed(/^1 .* relaying /m);
  await programs.printed(/"phase":"relaying"/);
  await left.printed(/^1 .* relaying /m);
  socket.destroy();
  await people.printed(/^1 .* closed \(client\) /m);
  await programs.printed(/"phase":"closed"/);
  people.child.kill('SIGINT');
  assert.equal((await people.ended).code, 130);
  assert.equal((await run(['stop'])).code, 0);
  const { code, stderr } = await programs.ended;
  assert.deepEqual([code, stderr], [0, 'The running kaskade has stopped.\n']);
  assert.equal((await left.ended).code, 0);
});

test('a kaskade that is killed is missed by those who follow it', async (context) => {
  const { start, serving } = await setUp(context);
  const running = start(serving);
  await portOf(running);
  const following = start(['sessions', '--follow', '--json']);
  const { socket } = await ask(await portOf(running), { protocol: 'connect', target: '10.0.0.1:80' });
  socket.destroy();
  await following.printed(/target-private/);
  running.child.kill('SIGKILL');
  const { code, stderr } = await following.ended;
  assert.equal(code, 3);
  assert.match(stderr, /^No kaskade runs on this home\.\n/);
});

test('stop waits for open sessions for a while, and then for the end', async (context) => {
  const { run, start, serving, target, home } = await setUp(context);
  const running = start(serving);
  const { socket } = await ask(await portOf(running), { protocol: 'socks5', target: target.name });
  const stopping = start(['stop']);
  await running.printed(/Stopping: 1 open session/);
  socket.write('still here');
  assert.equal((await hear(socket, 10)).toString(), 'still here');
  assertRefused(await run(serving), 3, /runs on this home already/);
  socket.destroy();
  const { code, stdout } = await stopping.ended;
  assert.deepEqual([code, stdout], [0, `stopped, pid ${running.child.pid ?? 0}\n`]);
  assert.ok(!existsSync(join(home, 'control.sock')));
  assert.equal((await running.ended).code, 0);
});

test('one that does not answer is told from none, and keeps its home', async (context) => {
  const { run, start } = createKaskade(context);
  const running = start(['lab', '--listen', '127.0.0.1:0']);
  await portOf(running);
  running.child.kill('SIGSTOP');
  const [status, second, added] = await Promise.all([
    run(['status']),
    run(['lab', '--listen', '127.0.0.1:0']),
    run(['cascade', 'add', 'work', 'http://a.example,http://b.example']),
  ]);
  assertRefused(status, 3, /^The kaskade that runs on this home does not answer \(it is silent\)\.$/);
  assertRefused(second, 3, /^Another kaskade runs on this home already \(it is silent\)\.$/);
  assert.equal(added.code, 0, 'what is asked for is stored all the same');
  assert.match(added.stderr, /^The running kaskade could not be told and goes on as before: .* does not answer/);
  running.child.kill('SIGCONT');
  assert.equal((await run(['status'])).code, 0);
});

test('a signal while it stops for a face makes it leave at once', async (context) => {
  const { run, start, serving, target } = await setUp(context);
  const running = start(serving);
  const { socket } = await ask(await portOf(running), { protocol: 'socks5', target: target.name });
  const stopping = run(['stop']);
  await running.printed(/Stopping: 1 open session/);
  running.child.kill('SIGINT');
  assert.equal((await running.ended).code, 0);
  assert.equal((await stopping).code, 0);
  socket.destroy();
});

for (const fixed of [false, true]) {
  test(`cascade use switches new sessions at once, and open ones go on (${fixed ? 'a cascade was given' : 'the stored one'})`, async (context) => {
    const { run, start, serving, target, hops } = await setUp(context);
    const running = start(fixed ? [...serving, '--cascade', 'one'] : serving);
    const port = await portOf(running);
    const old = await ask(port, { protocol: 'socks5', target: target.name });
    const { code, stdout, stderr } = await run(['cascade', 'use', 'two']);
    assert.deepEqual([code, stdout], [0, 'in use: two\n']);
    const note = `The running kaskade (pid ${running.child.pid ?? 0}) sends new sessions through it; open ones finish on theirs.\n`;
    assert.ok(stderr.endsWith(note), stderr);
    const young = await ask(port, { protocol: 'socks5', target: target.name });
    assert.deepEqual(
      hops.map(({ visits }) => visits.length),
      [1, 1],
    );
    old.socket.write('old');
    assert.equal((await hear(old.socket, 3)).toString(), 'old');
    for (const { socket } of [old, young]) socket.destroy();
  });
}

test('what is stored reaches a kaskade that runs: cascades and settings', async (context) => {
  const { run, start, serving, target, hops } = await setUp(context);
  const running = start(serving);
  const port = await portOf(running);
  const added = await run(['cascade', 'add', 'three', `${hops[0]?.url ?? ''},${hops[1]?.url ?? ''}`]);
  assert.match(added.stderr, /^The running kaskade \(pid \d+\) has read it\.\n$/);
  const three = { user: '+three', password: '' };
  const named = await ask(port, { protocol: 'socks5', target: target.name, login: three });
  assert.ok(named.ok);
  const set = await run(['config', 'set', 'targets.private', 'allow']);
  assert.match(set.stderr, /has read it; listeners, limits and deadlines are those of its start\.\n$/);
  const local = await ask(port, { protocol: 'socks4', target: `127.0.0.1:${target.port}` });
  assert.ok(local.ok, 'the rule holds at once');
  assert.match((await run(['cascade', 'rm', 'three'])).stderr, /has read it\.\n$/);
  assert.ok(!(await ask(port, { protocol: 'socks5', target: target.name, login: three })).ok);
  for (const { socket } of [named, local]) socket.destroy();
});

test('a lab that runs goes over to a stored cascade', async (context) => {
  const { run, start, target, hops } = await setUp(context);
  const lab = start(['lab', '--listen', '127.0.0.1:0']);
  const port = await portOf(lab);
  const { code, stderr } = await run(['cascade', 'use', 'two']);
  assert.equal(code, 0);
  assert.match(stderr, /The running kaskade \(pid \d+\) sends new sessions through it; /);
  const { socket, ok } = await ask(port, { protocol: 'socks5', target: target.name });
  socket.destroy();
  assert.deepEqual([ok, hops[1]?.visits.length], [true, 1]);
});

test('a rehearsal is over with the first cascade that is stored, and what was named on a command line stays', async (context) => {
  const { run, start } = createKaskade(context);
  const lab = start(['serve', '--listen', '127.0.0.1:0']);
  await lab.printed(/through lab/);
  const { stdout, stderr } = await run(['cascade', 'add', 'first', 'socks5h://127.0.0.1:9']);
  assert.match(stdout, /^stored first, in use: /);
  assert.match(stderr, /The running kaskade \(pid \d+\) sends new sessions through it; /);
  assert.match((await run(['status'])).stdout, /\ncascade +first\n/);
  assert.match((await run(['cascade', 'add', 'second', 'socks5h://127.0.0.1:10'])).stderr, /has read it/);
  assert.equal((await run(['stop'])).code, 0);
  await lab.ended;

  const other = createKaskade(context);
  const named = other.start(['serve', '--listen', '127.0.0.1:0', '--cascade', 'socks5h://127.0.0.1:11']);
  await named.printed(/listening/);
  assert.match((await other.run(['cascade', 'add', 'first', 'socks5h://127.0.0.1:9'])).stderr, /has read it/);
  assert.doesNotMatch((await other.run(['status'])).stdout, /\ncascade +first\n/);
  assert.equal((await other.run(['stop'])).code, 0);
  await named.ended;
});

test('connect goes through the kaskade that runs, and tells what it says of a failure', async (context) => {
  const { run, start, serving, target, hops } = await setUp(context);
  const running = start(serving);
  await portOf(running);
  const [host = '', port = ''] = target.name.split(':');
  assert.equal((await run(['connect', host, port], { stdin: 'hello' })).stdout, 'hello');
  assert.equal((await run(['connect', host, port, '--cascade', 'two'], { stdin: 'hello' })).stdout, 'hello');
  assert.equal((await run(['connect', host, port, '--cascade', hops[1]?.url ?? ''], { stdin: 'own' })).stdout, 'own');
  const seen = jsonLines(await run(['sessions', '--json'])) as unknown as readonly Session[];
  assert.deepEqual(
    seen.map(({ cascade }) => cascade),
    ['one', 'two'],
    'a chain is dialled without it',
  );
  assert.deepEqual(
    hops.map(({ visits }) => visits.length),
    [1, 2],
  );
  await hops[0]?.slam();
  assertRefused(
    await run(['connect', host, port]),
    3,
    /^Hop 1 of 1 \(socks5h:.*\) could not be connected to \(ECONNREFUSED\)\.$/,
  );
  assertRefused(
    await run(['connect', host, port, '--cascade', 'none']),
    2,
    /There is no cascade of that name \(none\)/,
  );
});

test('connect dials by itself where the kaskade that runs wants a login', async (context) => {
  const { run, start, serving, target, home, hops } = await setUp(context);
  writeFileSync(join(home, 'users'), 'ann:one\n');
  const running = start([...serving, '--auth-file', join(home, 'users')]);
  await portOf(running);
  const [host = '', port = ''] = target.name.split(':');
  assert.equal((await run(['connect', host, port], { stdin: 'hello' })).stdout, 'hello');
  assert.equal(hops[0]?.visits.length, 1);
  assert.deepEqual(jsonLines(await run(['sessions', '--json'])), []);
});

test('no credential of a cascade is shown by what asks a kaskade, and a stranger at its socket does not harm it', async (context) => {
  const { run, start, home } = createKaskade(context);
  await run(['cascade', 'add', 'work', '-'], { stdin: 'socks5h://canaryuser:canaryword@127.0.0.1:9' });
  // Nobody waits half a minute for a hop that is not there.
  await run(['config', 'set', 'hold', '1s']);
  const running = start(['serve', '--listen', '127.0.0.1:0']);
  const port = await portOf(running);
  const stranger = connect({ path: join(home, 'control.sock') });
  await once(stranger.resume(), 'connect');
  stranger.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await once(stranger, 'close');
  (await ask(port, { protocol: 'connect', target: 'x.example:80' })).socket.destroy();
  const commands = ['status', 'sessions', 'why 1', 'connect x.example 80', 'cascade use work', 'stop'];
  for (const command of commands.flatMap((each) => (each === 'stop' ? [each] : [each, `${each} --json`]))) {
    const { stdout, stderr } = await run(command.split(' '), { env: { KASKADE_DEBUG: '1' } });
    assert.doesNotMatch(stdout + stderr, /canary|Y2FuYXJ5|63616e617279/i, command);
  }
  assert.equal((await running.ended).code, 0);
});
