/** Bytes from outside as text that no terminal obeys. */

/** At most so many characters of evidence are kept. */
const mostShown = 600;

/** What may be printed, with every other byte as `\xNN`; cut where it is long. */
export const shown = (bytes: Buffer | string, most = mostShown): string => {
  const text = typeof bytes === 'string' ? bytes : bytes.toString('latin1', 0, most);
  const clear = text.slice(0, most).replace(/[^\x20-\x7e\n]/g, (odd) => {
    const code = odd.charCodeAt(0);
    return code === 0x0d ? '' : `\\x${code.toString(16).padStart(2, '0')}`;
  });
  const length = typeof bytes === 'string' ? text.length : bytes.length;
  return length > most ? `${clear} … (${length} bytes)` : clear;
};
