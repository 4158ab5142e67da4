import { Address4, Address6 } from 'ip-address';

/** An address with the length of its network's prefix: `192.0.2.5/24`. */
export interface IpNetwork {
  readonly version: 4 | 6;
  /** The address, its host part included. */
  readonly value: bigint;
  /** Bits that the addresses of the network have in common. */
  readonly prefix: number;
}

/** Bits of an address. */
export function bitsOf(version: 4 | 6): number {
  return version === 4 ? 32 : 128;
}

/** How many addresses a network has. */
export function sizeOf({ version, prefix }: IpNetwork): bigint {
  return 1n << BigInt(bitsOf(version) - prefix);
}

/** The host part of all ones: what `0.0.0.255` is to `/24`. */
export function hostMaskOf(network: IpNetwork): bigint {
  return sizeOf(network) - 1n;
}

/** The prefix of all ones: what `255.255.255.0` is to `/24`. */
export function netMaskOf(network: IpNetwork): bigint {
  return highest(network.version) ^ hostMaskOf(network);
}

/** The lowest address, which stands for the network. */
export function firstOf(network: IpNetwork): bigint {
  return network.value & netMaskOf(network);
}

/** The highest address. */
export function lastOf(network: IpNetwork): bigint {
  return firstOf(network) + hostMaskOf(network);
}

/** The highest address of a network where it is for broadcast: not in those of one or two IPv4 addresses. */
export function broadcastOf(network: IpNetwork): bigint | undefined {
  return network.version === 4 && sizeOf(network) <= 2n ? undefined : lastOf(network);
}

/** The lowest and highest address that hosts have; undefined in a network of one address. */
export function usableRange(network: IpNetwork): readonly [bigint, bigint] | undefined {
  const size = sizeOf(network);
  if (size === 1n) return undefined;
  return size === 2n ? [firstOf(network), lastOf(network)] : [firstOf(network) + 1n, lastOf(network) - 1n];
}

/** The highest address of all. */
export function highest(version: 4 | 6): bigint {
  return (1n << BigInt(bitsOf(version))) - 1n;
}

/** Whether all addresses of a network lie in another. */
export function isWithin(inner: IpNetwork, outer: IpNetwork): boolean {
  return (
    inner.version === outer.version && firstOf(inner) >= firstOf(outer) && lastOf(inner) <= lastOf(outer)
  );
}

/** An address of a version; undefined where it is below or beyond all. */
export function addressAt(version: 4 | 6, value: bigint): IpNetwork | undefined {
  return value < 0n || value > highest(version) ? undefined : { version, value, prefix: bitsOf(version) };
}

/** An address as text: IPv6 in its short form, IPv4 addresses inside it with dots. */
export function showAddress(version: 4 | 6, value: bigint): string {
  if (version === 4) return Address4.fromBigInt(value).correctForm();
  const upper = value >> 32n;
  const isEmbedded = upper === 0xffffn || (upper === 0n && value > 0xffffn);
  if (!isEmbedded) return Address6.fromBigInt(value).correctForm();
  return `${upper === 0n ? '::' : '::ffff:'}${showAddress(4, value & 0xffffffffn)}`;
}

/** An address with its prefix as text. */
export function showNetwork({ version, value, prefix }: IpNetwork): string {
  return `${showAddress(version, value)}/${prefix}`;
}

/** The name under which DNS finds the name of an address. */
export function reverseName({ version, value }: IpNetwork): string {
  return version === 4 ? Address4.fromBigInt(value).reverseForm() : Address6.fromBigInt(value).reverseForm();
}

/**
 * Reads an address, with or without a prefix, which may also be written as a mask. IPv4 addresses may leave out
 * zeros at their end: `10/8`. Undefined where the text is neither.
 */
export function parseNetwork(text: string): IpNetwork | undefined {
  const [address = '', length, ...others] = text.trim().split('/');
  if (others.length > 0) return undefined;
  const version = address.includes(':') ? 6 : 4;
  const value = parseAddress(address, version);
  if (value === undefined) return undefined;
  const prefix = length === undefined ? bitsOf(version) : parsePrefix(length, version);
  return prefix === undefined ? undefined : { version, value, prefix };
}

function parseAddress(text: string, version: 4 | 6): bigint | undefined {
  if (version === 6) {
    return /^[\da-fA-F:.]+$/.test(text) && Address6.isValid(text) ? new Address6(text).bigInt() : undefined;
  }
  const parts = text.split('.');
  if (parts.length > 4 || !parts.every((part) => /^\d+$/.test(part) && Number(part) < 256)) return undefined;
  const whole = [...parts, '0', '0', '0'].slice(0, 4).map((part) => String(Number(part)));
  return new Address4(whole.join('.')).bigInt();
}

function parsePrefix(text: string, version: 4 | 6): number | undefined {
  if (/^\d+$/.test(text)) return Number(text) <= bitsOf(version) ? Number(text) : undefined;
  if (text.includes(':') !== (version === 6)) return undefined;
  const mask = parseAddress(text, version);
  if (mask === undefined) return undefined;
  return [mask, highest(version) ^ mask]
    .map((one) => prefixOfMask(one, version))
    .find((one) => one !== undefined);
}

function prefixOfMask(mask: bigint, version: 4 | 6): number | undefined {
  const hosts = (highest(version) ^ mask) + 1n;
  return (hosts & (hosts - 1n)) === 0n ? bitsOf(version) - (hosts.toString(2).length - 1) : undefined;
}

/** Whether an address is a mask: ones followed by zeros, or zeros followed by ones. */
export function isMask({ version, value }: IpNetwork): boolean {
  return (
    prefixOfMask(value, version) !== undefined ||
    prefixOfMask(highest(version) ^ value, version) !== undefined
  );
}
