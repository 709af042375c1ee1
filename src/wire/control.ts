/** What goes over the control socket: one JSON value a line, from faces to the engine and back. */

import type { Command, CommandResult } from '../model/command.js';
import type { KaskadeEvent } from '../model/event.js';

/** Raised whenever one side can no longer understand the other. */
export const controlVersion = 1;

/** The longest line of a face: commands are short. */
export const longestAsk = 64 * 1024;
/** The longest line of an engine: a snapshot with every session that can be open. */
export const longestTold = 64 * 1024 * 1024;

/** What a face asks. A later face may ask what is not known here; that is answered. */
export type Ask =
  | { readonly kind: 'command'; readonly id: number; readonly command: Command }
  | { readonly kind: 'watch'; readonly id: number }
  | { readonly kind: 'unknown'; readonly id: number };

/** What an engine tells. */
export type Told =
  | { readonly kind: 'hello'; readonly version: number; readonly pid: number }
  /** So many faces are there that no more are let in. */
  | { readonly kind: 'full'; readonly pid: number }
  | { readonly kind: 'result'; readonly id: number; readonly result: CommandResult }
  | { readonly kind: 'event'; readonly event: KaskadeEvent };

/** A line of a face; undefined for what no face says. Fields that are not known are passed over. */
export const readAsk = (line: string): Ask | undefined => {
  const said = readObject(line);
  const id = said?.['id'];
  if (said === undefined || !isCount(id)) return undefined;
  if (said['watch'] === true) return { kind: 'watch', id };
  const command = isObject(said['command']) ? readCommand(said['command']) : undefined;
  return command === undefined ? { kind: 'unknown', id } : { kind: 'command', id, command };
};

/** A line of an engine; undefined for what none says. An engine of the same version is believed what it says of itself. */
export const readTold = (line: string): Told | undefined => {
  const said = readObject(line);
  if (said === undefined) return undefined;
  const { kind, id, event, result } = said;
  if (kind === 'hello' || kind === 'full') return readGreeting(kind, said);
  if (isObject(event)) return typeof event['kind'] === 'string' ? { kind: 'event', event: asEvent(event) } : undefined;
  if (!isCount(id) || !isObject(result) || typeof result['done'] !== 'boolean') return undefined;
  return { kind: 'result', id, result: result as unknown as CommandResult };
};

const readGreeting = (kind: 'hello' | 'full', { version, pid }: Fields): Told | undefined => {
  if (!isCount(pid)) return undefined;
  if (kind === 'full') return { kind, pid };
  return isCount(version) ? { kind, version, pid } : undefined;
};

const asEvent = (fields: Fields): KaskadeEvent => fields as unknown as KaskadeEvent;

/** Lines as they are written, with their LF. */
export const controlLines = {
  hello: (pid: number): string => lineOf({ kind: 'hello', version: controlVersion, pid }),
  full: (pid: number): string => lineOf({ kind: 'full', pid }),
  command: (id: number, command: Command): string => lineOf({ id, command }),
  watch: (id: number): string => lineOf({ id, watch: true }),
  result: (id: number, result: CommandResult): string => lineOf({ id, result }),
  event: (event: KaskadeEvent): string => lineOf({ event }),
} as const;

const lineOf = (value: object): string => `${JSON.stringify(value)}\n`;

type Fields = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

const readObject = (line: string): Fields | undefined => {
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
};

const readCommand = (fields: Fields): Command | undefined => {
  const { do: what } = fields;
  return typeof what === 'string' && isCommand(what) ? readers[what](fields) : undefined;
};

const isCommand = (what: string): what is Command['do'] => Object.hasOwn(readers, what);

/** Every command with the fields that it needs; undefined where one is missing or is something else. */
const readers: { readonly [What in Command['do']]: (fields: Fields) => Extract<Command, { do: What }> | undefined } = {
  'use-cascade': ({ name }) => (typeof name === 'string' ? { do: 'use-cascade', name } : undefined),
  reload: () => ({ do: 'reload' }),
  probe: ({ cascade }) => {
    if (cascade === undefined) return { do: 'probe' };
    return typeof cascade === 'string' ? { do: 'probe', cascade } : undefined;
  },
  renew: ({ identity }) => (typeof identity === 'string' ? { do: 'renew', identity } : undefined),
  'close-session': ({ session }) => (isCount(session) ? { do: 'close-session', session } : undefined),
  why: ({ session }) => (isCount(session) ? { do: 'why', session } : undefined),
  stop: () => ({ do: 'stop' }),
};
