/** The real proxy programs, each with the smallest configuration that works, and the hops that they offer. */

import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Certificate, makeCertificate } from './real-certificate.js';
import { lacks, pathOf, run } from './real-program.js';
import type { Recipe, Running, Stage } from './real-stage.js';

/** What every proxy with a login wants. */
export const login = 'alice:s3cret';

interface Program {
  /** What must be installed. */
  readonly needs: readonly string[];
  /** Programs that it hands its connections to. */
  readonly behind?: readonly ProgramName[];
  readonly recipe: (set: Setting) => Recipe | Promise<Recipe>;
}

/** What a recipe may use. */
interface Setting {
  readonly folder: string;
  readonly certificate: Certificate;
  /** The ports of a program it stands in front of. */
  readonly portsOf: (name: ProgramName) => readonly number[];
}

const lines = (...text: readonly string[]): string => `${text.join('\n')}\n`;

const file = (folder: string, name: string, ...text: readonly string[]): string => {
  const path = join(folder, name);
  writeFileSync(path, lines(...text));
  return path;
};

const microsocks: Program = {
  needs: ['microsocks'],
  recipe: () => ({
    name: 'microsocks',
    ports: 1,
    command: ([port]) => [pathOf('microsocks'), '-i', '127.0.0.1', '-p', String(port)],
  }),
};

const microsocksLogin: Program = {
  needs: ['microsocks'],
  recipe: () => ({
    name: 'microsocks with login',
    ports: 1,
    command: ([port]) => [pathOf('microsocks'), '-i', '127.0.0.1', '-p', String(port), '-u', 'alice', '-P', 's3cret'],
  }),
};

/** It starts as root and works as nobody. */
const dante: Program = {
  needs: ['danted', 'root'],
  recipe: ({ folder }) => ({
    name: 'dante',
    ports: 1,
    command: ([port]) => {
      const conf = file(
        folder,
        'danted.conf',
        ...['errorlog: stderr', 'logoutput: stderr', `internal: 127.0.0.1 port = ${port}`, 'external: 127.0.0.1'],
        ...['clientmethod: none', 'socksmethod: none', 'user.privileged: root', 'user.unprivileged: nobody'],
        'client pass { from: 127.0.0.0/8 to: 0.0.0.0/0 }',
        ...['socks pass { from: 127.0.0.0/8 to: 0.0.0.0/0', '  protocol: tcp', '  command: connect }'],
      );
      return [pathOf('danted'), '-f', conf, '-p', join(folder, 'danted.pid'), '-N', '1'];
    },
  }),
};

/** One process with a port for every kind of HTTP proxy; its own directory is also its working user's. */
const squid: Program = {
  needs: ['squid', 'openssl'],
  recipe: async ({ folder }) => {
    const home = join(folder, 'squid');
    mkdirSync(home, { recursive: true });
    chmodSync(home, 0o777);
    const { stdout } = await run([pathOf('openssl'), 'passwd', '-apr1', 's3cret']);
    const users = file(home, 'users', `alice:${stdout.trim()}`);
    return {
      name: 'squid',
      ports: 5,
      command: (ports) => [
        ...([pathOf('squid'), '-N', '-n', `kaskade${process.pid}x${ports[0]}`] as const),
        ...['-f', file(home, 'squid.conf', ...squidLines({ ports, home, users }))],
      ],
    };
  },
};

const squidLines = ({
  ports,
  home,
  users,
}: {
  readonly ports: readonly number[];
  readonly home: string;
  readonly users: string;
}): readonly string[] => [
  ...['transparent', 'elite', 'login', 'only443', 'noconnect'].flatMap((name, index) => [
    `http_port 127.0.0.1:${ports[index]} name=${name}`,
    `acl ${name} myportname ${name}`,
  ]),
  ...['X-Forwarded-For', 'Via', 'Cache-Control'].map((field) => `request_header_access ${field} deny elite`),
  ...['Via', 'X-Cache', 'X-Cache-Lookup'].map((field) => `reply_header_access ${field} deny elite`),
  `auth_param basic program /usr/lib/squid/basic_ncsa_auth ${users}`,
  'auth_param basic realm kaskade',
  'auth_param basic children 1',
  'acl known proxy_auth REQUIRED',
  'acl port443 port 443',
  'acl CONNECT method CONNECT',
  'http_access deny CONNECT noconnect',
  'http_access deny CONNECT only443 !port443',
  'http_access deny login !known',
  'http_access allow all',
  ...['pid_filename none', `cache_log ${home}/cache.log`, 'access_log none', 'cache deny all', `coredump_dir ${home}`],
  ...['pinger_enable off', 'shutdown_lifetime 0 seconds', 'visible_hostname kaskade.test', 'hosts_file /etc/hosts'],
];

const tinyproxyWith = (name: string, ...more: readonly string[]): Program => ({
  needs: ['tinyproxy'],
  recipe: ({ folder }) => ({
    name,
    ports: 1,
    command: ([port]) => {
      const base = [`Port ${port}`, 'Listen 127.0.0.1', 'Timeout 120', 'Allow 127.0.0.1', 'LogLevel Info'];
      return [pathOf('tinyproxy'), '-d', '-c', file(folder, `tinyproxy-${port}.conf`, ...base, ...more)];
    },
  }),
});

const privoxy: Program = {
  needs: ['privoxy'],
  recipe: ({ folder }) => ({
    name: 'privoxy',
    ports: 1,
    command: ([port]) => {
      const home = join(folder, 'privoxy');
      mkdirSync(home, { recursive: true });
      const conf = file(home, 'config', `listen-address 127.0.0.1:${port}`, `confdir ${home}`, `logdir ${home}`);
      return [pathOf('privoxy'), '--no-daemon', conf];
    },
  }),
};

/** TLS in front of squid's elite port, which makes it an https proxy. */
const haproxy: Program = {
  needs: ['haproxy'],
  behind: ['squid'],
  recipe: ({ folder, certificate, portsOf }) => ({
    name: 'haproxy',
    ports: 1,
    command: ([port]) => {
      const conf = file(
        folder,
        'haproxy.cfg',
        ...['global', '  log stderr format raw local0 notice', '  maxconn 1000'],
        ...['defaults', '  mode tcp', '  timeout connect 5s', '  timeout client 1m', '  timeout server 1m'],
        ...['frontend https', `  bind 127.0.0.1:${port} ssl crt ${certificate.bothFile} alpn http/1.1`],
        ...['  default_backend squid', 'backend squid', `  server squid 127.0.0.1:${portsOf('squid')[1]}`],
      );
      return [pathOf('haproxy'), '-db', '-f', conf];
    },
  }),
};

/** TLS in front of tinyproxy (an https proxy), and SOCKS5 whose own leg to microsocks is TLS between two ends of stunnel. */
const stunnel: Program = {
  needs: ['stunnel4'],
  behind: ['tinyproxy', 'microsocks'],
  recipe: ({ folder, certificate, portsOf }) => ({
    name: 'stunnel',
    ports: 3,
    command: ([https, socks, between]) => {
      const { certFile, keyFile } = certificate;
      const server = [`cert = ${certFile}`, `key = ${keyFile}`];
      const conf = file(
        folder,
        'stunnel.conf',
        ...['foreground = yes', 'pid =', 'debug = 4'],
        ...['[https]', `accept = 127.0.0.1:${https}`, `connect = 127.0.0.1:${portsOf('tinyproxy')[0]}`, ...server],
        ...['[inner]', `accept = 127.0.0.1:${between}`, `connect = 127.0.0.1:${portsOf('microsocks')[0]}`, ...server],
        ...['[socks]', 'client = yes', `accept = 127.0.0.1:${socks}`, `connect = 127.0.0.1:${between}`],
        ...['verifyChain = yes', `CAfile = ${certFile}`, 'checkHost = localhost'],
      );
      return [pathOf('stunnel4'), conf];
    },
  }),
};

/** An SSH server of our own that lets root in with a key of our own. */
const sshd: Program = {
  needs: ['sshd', 'ssh', 'root'],
  recipe: async ({ folder }) => {
    mkdirSync('/run/sshd', { recursive: true });
    for (const name of ['hostkey', 'userkey']) {
      const { code, stderr } = await run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', join(folder, name)]);
      if (code !== 0) throw new Error(`ssh-keygen: ${stderr}`);
    }
    return {
      name: 'sshd',
      ports: 1,
      command: ([port]) => {
        const conf = file(
          folder,
          'sshd_config',
          ...[`Port ${port}`, 'ListenAddress 127.0.0.1', `HostKey ${folder}/hostkey`, 'PidFile none'],
          ...[`AuthorizedKeysFile ${folder}/userkey.pub`, 'PasswordAuthentication no', 'UsePAM no', 'StrictModes no'],
          ...['AllowTcpForwarding yes', 'PermitRootLogin prohibit-password', 'MaxStartups 100'],
        );
        return [pathOf('sshd'), '-D', '-e', '-f', conf];
      },
    };
  },
};

/** What an ssh client of ours is told, so that it neither asks nor reads what belongs to the user. */
export const sshOptions = (folder: string): readonly string[] => [
  ...['-F', '/dev/null', '-i', `${folder}/userkey`, '-o', 'BatchMode=yes', '-o', 'IdentitiesOnly=yes'],
  ...['-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null', '-o', 'LogLevel=ERROR'],
];

/** `ssh -D`: SOCKS 4, 4a and 5 at this end, the connections leave at the other. */
const sshSocks: Program = {
  needs: ['ssh'],
  behind: ['sshd'],
  recipe: ({ folder, portsOf }) => ({
    name: 'ssh -D',
    ports: 1,
    command: ([port]) => [
      ...([pathOf('ssh'), '-N', '-D', `127.0.0.1:${port}`, '-p', String(portsOf('sshd')[0])] as const),
      ...['-o', 'ExitOnForwardFailure=yes', ...sshOptions(folder), 'root@127.0.0.1'],
    ],
  }),
};

const programs = {
  microsocks,
  microsocksLogin,
  dante,
  squid,
  tinyproxy: tinyproxyWith('tinyproxy'),
  tinyproxyLogin: tinyproxyWith('tinyproxy with login', `BasicAuth ${login.replace(':', ' ')}`, 'DisableViaHeader Yes'),
  privoxy,
  haproxy,
  stunnel,
  sshd,
  sshSocks,
};

type ProgramName =
  | 'microsocks'
  | 'microsocksLogin'
  | 'dante'
  | 'squid'
  | 'tinyproxy'
  | 'tinyproxyLogin'
  | 'privoxy'
  | 'haproxy'
  | 'stunnel'
  | 'sshd'
  | 'sshSocks';

interface Offer {
  readonly program: ProgramName;
  /** Which of the program's ports. */
  readonly port: number;
  readonly hop: (at: string, certificate: Certificate) => string;
}

const offer = (program: ProgramName, scheme: string, port = 0): Offer => ({
  program,
  port,
  hop: (at) => `${scheme}${at}`,
});

const pinned = (program: ProgramName): Offer => ({
  program,
  port: 0,
  hop: (at, { pin }) => `https://${at}?pin=${pin}`,
});

/** Every hop that the real programs offer, by a name for tests. */
const offers = {
  microsocks: offer('microsocks', 'socks5h://'),
  'microsocks with login': offer('microsocksLogin', `socks5h://${login}@`),
  'dante socks5': offer('dante', 'socks5h://'),
  'dante socks4': offer('dante', 'socks4a://'),
  squid: offer('squid', 'http://', 0),
  'squid elite': offer('squid', 'http://', 1),
  'squid with login': offer('squid', `http://${login}@`, 2),
  'squid for 443 only': offer('squid', 'http://', 3),
  'squid without CONNECT': offer('squid', 'http://', 4),
  tinyproxy: offer('tinyproxy', 'http://'),
  'tinyproxy with login': offer('tinyproxyLogin', `http://${login}@`),
  privoxy: offer('privoxy', 'http://'),
  'haproxy before squid': pinned('haproxy'),
  'stunnel before tinyproxy': pinned('stunnel'),
  'stunnel to microsocks': offer('stunnel', 'socks5h://', 1),
  'ssh -D socks5': offer('sshSocks', 'socks5h://'),
  'ssh -D socks4': offer('sshSocks', 'socks4a://'),
} satisfies Record<string, Offer>;

export type HopName = keyof typeof offers;

/** Real proxies that are started when they are first asked for. */
export interface Proxies {
  readonly stage: Stage;
  readonly certificate: () => Promise<Certificate>;
  /** The program behind a hop, running. */
  readonly program: (name: ProgramName) => Promise<Running>;
  readonly port: (name: HopName) => Promise<number>;
  /** The hop as it is written in a chain. */
  readonly hop: (name: HopName) => Promise<string>;
  /** A chain of hops: names are looked up, anything else is taken as it is. */
  readonly chain: (...names: readonly (HopName | `${string}://${string}`)[]) => Promise<string>;
}

/** The proxies of one stage; each program runs once. */
export const createProxies = (stage: Stage): Proxies => {
  const running = new Map<ProgramName, Promise<Running>>();
  let made: Promise<Certificate> | undefined;
  const certificate = (): Promise<Certificate> => (made ??= makeCertificate(stage.folder));

  const program = (name: ProgramName): Promise<Running> => {
    const known = running.get(name) ?? begin(name);
    running.set(name, known);
    return known;
  };
  const begin = async (name: ProgramName): Promise<Running> => {
    const { behind = [], recipe }: Program = programs[name];
    const others = await Promise.all(behind.map(async (other) => [other, (await program(other)).ports] as const));
    const ports = new Map(others);
    const set = { folder: stage.folder, certificate: await certificate(), portsOf: portsIn(ports) };
    return stage.start(await recipe(set));
  };
  const port = async (name: HopName): Promise<number> => {
    const { program: of, port: index } = offers[name];
    return (await program(of)).ports[index] ?? 0;
  };
  const hop = async (name: HopName): Promise<string> => {
    const { hop: write }: Offer = offers[name];
    return write(`127.0.0.1:${await port(name)}`, await certificate());
  };
  return {
    stage,
    certificate,
    program,
    port,
    hop,
    chain: async (...names) =>
      (await Promise.all(names.map(async (name) => (isHopName(name) ? hop(name) : name)))).join(','),
  };
};

const portsIn =
  (ports: ReadonlyMap<ProgramName, readonly number[]>) =>
  (name: ProgramName): readonly number[] =>
    ports.get(name) ?? [];

const isHopName = (text: string): text is HopName => text in offers;

/** Why a test that needs these hops, curl and certificates is skipped, or false. */
export const lacksHops = (...names: readonly HopName[]): string | false =>
  lacks('curl', 'openssl', ...names.flatMap((name) => needsOf(offers[name].program)));

const needsOf = (name: ProgramName): readonly string[] => {
  const { needs, behind = [] }: Program = programs[name];
  return [...needs, ...behind.flatMap(needsOf)];
};
