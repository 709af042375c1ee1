/** Damaged requests: shapes that are known to be read in two ways, and every small damage at every place of sound ones. */

/** One input, and a name for it. */
export interface Case {
  readonly name: string;
  readonly bytes: Buffer;
}

const head = (start: string, ...lines: readonly string[]): string => `${[start, ...lines].join('\r\n')}\r\n\r\n`;
const sound = 'GET http://a.test/x HTTP/1.1';
const post = 'POST http://a.test/x HTTP/1.1';
const host = 'Host: a.test';

/** Heads that must be refused with 400, with nothing sent onward. */
export const refusedHeads: readonly (readonly [name: string, text: string])[] = [
  ['two equal lengths', head(post, host, 'Content-Length: 3', 'Content-Length: 3') + 'abc'],
  ['two lengths', head(post, host, 'Content-Length: 3', 'Content-Length: 4') + 'abc'],
  ['a list of lengths', head(post, host, 'Content-Length: 3, 3') + 'abc'],
  ['an empty length', head(post, host, 'Content-Length:') + 'abc'],
  ['a length with a sign', head(post, host, 'Content-Length: +3') + 'abc'],
  ['a negative length', head(post, host, 'Content-Length: -3') + 'abc'],
  ['a hexadecimal length', head(post, host, 'Content-Length: 0x3') + 'abc'],
  ['a length with a fraction', head(post, host, 'Content-Length: 3.0') + 'abc'],
  ['a length over 2^53', head(post, host, 'Content-Length: 18446744073709551619') + 'abc'],
  ['a length with letters', head(post, host, 'Content-Length: 3abc') + 'abc'],
  ['length and chunks', head(post, host, 'Content-Length: 5', 'Transfer-Encoding: chunked') + '0\r\n\r\n'],
  ['chunks and length', head(post, host, 'Transfer-Encoding: chunked', 'Content-Length: 5') + '0\r\n\r\n'],
  ['chunks twice', head(post, host, 'Transfer-Encoding: chunked', 'Transfer-Encoding: chunked') + '0\r\n\r\n'],
  ['chunks in chunks', head(post, host, 'Transfer-Encoding: chunked, chunked') + '0\r\n\r\n'],
  ['another coding', head(post, host, 'Transfer-Encoding: gzip') + 'abc'],
  ['another coding before chunks', head(post, host, 'Transfer-Encoding: gzip, chunked') + '0\r\n\r\n'],
  ['another coding behind chunks', head(post, host, 'Transfer-Encoding: chunked, identity') + '0\r\n\r\n'],
  ['identity', head(post, host, 'Transfer-Encoding: identity', 'Content-Length: 3') + 'abc'],
  ['an empty coding', head(post, host, 'Transfer-Encoding:') + '0\r\n\r\n'],
  ['a coding with a parameter', head(post, host, 'Transfer-Encoding: chunked;q=1') + '0\r\n\r\n'],
  ['a coding in quotes', head(post, host, 'Transfer-Encoding: "chunked"') + '0\r\n\r\n'],
  ['a coding with a control character', head(post, host, 'Transfer-Encoding: \x0bchunked') + '0\r\n\r\n'],
  ['a coding misspelt', head(post, host, 'Transfer-Encoding: xchunked') + '0\r\n\r\n'],
  ['a coding on a folded line', head(post, host, 'Transfer-Encoding:', ' chunked') + '0\r\n\r\n'],
  ['chunks in HTTP/1.0', head('POST http://a.test/x HTTP/1.0', host, 'Transfer-Encoding: chunked') + '0\r\n\r\n'],
  ['a folded line', head(sound, host, 'X: a', ' b')],
  ['a folded line with a tab', head(sound, host, 'X: a', '\tb')],
  ['a folded first line', head(sound, ' X: a', host)],
  ['a blank before the colon', head(sound, host, 'X : a')],
  ['a blank before the colon of the length', head(post, host, 'Content-Length : 3') + 'abc'],
  ['a tab before the colon of the coding', head(post, host, 'Transfer-Encoding\t: chunked') + '0\r\n\r\n'],
  ['an empty name', head(sound, host, ': a')],
  ['no colon', head(sound, host, 'novalue')],
  ['a blank in a name', head(sound, host, 'X Y: a')],
  ['a letter above 7F in a name', head(sound, host, 'X\xe9: a')],
  ['a bracket in a name', head(sound, host, 'X[]: a')],
  ['NUL in a name', head(sound, host, 'X\0: a')],
  ['NUL in a value', head(sound, host, 'X: a\0b')],
  ['a bare CR in a value', head(sound, host, 'X: a\rY: b')],
  ['a bare CR before CRLF', head(sound, host, 'X: a\r')],
  ['a bare LF in a value', head(sound, host, 'X: a\nY: b')],
  ['only bare LFs', `${sound}\n${host}\n\n`],
  ['a bare LF at the end', `${sound}\r\n${host}\r\n\n`],
  ['LF CR', `${sound}\r\n${host}\n\r\n\r\n`],
  ['a vertical tab in a value', head(sound, host, 'X: a\x0bb')],
  ['DEL in a value', head(sound, host, 'X: a\x7fb')],
  ['two Hosts', head(sound, host, 'Host: b.test')],
  ['two equal Hosts', head(sound, host, host)],
  ['another Host', head(sound, 'Host: b.test')],
  ['another port in Host', head(sound, 'Host: a.test:81')],
  ['an empty Host', head(sound, 'Host:')],
  ['a list in Host', head(sound, 'Host: a.test, b.test')],
  ['a path in Host', head(sound, 'Host: a.test/x')],
  ['user information in Host', head(sound, 'Host: u@a.test')],
  ['no Host', head(sound, 'X: a')],
  ['user information', head('GET http://u:p@a.test/x HTTP/1.1', host)],
  ['an empty user', head('GET http://@a.test/x HTTP/1.1', host)],
  ['an at sign behind a hash', head('GET http://a.test#@b.test/ HTTP/1.1', host)],
  ['a fragment', head('GET http://a.test/x#y HTTP/1.1', host)],
  ['a backslash in the authority', head('GET http://a.test\\@b.test/ HTTP/1.1', host)],
  ['a percent sign in the authority', head('GET http://a%2etest/ HTTP/1.1', 'Host: a%2etest')],
  ['a comma in the authority', head('GET http://a.test,b.test/ HTTP/1.1', 'Host: a.test,b.test')],
  ['port 0', head('GET http://a.test:0/ HTTP/1.1', 'Host: a.test:0')],
  ['port 65536', head('GET http://a.test:65536/ HTTP/1.1', 'Host: a.test:65536')],
  ['port 4294967376', head('GET http://a.test:4294967376/ HTTP/1.1', 'Host: a.test:4294967376')],
  ['port +80', head('GET http://a.test:+80/ HTTP/1.1', 'Host: a.test:+80')],
  ['an empty authority', head('GET http:///x HTTP/1.1', 'Host:')],
  ['IPv6 without brackets', head('GET http://::1/x HTTP/1.1', 'Host: ::1')],
  ['another scheme', head('GET https://a.test/x HTTP/1.1', host)],
  ['a scheme of files', head('GET file:///etc/passwd HTTP/1.1', host)],
  ['no scheme', head('GET a.test/x HTTP/1.1', host)],
  ['an authority for GET', head('GET a.test:80 HTTP/1.1', host)],
  ['a byte above 7F in the target', head('GET http://a.test/\xe9 HTTP/1.1', host)],
  ['two blanks', head('GET  http://a.test/x HTTP/1.1', host)],
  ['two blanks before the version', head('GET http://a.test/x  HTTP/1.1', host)],
  ['a tab for a blank', head('GET\thttp://a.test/x HTTP/1.1', host)],
  ['a blank in the target', head('GET http://a.test/x y HTTP/1.1', host)],
  ['a blank behind the version', head('GET http://a.test/x HTTP/1.1 ', host)],
  ['HTTP/0.9', head('GET http://a.test/x', host)],
  ['HTTP/1.2', head('GET http://a.test/x HTTP/1.2', host)],
  ['HTTP/2.0', head('GET http://a.test/x HTTP/2.0', host)],
  ['HTTP/1.10', head('GET http://a.test/x HTTP/1.10', host)],
  ['http/1.1 in small letters', head('GET http://a.test/x http/1.1', host)],
  ['HTTP2', head('PRI * HTTP/2.0') + 'SM\r\n\r\n'],
  ['a method with a colon', head('GE:T http://a.test/x HTTP/1.1', host)],
  ['CONNECT with a length', head('CONNECT a.test:443 HTTP/1.1', 'Host: a.test:443', 'Content-Length: 3') + 'abc'],
  ['CONNECT with chunks', head('CONNECT a.test:443 HTTP/1.1', 'Host: a.test:443', 'Transfer-Encoding: chunked')],
  ['CONNECT without a port', head('CONNECT a.test HTTP/1.1', 'Host: a.test')],
  ['CONNECT with a path', head('CONNECT a.test:443/x HTTP/1.1', 'Host: a.test:443')],
  ['CONNECT with a scheme', head('CONNECT http://a.test:443 HTTP/1.1', 'Host: a.test:443')],
  ['CONNECT with user information', head('CONNECT u@a.test:443 HTTP/1.1', 'Host: a.test:443')],
  ['CONNECT to port 0', head('CONNECT a.test:0 HTTP/1.1', 'Host: a.test:0')],
  ['CONNECT to port 65536', head('CONNECT a.test:65536 HTTP/1.1', 'Host: a.test:65536')],
];

const soundBodies = '5\r\nhello\r\n';

/** Bodies in chunks that are broken: what is sent onward before the break is valid, and never looks whole. */
export const brokenBodies: readonly (readonly [name: string, text: string])[] = [
  ['a size of no digits', `${soundBodies}\r\n0\r\n\r\n`],
  ['a size with a sign', `${soundBodies}+5\r\nhello\r\n0\r\n\r\n`],
  ['a negative size', `${soundBodies}-5\r\nhello\r\n0\r\n\r\n`],
  ['a size with 0x', `${soundBodies}0x5\r\nhello\r\n0\r\n\r\n`],
  ['a size with a letter', `${soundBodies}5g\r\nhello\r\n0\r\n\r\n`],
  ['a size over 2^53', `${soundBodies}20000000000005\r\nhello\r\n0\r\n\r\n`],
  ['a size over 2^64', `${soundBodies}10000000000000005\r\nhello\r\n0\r\n\r\n`],
  ['a blank before the size', `${soundBodies} 5\r\nhello\r\n0\r\n\r\n`],
  ['a bare LF behind the size', `${soundBodies}5\nhello\r\n0\r\n\r\n`],
  ['a bare CR behind the size', `${soundBodies}5\rhello\r\n0\r\n\r\n`],
  ['a chunk that is too long', `${soundBodies}5\r\nhello!\r\n0\r\n\r\n`],
  ['a chunk that is too short', `${soundBodies}5\r\nhell\r\n0\r\n\r\n`],
  ['a bare LF behind the data', `${soundBodies}5\r\nhello\n0\r\n\r\n`],
  ['no CRLF behind the data', `${soundBodies}5\r\nhello0\r\n\r\n`],
  ['a control character in an extension', `${soundBodies}5;a\x01b\r\nhello\r\n0\r\n\r\n`],
  ['a bare CR in an extension', `${soundBodies}5;a\rb\r\nhello\r\n0\r\n\r\n`],
  ['a bare LF in an extension', `${soundBodies}5;a\n5\r\nhello\r\n0\r\n\r\n`],
  ['an extension over 4 KiB', `${soundBodies}5;${'a'.repeat(5000)}\r\nhello\r\n0\r\n\r\n`],
  ['an endless size', `${soundBodies}${'0'.repeat(5000)}`],
  ['a trailer without a colon', `${soundBodies}0\r\nnovalue\r\n\r\n`],
  ['a trailer with a blank before the colon', `${soundBodies}0\r\nX : y\r\n\r\n`],
  ['a folded trailer', `${soundBodies}0\r\nX: y\r\n z\r\n\r\n`],
  ['NUL in a trailer', `${soundBodies}0\r\nX: \0\r\n\r\n`],
  ['a bare LF for the last line', `${soundBodies}0\r\nX: y\n\r\n`],
  ['201 trailers', `${soundBodies}0\r\n${'X: y\r\n'.repeat(201)}\r\n`],
];

/** A chunked request with that body. */
export const chunkedPost = (body: string, path = '/x'): string =>
  head(`POST http://a.test${path} HTTP/1.1`, host, 'Transfer-Encoding: chunked') + body;

const soundRequests: readonly (readonly [name: string, text: string])[] = [
  ['GET', head(sound, host, 'Accept: */*')],
  ['POST', head(post, host, 'Content-Length: 11', 'X-A: b') + 'hello\r\nbody'],
  ['chunks', chunkedPost('5;x=y\r\nhello\r\nc\r\n, and bodies\r\n0\r\nX-T: u\r\n\r\n')],
];

/** What is put in, or in the place of another byte. */
const damages = ['\r', '\n', '\r\n', '\0', ' ', '\t', '\x0b', ':', ',', ';', '\x80', '0', '/'] as const;

/** Every damage at every place of every sound request, followed by a request that is to stay one of its own. */
export const damagedRequests = (): readonly Case[] =>
  soundRequests.flatMap(([name, text]) =>
    Array.from({ length: text.length }, (_, at) => at).flatMap((at) => [
      named(`${name} without byte ${at}`, text.slice(0, at) + text.slice(at + 1)),
      named(`${name} with byte ${at} twice`, text.slice(0, at + 1) + text.slice(at)),
      ...damages.flatMap((damage) => [
        named(`${name} with ${JSON.stringify(damage)} before byte ${at}`, text.slice(0, at) + damage + text.slice(at)),
        named(`${name} with ${JSON.stringify(damage)} for byte ${at}`, text.slice(0, at) + damage + text.slice(at + 1)),
      ]),
    ]),
  );

const named = (name: string, text: string): Case => ({
  name,
  bytes: Buffer.from(text + head('GET http://a.test/behind HTTP/1.1', host), 'latin1'),
});
