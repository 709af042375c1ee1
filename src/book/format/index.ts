/** The table of formats: one row each, the more telling ones first, since the first that a list resembles is taken. */

import { blocklist } from './blocklist.js';
import { clash } from './clash.js';
import { csv } from './csv.js';
import type { Format } from './format.js';
import { html } from './html.js';
import { json, jsonLines, singBox } from './json.js';
import { lines } from './lines.js';
import { pac } from './pac.js';
import { proxychains } from './proxychains.js';
import { settings } from './settings.js';

/** All formats; the last one takes any text. */
export const formats: readonly Format[] = [
  ...[html, blocklist, jsonLines, singBox, json, pac, clash, proxychains, settings, csv],
  lines,
];
