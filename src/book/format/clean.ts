/** What a rejected line may show: short, printable on any terminal, and nothing that may be a login. */

const longest = 120;
const unprintable =
  /[\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufeff\ufff0-\uffff\u{e0000}-\u{e0fff}]/gu;
const named =
  /((?:pass(?:word|wd)?|pwd|secret|token|auth\w*|key|user(?:name)?|login)["']?\s*[=:]\s*)("[^"]*"?|'[^']*'?|[^\s,;&}]+)/gi;

/** The line, cut and masked. What stands before an `@`, or between colons beside an address, may be a login and becomes `…`. */
export const cleanText = (text: string): string => {
  const shown = masked(text.slice(0, 4096)).replace(unprintable, '?').trim();
  return shown.length <= longest ? shown : `${shown.slice(0, longest - 1).replace(/[\ud800-\udbff]$/, '')}…`;
};

const masked = (text: string): string => {
  const unnamed = text.replace(named, '$1…');
  const at = unnamed.lastIndexOf('@');
  const scheme = /^\s*[a-z][a-z0-9+.-]*:\/\//i.exec(unnamed)?.[0] ?? '';
  if (at === -1) return scheme === '' ? maskedColons(unnamed) : scheme + maskedColons(unnamed.slice(scheme.length));
  const behind = unnamed.slice(at + 1);
  return `${scheme}…@${/^(?:\[[0-9a-f:.]*\]|[a-z0-9_.-]*\.[a-z0-9-]*)(?::\d{1,6})?(?=[\s/?#,;|]|$)/i.test(behind) ? maskedColons(behind) : '…'}`;
};

/** Of four and more parts between colons only those stay that are dotted, hexadecimal in an IPv6 address, or the port behind one. */
const maskedColons = (text: string): string =>
  text.replace(/[^\s,;|"'{}[\]]+/g, (token) => {
    const parts = token.split(':');
    if (parts.length < 4 || /^[0-9a-f:.%]*::[0-9a-f:.%]*$/i.test(token)) return token;
    return parts.map((part) => (/^[a-z0-9-]*(?:\.[a-z0-9-]+){2,}$/i.test(part) ? part : '…')).join(':');
  });
