import { isAbsent } from '../arguments.ts';
import type { Datum, Run } from '../datum.ts';
import { type Native, native } from '../native.ts';
import { toText } from '../python/text.ts';
import { isInteger, isText } from '../python/types.ts';
import { firstOf, showAddress } from './ip-network.ts';
import { readSubject } from './ip-subject.ts';

/** The forms of a hardware address: groups of hexadecimal digits, of one length. */
const forms: readonly RegExp[] = [
  /^(?:[\da-f]{1,2}:){5}[\da-f]{1,2}$/i,
  /^(?:[\da-f]{1,2}-){5}[\da-f]{1,2}$/i,
  /^(?:[\da-f]{1,4}[:.-]){2}[\da-f]{1,4}$/i,
  /^[\da-f]{5,6}[:-][\da-f]{5,6}$/i,
  /^[\da-f]{12}$/i,
];

/** The twelve digits of a hardware address of 48 bits; undefined where it is none. */
function digitsOf(run: Run, value: Datum): string | undefined {
  if (isInteger(value) && typeof value !== 'boolean') {
    const number = BigInt(value);
    return number >= 0n && number < 1n << 48n ? number.toString(16).padStart(12, '0') : undefined;
  }
  const text = isText(value) ? toText(run, value) : '';
  if (!forms.some((form) => form.test(text))) return undefined;
  const groups = text.split(/[:.-]/);
  return groups
    .map((group) => group.padStart(12 / groups.length, '0'))
    .join('')
    .toLowerCase();
}

function grouped(digits: string, size: number, separator: string): string {
  return (digits.match(new RegExp(`.{${size}}`, 'g')) ?? []).join(separator);
}

const win = (digits: string) => grouped(digits.toUpperCase(), 2, '-');
const postgresql = (digits: string) => grouped(digits, 6, ':');

/** How each query writes a hardware address. */
const writers: Readonly<Record<string, (digits: string) => Datum>> = {
  bare: (digits) => digits.toUpperCase(),
  bool: () => true,
  int: (digits) => Number.parseInt(digits, 16),
  cisco: (digits) => grouped(digits, 4, '.'),
  eui48: win,
  win,
  linux: (digits) => grouped(digits, 2, ':'),
  unix: (digits) => grouped(digits, 2, ':').replace(/(^|:)0(?=[\da-f])/g, '$1'),
  pgsql: postgresql,
  postgresql,
  psql: postgresql,
};

function filter(name: string): Native {
  return native('value, query?, alias?', (run: Run, value: Datum, query?: Datum) => {
    const asked = isAbsent(query) ? '' : toText(run, query);
    const digits = digitsOf(run, value);
    const write = Object.hasOwn(writers, asked) ? writers[asked] : undefined;
    if (digits === undefined && asked !== '' && asked !== 'bool')
      throw run.fail(`"${name}": "${toText(run, value)}" is no hardware address`);
    if (asked !== '' && write === undefined) throw run.fail(`"${name}" knows no query "${asked}"`);
    if (digits === undefined) return null;
    return write === undefined ? value : write(digits);
  });
}

/** `slaac`: the address that a host with a hardware address gives itself in an IPv6 network. */
function selfAssigned(run: Run, value: Datum, query?: Datum): Datum {
  const network = readSubject(run, value)?.network;
  const digits = isAbsent(query) ? undefined : digitsOf(run, query);
  if (network?.version !== 6 || digits === undefined) return false;
  // Half of the hardware address, ff:fe, and the other half; the bit that says "given by the maker" is turned.
  const host = BigInt(`0x${digits.slice(0, 6)}fffe${digits.slice(6)}`) ^ (1n << 57n);
  return showAddress(6, firstOf(network) + host);
}

/** The filters of hardware addresses, as the collection `ansible.utils` has them. */
export const hardwareFilters: Readonly<Record<string, Native>> = {
  hwaddr: filter('hwaddr'),
  macaddr: filter('macaddr'),
  slaac: native('value, query?', selfAssigned),
};
