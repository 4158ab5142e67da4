import type { Datum, Run } from '../datum.ts';
import { integer } from '../python/number.ts';
import { servesAs } from './address-ranges.ts';
import {
  bitsOf,
  broadcastOf,
  firstOf,
  hostMaskOf,
  type IpNetwork,
  isMask,
  isWithin,
  lastOf,
  netMaskOf,
  parseNetwork,
  reverseName,
  showAddress,
  showNetwork,
  sizeOf,
  usableRange,
} from './ip-network.ts';
import type { IpSubject } from './ip-subject.ts';

/** What is asked of an address or network; None where the question does not fit it. */
export type IpQuery = (run: Run, subject: IpSubject) => Datum;

function address({ network }: IpSubject): string {
  return showAddress(network.version, network.value);
}

/** Whether the address is the one that stands for its network. */
function isNetworkAddress(network: IpNetwork): boolean {
  return network.value === firstOf(network);
}

function mustBeNetwork(run: Run, { form, network }: IpSubject): IpNetwork {
  if (form === 'address')
    throw run.fail(`"${showAddress(network.version, network.value)}" is an address, not a network`);
  return network;
}

function at(network: IpNetwork, value: bigint): string {
  return showAddress(network.version, value);
}

/** Gives the value back where something holds. */
function look(holds: (network: IpNetwork) => boolean): IpQuery {
  return (_run, { network, value }) => (holds(network) ? value : null);
}

/** The address alone of what is written with a prefix. */
function alone(network: IpNetwork): IpNetwork {
  return { ...network, prefix: bitsOf(network.version) };
}

const ip: IpQuery = (_run, subject) => {
  const { network } = subject;
  const isHost =
    sizeOf(network) === 1n ||
    network.version === 6 ||
    !isNetworkAddress(network) ||
    broadcastOf(network) === undefined;
  return isHost ? address(subject) : null;
};

const addressAndPrefix: IpQuery = (_run, { network }) => {
  const isEnd = network.value === firstOf(network) || network.value === broadcastOf(network);
  return sizeOf(network) > 2n && isEnd ? false : showNetwork(network);
};

/** What to give for an address with the prefix of a network that holds others. */
function hostIn(show: (network: IpNetwork) => string): IpQuery {
  return (_run, { network }) => {
    const size = sizeOf(network);
    return size === 2n || (size > 2n && !isNetworkAddress(network)) ? show(network) : null;
  };
}

const isPublic = (network: IpNetwork) => {
  const one = alone(network);
  return (
    !(['multicast', 'private', 'loopback'] as const).some((purpose) => servesAs(one, purpose)) && !isMask(one)
  );
};

const host: IpQuery = (_run, { network }) => {
  const isHost = sizeOf(network) === 1n || !isNetworkAddress(network) || broadcastOf(network) === undefined;
  return isHost ? showNetwork(network) : null;
};

/** The address a step on, if hosts may have it. */
function neighbour(step: bigint): IpQuery {
  return (run, subject) => {
    const network = mustBeNetwork(run, subject);
    const range = usableRange(network);
    const next = network.value + step;
    return range !== undefined && next >= range[0] && next <= range[1] ? at(network, next) : null;
  };
}

/** Something of the range of addresses that hosts may have. */
function usable(show: (network: IpNetwork, range: readonly [bigint, bigint]) => string): IpQuery {
  return (run, subject) => {
    const network = mustBeNetwork(run, subject);
    const range = usableRange(network);
    return range === undefined ? null : show(network, range);
  };
}

const peer: IpQuery = (run, subject) => {
  const network = mustBeNetwork(run, subject);
  const size = sizeOf(network);
  if (size === 2n) return at(network, network.value ^ 1n);
  if (size !== 4n) throw run.fail(`"${showNetwork(network)}" is no network between two hosts`);
  if (network.value === firstOf(network) || network.value === lastOf(network))
    throw run.fail('the first and the last address of four have no peer');
  return at(network, network.value ^ 3n);
};

const sixToFourRange = '2002::/16';

const sixToFour: IpQuery = (_run, subject) => {
  const { network, form, value } = subject;
  if (network.version === 6) {
    const range = parseNetwork(sixToFourRange);
    const fits = range !== undefined && isWithin(alone(network), range);
    return fits && (form === 'address' || !isNetworkAddress(network)) ? value : false;
  }
  if (sizeOf(network) > 1n && isNetworkAddress(network)) return false;
  if (!isPublic(network) && !servesAs(alone(network), 'private')) return false;
  const digits = network.value.toString(16).padStart(8, '0');
  return `2002:${digits.slice(0, 4)}:${digits.slice(4)}::1/48`;
};

const toVersion4: IpQuery = (_run, { network, value }) => {
  if (network.version === 4) return value;
  const upper = network.value >> 32n;
  if (network.prefix < 96 || (upper !== 0n && upper !== 0xffffn)) return false;
  return showNetwork({ version: 4, value: network.value & 0xffffffffn, prefix: network.prefix - 96 });
};

const toVersion6: IpQuery = (_run, { network, value }) =>
  network.version === 6
    ? value
    : showNetwork({ version: 6, value: network.value | 0xffff00000000n, prefix: network.prefix + 96 });

const wrap: IpQuery = (_run, subject) => {
  if (subject.network.version === 4) return subject.value;
  const wrapped = `[${address(subject)}]`;
  return subject.form === 'address' ? wrapped : `${wrapped}/${subject.network.prefix}`;
};

const network: IpQuery = (_run, { network: of }) => at(of, firstOf(of));
const hostMask: IpQuery = (_run, { network: of }) => at(of, hostMaskOf(of));
const subnet: IpQuery = (_run, { network: of }) => showNetwork({ ...of, value: firstOf(of) });
const loopback = look((of) => servesAs(alone(of), 'loopback'));
const isHostPart = (of: IpNetwork) => sizeOf(of) === 1n || !isNetworkAddress(of);

/** The queries of the filter `ipaddr` by their names. */
export const ipQueries: Readonly<Record<string, IpQuery>> = {
  '': (_run, subject) => (subject.form === 'address' ? address(subject) : showNetwork(subject.network)),
  '6to4': sixToFour,
  address: ip,
  ip,
  'address/prefix': addressAndPrefix,
  gateway: addressAndPrefix,
  gw: addressAndPrefix,
  router: addressAndPrefix,
  'host/prefix': addressAndPrefix,
  hostnet: addressAndPrefix,
  bool: () => true,
  broadcast: (_run, { network: of }) => (sizeOf(of) > 2n ? at(of, lastOf(of)) : null),
  cidr: (_run, { network: of }) => showNetwork(of),
  first_usable: usable((of, [first]) => at(of, first)),
  last_usable: usable((of, [, last]) => at(of, last)),
  range_usable: usable((of, [first, last]) => `${at(of, first)}-${at(of, last)}`),
  next_usable: neighbour(1n),
  previous_usable: neighbour(-1n),
  peer,
  host,
  hostmask: hostMask,
  wildcard: hostMask,
  int: (_run, { network: of, form }) => (form === 'address' ? integer(of.value) : `${of.value}/${of.prefix}`),
  'ip/prefix': hostIn(showNetwork),
  ip_netmask: hostIn((of) => `${at(of, of.value)} ${at(of, netMaskOf(of))}`),
  ipv4: toVersion4,
  v4: toVersion4,
  ipv6: toVersion6,
  v6: toVersion6,
  'link-local': look((of) => servesAs(alone(of), 'link-local')),
  lo: loopback,
  loopback,
  multicast: look((of) => servesAs(of, 'multicast')),
  unicast: look((of) => !servesAs(of, 'multicast')),
  private: look((of) => servesAs(of, 'private')),
  public: look(isPublic),
  net: (_run, { network: of }) => (sizeOf(of) > 1n && isNetworkAddress(of) ? showNetwork(of) : null),
  netmask: (_run, { network: of }) => at(of, netMaskOf(of)),
  network,
  network_id: network,
  'network/prefix': subnet,
  subnet,
  network_netmask: (_run, { network: of }) => `${at(of, firstOf(of))} ${at(of, netMaskOf(of))}`,
  network_wildcard: (_run, { network: of }) => `${at(of, firstOf(of))} ${at(of, hostMaskOf(of))}`,
  prefix: (_run, { network: of }) => of.prefix,
  revdns: (_run, { network: of }) => reverseName(of),
  size: (_run, { network: of }) => integer(sizeOf(of)),
  size_usable: (_run, { network: of }) => {
    const range = usableRange(of);
    return range === undefined ? 0 : integer(range[1] - range[0] + 1n);
  },
  type: (_run, { network: of }) => (isHostPart(of) ? 'address' : 'network'),
  version: (_run, { network: of }) => of.version,
  wrap,
};
