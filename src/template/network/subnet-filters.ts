import { integerArgument, isAbsent, textArgument } from '../arguments.ts';
import type { Datum, Run } from '../datum.ts';
import { type Native, native } from '../native.ts';
import { itemsOf } from '../python/iterate.ts';
import { toText } from '../python/text.ts';
import { isInteger, isText } from '../python/types.ts';
import { networksOf, type Span, spanOf } from './address-spans.ts';
import {
  bitsOf,
  firstOf,
  type IpNetwork,
  isWithin,
  lastOf,
  showAddress,
  showNetwork,
  sizeOf,
  usableRange,
} from './ip-network.ts';
import { readSubject } from './ip-subject.ts';

function networkOf(run: Run, value: Datum): IpNetwork | undefined {
  return readSubject(run, value)?.network;
}

/** The network that an address with a prefix lies in. */
function whole(network: IpNetwork): IpNetwork {
  return { ...network, value: firstOf(network) };
}

/** `ipsubnet`: how many subnets of a size there are, which one stands at a place, or at which place one stands. */
function subnet(run: Run, value: Datum, query?: Datum, index?: Datum): Datum {
  const given = networkOf(run, value);
  if (given === undefined) return false;
  const network = whole(given);
  const wanted = isAbsent(query) ? '' : toText(run, query);
  if (wanted === '') return showNetwork(network);
  if (!/^\d+$/.test(wanted)) return placeIn(run, network, query ?? null);
  const length = Number(wanted);
  if (length > bitsOf(network.version)) return false;
  const place = isAbsent(index) ? undefined : integerArgument(run, index, 'index');
  return sizeOf(network) === 1n
    ? around(run, network, length, place ?? 0)
    : split(run, network, length, place);
}

/** The network of a prefix length that holds an address, or one of those between the two. */
function around(run: Run, network: IpNetwork, length: number, index: number): Datum {
  const count = network.prefix - length;
  const place = index < 0 ? index + count : index;
  if (place < 0 || place >= count) {
    if (index === 0)
      throw run.fail(`no network with the prefix ${length} is larger than ${showNetwork(network)}`);
    return false;
  }
  return showNetwork(whole({ ...network, prefix: length + place }));
}

function split(run: Run, network: IpNetwork, length: number, index: number | undefined): Datum {
  if (length < network.prefix) {
    if (index !== undefined) return false;
    throw run.fail(`${showNetwork(network)} has no subnets with the shorter prefix ${length}`);
  }
  const count = 1n << BigInt(length - network.prefix);
  if (index === undefined) return String(count);
  const place = index < 0 ? BigInt(index) + count : BigInt(index);
  if (place < 0n || place >= count) return false;
  const value = network.value + (place << BigInt(bitsOf(network.version) - length));
  return showNetwork({ ...network, value, prefix: length });
}

function placeIn(run: Run, network: IpNetwork, query: Datum): string {
  const outer = networkOf(run, query);
  if (outer === undefined) throw run.fail(`"${toText(run, query)}" is no subnet and no address`);
  if (!isWithin(network, whole(outer)))
    throw run.fail(`${showNetwork(network)} is not in the subnet ${showNetwork(whole(outer))}`);
  return String(((network.value - firstOf(outer)) >> BigInt(bitsOf(network.version) - network.prefix)) + 1n);
}

/** `nthhost`: the address at a place of a network. */
function nthHost(run: Run, value: Datum, query?: Datum): Datum {
  const network = networkOf(run, value);
  const text = isAbsent(query) ? '' : toText(run, query);
  if (network === undefined || !/^[+-]?\d+$/.test(text) || query === 0) return false;
  const [size, place] = [sizeOf(network), BigInt(text)];
  if (place >= size) return false;
  if (place < -size) throw run.fail(`${showNetwork(network)} has no address ${text}`);
  return showAddress(network.version, firstOf(network) + (place < 0n ? place + size : place));
}

/** The usable address that lies a number of places on; None where there is none. */
function neighbour(direction: 1n | -1n): Native {
  return native('value, offset', (run: Run, value: Datum, offset: Datum) => {
    const network = networkOf(run, value);
    if (network === undefined) return false;
    const text = toText(run, offset);
    if (!/^[+-]?\d+$/.test(text)) throw run.fail(`"offset" must be an integer, not "${text}"`);
    const range = usableRange(network);
    const found = network.value + direction * BigInt(text);
    return range !== undefined && found >= range[0] && found <= range[1]
      ? showAddress(network.version, found)
      : null;
  });
}

function inUsable(run: Run, value: Datum, test: Datum): boolean {
  const [outer, inner] = [networkOf(run, value), networkOf(run, test)];
  if (outer === undefined || inner?.version !== outer.version) return false;
  const [first, last] = usableRange(outer) ?? [outer.value, outer.value];
  return firstOf(inner) >= first && lastOf(inner) <= last;
}

function inNetwork(run: Run, value: Datum, test: Datum): boolean {
  const [outer, inner] = [networkOf(run, value), networkOf(run, test)];
  return outer !== undefined && inner !== undefined && isWithin(inner, outer);
}

/** `cidr_merge`: the fewest networks that hold the same addresses, or the one that spans them all. */
function merge(run: Run, value: Datum, action?: Datum): Datum {
  const networks = itemsOf(run, value).map((item) => {
    const network = isText(item) || isInteger(item) ? networkOf(run, item) : undefined;
    if (network === undefined) throw run.fail(`"cidr_merge": "${toText(run, item)}" is no network`);
    return network;
  });
  const how = textArgument(run, action, 'action', 'merge');
  if (how === 'merge') return networksOf(networks).map(showNetwork);
  if (how !== 'span') throw run.fail(`"cidr_merge" can "merge" and "span", not "${how}"`);
  const [first] = networks;
  if (first === undefined) return null;
  if (networks.some(({ version }) => version !== first.version))
    throw run.fail('one network cannot span addresses of both versions');
  return networks.length === 1 ? showNetwork(first) : showNetwork(spanning(networks.map(spanOf)));
}

function spanning(spans: readonly Span[]): IpNetwork {
  const version = spans[0]?.version ?? 4;
  const first = spans.reduce(
    (least, span) => (span.first < least ? span.first : least),
    spans[0]?.first ?? 0n,
  );
  const last = spans.reduce((most, span) => (span.last > most ? span.last : most), 0n);
  const shared = bitsOf(version) - (first ^ last).toString(2).length;
  const prefix = first === last ? bitsOf(version) : shared;
  return whole({ version, value: first, prefix });
}

/** The filters that reckon with networks, as the collection `ansible.utils` has them. */
export const subnetFilters: Readonly<Record<string, Native>> = {
  ipsubnet: native('value, query?, index?', subnet),
  nthhost: native('value, query?', nthHost),
  next_nth_usable: neighbour(1n),
  previous_nth_usable: neighbour(-1n),
  network_in_usable: native('value, test', inUsable),
  network_in_network: native('value, test', inNetwork),
  reduce_on_network: native('value, network', (run: Run, value: Datum, network: Datum) =>
    itemsOf(run, value).filter((item) => inNetwork(run, network, item)),
  ),
  cidr_merge: native('value, action?', merge),
};
