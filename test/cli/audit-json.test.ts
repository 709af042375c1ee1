/** What `kaskade audit --json` prints is what src/cli/audit-json.md says, field by field. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { axes, tiers } from '../../src/model/audit.js';
import { grades } from '../../src/model/book.js';
import { b11 } from '../kit/zoo/animals/honest-socks5.js';
import { p49 } from '../kit/zoo/animals/resets.js';
import { p01 } from '../kit/zoo/animals/xff-client.js';
import { createKaskade } from './kaskade.js';

const text = readFileSync(new URL('../../../src/cli/audit-json.md', import.meta.url), 'utf8');
const documented = new Set([...text.matchAll(/`([\w-]+)`/g)].map(([, word]) => word ?? ''));

/** Names of all fields of a value, however deep. */
const fieldsOf = (value: unknown): readonly string[] =>
  Array.isArray(value)
    ? value.flatMap(fieldsOf)
    : typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([name, inner]) => [name, ...fieldsOf(inner)])
      : [];

const world = {
  ...{ client: '127.0.0.1', lan: '192.168.1.23', names: new Map<string, string>(), famous: [], secure: [], seed: 7 },
};

test('every field of a report and of a check is documented, and so is every word that stands for something', async (context) => {
  const { start, run } = createKaskade(context);
  const tls = ['--tls-listen', '127.0.2.1:0'];
  const judge = start(['judge', '--listen', '127.0.2.1:0', ...tls, '--rate', '5000']);
  const [, url = ''] = await judge.printed(/(http:\/\/\S+#[\w-]{43})\n/);
  const open = await Promise.all([p01, b11, p49].map((animal) => animal.open(world)));
  context.after(() => Promise.all(open.map((each) => each.close())));
  const [leaky = '', socks = '', dead = ''] = [
    ...[open[0]?.url('http'), open[1]?.url('socks5h'), open[2]?.url('http')],
  ];
  const audits = await run(['--json', 'audit', leaky, socks, dead, '--judge', url, '--tier', 'full']);
  const explained = await run(['--json', 'audit', '--explain', 'H02']);
  const lines = `${audits.stdout}${explained.stdout}`.split('\n').filter((line) => line !== '');
  assert.equal(lines.length, 4);
  const fields = new Set(lines.flatMap((line) => fieldsOf(JSON.parse(line))));
  assert.ok(['failure', 'remedy', 'arrived', 'keepsAfterGreeting', 'latency'].every((field) => fields.has(field)));
  const words = [...fields, ...Object.keys(axes), ...tiers, ...grades];
  assert.deepEqual(
    words.filter((word) => !documented.has(word)),
    [],
  );
});
