/** What a page of others says, read as one of two kinds: server variables in the manner of azenv, or the address that it sees. */

import { parseHost } from '../../model/address.js';

/** A line such as `HTTP_VIA = 1.1 proxy`. */
export interface Variable {
  readonly name: string;
  readonly value: string;
}

/** What it says. */
export type Testimony =
  | { readonly kind: 'echo'; readonly address: string }
  | { readonly kind: 'variables'; readonly address: string; readonly variables: readonly Variable[] }
  /** Nothing of use. */
  | { readonly kind: 'nothing' };

const mostVariables = 200;

/** Reads a body, of which every byte may be a lie. */
export const readTestimony = (body: Buffer): Testimony => {
  const text = body.toString('latin1').trim();
  const address = addressOf(text) ?? addressInJson(text);
  if (address !== undefined) return { kind: 'echo', address };
  const variables = variablesIn(text);
  const seen = addressOf(variables.find(({ name }) => name === 'REMOTE_ADDR')?.value ?? '');
  return seen === undefined ? { kind: 'nothing' } : { kind: 'variables', address: seen, variables };
};

/** An address in its usual form and nothing else; one of IPv4 in IPv6 is the former. */
const addressOf = (text: string): string | undefined => {
  const plain = text.replace(/^::ffff:(?=\d+\.)/i, '');
  if (!/^[0-9a-f.:]{2,45}$/i.test(plain)) return undefined;
  try {
    const host = parseHost(plain);
    return host.kind === 'name' || (host.kind === 'ipv4' && host.address !== plain) ? undefined : host.address;
  } catch {
    return undefined;
  }
};

/** The one address that some field of a JSON object holds. */
const addressInJson = (text: string): string | undefined => {
  if (!text.startsWith('{')) return undefined;
  const found = new Set<string>();
  try {
    JSON.parse(text, (_key, value: unknown) => {
      const address = typeof value === 'string' ? addressOf(value) : undefined;
      if (address !== undefined) found.add(address);
      return value;
    });
  } catch {
    // Not whole, or nested deeper than anybody reads.
    return undefined;
  }
  const [one, other] = [...found];
  return other === undefined ? one : undefined;
};

const variablesIn = (text: string): readonly Variable[] => {
  const lines = text.replace(/<br\s?\/?>/gi, '\n').split(/\r?\n/);
  const found = lines.flatMap((line): readonly Variable[] => {
    const [, name, value] =
      /^\s*([A-Z][A-Z0-9_]{1,63})\s?=\s?(.{0,4096})$/.exec(line.replace(/<[^<>]{0,200}>/g, '')) ?? [];
    return name === undefined || value === undefined ? [] : [{ name, value: unescaped(value).trim() }];
  });
  return found.slice(0, mostVariables);
};

const marks: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", '#039': "'" };

const unescaped = (text: string): string =>
  text.replace(/&(amp|lt|gt|quot|#0?39);/g, (whole, name: string) => marks[name] ?? whole);
