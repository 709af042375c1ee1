/** The near side of a land: somebody who audits one proxy, and says what was learned of the own addresses and of H02. */

import { once } from 'node:events';
import { createServer } from 'node:net';
import { audit } from '../../src/audit/audit.js';
import { parseJudgeUrl } from '../../src/audit/judge/card.js';
import { auditDoor, subjectOf } from '../../src/engine/audit-jobs.js';
import { ownFacts } from '../../src/engine/audit-facts.js';
import { meetJudges } from '../../src/engine/audit-judges.js';
import { isNonEmpty, millis } from '../../src/model/brand.js';
import type { Stamp } from '../../src/model/book.js';
import { asProxy } from '../../src/model/cascade.js';
import { parseHop } from '../../src/model/hop.js';
import { leadingTo } from './lookup.js';

/** What the near side is asked. */
export interface AuditQuestion {
  readonly judge: string;
  readonly proxy: string;
  /** Where the name of the proxy leads. */
  readonly lookup?: string;
}

/** What came of it. */
export interface AuditView {
  /** Connections from this machine to itself, at the port of the judge. */
  readonly inward: number;
  /** The own addresses as the judge has seen them. */
  readonly you: readonly string[];
  /** The verdict on whether the own address arrives. */
  readonly answer?: string;
  readonly sentence?: string;
}

const look = async ({ judge, proxy, lookup }: AuditQuestion): Promise<AuditView> => {
  const { signal } = new AbortController();
  let inward = 0;
  const server = createServer((socket) => {
    inward += 1;
    socket.destroy();
  });
  server.listen(parseJudgeUrl(judge).endpoint.port, '::1');
  await once(server, 'listening');
  const judges = await meetJudges([judge], { signal });
  if (!isNonEmpty(judges)) return { inward, you: [] };
  const door = { ...auditDoor(), ...(lookup !== undefined && { lookup: leadingTo(lookup) }) };
  const plan = {
    ...({ tier: 'quick', judges, facts: ownFacts([], judges).facts, within: millis(5_000) } as const),
    random: () => Math.random().toString(16).slice(2),
    clock: () => Date.now() as Stamp,
  };
  const { modes } = await audit(subjectOf(asProxy(parseHop(proxy), 'test'), door), plan, { signal });
  const found = modes.flatMap(({ findings }) => findings).find(({ check }) => check === 'H02');
  server.close();
  return { inward, you: judges[0].you, ...(found && { answer: found.answer, sentence: found.sentence }) };
};

process.on('message', (question: AuditQuestion) => {
  void look(question).then((said) => process.send?.(said));
});
process.on('disconnect', () => process.exit());
process.send?.('ready');
