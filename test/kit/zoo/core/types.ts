/** What kind of thing an answer is. */

import type { Whole } from './behaviour.js';

/** Whether an answer says that it is of a type. */
export const isType = ({ fields }: Whole, type: string): boolean =>
  fields.some(({ name, value }) => name.toLowerCase() === 'content-type' && value.startsWith(type));
