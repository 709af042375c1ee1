/** Carries out what is asked of the book: shelves and tags at once, lists while the dialog tells how far they are. */

import { homedir } from 'node:os';
import { asKaskadeError } from '../model/error.js';
import { explain } from '../model/failure.js';
import type { ImportReport } from '../model/book.js';
import type { BookDesk, ImportOptions, ListInput, Selection } from '../engine/controller.js';
import { type Importing, nameOf } from './importing.js';
import { type Model, type Order, closeOverlay, say } from './page.js';

type Change = (next: (model: Model) => Model) => void;

type Some<Do extends Order['do']> = { readonly [Each in Do]: (order: Extract<Order, { readonly do: Each }>) => void };

/** Orders for the book, and the end of what is under way. */
export interface BookOrders {
  readonly handlers: Some<'shelve' | 'tag' | 'preview' | 'import' | 'stop-import' | 'refresh-source' | 'forget-source'>;
  readonly stop: () => void;
}

/** Orders for one book. */
export const createBookOrders = (book: () => BookDesk, change: Change): BookOrders => {
  const lists = createLists(book, change);
  const told = (work: () => string): void => {
    try {
      const said = work();
      change((model) => (said === '' ? model : say(model, said, 'good')));
    } catch (thrown) {
      change(refusal(thrown));
    }
  };
  return {
    stop: lists.stop,
    handlers: {
      shelve: ({ act, which }) => {
        told(() => shelve(book(), act, which));
      },
      tag: ({ which, tag, on }) => {
        told(() => `${counted(book().tag(which, tag, on))} ${on === 'add' ? 'tagged' : 'no longer tagged'} ${tag}.`);
      },
      preview: ({ input }) => {
        lists.preview(withHome(input));
      },
      import: ({ input }) => {
        lists.take(input);
      },
      'stop-import': lists.stop,
      'refresh-source': ({ name }) => {
        lists.refresh(name);
      },
      'forget-source': ({ name }) => {
        told(() => {
          book().forget(name);
          return `${name} is forgotten.`;
        });
      },
    },
  };
};

const counted = (count: number): string => `${count} ${count === 1 ? 'proxy is' : 'proxies are'}`;

const shelve = (book: BookDesk, act: Extract<Order, { do: 'shelve' }>['act'], which: Selection): string => {
  switch (act) {
    case 'release':
      return `${counted(book.release(which))} released: cascades may use them.`;
    case 'quarantine':
      return `${counted(book.quarantine(which))} in quarantine.`;
    case 'remove':
      return `${counted(book.remove(which))} removed from the book.`;
    case 'seen':
      book.markSeen(which);
      return '';
  }
};

/** As shells do. */
const withHome = (input: ListInput): ListInput =>
  input.kind === 'file' ? { ...input, path: input.path.replace(/^~(?=\/)/, homedir()) } : input;

const createLists = (book: () => BookDesk, change: Change) => {
  let running: AbortController | undefined;
  const stop = (): void => {
    running?.abort(interrupted());
    running = undefined;
  };
  /** Lets the dialog show a step, as long as it is about this work. */
  const stepOf = (own: AbortController) => (importing: Importing) => {
    if (!own.signal.aborted) change((model) => withStep(model, importing));
  };
  const begin = (): AbortController => {
    stop();
    running = new AbortController();
    return running;
  };
  return {
    stop,
    preview: (input: ListInput): void => {
      const own = begin();
      const step = stepOf(own);
      const onProgress = progressIn('looking', input, step);
      void look(book(), input, { signal: own.signal, onProgress }).then(step);
    },
    take: (input: ListInput): void => {
      const own = begin();
      const step = stepOf(own);
      const onProgress = progressIn('taking', input, step);
      book()
        .import(input, { signal: own.signal, onProgress })
        .then((report) => {
          if (!own.signal.aborted) change((model) => say(closeOverlay(model), reportText(report), 'good'));
        })
        .catch((thrown: unknown) => {
          step({ step: 'refused', name: nameOf(input), why: whyOf(thrown) });
        });
    },
    refresh: (name: string): void => {
      const own = begin();
      change((model) => say(model, `Reading ${name} again …`));
      book()
        .refresh(name, { signal: own.signal })
        .then((report) => {
          change((model) => say(model, reportText(report), 'good'));
        })
        .catch((thrown: unknown) => {
          change(refusal(thrown));
        });
    },
  };
};

const progressIn =
  (
    step: 'looking' | 'taking',
    input: ListInput,
    show: (importing: Importing) => void,
  ): Exclude<ImportOptions['onProgress'], undefined> =>
  ({ bytes, read }) => {
    show({ step, name: nameOf(input), bytes, read });
  };

const interrupted = (): Error => new Error('left');

const withStep = (model: Model, importing: Importing): Model =>
  model.overlay?.kind === 'import' ? { ...model, overlay: { kind: 'import', importing } } : model;

/** Looks at a list. Never rejects: what goes wrong is a step of the dialog too. */
const look = async (book: BookDesk, input: ListInput, options: ImportOptions): Promise<Importing> => {
  try {
    return { step: 'preview', input, preview: await book.preview(input, options) };
  } catch (thrown) {
    if (input.kind === 'url' && asKaskadeError(thrown).code === 'consent-needed') return { step: 'consent', input };
    return { step: 'refused', name: nameOf(input), why: whyOf(thrown) };
  }
};

const whyOf = (thrown: unknown): string => {
  const { sentence, hint } = explain(asKaskadeError(thrown).failure);
  return `${sentence} ${hint}`;
};

const refusal =
  (thrown: unknown) =>
  (model: Model): Model =>
    say(model, whyOf(thrown), 'bad');

const reportText = ({ source, added, merged, rejected, unchanged }: ImportReport): string => {
  if (unchanged === true) return `${source} has not changed.`;
  const lost = Object.values(rejected).reduce((sum, count) => sum + count, 0);
  return `${source}: ${added} added, in quarantine; ${merged} known already; ${lost} not taken.`;
};
