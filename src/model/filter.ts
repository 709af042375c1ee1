/** The filter language as data: which proxies of the book are meant. filter-text.ts reads and writes it, filter-match.ts applies it. */

/** What a test may look at; filter-fields.ts has a row for each. */
export const filterFields = [
  ...(['scheme', 'host', 'port', 'country', 'asn', 'grade', 'forward', 'pulse', 'shelf', 'new'] as const),
  ...(['availability', 'latency', 'sources', 'source', 'tag', 'exit', 'login', 'age', 'family', 'any'] as const),
] as const;
export type FilterField = (typeof filterFields)[number];

/** How a test compares; `~` is "has this text in it", whatever the case of letters. */
export const filterOps = ['>=', '<=', '!=', '=', '>', '<', '~'] as const;
export type FilterOp = (typeof filterOps)[number];

/** One comparison. What is not known of a proxy passes no test but `=unknown` (of grades `=untested`), not even `!=`. */
export interface FilterTest {
  readonly kind: 'test';
  readonly field: FilterField;
  readonly op: FilterOp;
  /**
   * A word or text; a number for port, asn, availability (percent), latency and age (milliseconds) and sources.
   * `unknown` or `untested` where the field may be so.
   */
  readonly value: string | number;
}

/** Which proxies are meant. `parts` has two or more, none of the same kind; what stands under `not` is no `not`. */
export type Filter =
  | { readonly kind: 'all' }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Filter[] }
  | { readonly kind: 'not'; readonly part: Filter }
  | FilterTest;

/** Longer text, more tests or deeper nesting is no filter. */
export const mostFilterText = 2_000;
export const mostFilterTests = 64;
export const mostFilterDepth = 16;
