/** Proxies in the settings of other programs: environment variables, curl, wget, git, npm, pip, apt. */

import type { Reading } from '../../model/book.js';
import type { Format, Ground, LineReader } from './format.js';
import { rejected, tell } from './lines.js';
import { readPlain } from './plain.js';
import { type Choice, said, unsaid } from './scheme.js';

const variable = '(?:all|https?|ftp|socks|rsync|no)[-_]?proxy|proxy|preproxy|http\\.proxy|https\\.proxy';
const option = 'socks4a?|socks5(?:-hostname)?|proxy1\\.0|proxy-user|proxy-password|proxyuser|noproxy';
const assignment = new RegExp(
  `^(?:export\\s+|set\\s+|setx\\s+|declare\\s+-x\\s+|env\\s+)?(?:-{1,2})?(${variable}|${option})(?:\\s*[=:]\\s*(?!\\/\\/)|\\s+)(.*?);?$`,
  'i',
);
const short = /^(?:curl\s+)?-x\s+(.*)$/;
const apt = /^Acquire::(https?|ftp)::proxy\s+(.*?);?$/i;

export const settings: Format = {
  name: 'settings',
  about: 'settings of other programs: *_proxy variables, curl, git, npm, apt',
  resembles: ({ lines }) => {
    const told = lines.filter((line) => !/^[#;[]/.test(line)).slice(0, 40);
    return told.some(isTelling) && told.filter(isSetting).length * 2 >= told.length;
  },
  takes: 'lines',
  open: (ground) => openSettings(ground),
};

const openSettings = (ground: Ground): LineReader => ({
  line: (line, number) => {
    const text = line.trim();
    if (text === '' || /^(?:[#;]|\[[^\]]*\]$)/.test(text)) return;
    readSetting(ground, text, number);
  },
  end: () => {},
});

interface Assigned {
  readonly name: string;
  readonly value: string;
}

/** What a line sets, with the quotes off; undefined for lines that are about something else than proxies. */
const settingOf = (text: string): Assigned | undefined => {
  const found = assignment.exec(text) ?? apt.exec(text);
  const [name, value] = found === null ? ['proxy', short.exec(text)?.[1]] : [found[1], found[2]];
  if (name === undefined || value === undefined) return undefined;
  return { name: name.toLowerCase(), value: /^(["'])(.*)\1$/s.exec(value.trim())?.[2] ?? value.trim() };
};

const isSetting = (line: string): boolean => settingOf(line) !== undefined || /^[\w:@./-]+\s*=/.test(line);

/** A word and an address may be a plain line as well; an equals sign, an option or a URL makes it a setting. */
const isTelling = (line: string): boolean => settingOf(line) !== undefined && /=|:\/\/|^-|^curl/.test(line);

const readSetting = (ground: Ground, text: string, line: number): void => {
  const setting = settingOf(text);
  const refuse = (why: Extract<Reading, { why: unknown }>['why'], shown: string): void =>
    ground.say(rejected(why, line, shown));
  if (setting === undefined) return refuse('not-a-proxy', text.replace(/[=\s].*$/s, ' …'));
  const { name, value } = setting;
  if (/^no_?-?proxy$|^noproxy$/.test(name)) return;
  if (/user|password/.test(name)) return refuse('bad-login', name);
  if (value === '' || /^(?:null|none|false|off|direct)$/i.test(value))
    return refuse(value === '' ? 'no-address' : 'direct', name);
  if (/\$[{(\w]|%\w+%/.test(value)) return refuse('no-address', `${name} …`);
  tell(ground, readPlain(value, { choice: schemeOf(name, ground), privates: ground.privates }), { line, text: value });
};

/** Programs take a proxy without a scheme for an http one, whatever the variable is for. */
const schemeOf = (name: string, ground: Ground): Choice => {
  if (name.startsWith('socks4')) return said('socks4a');
  if (name.startsWith('socks5')) return said('socks5h');
  if (name.startsWith('socks')) return unsaid(ground);
  return ground.hinted === undefined ? said('http') : unsaid(ground);
};
