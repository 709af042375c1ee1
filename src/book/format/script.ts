/** Which scripts a label of a name is written in (UTS 39 §5.2, "highly restrictive"): one, or those that Chinese, Japanese and Korean mix. */

const eastern = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}]/u;
const latin = /\p{Script=Latin}/u;
const others = [
  ...[/\p{Script=Cyrillic}/u, /\p{Script=Greek}/u, /\p{Script=Armenian}/u, /\p{Script=Georgian}/u],
  ...[/\p{Script=Hebrew}/u, /\p{Script=Arabic}/u, /\p{Script=Devanagari}/u, /\p{Script=Bengali}/u, /\p{Script=Thai}/u],
  ...[/\p{Script=Cherokee}/u, /\p{Script=Coptic}/u, /\p{Script=Lisu}/u, /\p{Script=Tamil}/u, /\p{Script=Ethiopic}/u],
];
const known = /[\p{Script=Common}\p{Script=Inherited}\p{Script=Latin}]/gu;

/** Tells whether a label mixes scripts in a way that only imitations do. */
export const isMixed = (label: string): boolean => {
  const foreign = label.replace(known, '');
  if (foreign === '') return false;
  const families = [eastern, ...others].filter((script) => script.test(foreign)).length;
  if (families > 1) return true;
  return latin.test(label) && !eastern.test(foreign);
};
