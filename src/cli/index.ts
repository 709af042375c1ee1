/** The table of commands. */

import type { CommandRow } from './face.js';

/** Every command, in the order of the help. */
export const commands: readonly CommandRow[] = [
  {
    name: 'tui',
    summary: 'the terminal UI, which is what kaskade without a command is',
    load: async () => (await import('./tui.js')).furnishTui,
  },
  {
    name: 'serve',
    summary: 'serve local ports through a cascade, in the foreground',
    load: async () => (await import('./serve.js')).furnishServe,
  },
  {
    name: 'lab',
    summary: 'rehearse with proxies and a page on this machine; no anonymity',
    load: async () => (await import('./lab.js')).furnishLab,
  },
  {
    name: 'cascade',
    summary: 'stored cascades: add, ls, show, use, rm, test',
    load: async () => (await import('./cascade.js')).furnishCascade,
  },
  {
    name: 'list',
    summary: 'the book of known proxies: import, ls, show, release, export, why …',
    load: async () => (await import('./list.js')).furnishList,
  },
  {
    name: 'audit',
    summary: 'what proxies really do to traffic: grades with evidence',
    load: async () => (await import('./audit.js')).furnishAudit,
  },
  {
    name: 'judge',
    summary: 'run a judge, the server that audits ask',
    load: async () => (await import('./judge.js')).furnishJudge,
  },
  {
    name: 'selftest',
    summary: 'the audit before simulated proxies whose behaviour is known',
    load: async () => (await import('./selftest.js')).furnishSelfTest,
  },
  {
    name: 'status',
    summary: 'how the running kaskade is doing',
    load: async () => (await import('./status.js')).furnishStatus,
  },
  {
    name: 'sessions',
    summary: 'its open and lately ended sessions; --follow prints each change',
    load: async () => (await import('./sessions.js')).furnishSessions,
  },
  {
    name: 'why',
    summary: 'what became of a session, hop by hop',
    load: async () => (await import('./why.js')).furnishWhy,
  },
  {
    name: 'stop',
    summary: 'stop the running kaskade',
    load: async () => (await import('./stop.js')).furnishStop,
  },
  {
    name: 'connect',
    summary: "connect stdin and stdout with a target, as ssh's ProxyCommand",
    load: async () => (await import('./connect.js')).furnishConnect,
  },
  {
    name: 'config',
    summary: 'settings: get, set, path',
    load: async () => (await import('./config.js')).furnishConfig,
  },
  {
    name: 'completion',
    summary: 'print the script that completes kaskade in a shell',
    load: async () => (await import('./completion.js')).furnishCompletion,
  },
];
