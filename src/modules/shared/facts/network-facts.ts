import type { ResultFields } from '../../../model/module.ts';
import type { Value } from '../../../model/value.ts';
import { type Address, type IpOutput, type Link, readIpOutput } from './ip-output.ts';
import type { Sections } from './sections.ts';

function dotted(bits: number): string {
  return [24, 16, 8, 0].map((shift) => (bits >>> shift) & 255).join('.');
}

function netmask(prefix: number): number {
  return prefix === 0 ? 0 : (0xffffffff << (32 - prefix)) >>> 0;
}

function ipv4Fields(address: Address): Record<string, Value> {
  const bits = address.address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const mask = netmask(address.prefix);
  return {
    address: address.address,
    netmask: dotted(mask),
    network: dotted((bits & mask) >>> 0),
    prefix: String(address.prefix),
    broadcast: address.broadcast,
  };
}

function ipv6Fields(address: Address): Record<string, Value> {
  return { address: address.address, prefix: String(address.prefix), scope: address.scope };
}

/** Kinds of interfaces that the kernel marks in `/sys/class/net`. */
function typeOf(link: Link | undefined, sections: Sections): string {
  if (link === undefined) return 'unknown';
  const marks = sections.lines('kinds');
  if (marks.includes(`/sys/class/net/${link.device}/bridge`)) return 'bridge';
  if (marks.includes(`/sys/class/net/${link.device}/bonding`)) return 'bonding';
  return link.kind === 'none' ? 'unknown' : link.kind;
}

/** The address, interface and gateway by which far addresses are reached; empty where they are not. */
function defaultAddress(
  family: 'inet' | 'inet6',
  { addresses, links, routes }: IpOutput,
  sections: Sections,
): Record<string, Value> {
  const route = routes.find((one) => one.family === family);
  if (route === undefined || route.device === 'lo') return {};
  const own = addresses.filter(
    (address) => address.family === family && address.device === route.device && address.scope !== 'link',
  );
  // The source may stand on another interface, as on routers with an address on `lo`.
  const source = addresses.find((address) => address.family === family && address.address === route.source);
  const address = source ?? own[0];
  const place = { interface: route.device, ...(route.gateway === '' ? {} : { gateway: route.gateway }) };
  if (address === undefined) return place;
  const link = links.find((candidate) => candidate.device === route.device);
  return {
    ...(family === 'inet' ? { ...ipv4Fields(address), alias: route.device } : ipv6Fields(address)),
    ...place,
    macaddress: link?.mac ?? '',
    mtu: link?.mtu ?? 0,
    type: typeOf(link, sections),
  };
}

function interfaceFact(link: Link, { addresses }: IpOutput, sections: Sections): Record<string, Value> {
  const own = addresses.filter((address) => address.device === link.device);
  const [first, ...more] = own.filter((address) => address.family === 'inet');
  const v6 = own.filter((address) => address.family === 'inet6');
  return {
    device: link.device,
    active: link.active,
    mtu: link.mtu,
    type: typeOf(link, sections),
    ...(link.kind !== 'loopback' && link.mac !== '' ? { macaddress: link.mac } : {}),
    ...(first === undefined ? {} : { ipv4: ipv4Fields(first) }),
    ...(more.length === 0 ? {} : { ipv4_secondaries: more.map(ipv4Fields) }),
    ...(v6.length === 0 ? {} : { ipv6: v6.map(ipv6Fields) }),
  };
}

/** Interfaces with their addresses, the default routes, all addresses. */
export function networkFacts(sections: Sections): ResultFields {
  const ip = readIpOutput(sections.lines('ip'));
  const { addresses, links } = ip;
  const all = (family: Address['family']) =>
    addresses
      .filter(
        ({ family: own, address }) => own === family && !address.startsWith('127.') && address !== '::1',
      )
      .map(({ address }) => address);
  const facts: Record<string, Value> = {
    interfaces: links.map((link) => link.device),
    default_ipv4: defaultAddress('inet', ip, sections),
    default_ipv6: defaultAddress('inet6', ip, sections),
    all_ipv4_addresses: all('inet'),
    all_ipv6_addresses: all('inet6'),
  };
  for (const link of links) facts[link.device.replaceAll(/[-.:]/g, '_')] = interfaceFact(link, ip, sections);
  return facts;
}

/** `dns`: name servers, search list and options of the resolver. */
export function dnsFacts(sections: Sections): ResultFields {
  const nameservers: string[] = [];
  const dns: Record<string, Value> = {};
  for (const line of sections.fileLines('/etc/resolv.conf')) {
    const [key, ...rest] = line.trim().split(/\s+/);
    if (key === 'nameserver') nameservers.push(rest[0] ?? '');
    else if (key === 'search' || key === 'sortlist') dns[key] = rest;
    else if (key === 'domain') dns['domain'] = rest[0] ?? '';
    else if (key === 'options') dns['options'] = optionsOf(rest);
  }
  return { dns: nameservers.length === 0 ? dns : { nameservers, ...dns } };
}

function optionsOf(words: readonly string[]): Record<string, Value> {
  return Object.fromEntries(
    words.map((word) => {
      const [name = '', value] = word.split(':');
      return [name, value ?? true];
    }),
  );
}
