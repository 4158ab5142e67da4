import { Float } from '../../model/value.ts';
import { flagArgument, integerArgument, textArgument } from '../arguments.ts';
import { Bytes, type Datum, type Run, tuple } from '../datum.ts';
import { type Native, native } from '../native.ts';
import { float, integer } from './number.ts';

type Whole = number | bigint | boolean;
type Fraction = number | Float;

/** The methods of `int`. */
export const integerMethods: Readonly<Record<string, Native>> = {
  bit_length: native('self', (_run: Run, self: Whole) => {
    const value = BigInt(self);
    return value === 0n ? 0 : (value < 0n ? -value : value).toString(2).length;
  }),
  bit_count: native('self', (_run: Run, self: Whole) => {
    const value = BigInt(self);
    return [...(value < 0n ? -value : value).toString(2)].filter((bit) => bit === '1').length;
  }),
  conjugate: native('self', (_run: Run, self: Whole) => integer(BigInt(self))),
  as_integer_ratio: native('self', (_run: Run, self: Whole) => tuple([integer(BigInt(self)), 1])),
  to_bytes: native(
    'self, length?, byteorder?, **named',
    (
      run: Run,
      self: Whole,
      length: Datum | undefined,
      order: Datum | undefined,
      named: ReadonlyMap<Datum, Datum>,
    ) => {
      const size = integerArgument(run, length, 'length', 1);
      const byteOrder = textArgument(run, order, 'byteorder', 'big');
      if (byteOrder !== 'big' && byteOrder !== 'little')
        throw run.fail('"byteorder" must be "big" or "little"');
      return wholeBytes(run, BigInt(self), size, byteOrder, flagArgument(named.get('signed')));
    },
  ),
};

function wholeBytes(run: Run, value: bigint, size: number, order: 'big' | 'little', signed: boolean): Bytes {
  if (size < 0) throw run.fail('"length" must not be below zero');
  run.spend(size);
  const bits = BigInt(size) * 8n;
  const fits = signed
    ? BigInt.asIntN(Number(bits), value) === value
    : BigInt.asUintN(Number(bits), value) === value;
  if (!fits) throw run.fail(`${value} does not fit into ${size} bytes`);
  const digits = BigInt.asUintN(Number(bits), value)
    .toString(16)
    .padStart(size * 2, '0');
  const bytes = size === 0 ? Buffer.alloc(0) : Buffer.from(digits, 'hex');
  return new Bytes(order === 'big' ? bytes : bytes.reverse());
}

/** The methods of `float`. */
export const floatMethods: Readonly<Record<string, Native>> = {
  is_integer: native('self', (_run: Run, self: Fraction) => Number.isInteger(self.valueOf())),
  conjugate: native('self', (_run: Run, self: Fraction) => float(Number(self.valueOf()))),
  as_integer_ratio: native('self', (run: Run, self: Fraction) => {
    const value = Number(self.valueOf());
    if (!Number.isFinite(value)) throw run.fail('infinity and NaN are no ratio of integers');
    return ratioOf(value);
  }),
  hex: native('self', (_run: Run, self: Fraction) => hexadecimal(Number(self.valueOf()))),
};

/** The exact fraction that a float is, in lowest terms. */
function ratioOf(value: number): Datum {
  let numerator = value;
  let denominator = 1n;
  // Doubling a binary fraction is exact.
  while (!Number.isInteger(numerator)) {
    numerator *= 2;
    denominator *= 2n;
  }
  return tuple([integer(BigInt(numerator)), integer(denominator)]);
}

/** A float in hexadecimal, as `0x1.4000000000000p+1`. */
function hexadecimal(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  if (!Number.isFinite(value)) return `${sign}inf`;
  if (value === 0) return `${sign}0x0.0p+0`;
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, value);
  const biased = (bits.getUint16(0) >> 4) & 0x7ff;
  const mantissa = (bits.getBigUint64(0) & 0xfffffffffffffn).toString(16).padStart(13, '0');
  const exponent = biased === 0 ? -1022 : biased - 1023;
  return `${sign}0x${biased === 0 ? 0 : 1}.${mantissa}p${exponent < 0 ? '-' : '+'}${Math.abs(exponent)}`;
}

/** What `number.name` is besides methods; undefined where there is no such attribute. */
export function numberAttribute(value: Whole | Fraction, name: string): Datum | undefined {
  const isFraction = value instanceof Float || (typeof value === 'number' && !Number.isInteger(value));
  switch (name) {
    case 'real':
      return isFraction ? value : integer(BigInt(value));
    case 'imag':
      return isFraction ? new Float(0) : 0;
    case 'numerator':
      return isFraction ? undefined : integer(BigInt(value));
    case 'denominator':
      return isFraction ? undefined : 1;
    default:
      return undefined;
  }
}
