/** What the settings file holds, and how its content is checked before anything believes it. */

import { z } from 'zod';
import { excerpt } from '../model/address.js';

const schema = z.strictObject({
  version: z.literal(1),
  settings: z.record(z.string(), z.string()),
  cascades: z
    .array(z.strictObject({ name: z.string(), chain: z.string() }))
    .refine((cascades) => new Set(cascades.map(({ name }) => name)).size === cascades.length, 'a name twice'),
  use: z.string().optional(),
});

/** A cascade by name, as chain text with its credentials. */
export interface SavedCascade {
  readonly name: string;
  readonly chain: string;
}

/** Everything that is stored. */
export interface Saved {
  readonly version: 1;
  readonly settings: Readonly<Record<string, string>>;
  readonly cascades: readonly SavedCascade[];
  /** The cascade for new sessions. */
  readonly use?: string | undefined;
}

/** What stands where nothing was stored yet. */
export const nothingSaved: Saved = { version: 1, settings: {}, cascades: [] };

/** What a file's content is worth: something to use, a later version's, or broken with the reason. */
export type Judged =
  | { readonly kind: 'good'; readonly saved: Saved }
  | { readonly kind: 'newer' }
  | { readonly kind: 'broken'; readonly why: string };

/** Judges the text of a settings file. The reason never repeats a value: it may be a credential. */
export const judge = (text: string): Judged => {
  const content = parseJson(text);
  if (content === undefined) return { kind: 'broken', why: 'it is not JSON' };
  const newer = z.looseObject({ version: z.number().int().min(2) }).safeParse(content.value);
  if (newer.success) return { kind: 'newer' };
  const checked = schema.safeParse(content.value);
  return checked.success ? { kind: 'good', saved: checked.data } : { kind: 'broken', why: firstIssue(checked.error) };
};

/** What JSON.parse says of an error quotes the text, so nothing of it is kept. */
const parseJson = (text: string): { readonly value: unknown } | undefined => {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
};

const firstIssue = ({ issues }: z.ZodError): string => {
  const [issue] = issues;
  const path = issue?.path.map(String).join('.') ?? '';
  return path === '' ? 'its outline is not that of settings' : `what stands at ${excerpt(path)} is not right`;
};
