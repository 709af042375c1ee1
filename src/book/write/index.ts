/** The table of export formats, and how a list is written in one of them. */

import { clash } from './clash.js';
import { csv } from './csv.js';
import { json } from './json.js';
import { proxychains } from './proxychains.js';
import { txt } from './txt.js';
import type { ExportFormat, Exported, LeftOut, Writer } from './writer.js';

/** One row a format. */
export const writers: Readonly<Record<ExportFormat, Writer>> = { txt, json, csv, proxychains, clash };

/** What came of an export; counts are complete once its text is. */
export interface Written {
  readonly text: Iterable<string>;
  readonly counts: { readonly written: number; readonly left: ReadonlyMap<LeftOut, number> };
}

/** Writes proxies in pieces of text; credentials only if `logins` is `with`. Reading the text again gives the same hops, but those left out. */
export const writeList = (proxies: Iterable<Exported>, format: ExportFormat, logins: 'with' | 'without'): Written => {
  const counts = { written: 0, left: new Map<LeftOut, number>() };
  return { text: pieces(proxies, { writer: writers[format], isClear: logins === 'with', counts }), counts };
};

interface Job {
  readonly writer: Writer;
  readonly isClear: boolean;
  readonly counts: { written: number; readonly left: Map<LeftOut, number> };
}

function* pieces(proxies: Iterable<Exported>, { writer, isClear, counts }: Job): Generator<string> {
  yield writer.head;
  for (const proxy of proxies) {
    const row = writer.row(proxy, isClear);
    if ('left' in row) {
      counts.left.set(row.left, (counts.left.get(row.left) ?? 0) + 1);
      continue;
    }
    yield counts.written === 0 ? row.text : `${writer.between}${row.text}`;
    counts.written += 1;
  }
  yield writer.foot;
}
