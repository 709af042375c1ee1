/** The head of an HTTP/1.x message: start line and fields, read strictly (RFC 9112 §2 to §5). */

/** One field line as it was written: the name with its case, the value without the blanks around it. */
export interface Field {
  readonly name: string;
  readonly value: string;
}

/** A start line and the fields under it. Text is latin1: one character a byte. */
export interface Head {
  readonly start: string;
  readonly fields: readonly Field[];
}

/** The blank line that ends a head. */
export const endOfHead = Buffer.from('\r\n\r\n', 'latin1');

/** Limits of a head: bytes with the blank line, and fields. */
export const longestHead = 64 * 1024;
export const mostFields = 200;

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const valueText = /^[\t\x20-\x7e\x80-\xff]*$/;

/**
 * Reads a whole head, blank line included. Undefined where RFC 9112 is broken in any way that two readers may see
 * differently: bare CR or LF, a folded line, blanks before the colon, an empty name, control characters, too many fields.
 */
export const parseHead = (bytes: Buffer): Head | undefined => {
  const lines = bytes.toString('latin1').slice(0, -endOfHead.length).split('\r\n');
  const [start = '', ...rest] = lines;
  if (!valueText.test(start) || rest.length > mostFields) return undefined;
  const fields: Field[] = [];
  for (const line of rest) {
    const field = parseField(line);
    if (field === undefined) return undefined;
    fields.push(field);
  }
  return { start, fields };
};

/** Reads one field line without its CRLF; undefined where it is not one. */
export const parseField = (line: string): Field | undefined => {
  const colon = line.indexOf(':');
  const name = line.slice(0, Math.max(colon, 0));
  const value = line.slice(colon + 1);
  return token.test(name) && valueText.test(value) ? { name, value: trimBlanks(value) } : undefined;
};

/** Whether a line that is seen from `from` on ends in a bare LF: no head that has one will ever be proper. */
export const hasBareLf = (bytes: Buffer, from: number): boolean => {
  for (let at = bytes.indexOf(0x0a, from); at !== -1; at = bytes.indexOf(0x0a, at + 1)) {
    if (bytes[at - 1] !== 0x0d) return true;
  }
  return false;
};

/** Writes a head as it goes over the wire. */
export const writeHead = ({ start, fields }: Head): Buffer =>
  Buffer.from(`${[start, ...fields.map(({ name, value }) => `${name}: ${value}`)].join('\r\n')}\r\n\r\n`, 'latin1');

/** The values of all fields of that name, in order; names are compared without case. */
export const valuesOf = (fields: readonly Field[], name: string): readonly string[] => {
  const wanted = name.toLowerCase();
  return fields.filter((field) => field.name.toLowerCase() === wanted).map(({ value }) => value);
};

/** The members of a comma-separated list field, lower case, over all its lines (RFC 9110 §5.6.1). */
export const listOf = (fields: readonly Field[], name: string): readonly string[] =>
  valuesOf(fields, name)
    .flatMap((value) => value.split(','))
    .map((member) => trimBlanks(member).toLowerCase())
    .filter((member) => member !== '');

/** Without the blanks around it. A pattern for the blanks at an end takes quadratic time on those in the middle. */
const trimBlanks = (text: string): string => {
  let [from, to] = [0, text.length];
  while (from < to && isBlank(text.charCodeAt(from))) from += 1;
  while (to > from && isBlank(text.charCodeAt(to - 1))) to -= 1;
  return text.slice(from, to);
};

const isBlank = (code: number): boolean => code === 0x20 || code === 0x09;
