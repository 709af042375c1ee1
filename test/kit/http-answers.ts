/** Answers of hostile targets: shapes that are known to be read in two ways, and every small damage at every place of sound ones. */

import type { Case } from './http-corpus.js';

const head = (...lines: readonly string[]): string => `${lines.join('\r\n')}\r\n\r\n`;
const ok = 'HTTP/1.1 200 OK';

/** Answers that must become 502 answer-garbled: not a byte of them reaches the client. */
export const garbledHeads: readonly (readonly [name: string, text: string])[] = [
  ['two lengths', head(ok, 'Content-Length: 2', 'Content-Length: 3') + 'abc'],
  ['two equal lengths', head(ok, 'Content-Length: 2', 'Content-Length: 2') + 'ok'],
  ['a list of lengths', head(ok, 'Content-Length: 2, 2') + 'ok'],
  ['an empty length', head(ok, 'Content-Length:') + 'ok'],
  ['a length with a sign', head(ok, 'Content-Length: +2') + 'ok'],
  ['a length over 2^53', head(ok, 'Content-Length: 99999999999999999999') + 'ok'],
  ['length and chunks', head(ok, 'Content-Length: 2', 'Transfer-Encoding: chunked') + '0\r\n\r\n'],
  ['chunks twice', head(ok, 'Transfer-Encoding: chunked', 'Transfer-Encoding: chunked') + '0\r\n\r\n'],
  ['another coding', head(ok, 'Transfer-Encoding: gzip') + 'ok'],
  ['another coding before chunks', head(ok, 'Transfer-Encoding: gzip, chunked') + '0\r\n\r\n'],
  ['an empty coding', head(ok, 'Transfer-Encoding: ') + 'ok'],
  ['a coding with a control character', head(ok, 'Transfer-Encoding: \x0bchunked') + '0\r\n\r\n'],
  ['chunks in HTTP/1.0', head('HTTP/1.0 200 OK', 'Transfer-Encoding: chunked') + '0\r\n\r\n'],
  ['a folded line', head(ok, 'X: a', ' b', 'Content-Length: 0')],
  ['a blank before the colon', head(ok, 'Content-Length : 0')],
  ['an empty name', head(ok, ': a', 'Content-Length: 0')],
  ['no colon', head(ok, 'novalue', 'Content-Length: 0')],
  ['NUL in a value', head(ok, 'X: \0', 'Content-Length: 0')],
  ['a bare CR in a value', head(ok, 'X: a\rSet-Cookie: b', 'Content-Length: 0')],
  ['a bare LF in a value', head(ok, 'X: a\nSet-Cookie: b', 'Content-Length: 0')],
  ['an escape sequence in a value', head(ok, 'X: \x1b]0;t\x07', 'Content-Length: 0')],
  ['only bare LFs', `${ok}\nContent-Length: 0\n\n`],
  ['HTTP/0.9', '<html>hello</html>\r\n\r\n'],
  ['HTTP/2', 'HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n'],
  ['HTTP/1.2', 'HTTP/1.2 200 OK\r\nContent-Length: 0\r\n\r\n'],
  ['a status of two digits', 'HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n'],
  ['a status of four digits', 'HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n'],
  ['a status below 100', 'HTTP/1.1 099 OK\r\nContent-Length: 0\r\n\r\n'],
  ['no status', 'HTTP/1.1 OK\r\nContent-Length: 0\r\n\r\n'],
  ['a control character in the reason', 'HTTP/1.1 200 O\x01K\r\nContent-Length: 0\r\n\r\n'],
  ['a blank line first', `\r\n${head(ok, 'Content-Length: 0')}`],
  ['an ICY answer', 'ICY 200 OK\r\n\r\n'],
  ['a TLS alert', '\x15\x03\x01\x00\x02\x02\x46'],
  ['an SSH banner', 'SSH-2.0-OpenSSH_9.6\r\n'],
  ['a status 101', head('HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade')],
  ['a status 407', head('HTTP/1.1 407 Proxy Authentication Required', 'Content-Length: 0')],
  ['201 fields', head(ok, ...Array.from({ length: 201 }, () => 'X: y'))],
  ['17 interim answers', head('HTTP/1.1 100 Continue').repeat(17) + head(ok, 'Content-Length: 0')],
  ['a head over 64 KiB', `${ok}\r\nX: ${'x'.repeat(66_000)}`],
  ['an interim answer with a length twice', head('HTTP/1.1 103 Hints', 'Content-Length: 2', 'Content-Length: 3')],
];

/** Answers whose head is sound and whose body is not: the client must see that they are not whole. */
export const brokenAnswers: readonly (readonly [name: string, text: string])[] = [
  ['cut before its length', head(ok, 'Content-Length: 100') + 'half'],
  ['cut inside a chunk', head(ok, 'Transfer-Encoding: chunked') + '64\r\nhalf'],
  ['cut between chunks', head(ok, 'Transfer-Encoding: chunked') + '4\r\nhalf\r\n'],
  ['cut in the last line', head(ok, 'Transfer-Encoding: chunked') + '4\r\nhalf\r\n0\r\n'],
  ['with a broken size', head(ok, 'Transfer-Encoding: chunked') + '4\r\nhalf\r\nxyz\r\n0\r\n\r\n'],
  ['with a size over 2^53', head(ok, 'Transfer-Encoding: chunked') + '4\r\nhalf\r\nfffffffffffffff\r\n'],
  ['with a bare LF', head(ok, 'Transfer-Encoding: chunked') + '4\r\nhalf\n0\r\n\r\n'],
  ['with an endless size', head(ok, 'Transfer-Encoding: chunked') + '4\r\nhalf\r\n' + '0'.repeat(5_000)],
  ['with an endless extension', head(ok, 'Transfer-Encoding: chunked') + '4\r\nhalf\r\n4;' + 'x'.repeat(5_000)],
  ['with endless trailers', head(ok, 'Transfer-Encoding: chunked') + '4\r\nhalf\r\n0\r\n' + 'X: y\r\n'.repeat(201)],
  ['with a broken trailer', head(ok, 'Transfer-Encoding: chunked') + '4\r\nhalf\r\n0\r\nX : y\r\n\r\n'],
  ['with a folded trailer', head(ok, 'Transfer-Encoding: chunked') + '4\r\nhalf\r\n0\r\nX: y\r\n z\r\n\r\n'],
];

const soundAnswers: readonly (readonly [name: string, text: string])[] = [
  ['sized', head(ok, 'X-A: b', 'Content-Length: 5') + 'he\r\no'],
  ['chunked', head(ok, 'Transfer-Encoding: chunked') + '3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\nT: u\r\n\r\n'],
  ['until the end', head('HTTP/1.0 203 Non-Authoritative', 'X-A: b') + 'hello'],
  ['interim', head('HTTP/1.1 103 Early', 'L: m') + head('HTTP/1.1 204 None', 'X: y')],
];

const damages = ['\r', '\n', '\r\n', '\0', ' ', '\t', ':', ',', '\x80', '0', '1'] as const;

/** Every damage at every place of every sound answer. */
export const damagedAnswers = (): readonly Case[] =>
  soundAnswers.flatMap(([name, text]) =>
    Array.from({ length: text.length }, (_, at) => at).flatMap((at) =>
      [
        [`${name} without byte ${at}`, text.slice(0, at) + text.slice(at + 1)] as const,
        [`${name} cut at byte ${at}`, text.slice(0, at)] as const,
        ...damages.flatMap((damage) => [
          [
            `${name} with ${JSON.stringify(damage)} before byte ${at}`,
            text.slice(0, at) + damage + text.slice(at),
          ] as const,
          [
            `${name} with ${JSON.stringify(damage)} for byte ${at}`,
            text.slice(0, at) + damage + text.slice(at + 1),
          ] as const,
        ]),
      ].map(([what, damaged]) => ({ name: what, bytes: Buffer.from(damaged, 'latin1') })),
    ),
  );
