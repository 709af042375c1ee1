/** The few HTML pages that the listener writes itself: plain, without script, and with every text escaped. */

/** A page with a heading and paragraphs; all of them are text. */
export const page = (heading: string, paragraphs: readonly string[]): string =>
  [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; style-src \'unsafe-inline\'">',
    `<title>${escape(heading)}</title>`,
    '<style>body{font:16px/1.5 system-ui,sans-serif;max-width:42em;margin:3em auto;padding:0 1em}pre{white-space:pre-wrap}</style>',
    `</head><body><h1>${escape(heading)}</h1>`,
    ...paragraphs.map((text) => `<p>${escape(text)}</p>`),
    '</body></html>\n',
  ].join('\n');

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escape = (text: string): string => text.replace(/[&<>"']/g, (character) => escapes[character] ?? '');
