/** The table of checks. */

import { answerHead } from './answer-head.js';
import { errors, upgrades, uploads } from './answers.js';
import { caching, freshness, poison } from './cache.js';
import type { Check } from './check.js';
import { order, parallel, sampling } from './connections.js';
import { clients, knownJudges } from './consistency.js';
import { files, pages } from './decoys.js';
import { askedOnce, everyKind } from './everything.js';
import { echo } from './echo.js';
import { everyHello } from './every-hello.js';
import { exitPlace, exitSet, ownExit } from './exits.js';
import { identity } from './identity.js';
import { integrity } from './integrity.js';
import { passwords, revisits } from './later.js';
import { ipv6, remoteNames, unknownName } from './names.js';
import { ownLine } from './own-line.js';
import { presence } from './presence.js';
import { privacy } from './privacy.js';
import { forgedNames, resolvers } from './resolvers.js';
import { secrets, seeded } from './seeded.js';
import { repeat } from './repeat.js';
import { selective } from './selective.js';
import { commands } from './socks.js';
import { structure } from './structure.js';
import { certificate, hello, otherCertificate, preamble, serverName, version } from './tls.js';
import { bytes, endurance, ports } from './tunnel.js';
import { witnessChecks } from './witness.js';

/** Every check, in the order in which they are asked: what decides most for least comes first. */
export const checks: readonly Check[] = [
  ...[hello, certificate, version, preamble],
  ...[echo, ownExit, identity, presence, integrity, structure, seeded, answerHead, pages, knownJudges],
  ...[exitPlace, remoteNames, resolvers, forgedNames, repeat, ownLine],
  ...witnessChecks,
  ...[files, freshness, privacy, errors, order, sampling, parallel, clients, secrets, caching],
  ...[uploads, everyKind, askedOnce, selective, everyHello],
  ...[bytes, otherCertificate, unknownName, exitSet, ipv6, ports, commands, upgrades],
  ...[poison, serverName, endurance, revisits, passwords],
];
