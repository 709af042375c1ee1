/** Real proxies before the audit, each set up in several ways: what they do is told, and nothing that they do not do. */

import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { AuditReport } from '../../src/model/audit.js';
import type { Grade } from '../../src/model/book.js';
import { type Auditor, openAuditor } from '../kit/auditor.js';
import { lacks, pathOf } from '../kit/real-program.js';
import { type Stage, createStage } from '../kit/real-stage.js';

interface Row {
  readonly what: string;
  readonly program: string;
  readonly scheme: 'http' | 'socks5h' | 'socks4a';
  readonly truth: { readonly forward?: Grade; readonly tunnel?: Grade };
  /** Checks that must fail, and must not. */
  readonly fails: readonly string[];
  /** Whether it keeps what comes early: behind its greeting, and behind its request. */
  readonly keeps?: readonly [boolean | undefined, boolean];
  readonly command: (folder: string, port: number) => readonly [string, ...string[]];
}

const file = (folder: string, name: string, lines: readonly string[]): string => {
  mkdirSync(folder, { recursive: true, mode: 0o777 });
  const path = join(folder, name);
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
};

const squid = (name: string, lines: readonly string[]) => (folder: string, port: number) =>
  [
    pathOf('squid'),
    ...['-N', '-n', `kaskadeaudit${process.pid}${name}`],
    ...[
      '-f',
      file(join(folder, name), 'squid.conf', [
        `http_port 127.0.0.1:${port}`,
        ...lines,
        ...['http_access allow all', 'pid_filename none', 'access_log none', 'cache deny all', 'pinger_enable off'],
        ...['shutdown_lifetime 0 seconds', 'visible_hostname cache.test', `cache_log ${join(folder, `${name}.log`)}`],
        `coredump_dir ${folder}`,
      ]),
    ],
  ] as const;

const tinyproxy = (name: string, lines: readonly string[]) => (folder: string, port: number) =>
  [
    pathOf('tinyproxy'),
    '-d',
    '-c',
    file(folder, `${name}.conf`, [`Port ${port}`, 'Listen 127.0.0.1', 'Timeout 60', 'Allow 127.0.0.0/8', ...lines]),
  ] as const;

const privoxy = (name: string, lines: readonly string[]) => (folder: string, port: number) => {
  const home = join(folder, name);
  return [
    pathOf('privoxy'),
    '--no-daemon',
    file(home, 'config', [`listen-address 127.0.0.1:${port}`, `confdir ${home}`, `logdir ${home}`, ...lines]),
  ] as const;
};

const dante = (name: string, lines: readonly string[]) => (folder: string, port: number) =>
  [
    pathOf('danted'),
    ...['-f'],
    file(folder, `${name}.conf`, [
      ...['errorlog: stderr', 'logoutput: stderr', `internal: 127.0.0.1 port = ${port}`, 'external: 127.0.0.1'],
      ...['clientmethod: none', 'socksmethod: none', 'user.privileged: root', 'user.unprivileged: nobody'],
      'client pass { from: 127.0.0.0/8 to: 0.0.0.0/0 }',
      ...['socks pass { from: 127.0.0.0/8 to: 0.0.0.0/0', ...lines, '}'],
    ]),
    ...['-p', join(folder, `${name}.pid`), '-N', '1'],
  ] as const;

const rows: readonly Row[] = [
  {
    ...{
      what: 'squid as it comes',
      program: 'squid',
      scheme: 'http',
      truth: { forward: 'transparent', tunnel: 'exact' },
    },
    ...{ fails: ['forward H02', 'forward H03', 'forward H06'], command: squid('plain', []) },
  },
  {
    ...{
      what: 'squid with forwarded_for off',
      program: 'squid',
      scheme: 'http',
      truth: { forward: 'anonymous', tunnel: 'exact' },
    },
    ...{ fails: ['forward H03'], command: squid('off', ['forwarded_for off']) },
  },
  {
    ...{ what: 'squid with forwarded_for delete and via off', program: 'squid', scheme: 'http' },
    ...{ truth: { forward: 'stealth', tunnel: 'exact' }, fails: ['forward H05'] },
    command: squid('delete', ['forwarded_for delete', 'via off']),
  },
  {
    ...{ what: 'tinyproxy as it comes', program: 'tinyproxy', scheme: 'http' },
    ...{ truth: { forward: 'anonymous', tunnel: 'exact' }, fails: ['forward H03'], command: tinyproxy('plain', []) },
  },
  {
    ...{ what: 'tinyproxy without Via', program: 'tinyproxy', scheme: 'http' },
    ...{ truth: { forward: 'stealth', tunnel: 'exact' }, fails: ['forward H05'] },
    command: tinyproxy('novia', ['DisableViaHeader Yes']),
  },
  {
    ...{ what: 'tinyproxy with XTinyproxy', program: 'tinyproxy', scheme: 'http' },
    ...{ truth: { forward: 'transparent', tunnel: 'exact' }, fails: ['forward H02'] },
    command: tinyproxy('x', ['XTinyproxy Yes']),
  },
  {
    ...{ what: 'privoxy without actions', program: 'privoxy', scheme: 'http' },
    ...{ truth: { forward: 'clean', tunnel: 'exact' }, fails: [] },
    command: privoxy('kept', ['keep-alive-timeout 60', 'tolerate-pipelining 1']),
  },
  {
    ...{ what: 'privoxy that ends connections', program: 'privoxy', scheme: 'http' },
    ...{ truth: { forward: 'stealth', tunnel: 'exact' }, fails: ['forward H05'], command: privoxy('ended', []) },
  },
  {
    ...{
      what: 'dante by SOCKS5',
      program: 'danted',
      scheme: 'socks5h',
      keeps: [true, true],
      truth: { tunnel: 'exact' },
      fails: [],
    },
    command: dante('five', ['  protocol: tcp udp', '  command: bind connect udpassociate bindreply udpreply']),
  },
  {
    ...{
      what: 'dante by SOCKS4',
      program: 'danted',
      scheme: 'socks4a',
      keeps: [undefined, true],
      truth: { tunnel: 'exact' },
      fails: [],
    },
    command: dante('four', ['  protocol: tcp', '  command: connect']),
  },
  {
    ...{
      what: 'microsocks',
      program: 'microsocks',
      scheme: 'socks5h',
      keeps: [false, false],
      truth: { tunnel: 'exact' },
      fails: [],
    },
    command: (_folder, port) => [pathOf('microsocks'), '-i', '127.0.0.1', '-p', String(port)],
  },
];

let auditor: Auditor;
let stage: Stage;
before(async () => {
  [auditor, stage] = [await openAuditor(), createStage()];
});
after(async () => {
  await auditor[Symbol.asyncDispose]();
  await stage.close();
});

const gradesIn = ({ modes }: AuditReport): object => Object.fromEntries(modes.map(({ mode, grade }) => [mode, grade]));

describe('real proxies', () => {
  for (const { what, program, scheme, truth, fails, keeps, command } of rows) {
    const skip = lacks(program) || (program === 'danted' && lacks('root'));
    it(`${what} is told as it is`, { skip }, async () => {
      const running = await stage.start({ name: what, ports: 1, command: ([port = 0]) => command(stage.folder, port) });
      const report = await auditor.audit(`${scheme}://127.0.0.1:${running.ports[0] ?? 0}`);
      const failures = report.modes.flatMap(({ mode, findings }) =>
        findings
          .filter(({ answer, caps }) => answer === 'fail' && caps !== undefined)
          .map(({ check }) => `${mode} ${check}`),
      );
      assert.deepEqual(gradesIn(report), truth, failures.join(', '));
      for (const check of fails) assert.ok(failures.includes(check), `${check} fails, beside ${failures.join()}`);
      if (fails.length === 0) assert.deepEqual(failures, []);
      const { keepsAfterGreeting, keepsAfterRequest } = report.traits;
      if (keeps !== undefined) assert.deepEqual([keepsAfterGreeting, keepsAfterRequest], keeps);
      await running.kill();
    });
  }
});
