/** Named fields of a record, whatever spelling their names have: `ip_address`, `ipAddress` and `IP Address` are one name. */

/** Fields by their names in small letters and without anything but letters and digits. */
export type Fields = ReadonlyMap<string, unknown>;

/** The name of a field without its spelling. */
export const keyOf = (name: string): string =>
  name
    .slice(0, 64)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');

/** The fields of an object; of two names that mean the same the first counts. */
export const fieldsOf = (pairs: Iterable<readonly [string, unknown]>): Fields => {
  const fields = new Map<string, unknown>();
  for (const [name, value] of pairs) {
    const key = keyOf(name);
    if (!fields.has(key)) fields.set(key, value);
  }
  return fields;
};
