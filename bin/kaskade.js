#!/usr/bin/env node
const main = new URL('../build/src/cli/main.js', import.meta.url);
await import(main.href);
