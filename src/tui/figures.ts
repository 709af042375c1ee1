/** Numbers as people read them: bytes, rates, spans and ages, in few cells. */

const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** `0 B`, `999 B`, `1.2 kB`, `34 MB`. */
export const bytesText = (bytes: number): string => {
  let [value, unit] = [bytes, 0];
  while (value >= 999.5 && unit < units.length - 1) [value, unit] = [value / 1_000, unit + 1];
  const digits = unit === 0 || value >= 9.95 ? value.toFixed(0) : value.toFixed(1);
  return `${digits} ${units[unit] ?? 'B'}`;
};

/** `1.2 MB/s`. */
export const rateText = (bytes: number): string => `${bytesText(bytes)}/s`;

/** `12 ms`, `1.2 s`, `34 s`, `5 min`, `2 h 05`, `3 d 07`. */
export const spanText = (millis: number): string => {
  const seconds = millis / 1_000;
  if (millis < 999.5) return `${millis.toFixed(0)} ms`;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  return longText(Math.floor(seconds / 60));
};

/** An age: whole seconds, `0 s` for what has just been. */
export const ageText = (millis: number): string =>
  millis < 60_000 ? `${Math.max(0, Math.floor(millis / 1_000))} s` : longText(Math.floor(millis / 60_000));

const longText = (minutes: number): string => {
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${String(minutes % 60).padStart(2, '0')}`;
  return `${Math.floor(hours / 24)} d ${String(hours % 24).padStart(2, '0')}`;
};
