/** What a face can see and ask for, whether the engine runs in its own process or in another one. */

import type { Endpoint } from '../model/address.js';
import type { Millis } from '../model/brand.js';
import type { AuditDesk, LabView } from './audits.js';

import type { BookEntry, BookQuery, EntryDetail, ImportReport, Reading, Rejection, Stamp } from '../model/book.js';
import type { Cascade, Draft, ProxyId } from '../model/cascade.js';
import type { Command, CommandResult } from '../model/command.js';
import type { KaskadeEvent } from '../model/event.js';
import type { Failure } from '../model/failure.js';
import type { HopTiming } from '../model/session.js';
import type { Snapshot } from '../model/snapshot.js';

export type * from './audits.js';

/** A running engine. */
export interface Controller extends AsyncDisposable {
  readonly snapshot: Snapshot;
  /** Does what a face asks. A refusal is a result, not an error; rejects only when the engine cannot be reached any more. */
  readonly execute: (command: Command) => Promise<CommandResult>;
  /** Calls `observe` with everything that happens from now on, until the returned object is disposed. */
  readonly watch: (observe: (event: KaskadeEvent) => void) => Disposable;
  /** Accepts no more; sessions may end by themselves for `grace`, then they are ended. Resolves when nothing is open. */
  readonly stop: (grace: Millis) => Promise<void>;
}

/** Where and how to serve. */
export interface ServeOptions {
  /** `host:port`, port 0 for any; the setting `listen` where there is none. */
  readonly listen: readonly string[];
  /** The name of a stored cascade, or a chain; the stored one in use where it is missing. */
  readonly cascade?: string;
  /** Allows listeners that other machines reach; needs a file of user:password lines. */
  readonly public: boolean;
  readonly authFile?: string;
  /** Begin with the built-in lab of so many hops instead of a cascade. */
  readonly lab?: number;
  /** Told what the lab is made of, before anybody can use it. */
  readonly onLab?: (lab: LabView) => void;
  /** Begin also where no cascade is in use: sessions are refused until a face picks one. */
  readonly open?: true;
}

/** What came of asking one hop of a cascade: the verdict on the route up to it. */
export interface Verdict {
  /** Counted from 1. */
  readonly hop: number;
  readonly label: string;
  /** What the hop was asked to reach: the next hop or the target; undefined where the last hop was only connected to. */
  readonly onward?: string;
  /** Time for the whole route up to this hop. */
  readonly time: Millis;
  readonly timings: readonly HopTiming[];
  /** Missing where all went well. */
  readonly failure?: Failure;
}

/** One setting as a person sees it. */
export interface SettingView {
  readonly key: string;
  readonly value: string;
  readonly standard: string;
  /** What is legal, and what it means. */
  readonly legal: string;
  readonly meaning: string;
}

/** Two streams of bytes: what goes to a target, and what comes back. */
export interface Stdio {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
}

/** Where a list comes from. A text is what somebody pasted. */
export type ListInput =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'stdin'; readonly stream: AsyncIterable<Buffer | string> }
  | UrlInput;

/** A list on the web, and how to get it. */
export interface UrlInput {
  readonly kind: 'url';
  readonly url: string;
  /** `cascade NAME`, `direct`, `proxy URL`, `environment` or `pac FILE`; the cascade in use where it is missing. */
  readonly way?: string;
  /** Fetched again so often by a running engine; never where it is 0, as before where it is missing. */
  readonly every?: Millis;
  /** The user knows that `direct` shows the own address; remembered. */
  readonly consent?: true;
}

/** How a list is to be read: what is missing is found out. */
export interface ImportOptions {
  /** The name of the source; that of the file or the host otherwise. */
  readonly name?: string;
  readonly format?: string;
  readonly scheme?: string;
  /** Takes addresses that are not public too. */
  readonly privates?: true;
  /** Takes a list also where it has lost more than half of its proxies. */
  readonly shrunk?: true;
  readonly signal?: AbortSignal;
  /** Told a few times a second. */
  readonly onProgress?: (progress: { readonly bytes: number; readonly of?: number; readonly read: number }) => void;
  /** Called for every line that is not taken. */
  readonly onRejected?: (reading: Extract<Reading, { kind: 'rejected' }>) => void;
}

/** What a list would bring, before it is taken. */
export interface Preview {
  readonly format: string;
  readonly proxies: number;
  readonly ranges: number;
  readonly rejected: ImportReport['rejected'];
  /** The first lines that would not be taken, 20 at most. */
  readonly first: readonly Extract<Reading, { kind: 'rejected' }>[];
  /** The first proxies that would be, 20 at most, without credentials. */
  readonly sample: readonly string[];
}

/** One source of the book. */
export interface SourceView {
  readonly name: string;
  readonly kind: 'file' | 'paste' | 'stdin' | 'url';
  readonly place?: string;
  readonly way?: string;
  readonly format: string;
  readonly proxies: number;
  readonly added: number;
  readonly dropped: number;
  readonly fetched: Stamp;
  readonly every?: Millis;
  /** When a running engine fetches it next. */
  readonly nextFetch?: Stamp;
  /** Why the last fetch was not taken; the list of before stays. */
  readonly trouble?: string;
}

/** How one line of a list is read, for somebody who asks why. */
export interface LineReading {
  readonly format: string;
  /** What was taken for what: `host`, `port`, `user`, `country` …; never a password. */
  readonly fields: readonly (readonly [field: string, text: string])[];
  /** The proxy that it is, without credentials; missing where the line is not taken. */
  readonly proxy?: string;
  readonly assumed?: true;
  readonly why?: Rejection;
  /** What the reason means and what to do. */
  readonly sentence?: string;
}

/** What an export writes, and what its format could not say. */
export interface Exported {
  readonly chunks: AsyncIterable<string>;
  /** Known when all chunks are read: proxies written, and those that the format has no words for. */
  readonly counts: () => { readonly written: number; readonly left: number };
}

/** Some proxies: by name, or all that a filter finds. */
export type Selection = { readonly ids: readonly ProxyId[] } | { readonly filter: string };

/** The book as faces use it. Throws KaskadeErrors only: `bad-filter` with the place in the text, `book-broken`, `list-…`, `consent-needed`. */
export interface BookDesk {
  readonly list: (query: BookQuery) => readonly BookEntry[];
  readonly count: (filter: string) => number;
  /** By id, by `host:port`, or by host where only one has it. */
  readonly find: (text: string) => EntryDetail | undefined;
  readonly sources: () => readonly SourceView[];
  readonly preview: (input: ListInput, options?: ImportOptions) => Promise<Preview>;
  readonly import: (input: ListInput, options?: ImportOptions) => Promise<ImportReport>;
  readonly explainLine: (line: string, options?: Pick<ImportOptions, 'format' | 'scheme'>) => Promise<LineReading>;
  /** The names of all formats, those that can be written too marked. */
  readonly formats: () => readonly { readonly name: string; readonly writes: boolean }[];
  /** Credentials are only written where `logins` says so. */
  readonly export: (options: { readonly filter: string; readonly format: string; readonly logins?: true }) => Exported;
  /** Reads a source again that came from a file or a URL. Rejects with `source-unknown`, `file-unreadable`, or as a fetch does. */
  readonly refresh: (name: string, options?: ImportOptions & Pick<UrlInput, 'consent'>) => Promise<ImportReport>;
  readonly forget: (source: string) => void;
  /** What a person reads of a reason. */
  readonly reason: (why: Rejection) => string;
  /** Each gives how many proxies it changed. */
  readonly release: (which: Selection) => number;
  readonly quarantine: (which: Selection) => number;
  readonly remove: (which: Selection) => number;
  readonly tag: (which: Selection, tag: string, on: 'add' | 'remove') => number;
  readonly markSeen: (which: Selection) => number;
  /** Changes with every change of the book, also by other processes; to be asked often. */
  readonly version: () => number;
}

/** The whole program, as the command line and the terminal UI use it. Everything throws KaskadeErrors only. */
export interface Program {
  readonly settings: {
    /** The path of the settings file. */
    readonly path: string;
    readonly all: () => readonly SettingView[];
    /** Throws `bad-setting` for an unknown key. */
    readonly find: (key: string) => SettingView;
    /** Stores a value. Throws `bad-setting` with what would be legal. */
    readonly set: (key: string, value: string) => void;
  };
  readonly cascades: {
    readonly all: () => readonly Cascade[];
    readonly inUse: () => string | undefined;
    /** Reads again what another process may have changed. Throws `settings-broken` or `home-unusable`; what was read before holds then. */
    readonly reload: () => void;
    /** Finds a stored cascade by name, or reads a chain. Throws `cascade-unknown`, `bad-hop` or `bad-cascade`. */
    readonly find: (nameOrChain: string) => Cascade;
    /** Stores a cascade; the first one stored is in use from then on. Throws `bad-cascade` where the name is taken. */
    readonly add: (name: string, chain: string) => Cascade;
    /** Reads known proxies, which keep their credentials, and new ones as a cascade. Throws `bad-cascade` or `bad-hop`. */
    readonly compose: (draft: Draft) => Cascade;
    /** Stores a draft, in the place of another cascade where one is named. Throws as `add` does, or `cascade-unknown`. */
    readonly put: (name: string, draft: Draft, replaces?: string) => Cascade;
    readonly use: (name: string) => Cascade;
    readonly remove: (name: string) => Cascade;
    /** Dials hop by hop and tells each verdict as it is known; ends after the first failure. */
    readonly test: (options: {
      readonly cascade: Cascade;
      readonly target?: Endpoint;
      readonly onVerdict: (verdict: Verdict) => void;
      readonly signal: AbortSignal;
    }) => Promise<void>;
  };
  /** The book of known proxies; opened on the first use. */
  readonly book: BookDesk;
  readonly audits: AuditDesk;
  /** Starts the engine in this process; faces of others can attach to it. Rejects with `engine-running` where one runs on this home. */
  readonly serve: (options: ServeOptions) => Promise<Controller>;
  /**
   * Attaches to the engine that runs on this home, wherever; undefined where none does. Disposing what it gives detaches only.
   * Rejects with `engine-silent` where one runs that cannot be understood.
   */
  readonly attach: () => Promise<Controller | undefined>;
  /** Connects a target with the two streams, through a cascade or the engine that runs on this home. Resolves when both directions have ended. */
  readonly connect: (options: {
    readonly target: Endpoint;
    readonly cascade?: string;
    readonly stdio: Stdio;
    readonly signal: AbortSignal;
  }) => Promise<void>;
}
