/** Lists in JSON: arrays, arrays inside of objects, texts in arrays, sing-box's settings; as one text or as one record a line. */

import { isRefused } from './entry.js';
import type { Format, Ground, LineReader, TextReader } from './format.js';
import { createJsonCut } from './json-cut.js';
import type { Cut } from './json-frame.js';
import { rejected, tell } from './lines.js';
import { readPlain } from './plain.js';
import { type Fields, fieldsOf } from './fields.js';
import { isAddressKey, isPortKey, overTls, readRecord } from './record.js';
import { type Choice, isScheme, protocolWord, unsaid } from './scheme.js';

export const json: Format = {
  name: 'json',
  about: 'JSON: an array of records or texts, also inside of an object',
  resembles: ({ text }) => /^\s*(?:\{\s*(?:"|\}|$)|\[\s*(?:[{"\]]|$))/.test(text.slice(0, 1024)),
  takes: 'text',
  open: (ground) => createJsonCut((cut) => tellAny(ground, cut)),
};

export const singBox: Format = {
  name: 'sing-box',
  about: "sing-box's settings: its outbounds of type socks and http",
  resembles: (sample) => json.resembles(sample) && /"outbounds"\s*:\s*\[/.test(sample.text),
  takes: 'text',
  open: (ground) => openOutbounds(ground),
};

export const jsonLines: Format = {
  name: 'jsonl',
  about: 'JSON lines: one record a line',
  resembles: ({ lines }) => {
    const objects = lines.filter((line) => line.startsWith('{') && isObject(parsed(line)));
    return lines.length > 1 && objects.length > 1 && objects.length * 2 >= lines.length;
  },
  takes: 'lines',
  open: (ground) => openLines(ground),
};

const tellAny = (ground: Ground, cut: Cut): void =>
  cut.kind === 'fault' ? ground.say(rejected(cut.why, cut.line, cut.text)) : tellCut(ground, cut);

/** What sing-box has beside its outbounds: inbounds, name servers, rules. */
const ofSingBox =
  /^(?:\$schema|log|dns|ntp|certificate(?:_providers)?|http_clients|endpoints|inbounds|route|services|experimental)$/;

/** Its other settings are no list of proxies; what it does not know itself is read as in any JSON. */
const openOutbounds = (ground: Ground): TextReader =>
  createJsonCut(
    (cut) => {
      const isTold = cut.kind === 'fault' ? cut.why !== 'no-address' : !ofSingBox.test(cut.keys[1] ?? '');
      if (isTold) tellAny(ground, cut);
    },
    (name) => name === 'type' || isAddressKey(name),
  );

const openLines = (ground: Ground): LineReader => ({
  line: (text, line) => {
    const json = text.trim();
    if (json !== '' && !json.startsWith('#')) tellCut(ground, { kind: 'record', json, line, keys: [] });
  },
  end: () => {},
});

/** A name above the record or text (`"socks5": [ … ]`) is its section. Beside a list, only records of another list that have a port are proxies. */
const tellCut = (ground: Ground, { kind, json, line, keys, beside }: Cut & { kind: 'record' | 'text' }): void => {
  const value = parsed(json);
  if (beside === true && !(keys.at(-1) === '' && isObject(value) && Object.keys(value).some(isPortKey)))
    return ground.say(rejected('not-a-proxy', line, `beside the list, under ${keys.join(' ').trim()}`));
  const choice = sectionOf(ground, keys);
  const setting = { choice, privates: ground.privates };
  if (typeof value === 'string') return tell(ground, readPlain(value, setting), { line, text: value });
  if (!isObject(value))
    return ground.say(rejected('broken-record', line, kind === 'record' ? `{${namesIn(json)}}` : ''));
  const fields = singBoxed(fieldsOf(Object.entries(value)));
  for (const entry of readRecord(fields, setting))
    tell(ground, entry, { line, text: isRefused(entry) ? sketch(fields) : '' });
};

const sectionOf = (ground: Ground, keys: readonly string[]): Choice => {
  const words = keys.map(protocolWord).filter(isScheme);
  return unsaid(ground, words.at(-1));
};

/** A record in a rejection: the fields that say where, and the names of the others. */
export const sketch = (fields: Fields): string => {
  const shown = [
    'ip',
    'host',
    'server',
    'address',
    'addr',
    'ipaddress',
    'hostname',
    'port',
    'serverport',
    'protocol',
    'type',
  ];
  const parts = [...fields]
    .slice(0, 24)
    .map(([name, value]) =>
      shown.includes(name) && (typeof value === 'string' || typeof value === 'number') && !String(value).includes('@')
        ? `${name}=${String(value).slice(0, 60)}`
        : name,
    );
  return parts.join(' ');
};

/** sing-box says `socks` and a version, 5 if none; and TLS to the proxy by an object. */
const singBoxed = (fields: Fields): Fields => {
  if (!fields.has('serverport')) return fields;
  const version: unknown = fields.get('version');
  const type =
    fields.get('type') === 'socks' ? `socks${typeof version === 'string' ? version : '5'}` : fields.get('type');
  const tls: unknown = fields.get('tls');
  const isTls = isObject(tls) && 'enabled' in tls && tls.enabled === true;
  const options = isTls && 'insecure' in tls && tls.insecure === true ? 'verify=no' : '';
  return new Map([...fields, ['type', type], ...(isTls ? [[overTls, options] as const] : [])]);
};

const namesIn = (json: string): string =>
  [...json.slice(0, 1024).matchAll(/"([^"\\]{1,32})"\s*:/g)].map(([, name = '']) => name).join(', ');

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const parsed = (json: string): unknown => {
  try {
    return JSON.parse(json) as unknown;
  } catch {
    return undefined;
  }
};
