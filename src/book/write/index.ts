/** The table of export formats, and how a list is written in one of them. */

import { placeOf } from '../../model/hop.js';
import { clash } from './clash.js';
import { csv } from './csv.js';
import { json, jsonl } from './json.js';
import { proxychains } from './proxychains.js';
import { txt } from './txt.js';
import type { ExportFormat, Exported, LeftOut, Writer } from './writer.js';

/** One row a format. */
export const writers: Readonly<Record<ExportFormat, Writer>> = { txt, json, jsonl, csv, proxychains, clash };

/** What came of an export; counts are complete once its text is. */
export interface Written {
  readonly text: Iterable<string>;
  readonly counts: { readonly written: number; readonly left: ReadonlyMap<LeftOut, number> };
}

/**
 * Writes proxies in pieces of text; credentials only if `logins` is `with`. Reading the text again gives the same hops, but
 * those left out. Proxies at one place that follow each other are sorted by their text and written once each, so that the
 * text does not depend on how the book keeps logins.
 */
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
  const texts = new Set<string>();
  let place = '';
  yield writer.head;
  for (const proxy of proxies) {
    const at = placeOf(proxy.hop);
    if (at !== place) yield* together(texts, writer, counts);
    place = at;
    const row = writer.row(proxy, isClear);
    if ('left' in row) counts.left.set(row.left, (counts.left.get(row.left) ?? 0) + 1);
    else texts.add(row.text);
  }
  yield* together(texts, writer, counts);
  yield writer.foot;
}

function* together(texts: Set<string>, { between }: Writer, counts: { written: number }): Generator<string> {
  for (const text of [...texts].sort()) {
    yield counts.written === 0 ? text : `${between}${text}`;
    counts.written += 1;
  }
  texts.clear();
}
