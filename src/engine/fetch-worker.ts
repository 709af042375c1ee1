/** A thread beside the engine that fetches one source again: reading a long list must not hold up sessions. */

import { parentPort, workerData } from 'node:worker_threads';
import { asKaskadeError } from '../model/error.js';
import { explain } from '../model/failure.js';
import type { Fetching, WorkerTask } from './subscriptions.js';
import { openProgram } from './program.js';

const work = async ({ home, source }: WorkerTask): Promise<Fetching> => {
  try {
    const { added, unchanged } = await openProgram(home, 'leave').book.refresh(source);
    return { ok: true, added: unchanged === true ? 0 : added };
  } catch (thrown) {
    return { ok: false, sentence: explain(asKaskadeError(thrown).failure).sentence };
  }
};

parentPort?.postMessage(await work(workerData as WorkerTask));
