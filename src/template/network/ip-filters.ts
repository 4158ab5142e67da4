import { isAbsent, textArgument } from '../arguments.ts';
import type { Datum, Run } from '../datum.ts';
import { type Native, native } from '../native.ts';
import { toText } from '../python/text.ts';
import { isInteger, isList, isText, isTruthy, typeName } from '../python/types.ts';
import { addressAt, firstOf, isWithin, showAddress, showNetwork, sizeOf } from './ip-network.ts';
import { ipQueries } from './ip-queries.ts';
import { type IpSubject, readSubject } from './ip-subject.ts';

/** Which addresses a filter takes, and what messages call it. */
interface Asked {
  readonly version: 4 | 6 | undefined;
  readonly name: string;
}

/** What `ipaddr(query)` gives; a list gives the answers that are not false. */
function ask(run: Run, value: Datum, query: string, asked: Asked): Datum {
  if (isList(value)) return value.map((item) => ask(run, item, query, asked)).filter(isTruthy);
  run.step();
  const subject = readSubject(run, value, asked.version);
  if (subject === undefined) return false;
  if (asked.version !== undefined && subject.network.version !== asked.version) return false;
  const known = Object.hasOwn(ipQueries, query) ? ipQueries[query] : undefined;
  if (known !== undefined) return known(run, subject);
  if (/^[+-]?\d+$/.test(query)) return indexed(subject, BigInt(query));
  const range = readSubject(run, query)?.network;
  if (range === undefined) throw run.fail(`"${asked.name}" knows no query "${query}"`);
  return isWithin(subject.network, range) ? subject.value : null;
}

/** The address at a place in the network, with the network's prefix; negative places count from its end. */
function indexed({ network, form }: IpSubject, index: bigint): Datum {
  const size = sizeOf(network);
  if (size === 1n)
    return form === 'address' ? showAddress(network.version, network.value) : showNetwork(network);
  if (index >= size || index < -size) return false;
  return showNetwork({ ...network, value: firstOf(network) + (index < 0n ? index + size : index) });
}

function mustBeAddresses(run: Run, value: Datum, name: string): void {
  if (!isText(value) && !isList(value) && !isInteger(value))
    throw run.fail(`"${name}" needs addresses, not ${typeName(value)}`);
}

function filter(name: string, version?: 4 | 6): Native {
  return native(
    'value, query?, version?, alias?',
    (run: Run, value: Datum, query?: Datum, wanted?: Datum) => {
      mustBeAddresses(run, value, name);
      const asked = version ?? (wanted === 4 || wanted === 6 ? wanted : undefined);
      return ask(run, value, isAbsent(query) ? '' : toText(run, query), { version: asked, name });
    },
  );
}

function wrapped(run: Run, value: Datum): Datum {
  if (isList(value)) return value.map((item) => wrapped(run, item));
  const subject = readSubject(run, value);
  if (subject === undefined) return value;
  const plain = ask(run, value, '', { version: undefined, name: 'ipwrap' });
  return ask(run, plain, 'wrap', { version: undefined, name: 'ipwrap' });
}

function hexadecimal(run: Run, value: Datum, delimiter?: Datum): string {
  const parts = textArgument(run, value, 'arg').split('.');
  if (parts.length < 4 || !parts.every((part) => /^\d+$/.test(part)))
    throw run.fail(`"${toText(run, value)}" is no IPv4 address`);
  const glue = isAbsent(delimiter) ? '' : toText(run, delimiter);
  return parts
    .slice(0, 4)
    .map((part) => Number(part).toString(16).padStart(2, '0'))
    .join(glue);
}

function shifted(run: Run, value: Datum, amount: Datum): string {
  const subject = readSubject(run, value);
  if (subject === undefined) throw run.fail(`"${toText(run, value)}" is no IP address`);
  const text = toText(run, amount);
  if (!/^[+-]?\d+$/.test(text)) throw run.fail(`"${text}" is no number of addresses`);
  const { version, value: from } = subject.network;
  const moved = addressAt(version, from + BigInt(text));
  if (moved === undefined) throw run.fail(`there is no address ${text} beyond "${toText(run, value)}"`);
  return showAddress(version, moved.value);
}

/** The filters of addresses and networks, as the collection `ansible.utils` has them. */
export const ipFilters: Readonly<Record<string, Native>> = {
  ipaddr: filter('ipaddr'),
  ipv4: filter('ipv4', 4),
  ipv6: filter('ipv6', 6),
  ipwrap: native('value, query?', (run: Run, value: Datum) => wrapped(run, value)),
  ip4_hex: native('arg, delimiter?', hexadecimal),
  ipmath: native('value, amount', shifted),
};
