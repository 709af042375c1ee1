/** A folder of its own for a test, and what a piece of work refuses. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { KaskadeError } from '../../src/model/error.js';
import type { Failure } from '../../src/model/failure.js';

/** An empty folder, gone after the test. */
export const createHome = (context: TestContext): string => {
  const home = mkdtempSync(join(tmpdir(), 'kaskade-home-'));
  context.after(() => {
    rmSync(home, { recursive: true, force: true });
  });
  return home;
};

/** The failure that `work` throws; fails the test when it throws none, or another error. */
export const failureOf = (work: () => unknown): Failure => {
  try {
    work();
  } catch (thrown) {
    if (thrown instanceof KaskadeError) return thrown.failure;
    throw thrown;
  }
  throw new Error('nothing was refused');
};
