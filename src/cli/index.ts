/** The table of commands. */

import { addCascade } from './cascade.js';
import { addCompletion } from './completion.js';
import { addConfig } from './config.js';
import { addConnect } from './connect.js';
import type { AddCommand } from './face.js';
import { addLab } from './lab.js';
import { addServe } from './serve.js';

/** Every command, in the order of the help. */
export const commands: readonly AddCommand[] = [addServe, addLab, addCascade, addConnect, addConfig, addCompletion];
