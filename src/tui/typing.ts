/** Lines of text that are typed in the last row: what each is for, what it does at once, and what Enter makes of it. */

import { complete } from '../model/filter-complete.js';
import type { KnownValues } from '../model/filter-complete.js';
import { withAudits } from './audit-state.js';
import { withAuditFilter } from './auditing.js';
import { selectionIn, withBook } from './book-state.js';
import { takePlace } from './importing.js';
import type { Look, Model, Step, Typing } from './page.js';

interface TypingRow {
  readonly label: string;
  readonly hint: string;
  /** What is seen while somebody types. */
  readonly live?: (model: Model, text: string) => Model;
  readonly done: (model: Model, text: string, look: Look) => Step;
  /** What Tab makes of the text. */
  readonly completed?: (text: string, look: Look) => string;
}

const withSessionsFilter = (model: Model, filter: string): Model => ({
  ...model,
  sessions: { ...model.sessions, filter },
});

/** Every text that may be typed. */
export const typings: Readonly<Record<Typing['what'], TypingRow>> = {
  sessions: {
    label: 'filter',
    hint: 'Enter keeps it, Esc leaves',
    live: withSessionsFilter,
    done: (model, filter) => ({ model: withSessionsFilter(model, filter) }),
  },
  book: {
    label: 'filter',
    hint: 'Tab completes, Enter keeps it, Esc leaves',
    live: (model, filter) => withBook(model, { filter }),
    done: (model, filter) => ({ model: withBook(model, { filter }) }),
    completed: (text, look) => completedFilter(text, knownIn(look)),
  },
  tag: {
    label: 'tag (a - before it takes it away)',
    hint: 'Enter tags, Esc leaves',
    done: (model, text, look) => {
      const which = selectionIn(model, look);
      const tag = text.trim().replace(/^-/, '');
      if (which === undefined || tag === '') return { model };
      return { model, orders: [{ do: 'tag', which, tag, on: text.trim().startsWith('-') ? 'remove' : 'add' }] };
    },
  },
  audits: {
    label: 'filter',
    hint: 'Enter keeps it, Esc leaves',
    live: (model, filter) => withAudits(model, { filter }),
    done: (model, filter) => ({ model: withAudits(model, { filter }) }),
  },
  'audit-filter': {
    label: 'filter',
    hint: 'Tab completes, Enter keeps it, Esc leaves',
    live: withAuditFilter,
    done: (model, filter) => ({ model: withAuditFilter(model, filter) }),
    completed: (text, look) => completedFilter(text, knownIn(look)),
  },
  import: {
    label: 'path or URL',
    hint: 'or paste a list; Enter looks at it, Esc leaves',
    done: takePlace,
  },
};

/** The text with the first suggestion put in, or as far as all of them agree. */
const completedFilter = (text: string, known: KnownValues): string => {
  const { from, to, items } = complete(text, text.length, known);
  const [first, ...others] = items.map((item) => item.text);
  if (first === undefined) return text;
  const shared = others.reduce((sofar, other) => sharedStart(sofar, other), first);
  const begun = text.slice(from, to);
  return text.slice(0, from) + (shared.length > begun.length ? shared : begun);
};

const sharedStart = (one: string, other: string): string => {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length += 1;
  return one.slice(0, length);
};

const knownIn = ({ shelf }: Look): KnownValues => ({ source: shelf.sources().map(({ name }) => name) });

/** What may stand where the cursor is, for the line above. */
export const suggestionsFor = (text: string, look: Look): readonly string[] =>
  complete(text, text.length, knownIn(look)).items.map((item) => item.text);
