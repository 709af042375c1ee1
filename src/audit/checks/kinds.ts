/** Questions of many kinds: by other programs, with other methods, for other things, with fields that only some questions have. */

import type { Field } from '../../wire/http-head.js';
import { browserFields, toolFields } from '../ask/request.js';
import type { Ask, Visit } from '../ask/visit.js';
import type { Stand } from '../stand.js';
import { uploadsOf } from './answers.js';

/** Questions of every other kind than those of a quick look, asked once. */
export const otherKinds = (stand: Stand): Promise<readonly Visit[]> =>
  stand.once('other kinds', async () => {
    const visits: Visit[] = [...(await uploadsOf(stand))];
    for (const page of files) visits.push(await stand.askedFor(page));
    for (const ask of [...kindsFor(stand), ...elsewhere(stand)]) visits.push(await stand.visit(ask));
    return visits;
  });

/** Files, errors and what moves on: asked for by other checks too. */
const files = [
  ...['.jpg', '.png', '.gif', '.svg', '.json', '.sh', '.apk', '.zip', '.exe', '.pdf'],
  ...['/notes', '/moved', '/found', '/missing', '/broken', '/none'],
] as const satisfies readonly Ask['page'][];

/** Who is particular about one thing is met by every question that has it: one question may have several. */
const kindsFor = (stand: Stand): readonly Ask[] => {
  const { random } = stand;
  const own = browserFields(random);
  const boundary = random();
  return [
    { page: '/kept', method: 'HEAD', fields: as('Wget/1.21.4') },
    { page: '/fresh', fields: as('Go-http-client/1.1') },
    { page: '.html', fields: own.filter(({ name }) => !/^(?:cookie|referer)$/i.test(name)) },
    { page: '.html', query: `?q=${random()}&utm_source=news`, fields: phone },
    { page: '.html', fields: fromSearch(random) },
    { page: '.html', fields: crawler },
    { page: '.html', fields: otherPhone },
    // What is put into programs and scripts is for whoever can run them.
    { page: '.exe', fields: fromSearch(random) },
    { page: '.apk', fields: phone },
    { page: '.sh', fields: toolFields },
    { page: '.html', fields: [], version: '1.0' },
    { page: '.txt', fields: as(oldBrowser), extra: [{ name: 'Range', value: 'bytes=0-4095' }] },
    { page: '.png', fields: forPicture },
    { page: '.json', fields: byScript(random) },
    { page: '.txt', method: 'OPTIONS', extra: [{ name: 'Origin', value: 'http://www.example.com' }] },
    { page: '.txt', method: 'DELETE', fields: as('python-requests/2.32.3') },
    {
      page: '.txt',
      method: 'PATCH',
      fields: as('okhttp/4.12.0'),
      ...uploaded('application/json', `{"name":"${random()}"}`),
    },
    { page: '.html', method: 'POST', ...uploaded('application/json', `{"name":"${random()}"}`) },
    { page: '.html', method: 'POST', ...uploaded('application/x-www-form-urlencoded', formOf(random)) },
    {
      ...{ page: '.txt', method: 'POST' },
      ...uploaded(`multipart/form-data; boundary=${boundary}`, partsOf(boundary, random())),
    },
    { page: '.txt', method: 'POST', body: Buffer.from(random().repeat(3_000), 'latin1') },
    { page: '/socket', fields: [...own.filter(({ name }) => !/^connection$/i.test(name)), ...handshake(random)] },
  ];
};

/** Another program, in as few words as they use. */
const as = (agent: string): readonly Field[] => [
  { name: 'User-Agent', value: agent },
  { name: 'Accept', value: '*/*' },
];

const oldBrowser = 'Mozilla/5.0 (compatible; MSIE 9.0; Windows NT 6.1; WOW64; Trident/5.0)';

const mostPlaces = 4;

/** A page at the judge's other hosts and ports: some leave those alone that have no name, or all but the usual port. */
const elsewhere = ({ judge: { others, ports } }: Stand): readonly Ask[] =>
  [...ports, ...others].slice(0, mostPlaces).map((host) => ({ page: '.html', host }));

const phone: readonly Field[] = [
  {
    name: 'User-Agent',
    value:
      'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36',
  },
  { name: 'Accept', value: 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8' },
  { name: 'Accept-Encoding', value: 'gzip, deflate' },
  { name: 'Accept-Language', value: 'de-DE,de;q=0.9,ru;q=0.8,zh;q=0.7' },
  { name: 'Upgrade-Insecure-Requests', value: '1' },
];

const otherPhone: readonly Field[] = [
  {
    name: 'User-Agent',
    value:
      'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1',
  },
  { name: 'Accept', value: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' },
  { name: 'Accept-Language', value: 'en-GB,en;q=0.9' },
  { name: 'Accept-Encoding', value: 'gzip, deflate' },
];

/** Somebody who is logged in, comes from a search, and asks for a fresh page. */
const fromSearch = (random: () => string): readonly Field[] => [
  {
    name: 'User-Agent',
    value:
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0',
  },
  { name: 'Accept', value: 'text/html,*/*;q=0.8' },
  { name: 'Referer', value: 'https://www.google.com/' },
  { name: 'Cookie', value: `session=${random()}` },
  { name: 'Authorization', value: `Basic ${Buffer.from(`decoy:${random()}`).toString('base64')}` },
  { name: 'Cache-Control', value: 'no-cache' },
  { name: 'Pragma', value: 'no-cache' },
  { name: 'If-None-Match', value: `"${random()}"` },
  { name: 'If-Modified-Since', value: 'Mon, 01 Jan 2024 00:00:00 GMT' },
];

const crawler: readonly Field[] = [
  { name: 'User-Agent', value: 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)' },
  { name: 'From', value: 'googlebot(at)googlebot.com' },
  { name: 'Connection', value: 'close' },
];

const forPicture: readonly Field[] = [
  { name: 'User-Agent', value: 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0' },
  { name: 'Accept', value: 'image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5' },
  { name: 'Sec-Fetch-Dest', value: 'image' },
  { name: 'Sec-Fetch-Mode', value: 'no-cors' },
  { name: 'Sec-Fetch-Site', value: 'same-origin' },
];

const byScript = (random: () => string): readonly Field[] => [
  {
    name: 'User-Agent',
    value: 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/17.5 Safari/605.1.15',
  },
  { name: 'Accept', value: 'application/json' },
  { name: 'Origin', value: 'http://www.example.com' },
  { name: 'X-Requested-With', value: 'XMLHttpRequest' },
  { name: 'Authorization', value: `Bearer ${random()}` },
];

const uploaded = (type: string, text: string): Pick<Ask, 'extra' | 'body'> => ({
  extra: [
    { name: 'Content-Type', value: type },
    { name: 'Origin', value: 'http://www.example.com' },
  ],
  body: Buffer.from(text, 'latin1'),
});

const formOf = (random: () => string): string =>
  `user=decoy${random().slice(0, 8)}&password=${random()}&card=&amount=20`;

const partsOf = (boundary: string, text: string): string =>
  [
    `--${boundary}`,
    'Content-Disposition: form-data; name="file"; filename="notes.txt"',
    'Content-Type: text/plain',
    '',
    text,
    `--${boundary}--`,
    '',
  ].join('\r\n');

/** RFC 6455 §4.1. */
const handshake = (random: () => string): readonly Field[] => [
  { name: 'Connection', value: 'Upgrade' },
  { name: 'Upgrade', value: 'websocket' },
  { name: 'Sec-WebSocket-Version', value: '13' },
  { name: 'Sec-WebSocket-Key', value: Buffer.from(random().slice(0, 16), 'latin1').toString('base64') },
];
