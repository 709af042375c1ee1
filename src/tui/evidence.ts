/** What an audit found of one mode of a proxy: each finding with its words, and what was sent beside what arrived. */

import { type Answer, type Finding, type Mode, seenBy, severities } from '../model/audit.js';
import type { BookEntry } from '../model/book.js';
import { labelHop } from '../model/hop.js';
import { answerSign, answerTone } from './audit-matrix.js';
import { type AuditRow, rowsOf } from './audit-state.js';
import { toneOfGrade } from './book-table.js';
import { ageText } from './figures.js';
import { type Line, type Tone, emptyLine, span } from './line.js';
import { type KeyRow, type Look, type Model, closeOverlay } from './page.js';
import { sideBySide } from './side-by-side.js';
import { clean, clip, wrap } from './text.js';

/** Whose evidence is shown, and from which line on. */
export interface EvidenceState {
  readonly proxy: string;
  readonly mode?: Mode;
  readonly top: number;
  /** The proxy of the book from whose page somebody came. */
  readonly from?: BookEntry['id'];
}

const answers: readonly Answer[] = ['fail', 'inconclusive', 'note', 'untested', 'pass', 'does-not-apply'];

const rankOf = ({ answer, severity }: Finding): number =>
  answers.indexOf(answer) * severities.length + severities.indexOf(severity);

/** What is bad first, the worst of it before all; then what is not sure, facts, what was not asked, and what was passed. */
export const findingsInOrder = (findings: readonly Finding[]): readonly Finding[] =>
  findings.filter(({ answer }) => answer !== 'does-not-apply').toSorted((one, other) => rankOf(one) - rankOf(other));

/** The modes of what is shown, and the one that is in sight. */
const shownIn = (model: Model, look: Look, { proxy, mode }: EvidenceState) => {
  const rows = rowsOf(model, look, proxy);
  return { rows, row: rows.find((each) => each.mode === mode) ?? rows[0] };
};

/** The lines of the evidence; one line where there is none any more. */
export const evidenceLines = (model: Model, look: Look, state: EvidenceState): readonly Line[] => {
  const { columns } = model.size;
  const { rows, row } = shownIn(model, look, state);
  if (row === undefined) return [[span(`  Nothing is kept of ${clip(clean(state.proxy), columns - 24)}.`)]];
  const others = rows.filter((each) => each !== row).map(({ mode = '' }) => mode);
  const inOrder = findingsInOrder(row.findings);
  return [
    ...headLines(row, look, columns),
    ...(others.length === 0 ? [] : [[span(`  Tab shows ${others.join(', ')}`, 'faint')]]),
    emptyLine,
    ...inOrder.flatMap((finding, index) => findingLines(finding, row, { look, columns, next: inOrder[index + 1] })),
  ];
};

const headLines = (row: AuditRow, { auditShelf, today }: Look, columns: number): readonly Line[] => {
  const { proxy, mode, grade, sentence, exits, at, tier, judges, isKept } = row;
  const by = judges === undefined ? '' : ` by ${seenBy(judges)}`;
  const when = `${tier}, ${ageText(today - at)} ago${by}${isKept ? ', as the book kept it' : ''}`;
  const meaning = grade === undefined ? '' : auditShelf.meaning(grade);
  const words = sentence.startsWith(meaning.replace(/\.$/, '')) ? sentence : `${sentence} ${meaning}`;
  return [
    [
      span(` ${clip(clean(proxy), columns - 30)}`, 'strong'),
      span(mode === undefined ? '' : `  ${mode}  `),
      span(grade ?? '', grade === undefined ? 'faint' : toneOfGrade(grade)),
    ],
    ...wrap(words.trim(), columns - 4).map((text): Line => [span(`  ${text}`)]),
    ...(exits.length === 0
      ? []
      : wrap(`goes out by ${exits.join(', ')}`, columns - 4).map((text): Line => [span(`  ${text}`, 'faint')])),
    [span(`  ${when}`, 'faint')],
  ];
};

const words: Readonly<Record<Answer, string>> = {
  ...{ fail: 'failed', inconclusive: 'not sure', note: 'note', untested: 'not tested', pass: 'passed' },
  'does-not-apply': 'does not apply',
};

interface Drawing {
  readonly look: Look;
  readonly columns: number;
  readonly next: Finding | undefined;
}

/** What was not asked for one reason has the reason once, behind the last of it. */
const isSaidBelow = ({ answer, sentence }: Finding, next: Finding | undefined): boolean =>
  answer === 'untested' && next?.answer === 'untested' && next.sentence === sentence;

const findingLines = (finding: Finding, { changed }: AuditRow, { look, columns, next }: Drawing): readonly Line[] => {
  const { answer, sentence, remedy, caps, evidence } = finding;
  const text = (said: string, as?: Tone): readonly Line[] =>
    wrap(said, columns - 8).map((each): Line => [span(`      ${each}`, as)]);
  const isShort = isSaidBelow(finding, next) || (answer === 'pass' && evidence.length === 0);
  return [
    titleLine(finding, changed, look),
    ...(isShort ? [] : text(sentence)),
    ...(caps === undefined ? [] : text(`It is ${caps} at best.`, 'faint')),
    ...(remedy === undefined ? [] : text(remedy, 'faint')),
    ...evidence.flatMap(({ what, sent, arrived }): readonly Line[] => [
      ...text(what, 'accent'),
      ...(sent === undefined && arrived === undefined ? [] : sideBySide(sent, arrived, columns)),
    ]),
    ...(isShort ? [] : [emptyLine]),
  ];
};

const titleLine = (finding: Finding, changed: AuditRow['changed'], { auditShelf, glyphs }: Look): Line => {
  const { check, answer, severity } = finding;
  const tone = answerTone(finding);
  const title = auditShelf.checks().find(({ id }) => id === check)?.title ?? '';
  const expected = answer === 'fail' || answer === 'inconclusive' ? 'expected: ' : '';
  return [
    span(` ${answerSign(answer, glyphs)} `, tone),
    span(`${clean(check)} `, 'strong'),
    span(answer === 'fail' ? severity : words[answer], tone),
    span(changed.includes(check) ? '  changed since the last time' : '', 'accent'),
    span(`  ${expected}${clean(title)}`, 'faint'),
  ];
};

/** Back to where somebody came from. */
const back = (model: Model): Model => {
  const { overlay } = model;
  if (overlay?.kind !== 'evidence' || overlay.from === undefined) return closeOverlay(model);
  return { ...model, overlay: { kind: 'proxy', id: overlay.from, top: 0 } };
};

const otherMode = (model: Model, look: Look): Model => {
  const { overlay } = model;
  if (overlay?.kind !== 'evidence') return model;
  const { rows, row } = shownIn(model, look, overlay);
  const next = rows[(rows.findIndex((each) => each === row) + 1) % rows.length]?.mode;
  return next === undefined ? model : { ...model, overlay: { ...overlay, mode: next, top: 0 } };
};

/** Keys while evidence is shown. */
export const evidenceKeys: readonly KeyRow[] = [
  { keys: ['escape', 'enter', 'q'], label: 'back', help: 'back', press: (model) => ({ model: back(model) }) },
  {
    keys: ['tab'],
    label: 'other mode',
    help: 'the other mode of the same proxy',
    press: (model, look) => ({ model: otherMode(model, look) }),
  },
];

/** The key that shows the evidence of a proxy of the book. */
export const proxyEvidenceKey: KeyRow = {
  keys: ['e'],
  label: 'evidence',
  help: 'what the last audit of this proxy found',
  disabled: (model, look) => {
    const proxy = proxyIn(model, look);
    const isThere = proxy !== undefined && rowsOf(model, look, proxy).length > 0;
    return isThere ? undefined : 'It was not audited yet; a on page 4 does that.';
  },
  press: (model, look) => {
    const proxy = proxyIn(model, look);
    if (model.overlay?.kind !== 'proxy' || proxy === undefined) return { model };
    return { model: { ...model, overlay: { kind: 'evidence', proxy, top: 0, from: model.overlay.id } } };
  },
};

const proxyIn = ({ overlay }: Model, { shelf }: Look): string | undefined => {
  const entry = overlay?.kind === 'proxy' ? shelf.detail(overlay.id)?.entry : undefined;
  return entry && labelHop(entry.hop);
};
