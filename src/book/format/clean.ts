/** What a rejected line may show: short, printable on any terminal, and nothing that may be a login. */

const longest = 120;
/** Only so much is looked at: more is never shown. */
const looked = 512;
const unprintable =
  /[\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufeff\ufff0-\uffff\u{e0000}-\u{e0fff}]/gu;
const named =
  /((?:pass(?:word|wd)?|pwd|secret|token|auth\w{0,16}|key|user(?:name)?|login)["']?\s*[=:]\s*)("[^"]*"?|'[^']*'?|[^\s,;&}]+)/gi;

/** The line, cut and masked. What stands before an `@`, or between colons beside an address, may be a login and becomes `…`. */
export const cleanText = (text: string): string => {
  const cut = text.length > looked && text.lastIndexOf('@') >= looked;
  const shown = (cut ? '…@…' : masked(text.slice(0, looked))).replace(unprintable, '?').trim();
  return shown.length <= longest ? shown : `${shown.slice(0, longest - 1).replace(/[\ud800-\udbff]$/, '')}…`;
};

const masked = (text: string): string => {
  const unnamed = text.replace(named, '$1…');
  const at = unnamed.lastIndexOf('@');
  const scheme = /^\s*[a-z][a-z0-9+.-]*:\/\//i.exec(unnamed)?.[0] ?? '';
  if (at === -1) return scheme + maskedWords(unnamed.slice(scheme.length));
  const behind = unnamed.slice(at + 1);
  return `${scheme}…@${address.test(behind) ? maskedWords(behind) : '…'}`;
};

const address = /^(?:\[[0-9a-f:.]*\]|[a-z0-9_.-]*\.[a-z0-9-]*)(?::\d{1,6})?(?=[\s/?#,;|]|$)/i;

const addressWithin = /(?<=\s)(?:\d{1,4}(?:\.\d{1,4}){3}|\[[0-9a-f:.]+\])(?::\d{1,6})?(?=[\s/?#,;|]|$)/i;

/** Words before an address that are no login. */
const spoken = /^(?:https?|socks(?:4a?|5h?)?|raw|connect|proxy|direct|[#;*-]+|\d{1,4}[.:)]?)$/i;

/** Behind an address only a number that may be its port stays, since the words there may be a login; elsewhere words stay. */
const maskedWords = (text: string): string => {
  const within = address.test(text) ? null : addressWithin.exec(text);
  if (within !== null) {
    const words = text.slice(0, within.index).trim().split(/\s+/);
    const before = words.every((word) => spoken.test(word)) ? words.join(' ') : '…';
    return `${before} ${maskedWords(text.slice(within.index))}`;
  }
  const shown = maskedColons(text);
  if (!address.test(text)) return shown;
  const [, first = '', port = '', rest = ''] = /^(\S+)(\s+[+-]?\d{1,6}(?=\s|$))?(.*)$/s.exec(shown) ?? [];
  return `${first}${port}${rest.trim() === '' ? '' : ' …'}`;
};

/** Of parts between colons those stay that are numbers of an address, and one behind it that may be its port. */
const maskedColons = (text: string): string =>
  text.replace(/[^\s,;|"'{}[\]]+/g, (token) => {
    const parts = token.split(':');
    if (/^[0-9a-f:.%]*::[0-9a-f:.%]*$/i.test(token)) return token;
    if (parts.length < 3) return /^[^.:]+:(?=.*\D)/.test(token) ? `${parts[0] ?? ''}:…` : token;
    return parts.map((part, index) => (isNumbers(part) || isPort(part, parts[index - 1]) ? part : '…')).join(':');
  });

const isNumbers = (part: string): boolean => /^\d+(?:\.\d+){3,}$/.test(part);

const isPort = (part: string, before = ''): boolean => /^\d{1,6}$/.test(part) && isNumbers(before);
