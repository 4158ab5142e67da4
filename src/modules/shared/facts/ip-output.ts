/** An address of an interface. */
export interface Address {
  readonly device: string;
  readonly family: 'inet' | 'inet6';
  readonly address: string;
  readonly prefix: number;
  /** Empty where there is none. */
  readonly broadcast: string;
  readonly scope: string;
}

/** An interface. */
export interface Link {
  readonly device: string;
  /** `ether`, `loopback`, `none` and the like, as `ip` names it. */
  readonly kind: string;
  readonly mac: string;
  readonly mtu: number;
  readonly active: boolean;
}

/** The way to a far address. */
export interface Route {
  readonly family: 'inet' | 'inet6';
  readonly device: string;
  /** Empty where the way needs none, as on a point-to-point link. */
  readonly gateway: string;
  /** The own address that packets leave with; empty where it is not told. */
  readonly source: string;
}

/** What `ip addr show` and `ip route get` print, read. */
export interface IpOutput {
  readonly links: readonly Link[];
  readonly addresses: readonly Address[];
  readonly routes: readonly Route[];
}

/** Reads the output of iproute2 or busybox: `ip addr show`, then `ip route get` for an IPv4 and an IPv6 address. */
export function readIpOutput(lines: readonly string[]): IpOutput {
  const links: Link[] = [];
  const addresses: Address[] = [];
  const routes: Route[] = [];
  for (const line of lines) {
    const head = /^\d+:\s+([^:@\s]+)(?:@\S+)?:\s+<([^>]*)>.*?\bmtu (\d+)/.exec(line);
    const last = links.at(-1);
    if (head !== null) links.push(linkOf(head));
    else if (/^\s+link\//.test(line) && last !== undefined) links[links.length - 1] = withKind(last, line);
    else if (/^\s+inet6? /.test(line) && last !== undefined) addresses.push(...addressOf(last.device, line));
    else if (/^\S+ .*\bdev \S/.test(line)) routes.push(routeOf(line));
  }
  return { links, addresses, routes };
}

function linkOf([, device = '', flagText = '', mtu]: RegExpExecArray): Link {
  const flags = flagText.split(',');
  const active = flags.includes('UP') && (flags.includes('LOWER_UP') || flags.includes('LOOPBACK'));
  return { device, kind: 'unknown', mac: '', mtu: Number(mtu), active };
}

function withKind(link: Link, line: string): Link {
  const [, kind = 'unknown', mac = ''] = /link\/(\S+)(?: ([0-9a-f:]{11,}))?/.exec(line) ?? [];
  return { ...link, kind, mac };
}

function addressOf(device: string, line: string): Address[] {
  const match = /^\s+(inet6?) ([^/\s]+)(?: peer [^/\s]+)?(?:\/(\d+))?(.*)$/.exec(line);
  if (match === null) return [];
  const [, family, address = '', prefix, rest = ''] = match;
  const isV6 = family === 'inet6';
  const broadcast = /\bbrd (\S+)/.exec(rest)?.[1] ?? '';
  const scope = /\bscope (\S+)/.exec(rest)?.[1] ?? '';
  const bits = Number(prefix ?? (isV6 ? 128 : 32));
  return [{ device, family: isV6 ? 'inet6' : 'inet', address, prefix: bits, broadcast, scope }];
}

function routeOf(line: string): Route {
  const word = (name: string) => new RegExp(`\\b${name} (\\S+)`).exec(line)?.[1] ?? '';
  const family = line.split(' ', 1)[0]?.includes(':') === true ? 'inet6' : 'inet';
  return { family, device: word('dev'), gateway: word('via'), source: word('src') };
}
