import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** Modules that open sockets or ask for names; src/net is their only room. Types are free everywhere. */
const SOCKETS = ['net', 'tls', 'dns', 'dns/promises', 'dgram'];
/** Modules that can open sockets of their own; only the rooms that serve HTTP may import them. */
const HTTP = ['http', 'https', 'http2'];

const SYNTAX = [
  { selector: 'TSEnumDeclaration', message: 'Use a union of literals instead of an enum.' },
  { selector: 'TSModuleDeclaration[kind="namespace"]', message: 'Use a file instead of a namespace.' },
  { selector: 'ExportDefaultDeclaration', message: 'Use a named export.' },
  { selector: 'ExportSpecifier[exported.name="default"]', message: 'Use a named export.' },
];

const REVEAL = [
  'MemberExpression[property.name="reveal"]',
  'MemberExpression[property.value="reveal"]',
  'ObjectPattern > Property[key.name="reveal"]',
].map((selector) => ({
  selector,
  message: 'Only src/hop, src/config/store.ts, src/book/logins.ts and src/book/write/url.ts may reveal a Secret.',
}));

const DOOR = {
  regex: '/net/connect\\.js$',
  allowTypeImports: true,
  message: 'Only src/route/dial.ts may connect: a session leaves through its route or not at all.',
};

const bothSpellings = (names) => names.flatMap((name) => [name, `node:${name}`]);

const closed = (names, message) => bothSpellings(names).map((name) => ({ name, allowTypeImports: true, message }));

const SOCKETS_CLOSED = closed(SOCKETS, 'Only src/net may open sockets or ask for names.');
const HTTP_CLOSED = closed(
  HTTP,
  'Only src/inbound and src/audit may serve HTTP, and only src/book/fetch may fetch, by the ways that the user has said.',
);

const imports = (paths, patterns) => ({
  '@typescript-eslint/no-restricted-imports': ['error', { paths, patterns }],
});

const syntax = (...more) => ({ 'no-restricted-syntax': ['error', ...SYNTAX, ...more] });

export default defineConfig(
  { ignores: ['build/', 'coverage/', 'node_modules/'] },
  {
    files: ['src/**/*.ts', 'test/**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      ...syntax(),
      'max-lines': ['error', 250],
      'max-lines-per-function': ['error', 50],
      'max-params': ['error', 4],
      complexity: ['error', 10],
      eqeqeq: 'error',
      'no-else-return': ['error', { allowElseIf: false }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { allowDefaultCaseForExhaustiveSwitch: false }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      // Node types a stream as Duplex in one place and as Socket in the next.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/no-empty-function': ['error', { allow: ['arrowFunctions'] }],
      '@typescript-eslint/prefer-nullish-coalescing': ['error', { ignorePrimitives: { string: true, boolean: true } }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    },
  },
  {
    files: ['src/**/*.ts'],
    rules: {
      ...syntax(...REVEAL),
      ...imports([...SOCKETS_CLOSED, ...HTTP_CLOSED], [DOOR]),
      'no-restricted-globals': ['error', 'fetch', 'WebSocket', 'EventSource', 'XMLHttpRequest'],
    },
  },
  { files: ['src/net/**/*.ts'], rules: imports(HTTP_CLOSED, [DOOR]) },
  {
    files: ['src/inbound/**/*.ts', 'src/audit/**/*.ts', 'src/book/fetch/**/*.ts'],
    rules: imports(SOCKETS_CLOSED, [DOOR]),
  },
  { files: ['src/route/dial.ts'], rules: imports([...SOCKETS_CLOSED, ...HTTP_CLOSED], []) },
  { files: ['src/engine/lab*.ts'], rules: imports(SOCKETS_CLOSED, []) },
  {
    files: [
      'src/hop/**/*.ts',
      'src/config/store.ts',
      'src/book/logins.ts',
      'src/book/write/url.ts',
      'src/model/secret.ts',
    ],
    rules: syntax(),
  },
  {
    files: ['src/wire/**/*.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        ...['fetch', 'WebSocket', 'EventSource', 'process', 'console', 'crypto', 'performance'],
        ...['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'],
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'Take the clock as an argument.' },
        { object: 'Math', property: 'random', message: 'Take the randomness as an argument.' },
      ],
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      'max-lines': ['error', 400],
      'max-lines-per-function': 'off',
      complexity: ['error', 20],
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          allowForKnownSafeCalls: [
            { from: 'package', package: 'node:test', name: ['test', 'describe', 'it', 'suite'] },
          ],
        },
      ],
    },
  },
);
