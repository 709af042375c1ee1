/** What a judge says at each of its paths: known beforehand to who asks, but for what it has to tell of the request. */

import type { Field } from '../../wire/http-head.js';
import { documentDecoy, htmlDecoy, jpegDecoy, programDecoy, scriptDecoy, styleDecoy, zipDecoy } from './decoys.js';

/** What the body of a page is. */
export type Content =
  | { readonly kind: 'known'; readonly body: Buffer }
  /** The signed record of this request; in `azenv`, between the words of a well-known page. */
  | { readonly kind: 'record' | 'azenv' }
  /** How often this id was asked for, this time included. */
  | { readonly kind: 'visit' }
  /** The value of the named request field, as far as it is a plain word. */
  | { readonly kind: 'mirror'; readonly field: string }
  /** All records that are kept of this id. */
  | { readonly kind: 'records' };

/** The answer to a page. */
export interface Answer {
  readonly status: number;
  readonly reason: string;
  readonly fields: readonly Field[];
  readonly content: Content;
  /** What the connection becomes behind the head. */
  readonly becomes?: 'bytes' | 'socket';
}

/** Paths behind an id. */
export const pageNames = [
  ...['.txt', '.html', '.js', '.css', '.jpg', '.zip', '.exe', '.pdf'],
  ...['/azenv.php', '/missing', '/broken', '/none', '/empty', '/moved', '/fresh', '/kept', '/private', '/mirror'],
  ...['/bytes', '/socket', '/record'],
] as const;
export type PageName = (typeof pageNames)[number];

/** A page of one question. */
export interface Page {
  /** 32 hexadecimal digits that nobody has used before. */
  readonly id: string;
  readonly name: PageName;
}

/** Reads a path; undefined for what is no page. */
export const parsePath = (path: string): Page | undefined => {
  const [, id, name] = /^\/([0-9a-f]{32})([./][a-z.]{2,10})$/.exec(path) ?? [];
  const known = pageNames.find((each) => each === name);
  return id === undefined || known === undefined ? undefined : { id, name: known };
};

/** The path of a page. */
export const pathOf = ({ id, name }: Page): string => `/${id}${name}`;

/** The answer to a page, the same for who asks and for who is asked. */
export const answerTo = ({ id, name }: Page): Answer => {
  switch (name) {
    case '.txt':
      return page('text/plain; charset=utf-8', { kind: 'record' });
    case '/azenv.php':
      return page('text/html; charset=utf-8', { kind: 'azenv' });
    case '/fresh':
      return page('text/plain; charset=utf-8', { kind: 'visit' });
    case '/kept':
      return lasting({ kind: 'visit' }, 'public, max-age=600');
    case '/private':
      return lasting({ kind: 'mirror', field: 'cookie' }, 'private, max-age=600');
    case '/mirror':
      return lasting({ kind: 'mirror', field: 'x-forwarded-host' }, 'public, max-age=60');
    case '/record':
      return page('text/plain; charset=utf-8', { kind: 'records' });
    case '/missing':
      return { ...known('text/html', htmlDecoy(id)), status: 404, reason: 'Not Found' };
    case '/broken':
      return { ...known('text/html', htmlDecoy(id)), status: 500, reason: 'Internal Server Error' };
    case '/moved':
      return moved(id);
    case '/none':
      return { status: 204, reason: 'No Content', fields: [noStore], content: empty };
    case '/empty':
      return page('text/plain', empty);
    case '/bytes':
    case '/socket':
      return switched(name === '/bytes' ? 'bytes' : 'socket');
    default:
      return decoy(id, name);
  }
};

type DecoyName = '.html' | '.js' | '.css' | '.jpg' | '.zip' | '.exe' | '.pdf';

const decoy = (id: string, name: DecoyName): Answer => {
  switch (name) {
    case '.html':
      return guarded(known('text/html; charset=utf-8', htmlDecoy(id)));
    case '.js':
      return known('application/javascript', scriptDecoy(id));
    case '.css':
      return known('text/css', styleDecoy(id));
    case '.jpg':
      return known('image/jpeg', jpegDecoy(id));
    case '.zip':
      return known('application/zip', zipDecoy(id));
    case '.exe':
      return known('application/octet-stream', programDecoy(id));
    case '.pdf':
      return known('application/pdf', documentDecoy(id));
  }
};

const noStore: Field = { name: 'Cache-Control', value: 'no-store' };
const empty: Content = { kind: 'known', body: Buffer.alloc(0) };

const page = (type: string, content: Content): Answer => ({
  status: 200,
  reason: 'OK',
  fields: [{ name: 'Content-Type', value: type }, noStore],
  content,
});

const known = (type: string, body: Buffer): Answer => page(type, { kind: 'known', body });

/** With the fields that keep a page from being turned against who reads it. */
const guarded = (answer: Answer): Answer => ({
  ...answer,
  fields: [
    ...answer.fields,
    { name: 'Content-Security-Policy', value: "default-src 'self'" },
    { name: 'Strict-Transport-Security', value: 'max-age=600' },
    { name: 'X-Content-Type-Options', value: 'nosniff' },
  ],
});

/** One that a cache may keep, for as long as is said. */
const lasting = (content: Content, control: string): Answer => ({
  ...page('text/plain; charset=utf-8', content),
  fields: [
    { name: 'Content-Type', value: 'text/plain; charset=utf-8' },
    { name: 'Cache-Control', value: control },
  ],
});

/** To https at the name that was asked for: `{host}` stands for what the request's Host field says. */
const moved = (id: string): Answer => ({
  status: 301,
  reason: 'Moved Permanently',
  fields: [{ name: 'Location', value: `https://{host}/${id}.html` }, noStore],
  content: empty,
});

const switched = (protocol: 'bytes' | 'socket'): Answer => ({
  status: 101,
  reason: 'Switching Protocols',
  fields: [
    { name: 'Connection', value: 'Upgrade' },
    { name: 'Upgrade', value: protocol === 'bytes' ? 'bytes' : 'websocket' },
  ],
  content: empty,
  becomes: protocol,
});
