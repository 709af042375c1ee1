/** Lines in a stream of bytes: cut at LF, no longer than a bound, every byte looked at once. */

/** Takes chunks as they come. */
export interface LineReader {
  /** The lines that this chunk completes, without their LF; `too long` as soon as one cannot end within the bound. */
  readonly take: (chunk: Buffer) => readonly string[] | 'too long';
}

const lf = 0x0a;

/** A reader of UTF-8 lines of at most `longest` bytes. */
export const createLineReader = (longest: number): LineReader => {
  let begun: Buffer[] = [];
  let size = 0;
  const finish = (last: Buffer): string => {
    const line = begun.length === 0 ? last : Buffer.concat([...begun, last]);
    [begun, size] = [[], 0];
    return line.toString('utf8');
  };
  return {
    take: (chunk) => {
      const lines: string[] = [];
      let from = 0;
      for (let end = chunk.indexOf(lf); end !== -1; end = chunk.indexOf(lf, from)) {
        if (size + end - from > longest) return 'too long';
        lines.push(finish(chunk.subarray(from, end)));
        from = end + 1;
      }
      const rest = chunk.subarray(from);
      size += rest.length;
      if (size > longest) return 'too long';
      if (rest.length > 0) begun.push(rest);
      return lines;
    },
  };
};
