/** Puts an answer of the judge into bytes. */

import { createHash } from 'node:crypto';
import { type Field, listOf, writeHead } from '../../wire/http-head.js';
import { type Answer, type Page, answerTo } from './pages.js';
import { type RawRequest, readHead } from './read-request.js';
import type { JudgeKeys, JudgeRecord } from './record.js';

/** An answer as it goes out. */
export interface Said {
  readonly bytes: Buffer;
  /** Whether the connection may be used again. */
  readonly lasting: boolean;
  readonly id: string;
  readonly page: string;
  readonly becomes?: 'bytes' | 'socket';
}

/** What an answer may have to tell. */
export interface Told {
  /** The signed record of this request. */
  readonly token: string;
  readonly visit: number;
  /** All that is kept of the id, one a line. */
  readonly tokens: string;
  readonly peer?: string;
}

/** The answer to a page. */
export const say = (request: RawRequest, page: Page, told: Told): Said => {
  const answer = asUpgraded(answerTo(page), request);
  const host = hostOf(request);
  const fields = answer.fields.map(({ name, value }) => ({ name, value: value.replace('{host}', plainHost(host)) }));
  const said = whole(request, { ...answer, fields: upgraded(answer, fields, request) }, bodyOf(answer, request, told));
  return {
    ...said,
    id: page.id,
    page: page.name,
    ...(answer.becomes === undefined ? {} : { becomes: answer.becomes }),
  };
};

/** RFC 9112 §3.2.2: an origin server MUST ignore the Host field beside a whole URL, and take the host that is in there. */
const hostOf = (request: RawRequest): string =>
  /^http:\/\/([^/?#]*)/i.exec(request.target)?.[1] ?? valueOf(request, 'host') ?? '';

/** What a judge is, for whoever finds one in a log; or a signed text. */
export const notice = (request: RawRequest, text?: string): Said => {
  const body = text ?? about;
  const fields = [
    { name: 'Content-Type', value: 'text/plain; charset=utf-8' },
    { name: 'Cache-Control', value: 'no-store' },
  ];
  const isHome = text !== undefined || /^(http:\/\/[^/]*)?\/?(robots\.txt)?$/i.test(request.target);
  const [status, reason] = isHome ? [200, 'OK'] : [404, 'Not Found'];
  return whole(request, { status, reason, fields, content: { kind: 'visit' } }, Buffer.from(body, 'utf8'));
};

const about = [
  'This is a judge: it tells those who ask what their request looked like when it arrived here, so that they can',
  'see what a proxy of theirs has done to it. It asks nobody anything by itself, passes nothing on, and forgets',
  'addresses after some minutes. Its pages are of no use to crawlers.',
  '',
  'User-agent: *',
  'Disallow: /',
  '',
].join('\n');

/** The answer to a source that asks too much; signed, since a proxy that asks for patience says the same. */
export const tooMany = ({ tooMany: body }: JudgeKeys): Said => {
  const head =
    'HTTP/1.1 429 Too Many Requests\r\nRetry-After: 10\r\nCache-Control: no-store\r\nConnection: close\r\nContent-Type: text/plain\r\n';
  return {
    bytes: Buffer.from(`${head}Content-Length: ${body.length}\r\n\r\n${body}`, 'latin1'),
    ...{ lasting: false, id: '', page: '' },
  };
};

const whole = (request: RawRequest, answer: Answer, body: Buffer): Said => {
  const isOld = request.version === '1.0';
  const asked = (valueOf(request, 'connection') ?? '').toLowerCase();
  const lasting = isOld ? asked.includes('keep-alive') : !asked.includes('close');
  const bodiless = answer.status < 200 || answer.status === 204;
  const fields: readonly Field[] = [
    ...answer.fields,
    ...(bodiless ? [] : [{ name: 'Content-Length', value: String(body.length) }]),
    ...(answer.status === 101 ? [] : connectionField(lasting, isOld)),
  ];
  const head = writeHead({ start: `HTTP/1.1 ${answer.status} ${answer.reason}`, fields });
  const shown = bodiless || request.method === 'HEAD' ? [] : [body];
  return { bytes: Buffer.concat([head, ...shown]), lasting, id: '', page: '' };
};

const connectionField = (lasting: boolean, isOld: boolean): readonly Field[] => {
  if (!lasting) return [{ name: 'Connection', value: 'close' }];
  return isOld ? [{ name: 'Connection', value: 'keep-alive' }] : [];
};

/** RFC 9110 §7.8: nobody is made to speak what he has not asked for on this very hop, and an old version asks for nothing. */
const asUpgraded = (answer: Answer, request: RawRequest): Answer => {
  const { becomes } = answer;
  if (becomes === undefined) return answer;
  const wanted = becomes === 'bytes' ? 'bytes' : 'websocket';
  const isAsked =
    request.version === '1.1' &&
    listOf(request.fields, 'connection').includes('upgrade') &&
    listOf(request.fields, 'upgrade').includes(wanted);
  if (isAsked) return answer;
  const { fields, content } = answer;
  return { status: 426, reason: 'Upgrade Required', fields, content };
};

/** RFC 6455 §4.2.2: the proof that a handshake was understood. */
const upgraded = ({ becomes }: Answer, fields: readonly Field[], request: RawRequest): readonly Field[] => {
  const key = valueOf(request, 'sec-websocket-key');
  if (becomes !== 'socket' || key === undefined) return fields;
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  return [...fields, { name: 'Sec-WebSocket-Accept', value: accept }];
};

type Asked = Pick<RawRequest, 'method' | 'target' | 'fields'>;

/** What a judge writes before and behind the signed record of a question: known to whoever has the record. */
export const wordsAround = (answer: Answer, { head, visit, peer }: JudgeRecord): readonly [string, string] => {
  const request = readHead(Buffer.from(head, 'base64'));
  const body = bodyOf(answer, request, { token: mark, visit, tokens: '', peer }).toString('latin1');
  const [before = '', behind = ''] = body.split(mark);
  return [before, behind];
};

/** No line of a request can have it. */
const mark = '\0\n\0';

const bodyOf = ({ content }: Answer, request: Asked, { token, visit, tokens, peer = '' }: Told): Buffer => {
  switch (content.kind) {
    case 'known':
      return content.body;
    case 'record':
      return Buffer.from(`${token}\n`, 'latin1');
    case 'azenv':
      return Buffer.from(azenv(request, peer, token), 'latin1');
    case 'visit':
      return Buffer.from(`visit ${visit}\n${token}\n`, 'latin1');
    case 'mirror':
      return Buffer.from(`${plainWord(valueOf(request, content.field))}\n${token}\n`, 'latin1');
    case 'records':
      return Buffer.from(`${tokens}\n`, 'latin1');
  }
};

/** In the shape of the pages that proxies are tried with all over the world, so that one which knows them shows itself. */
const azenv = ({ fields, method, target }: Asked, peer: string, token: string): string =>
  [
    '<html><head><title>AZ Environment variables 1.04</title></head><body><pre>',
    `REMOTE_ADDR = ${peer}`,
    ...fields.map(({ name, value }) => `HTTP_${name.toUpperCase().replaceAll('-', '_')} = ${escaped(value)}`),
    `REQUEST_METHOD = ${method}`,
    `REQUEST_URI = ${escaped(target.slice(0, 200))}`,
    `</pre><!-- ${token} --></body></html>`,
    '',
  ].join('\n');

const escaped = (text: string): string => text.replace(/[&<>]/g, (mark) => `&#${mark.charCodeAt(0)};`);

const valueOf = ({ fields }: Pick<RawRequest, 'fields'>, name: string): string | undefined =>
  fields.find((field) => field.name.toLowerCase() === name)?.value;

/** Nothing that a page could be made to say by who asks for it. */
const plainWord = (text = ''): string => text.replace(/[^\w=;. -]/g, '').slice(0, 100);
const plainHost = (text: string): string => (/^[\w.:[\]-]{1,255}$/.test(text) ? text : 'invalid');
