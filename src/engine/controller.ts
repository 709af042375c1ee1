/** What a face can see and ask for, whether the engine runs in its own process or in another one. */

import type { Endpoint } from '../model/address.js';
import type { Millis } from '../model/brand.js';
import type { Cascade, Draft } from '../model/cascade.js';
import type { Command, CommandResult } from '../model/command.js';
import type { KaskadeEvent } from '../model/event.js';
import type { Failure } from '../model/failure.js';
import type { HopTiming } from '../model/session.js';
import type { Snapshot } from '../model/snapshot.js';

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
