/** Audits and judges as faces use them. */

import type { Asked, AuditProgress, AuditReport, CheckId, CheckText, ModeReport, Tier } from '../model/audit.js';
import type { Grade, Stamp } from '../model/book.js';
import type { Millis } from '../model/brand.js';
import type { SpareLife } from '../model/spare.js';

/** What is to be audited, and how. */
export interface AuditWish {
  readonly of:
    | { readonly kind: 'proxies'; readonly proxies: readonly string[] }
    | { readonly kind: 'book'; readonly filter: string }
    | { readonly kind: 'cascade'; readonly name: string };
  readonly tier: Tier;
  /** Those of the settings where there are none. */
  readonly judges?: readonly string[];
  /** Pages of others by their URLs; those of the settings where there are none. */
  readonly witnesses?: readonly string[];
  /** The user has agreed that proxies of other people are asked; remembered. */
  readonly agreed?: true;
  /** How long one question may take, and how many proxies are asked at once. */
  readonly within?: Millis;
  readonly most?: number;
  readonly signal: AbortSignal;
  /** `changed` names the checks whose answer is another than the last time. */
  /** `forOthers` gives the report without what tells who audited. */
  readonly onReport: (report: AuditReport, changed: readonly CheckId[], forOthers: () => AuditReport) => void;
  readonly onProgress?: (progress: AuditProgress) => void;
  readonly onNotice?: (text: string) => void;
}

/** How a judge is run. */
export interface JudgeOptions {
  readonly listen: readonly string[];
  readonly tlsListen: readonly string[];
  /** Further hosts by which it is reached. */
  readonly names: readonly string[];
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly keyFile?: string;
  /** How long addresses are kept. */
  readonly ttl: Millis;
  /** Requests a second of one source. */
  readonly rate: number;
  /** A zone that is delegated to it, and the addresses of its names. */
  readonly zone?: { readonly name: string; readonly listen: string; readonly addresses: readonly string[] };
}

/** A judge that runs in this process. */
export interface RunningJudge extends AsyncDisposable {
  /** `http://HOST:PORT/#KEY`. */
  readonly urls: readonly string[];
  readonly tls: readonly { readonly port: number; readonly name?: string; readonly spki: string }[];
  readonly names?: { readonly zone: string; readonly at: string };
}

/** What there is in a lab to audit, and by whom. */
export interface LabView {
  /** `http://HOST:PORT/#KEY`. */
  readonly judge: string;
  readonly proxies: readonly string[];
}

/** Audits as faces use them. */
export interface AuditDesk {
  readonly checks: readonly CheckText[];
  /** What each grade says. */
  readonly meaning: (grade: Grade) => string;
  /** Resolves when every proxy has its report. Rejects with `judge-missing`, `judge-unreachable`, `audit-consent`, `audit-running`, or what the wish does not name. */
  readonly run: (wish: AuditWish) => Promise<void>;
  /** The last report of a proxy of the book, as far as it was kept. */
  readonly kept: (proxy: string) => readonly KeptMode[];
  /** Audits simulated proxies on this machine. Rejects with `selftest-impossible`. */
  readonly selfTest: (options: {
    readonly signal: AbortSignal;
    readonly onResult: (result: SelfTestResult) => void;
  }) => Promise<void>;
  /** Runs a judge. Rejects with `port-in-use`, `file-unreadable` or `bad-usage`. */
  readonly judge: (options: JudgeOptions) => Promise<RunningJudge>;
}

/** What was found of one simulated proxy, beside the truth; both as pairs of a mode, or `outcome`, and a word. */
export interface SelfTestResult {
  readonly id: string;
  readonly about: string;
  readonly speech: string;
  readonly honest: boolean;
  readonly truth: readonly (readonly [mode: string, what: string])[];
  readonly found: readonly (readonly [mode: string, what: string])[];
}

/** One mode of a kept report. */
export interface KeptMode extends ModeReport {
  readonly at: Stamp;
  readonly tier: Tier;
  /** Checks whose answer was another one the time before. */
  readonly changed: readonly CheckId[];
  /** What this audit and those before asked for once, the last first. */
  readonly watched: readonly Asked[];
  /** When it was last asked everything. */
  readonly fullAt?: Stamp;
  /** As the last longest audit saw it. */
  readonly spareLife?: SpareLife;
}
