/** The help, made from the key table. */

import { allAuditingKeys } from './auditing.js';
import { builderKeys } from './builder.js';
import { evidenceKeys, proxyEvidenceKey } from './evidence.js';
import { allImportKeys } from './importing.js';
import { commonKeys, pages } from './keys.js';
import { type Line, emptyLine, span } from './line.js';
import type { KeyRow } from './page.js';
import { sourceKeys } from './sources.js';
import { standingLetter, standingTone } from './standings.js';
import { fit, wrap } from './text.js';

/** Every key with what it does, then the signs. */
export const helpLines = (columns: number): readonly Line[] => [
  ...section('everywhere', commonKeys, columns),
  ...pages.flatMap(({ title, digit, keys }) =>
    keys.length === 0 ? [] : section(`page ${digit}, ${title}`, keys, columns),
  ),
  ...section('building a cascade', builderKeys, columns),
  ...section('taking a list', allImportKeys, columns),
  ...section('sources of the book', sourceKeys, columns),
  ...section('beginning an audit', allAuditingKeys, columns),
  ...section('evidence of an audit', [proxyEvidenceKey, ...evidenceKeys], columns),
  ...signs(columns),
];

const section = (title: string, rows: readonly KeyRow[], columns: number): readonly Line[] => [
  [span(` ${title}`, 'strong')],
  ...rows.flatMap(({ keys, help, twice }) => {
    const [first = '', ...rest] = wrap(help, columns - 22);
    const name = twice === true ? `${keys[0] ?? ''} ${keys[0] ?? ''}` : keys.join(' ');
    // A long row of keys stands on a line of its own.
    if (name.length > 16)
      return [
        [span(`   ${name}`, 'accent')],
        ...[first, ...rest].map((text): Line => [span(`${' '.repeat(20)}${text}`)]),
      ];
    return [
      [span(`   ${fit(name, 16)} `, 'accent'), span(first)],
      ...rest.map((text): Line => [span(`${' '.repeat(20)}${text}`)]),
    ];
  }),
  emptyLine,
];

const meanings = {
  up: 'up: it passes on what it is asked for',
  slow: 'slow: it works, but takes far longer than usual',
  suspect: 'suspect: two failures in a row',
  down: 'down: three failures that were apart; it comes back after two good tries',
  unknown: 'unknown: nothing was tried lately, which is not the same as good',
} as const;

const bookSigns = [
  ['R', 'released: cascades may use it'],
  ['Q', 'in quarantine: no traffic before it is released'],
  ['A', 'archived: no sign of life for ten days'],
  ['+', 'new: nobody has looked at it yet'],
  ['*', 'marked'],
] as const;

const auditSigns = [
  ['·', 'a check that was passed'],
  ['!', 'one that failed; < or > at the end of a row: out of sight'],
  ['i', 'a fact that is neither good nor bad'],
  ['?', 'it was tried, and what was seen does not say'],
  ['-', 'not tested, which is not the same as passed'],
  ['*', 'before a row: a check has changed since the last time'],
  ['~', 'before a row: of an earlier sitting, out of the book'],
] as const;

const signs = (columns: number): readonly Line[] => [
  [span(' signs', 'strong')],
  ...(['up', 'slow', 'suspect', 'down', 'unknown'] as const).map(
    (standing): Line => [
      span(`   ${fit(standingLetter[standing], 16)} `, standingTone[standing]),
      span(meanings[standing]),
    ],
  ),
  ...[...bookSigns, ...auditSigns].map(
    ([sign, meaning]): Line => [span(`   ${fit(sign, 16)} `, 'accent'), span(meaning)],
  ),
  ...wrap(
    'The meter has two numbers from 0 to 6: how different entry and exit are (the same network block, network or country at both ends makes it 1, and so does a single hop; what is not known makes it 0), and how much of the route was audited.',
    columns - 4,
  ).map((text): Line => [span(`   ${text}`)]),
];
