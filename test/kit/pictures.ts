/** Screens as pictures in files. `PICTURES=draw` draws them anew; look at them then. */

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Where they are. */
export const pictureFolder = fileURLToPath(new URL('../../../test/tui/pictures/', import.meta.url));

/** Fails where a screen looks otherwise than in its file. */
export const assertPicture = (name: string, drawn: string): void => {
  const path = `${pictureFolder}${name}.txt`;
  if (process.env['PICTURES'] === 'draw') {
    mkdirSync(pictureFolder, { recursive: true });
    writeFileSync(path, `${drawn}\n`);
  }
  assert.equal(`${drawn}\n`, readFileSync(path, 'utf8'));
};
