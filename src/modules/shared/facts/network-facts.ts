import type { ResultFields } from '../../../model/module.ts';
import type { Value } from '../../../model/value.ts';
import type { Sections } from './sections.ts';

interface Address {
  readonly device: string;
  readonly family: 'inet' | 'inet6';
  readonly address: string;
  readonly prefix: number;
  readonly broadcast: string;
  readonly scope: string;
}

interface Link {
  readonly device: string;
  readonly mac: string;
  readonly mtu: number;
  readonly active: boolean;
  readonly type: string;
}

function addressesOf(sections: Sections): readonly Address[] {
  return sections.lines('addresses').flatMap((line) => {
    const match = /^\d+:\s+(\S+)\s+(inet6?)\s+([^/\s]+)(?:\s+peer\s+\S+?)?(?:\/(\d+))?(.*)$/.exec(line);
    if (match === null) return [];
    const rest = match[5] ?? '';
    return [
      {
        device: (match[1] ?? '').replace(/@.*$/, ''),
        family: match[2] === 'inet6' ? 'inet6' : 'inet',
        address: match[3] ?? '',
        prefix: Number(match[4] ?? (match[2] === 'inet6' ? 128 : 32)),
        broadcast: /\bbrd (\S+)/.exec(rest)?.[1] ?? '',
        scope: /\bscope (\S+)/.exec(rest)?.[1] ?? '',
      } as const,
    ];
  });
}

function linksOf(sections: Sections): readonly Link[] {
  return sections.lines('links').flatMap((line) => {
    const match = /^\d+:\s+([^:@\s]+)(?:@\S+)?:\s+<([^>]*)>.*?\bmtu (\d+)/.exec(line);
    if (match === null) return [];
    const flags = (match[2] ?? '').split(',');
    return [
      {
        device: match[1] ?? '',
        mac: /link\/\S+ (\S+)/.exec(line)?.[1] ?? '',
        mtu: Number(match[3]),
        active: flags.includes('UP') && (flags.includes('LOWER_UP') || flags.includes('LOOPBACK')),
        type: flags.includes('LOOPBACK') ? 'loopback' : 'ether',
      },
    ];
  });
}

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

/** The interface, gateway and source of the default route, from `ip route`, else from the kernel's table. */
function defaultRoute(
  text: string,
  table: readonly string[],
): { device: string; gateway: string; source: string } | undefined {
  const device = /\bdev (\S+)/.exec(text)?.[1];
  if (device !== undefined) {
    return {
      device,
      gateway: /\bvia (\S+)/.exec(text)?.[1] ?? '',
      source: /\bsrc (\S+)/.exec(text)?.[1] ?? '',
    };
  }
  for (const line of table.slice(1)) {
    const [name = '', destination, gateway = ''] = line.split(/\s+/);
    if (destination !== '00000000') continue;
    const bytes = (gateway.match(/../g) ?? []).map((hex) => Number.parseInt(hex, 16)).reverse();
    return { device: name, gateway: bytes.join('.'), source: '' };
  }
  return undefined;
}

function defaultAddress(
  family: 'inet' | 'inet6',
  sections: Sections,
  addresses: readonly Address[],
  links: readonly Link[],
): Record<string, Value> {
  const route = defaultRoute(
    sections.text(family === 'inet' ? 'routes' : 'routes6'),
    family === 'inet' ? sections.lines('route_table') : [],
  );
  if (route === undefined) return {};
  const own = addresses.filter(
    (address) => address.family === family && address.device === route.device && address.scope !== 'link',
  );
  const address = own.find((candidate) => candidate.address === route.source) ?? own[0];
  const link = links.find((candidate) => candidate.device === route.device);
  if (address === undefined) return { interface: route.device, gateway: route.gateway };
  return {
    ...(family === 'inet' ? { ...ipv4Fields(address), alias: route.device } : ipv6Fields(address)),
    interface: route.device,
    gateway: route.gateway,
    macaddress: link?.mac ?? '',
    mtu: link?.mtu ?? 0,
    type: link?.type ?? 'unknown',
  };
}

function interfaceFact(
  device: string,
  addresses: readonly Address[],
  link: Link | undefined,
): Record<string, Value> {
  const v4 = addresses.filter((address) => address.device === device && address.family === 'inet');
  const v6 = addresses.filter((address) => address.device === device && address.family === 'inet6');
  const [first, ...more] = v4;
  return {
    device,
    active: link?.active ?? true,
    mtu: link?.mtu ?? 0,
    type: link?.type ?? 'unknown',
    ...(link !== undefined && link.type !== 'loopback' ? { macaddress: link.mac } : {}),
    ...(first === undefined ? {} : { ipv4: ipv4Fields(first) }),
    ...(more.length === 0 ? {} : { ipv4_secondaries: more.map(ipv4Fields) }),
    ...(v6.length === 0 ? {} : { ipv6: v6.map(ipv6Fields) }),
  };
}

/** Interfaces with their addresses, the default routes, all addresses, DNS. */
export function networkFacts(sections: Sections): ResultFields {
  const addresses = addressesOf(sections);
  const links = linksOf(sections);
  const devices = [
    ...new Set([...links.map((link) => link.device), ...addresses.map((address) => address.device)]),
  ];
  const facts: Record<string, Value> = {
    interfaces: devices,
    default_ipv4: defaultAddress('inet', sections, addresses, links),
    default_ipv6: defaultAddress('inet6', sections, addresses, links),
    all_ipv4_addresses: addresses
      .filter((a) => a.family === 'inet' && !a.address.startsWith('127.'))
      .map((a) => a.address),
    all_ipv6_addresses: addresses
      .filter((a) => a.family === 'inet6' && a.address !== '::1')
      .map((a) => a.address),
    dns: dnsFacts(sections),
  };
  for (const device of devices) {
    const name = device.replaceAll(/[-.]/g, '_');
    facts[name] = interfaceFact(
      device,
      addresses,
      links.find((link) => link.device === device),
    );
  }
  return facts;
}

function dnsFacts(sections: Sections): Record<string, Value> {
  const nameservers: string[] = [];
  const dns: Record<string, Value> = { nameservers };
  for (const line of sections.lines('resolv_conf')) {
    const [key, ...rest] = line.trim().split(/\s+/);
    if (key === 'nameserver') nameservers.push(rest[0] ?? '');
    else if (key === 'search') dns['search'] = rest;
    else if (key === 'domain') dns['domain'] = rest[0] ?? '';
  }
  return dns;
}
