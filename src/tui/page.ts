/** What the terminal UI is made of: a model, what may be looked at, and keys that turn one model into the next. */

import type { At } from '../model/brand.js';
import type { Stamp } from '../model/book.js';
import type { Cascade, Draft, ProxyId } from '../model/cascade.js';
import type { Command } from '../model/command.js';
import type { Failure } from '../model/failure.js';
import type { Snapshot } from '../model/snapshot.js';
import type { Tier } from '../model/audit.js';
import type { AuditWish, ListInput, Selection, Verdict } from '../engine/controller.js';
import type { AuditShelf } from './audit-shelf.js';
import type { AuditState } from './audit-state.js';
import type { Auditing } from './auditing.js';
import type { BookState } from './book-state.js';
import type { BuilderState } from './builder.js';
import type { EvidenceState } from './evidence.js';
import type { Glyphs } from './glyphs.js';
import type { Importing } from './importing.js';
import type { Line, Size, Tone } from './line.js';
import type { LogState } from './log.js';
import type { SessionsState, Table } from './session-table.js';
import type { Shelf } from './shelf.js';
import type { Move, Place } from './window.js';

/** The pages, by the digit that shows them. */
export type PageId = 'cascades' | 'hops' | 'sessions' | 'book' | 'audit' | 'log';

/** A line of text that is being typed: what for, and what stands there so far. */
export interface Typing {
  readonly what: 'sessions' | 'book' | 'tag' | 'import' | 'audits' | 'audit-filter';
  readonly text: string;
}

/** A word in the last line. */
export interface Word {
  readonly text: string;
  readonly tone: Tone;
}

/** A cascade that is tried hop by hop. */
export interface Trial {
  readonly cascade: string;
  readonly verdicts: readonly Verdict[];
  readonly state: 'running' | 'done';
  readonly failure?: Failure;
}

/** Everything that the terminal UI remembers. */
export interface Model {
  readonly page: PageId;
  readonly size: Size;
  readonly cascades: Place;
  /** The first line of the hops page in sight. */
  readonly hopsTop: number;
  readonly sessions: SessionsState;
  readonly book: BookState;
  readonly audits: AuditState;
  readonly log: LogState;
  readonly overlay?:
    | { readonly kind: 'help'; readonly top: number }
    | { readonly kind: 'builder'; readonly builder: BuilderState }
    | { readonly kind: 'trial'; readonly trial: Trial }
    | { readonly kind: 'session'; readonly id: number }
    /** A proxy of the book, from that line on. */
    | { readonly kind: 'proxy'; readonly id: ProxyId; readonly top: number }
    | { readonly kind: 'sources'; readonly at: number }
    | { readonly kind: 'import'; readonly importing: Importing }
    | { readonly kind: 'auditing'; readonly auditing: Auditing }
    | ({ readonly kind: 'evidence' } & EvidenceState);
  readonly typing?: Typing;
  /** The key that was pressed once and must be pressed again. */
  readonly armed?: string;
  readonly word?: Word;
}

/** What a view and a key may look at. */
export interface Look {
  readonly snapshot: Snapshot;
  /** The engine's clock now. */
  readonly now: At;
  readonly glyphs: Glyphs;
  readonly table: Table;
  readonly shelf: Shelf;
  readonly auditShelf: AuditShelf;
  /** The moment of the calendar. */
  readonly today: Stamp;
  /** Whether the engine runs in this process and ends with it. */
  readonly ownsEngine: boolean;
  /** A stored cascade; undefined for the lab, or one that was given on the command line. */
  readonly stored: (name: string) => Cascade | undefined;
  /** Reads a draft as a cascade. Throws `bad-cascade` or `bad-hop`. */
  readonly compose: (draft: Draft) => Cascade;
}

/** Something that is to be done outside the model. */
export type Order =
  | { readonly do: 'command'; readonly command: Command; readonly said: string }
  | { readonly do: 'put-cascade'; readonly name: string; readonly draft: Draft; readonly replaces?: string }
  | { readonly do: 'remove-cascade'; readonly name: string }
  | { readonly do: 'test-cascade'; readonly name: string }
  | { readonly do: 'stop-test' }
  | { readonly do: 'keep-warm'; readonly name: string; readonly warm: boolean }
  | { readonly do: 'shelve'; readonly act: 'release' | 'quarantine' | 'remove' | 'seen'; readonly which: Selection }
  | { readonly do: 'tag'; readonly which: Selection; readonly tag: string; readonly on: 'add' | 'remove' }
  /** Looks at a list; the dialog tells how it goes. */
  | { readonly do: 'preview'; readonly input: ListInput }
  | { readonly do: 'import'; readonly input: ListInput }
  | { readonly do: 'stop-import' }
  | { readonly do: 'refresh-source'; readonly name: string }
  | { readonly do: 'forget-source'; readonly name: string }
  /** Begins an audit; page 5 tells how it goes. */
  | { readonly do: 'audit'; readonly of: AuditWish['of']; readonly tier: Tier; readonly agreed?: true }
  | { readonly do: 'stop-audit' }
  /** Shows what the book kept of earlier audits. */
  | { readonly do: 'load-kept' }
  | { readonly do: 'redraw' }
  | { readonly do: 'suspend' }
  | { readonly do: 'quit' };

/** What a key does. */
export interface Step {
  readonly model: Model;
  readonly orders?: readonly Order[];
}

/** A row of a key table: help and the bottom border are made from it. */
export interface KeyRow {
  readonly keys: readonly string[];
  /** What stands in the border; a row without it is in the help only. */
  readonly label?: string;
  readonly help: string;
  /** It must be pressed twice: always, or while there is such a reason. */
  readonly twice?: true | ((model: Model, look: Look) => string | undefined);
  /** Why it does nothing now. */
  readonly disabled?: (model: Model, look: Look) => string | undefined;
  readonly press: (model: Model, look: Look, key: string) => Step;
}

/** One page. */
export interface Page {
  readonly id: PageId;
  readonly digit: string;
  readonly title: string;
  readonly view: (model: Model, look: Look, size: Size) => readonly Line[];
  readonly keys: readonly KeyRow[];
  /** Moves what is chosen, or the window; rows are those of the page. */
  readonly move: (model: Model, look: Look, how: Move, rows: number) => Model;
  /** The row of the page was clicked, counted from 0. */
  readonly click: (model: Model, look: Look, row: number, rows: number) => Model;
}

/** A model with a word in its last line. */
export const say = (model: Model, text: string, tone: Tone = 'plain'): Model => ({ ...model, word: { text, tone } });

/** A model without its overlay. */
export const closeOverlay = ({ overlay: _closed, ...model }: Model): Model => model;
