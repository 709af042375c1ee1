/** What came of taking a list, or would come of it, as it is printed. */

import type { ImportReport, Rejection } from '../model/book.js';
import type { BookDesk, Preview } from '../engine/controller.js';
import type { Output } from './output.js';

/** Prints what was taken, and why the rest was not. */
export const tellReport = (output: Output, book: BookDesk, report: ImportReport): void => {
  const { source, format, read, added, merged, dropped, ranges, assumed, unchanged } = report;
  if (unchanged === true) {
    output.say(`${source}: has not changed`);
    output.value({ event: 'imported', ...report });
    return;
  }
  output.say(
    `${source}: ${read} read as ${format}, ${added} added, ${merged} known already${dropped === 0 ? '' : `, ${dropped} dropped`}${ranges === 0 ? '' : `, ${ranges} blocked ranges`}`,
  );
  tellRejected(output, book, report.rejected);
  if (assumed > 0) output.note(`Note: the list does not say what ${assumed} of them speak; --scheme does.`);
  if (added > 0) output.note('Note: new proxies are in quarantine: kaskade list release lets cascades use them.');
  output.value({ event: 'imported', ...report });
};

/** Prints what a list would bring. */
export const tellPreview = (output: Output, book: BookDesk, preview: Preview): void => {
  const { format, proxies, ranges, first, sample } = preview;
  output.say(`${proxies} proxies and ${ranges} blocked ranges, read as ${format}; nothing was taken`);
  for (const text of sample) output.say(`  ${text}`);
  tellRejected(output, book, preview.rejected);
  for (const { line, why, text } of first) output.say({ tone: 'faint', text: `  line ${line}: ${why}: ${text}` });
  output.value({ event: 'preview', ...preview });
};

const tellRejected = (output: Output, book: BookDesk, rejected: ImportReport['rejected']): void => {
  const all = Object.entries(rejected) as [Rejection, number][];
  for (const [why, count] of all.sort((one, other) => other[1] - one[1]))
    output.say(`  ${count} not taken: ${why}, `, { tone: 'faint', text: book.reason(why) });
};
