/** What a judge saw of one request, signed so that whoever carries it cannot change it (Ed25519, RFC 8032). */

import {
  type KeyObject,
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  verify,
} from 'node:crypto';

/** One request as it arrived. Bytes are base64. */
export interface JudgeRecord {
  readonly id: string;
  readonly page: string;
  /** Milliseconds since 1970 by the judge's clock. */
  readonly at: number;
  /** The address that the request came from, as the judge's own socket says. */
  readonly peer: string;
  readonly peerPort: number;
  /** The port of the judge. */
  readonly port: number;
  /** The connection, counted since the judge began, and the request on it, from 1. */
  readonly connection: number;
  readonly request: number;
  /** How often this id was asked for, this time included. */
  readonly visit: number;
  /** Bytes in front of the request that are none of it. */
  readonly preamble?: string;
  /** The head with its blank line. */
  readonly head: string;
  readonly body?: { readonly length: number; readonly sha256: string; readonly bytes?: string };
  readonly trailers?: string;
  /** Present where the request came over TLS. */
  readonly tls?: {
    /** SHA-256 of the first flight of the client, as it was read from the socket. */
    readonly hello: string;
    readonly protocol: string;
    readonly name?: string;
    readonly alpn?: string;
  };
}

/** The SHA-256 of a content, in hex, as records tell it. */
export const hashOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** A judge's pair of keys. */
export interface JudgeKeys {
  /** 32 bytes, base64url: what a judge is known by. */
  readonly public: string;
  readonly sign: (record: JudgeRecord) => string;
  readonly signText: (text: string) => string;
  /** Signed once: that it is asked too much. */
  readonly tooMany: string;
  /** PKCS #8, PEM. */
  readonly pem: string;
}

/** Makes a pair of keys, or reads one in PEM. Throws where that is no Ed25519 key. */
export const judgeKeys = (pem?: string): JudgeKeys => {
  const key = pem === undefined ? generateKeyPairSync('ed25519').privateKey : createPrivateKey(pem);
  if (key.asymmetricKeyType !== 'ed25519') throw new Error('not an Ed25519 key');
  const signText = (text: string): string =>
    `${text}.${sign(null, Buffer.from(text, 'latin1'), key).toString('base64url')}`;
  return {
    public: rawPublic(key),
    sign: (record) => signText(encodedClaim(record)),
    signText,
    tooMany: signText(encodedClaim({ tooMany: true })),
    pem: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
};

const encodedClaim = (claim: object): string => Buffer.from(JSON.stringify(claim), 'utf8').toString('base64url');

/** The last 32 bytes of an Ed25519 SPKI are the key (RFC 8410). */
const rawPublic = (key: KeyObject): string =>
  createPublicKey(key).export({ type: 'spki', format: 'der' }).subarray(-32).toString('base64url');

const spkiHead = Buffer.from('302a300506032b6570032100', 'hex');

/** The key by which a judge is known. */
export interface JudgeKey {
  /** 32 bytes, base64url. */
  readonly text: string;
  readonly object: KeyObject;
}

/** Reads a key; to be done once for each judge, since it takes longer than checking a signature. */
export const readKey = (text: string): JudgeKey => {
  const der = Buffer.concat([spkiHead, Buffer.from(text, 'base64url')]);
  return { text, object: createPublicKey({ key: der, type: 'spki', format: 'der' }) };
};

/** Reads what a judge with that key has signed; undefined for anything else. */
export const openSigned = (token: string, key: JudgeKey): unknown => {
  const [, text = '', signature = ''] = /^([\w-]{2,400000})\.([\w-]{86})$/.exec(token) ?? [];
  if (text === '') return undefined;
  try {
    const isTrue = verify(null, Buffer.from(text, 'latin1'), key.object, Buffer.from(signature, 'base64url'));
    return isTrue ? (JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as unknown) : undefined;
  } catch {
    return undefined;
  }
};

/** Whether it is the judge who says so. */
export const isTooMany = (body: Buffer, key: JudgeKey): boolean => {
  const told = openSigned(body.toString('latin1').trim(), key);
  return typeof told === 'object' && told !== null && 'tooMany' in told;
};

/** Finds the record of that id, or of any, in a body that may have been put into other words; undefined where none is there that is signed. */
export const findRecord = (body: Buffer, id: string | undefined, key: JudgeKey): JudgeRecord | undefined => {
  // Cut first: a pattern that looks for a token anywhere takes quadratic time over a body of letters.
  const words = body.toString('latin1').split(/[^\w.-]+/);
  const tokens = words.filter((word) => word.length > 128 && /^[\w-]{40,}\.[\w-]{86}$/.test(word));
  for (const token of tokens.slice(0, 16)) {
    const found = openSigned(token, key);
    if (isRecord(found) && (id === undefined || found.id === id)) return found;
  }
  return undefined;
};

/** What a judge has signed is what a judge writes. */
const isRecord = (value: unknown): value is JudgeRecord =>
  typeof value === 'object' && value !== null && 'id' in value && 'head' in value;

/** Visits to an id later than its first one: only how many and when, never who. */
export interface Revisits {
  readonly visits: number;
  /** Milliseconds between the first visit of all and the first and the last of these. */
  readonly first?: number;
  readonly last?: number;
}

/** What a judge keeps of ids: records for a while, and for longer that somebody came again. */
export interface Kept {
  readonly kept: ReadonlyMap<string, readonly JudgeRecord[]>;
  readonly revisits: ReadonlyMap<string, Revisits>;
}

/** What the answer of `/record` says of each id that was asked for; undefined where that is not signed. */
export const openKept = (body: Buffer, key: JudgeKey): Kept | undefined => {
  const told = openSigned(body.toString('latin1').trim(), key) ?? {};
  const { kept, revisits = {} } = told as { readonly kept?: unknown; readonly revisits?: unknown };
  if (!isObject(kept) || !isObject(revisits)) return undefined;
  return {
    kept: new Map(
      Object.entries(kept).map(([id, records]) => [id, Array.isArray(records) ? records.filter(isRecord) : []]),
    ),
    revisits: new Map(
      Object.entries(revisits).flatMap(([id, found]): readonly [string, Revisits][] =>
        isRevisits(found) ? [[id, found]] : [],
      ),
    ),
  };
};

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

const isRevisits = (value: unknown): value is Revisits =>
  isObject(value) && 'visits' in value && typeof value.visits === 'number';
