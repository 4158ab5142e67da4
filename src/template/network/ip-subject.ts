import type { Datum, Run } from '../datum.ts';
import { toText } from '../python/text.ts';
import { isInteger, isText } from '../python/types.ts';
import { addressAt, bitsOf, highest, type IpNetwork, parseNetwork, showNetwork } from './ip-network.ts';

/** What an IP filter was given. */
export interface IpSubject {
  readonly network: IpNetwork;
  /** Whether it was written with a prefix. */
  readonly form: 'address' | 'network';
  /** What a query that only looks gives back: the value as it was written, a number as an address. */
  readonly value: Datum;
}

/**
 * Reads an address, a network, or a number as an address: of IPv4 where it is small enough and no other version is
 * asked for. Undefined where it is none.
 */
export function readSubject(run: Run, value: Datum, version?: 4 | 6): IpSubject | undefined {
  if (typeof value === 'boolean' || !(isText(value) || isInteger(value))) return undefined;
  const text = toText(run, value);
  if (/^\d+$/.test(text)) return numbered(BigInt(text), undefined, version);
  const network = parseNetwork(text);
  if (network !== undefined) return { network, form: text.includes('/') ? 'network' : 'address', value };
  const [, number, prefix] = /^(\d+)\/(\d+)$/.exec(text) ?? [];
  return number === undefined ? undefined : numbered(BigInt(number), Number(prefix), undefined);
}

function numbered(
  value: bigint,
  prefix: number | undefined,
  wanted: 4 | 6 | undefined,
): IpSubject | undefined {
  const version = wanted === 6 || value > highest(4) || (prefix ?? 0) > 32 ? 6 : 4;
  const address = addressAt(version, value);
  if (address === undefined || (prefix ?? 0) > bitsOf(version)) return undefined;
  const network = prefix === undefined ? address : { ...address, prefix };
  return { network, form: prefix === undefined ? 'address' : 'network', value: showNetwork(network) };
}
