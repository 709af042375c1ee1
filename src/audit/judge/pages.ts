/** What a judge says at each of its paths: known beforehand to who asks, but for what it has to tell of the request. */

import type { Field } from '../../wire/http-head.js';
import { documentDecoy, htmlDecoy, programDecoy, scriptDecoy, styleDecoy, zipDecoy } from './decoys.js';
import { gifDecoy, jpegDecoy, pngDecoy, svgDecoy } from './pictures.js';
import { dataDecoy, longDecoy, notesDecoy, shellDecoy } from './texts.js';

/** What the body of a page is. */
export type Content =
  | { readonly kind: 'known'; readonly body: Buffer }
  /** The signed record of this request; in `azenv`, between the words of a well-known page. */
  | { readonly kind: 'record' | 'azenv' }
  /** How often this id was asked for, this time included. */
  | { readonly kind: 'visit' }
  /** The value of the named request field, as far as it is a plain word. */
  | { readonly kind: 'mirror'; readonly field: string }
  /** All records that are kept of this id, or who looked its name up. */
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
  ...['.png', '.gif', '.svg', '.json', '.sh', '.apk', '/notes', '/long', '/found'],
  ...[
    '/azenv.php',
    '/missing',
    '/broken',
    '/none',
    '/empty',
    '/moved',
    '/fresh',
    '/kept',
    '/private',
    '/session',
    '/account',
    '/mirror',
  ],
  ...['/bytes', '/socket', '/record', '/lookups'],
] as const;
export type PageName = (typeof pageNames)[number];

/** Pages that a browser fetches by itself. */
export const readable: readonly PageName[] = ['.html', '.js', '.css'];

/** A page of one question. */
export interface Page {
  /** 32 hexadecimal digits that nobody has used before. */
  readonly id: string;
  readonly name: PageName;
}

/** Reads a path, whatever stands before or behind it as further parts; undefined for what is no page. */
export const parsePath = (path: string): Page | undefined => {
  const [, id, name] = /(?:^|[^/])\/([0-9a-f]{32})([./][a-z.]{2,10})(?:\/.*)?$/.exec(path) ?? [];
  const known = pageNames.find((each) => each === name);
  return id === undefined || known === undefined ? undefined : { id, name: known };
};

/** The path of a page. */
export const pathOf = ({ id, name }: Page): string => `/${id}${name}`;

/** The answer to a page, the same for who asks and for who is asked. */
export const answerTo = ({ id, name }: Page): Answer => answers[name](id);

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
    { name: 'X-Frame-Options', value: 'DENY' },
    { name: 'Referrer-Policy', value: 'no-referrer' },
    { name: 'Permissions-Policy', value: 'camera=()' },
  ],
});

/** With a cookie that is for https only, and a mark by which it is known again. */
const marked = (answer: Answer, id: string): Answer => ({
  ...answer,
  fields: [
    ...answer.fields,
    { name: 'Set-Cookie', value: `visit=${id.slice(0, 12)}; Path=/; Secure; HttpOnly; SameSite=Strict` },
    { name: 'ETag', value: `"${id.slice(12, 24)}"` },
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

/** One that is another for who sends another such field (RFC 9110 §12.5.5). */
const varying = (answer: Answer, field: string): Answer => ({
  ...answer,
  fields: [...answer.fields, { name: 'Vary', value: field }],
});

/** To https at the host that was asked for, which `{host}` stands for. */
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

const text = 'text/plain; charset=utf-8';

const answers: Readonly<Record<PageName, (id: string) => Answer>> = {
  '.txt': () => page(text, { kind: 'record' }),
  '.html': (id) => guarded(known('text/html; charset=utf-8', htmlDecoy(id))),
  '.js': (id) => marked(known('application/javascript', scriptDecoy(id)), id),
  '.css': (id) => known('text/css', styleDecoy(id)),
  '.jpg': (id) => known('image/jpeg', jpegDecoy(id)),
  '.zip': (id) => known('application/zip', zipDecoy(id)),
  '.exe': (id) => known('application/octet-stream', programDecoy(id)),
  '.pdf': (id) => known('application/pdf', documentDecoy(id)),
  '.png': (id) => known('image/png', pngDecoy(id)),
  '.gif': (id) => known('image/gif', gifDecoy(id)),
  '.svg': (id) => known('image/svg+xml', svgDecoy(id)),
  '.json': (id) => known('application/json', dataDecoy(id)),
  '.sh': (id) => known('text/x-shellscript', shellDecoy(id)),
  '.apk': (id) => known('application/vnd.android.package-archive', zipDecoy(id, 6_000)),
  '/notes': (id) => known('text/plain; charset=utf-8', notesDecoy(id)),
  '/long': (id) => known('text/html; charset=utf-8', longDecoy(id)),
  '/found': (id) => ({ ...moved(id), status: 302, reason: 'Found' }),
  '/azenv.php': () => page('text/html; charset=utf-8', { kind: 'azenv' }),
  '/missing': (id) => ({ ...known('text/html', htmlDecoy(id)), status: 404, reason: 'Not Found' }),
  '/broken': (id) => ({ ...known('text/html', htmlDecoy(id)), status: 500, reason: 'Internal Server Error' }),
  '/none': () => ({ status: 204, reason: 'No Content', fields: [noStore], content: empty }),
  '/empty': () => page('text/plain', empty),
  '/moved': moved,
  '/fresh': () => page(text, { kind: 'visit' }),
  '/kept': () => lasting({ kind: 'visit' }, 'public, max-age=600'),
  '/private': () => lasting({ kind: 'mirror', field: 'cookie' }, 'private, max-age=600'),
  '/session': () => varying(lasting({ kind: 'mirror', field: 'cookie' }, 'max-age=600'), 'Cookie'),
  '/account': () => lasting({ kind: 'mirror', field: 'authorization' }, 'max-age=600'),
  '/mirror': () => lasting({ kind: 'mirror', field: 'x-forwarded-host' }, 'public, max-age=60'),
  '/bytes': () => switched('bytes'),
  '/socket': () => switched('socket'),
  '/record': () => page(text, { kind: 'records' }),
  '/lookups': () => page(text, { kind: 'records' }),
};
