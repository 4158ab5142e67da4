import { Float, Secret, Unsafe, type Value, VaultText } from '../model/value.ts';
import { isAmbiguous, textStyles } from './yaml-text-style.ts';
import {
  startWriter,
  type Writer,
  write,
  writeBreak,
  writeDoubleQuoted,
  writeIndent,
  writeIndicator,
  writePlain,
  writeSingleQuoted,
} from './yaml-writer.ts';

/** How a value is written as YAML. The defaults are those of Ansible's `to_yaml`. */
export interface StringifyOptions {
  /** Spaces for each level. Default 2; `to_nice_yaml` has 4. */
  readonly indent?: number | undefined;
  /** The column after which a text is folded at a space. Default 80. */
  readonly width?: number | undefined;
  /** Whether keys are sorted. Default true. */
  readonly sortKeys?: boolean | undefined;
  /**
   * Which collections are written as `[a]` and `{a: b}`: the innermost ones (default), none (as `to_nice_yaml`), or
   * all. Empty ones always are.
   */
  readonly flow?: 'innermost' | 'never' | 'always' | undefined;
  /** Whether `---` goes in front. Default false. */
  readonly explicitStart?: boolean | undefined;
  /** Whether `...` ends the document. Default: only where a lone text needs it. */
  readonly explicitEnd?: boolean | undefined;
  /** What stands for a secret. Default: its name, never its text. */
  readonly reveal?: ((secret: Secret) => string) | undefined;
}

interface Emitter {
  readonly writer: Writer;
  readonly step: number;
  readonly sortKeys: boolean;
  readonly flow: 'innermost' | 'never' | 'always';
  readonly reveal: (secret: Secret) => string;
}

/** Where a value stands. */
interface Context {
  /** Undefined at the root. */
  readonly indent: number | undefined;
  readonly flow: boolean;
  /** Whether it is a mapping's value, or its key. */
  readonly role: 'root' | 'item' | 'value' | 'key';
}

/**
 * Writes a value as a YAML document, in the form that PyYAML gives it: block style, texts in quotes only where they
 * need them, folded at the width. The document ends with a line break.
 */
export function stringifyYaml(value: Value, options: StringifyOptions = {}): string {
  const emitter: Emitter = {
    writer: startWriter(options.width ?? 80),
    step: options.indent ?? 2,
    sortKeys: options.sortKeys ?? true,
    flow: options.flow ?? 'innermost',
    reveal: options.reveal ?? ((secret) => secret.toString()),
  };
  if (options.explicitStart) write(emitter.writer, '---');
  if (options.explicitStart) emitter.writer.space = false;
  const openEnded = emit(emitter, value, { indent: undefined, flow: false, role: 'root' });
  // A plain text at the root has no end of its own.
  if (openEnded || options.explicitEnd === true) writeDocumentEnd(emitter.writer);
  if (emitter.writer.column > 0) writeBreak(emitter.writer);
  return emitter.writer.parts.join('');
}

function writeDocumentEnd(writer: Writer): void {
  writeBreak(writer);
  write(writer, '...');
}

/** Writes a value; true when it is a plain scalar. */
function emit(emitter: Emitter, value: Value, context: Context): boolean {
  if (value instanceof Unsafe) return emit(emitter, value.value, context);
  if (value instanceof Secret) return emitText(emitter, emitter.reveal(value), context);
  if (value instanceof VaultText) return emitText(emitter, value.toString(), context);
  if (typeof value === 'string') return emitText(emitter, value, context);
  if (Array.isArray(value)) {
    emitSequence(emitter, value, context);
    return false;
  }
  if (typeof value === 'object' && value !== null && !(value instanceof Float)) {
    emitMapping(emitter, pairsOf(emitter, value), context);
    return false;
  }
  writePlain(emitter.writer, scalarText(value), 0, false);
  return true;
}

function emitText(emitter: Emitter, text: string, context: Context): boolean {
  const { writer } = emitter;
  const styles = textStyles(text);
  const isKey = context.role === 'key';
  const indent = (context.indent ?? 0) + emitter.step;
  const allowed = context.flow ? styles.flowPlain : styles.blockPlain;
  if (allowed && !isAmbiguous(text) && !(isKey && (styles.empty || styles.multiline))) {
    writePlain(writer, text, indent, !isKey);
    return true;
  }
  if (styles.singleQuoted && !(isKey && styles.multiline)) writeSingleQuoted(writer, text, indent, !isKey);
  else writeDoubleQuoted(writer, text, indent, !isKey);
  return false;
}

function emitSequence(emitter: Emitter, items: readonly Value[], context: Context): void {
  const { writer } = emitter;
  if (isFlow(emitter, items, context)) {
    const indent = (context.indent ?? 0) + emitter.step;
    emitFlow(
      emitter,
      ['[', ']'],
      items,
      (item) => emit(emitter, item, { indent, flow: true, role: 'item' }),
      indent,
    );
    return;
  }
  // A list below its key needs no indentation of its own.
  const flush = context.role === 'value' && !writer.indentation;
  const indent = nextIndent(emitter, context, flush);
  for (const item of items) {
    writeIndent(writer, indent);
    writeIndicator(writer, '-', { indents: true });
    emit(emitter, item, { indent, flow: false, role: 'item' });
  }
}

function emitMapping(emitter: Emitter, pairs: readonly (readonly [Value, Value])[], context: Context): void {
  const { writer } = emitter;
  if (isFlow(emitter, pairs.flat(), context)) {
    const indent = (context.indent ?? 0) + emitter.step;
    const inside: Context = { indent, flow: true, role: 'value' };
    emitFlow(emitter, ['{', '}'], pairs, ([key, value]) => emitPair(emitter, key, value, inside), indent);
    return;
  }
  const indent = nextIndent(emitter, context, false);
  for (const [key, value] of pairs) {
    writeIndent(writer, indent);
    emitPair(emitter, key, value, { indent, flow: false, role: 'value' });
  }
}

/** Keys from this length on, like empty ones and those of several lines, have the `?` form. */
const maxKeyLength = 128;

function emitPair(emitter: Emitter, key: Value, value: Value, context: Context): void {
  const { writer } = emitter;
  const isSimple = typeof key !== 'string' || (key !== '' && key.length < maxKeyLength && !/\n/.test(key));
  if (isSimple) {
    emit(emitter, key, { ...context, role: 'key' });
    writeIndicator(writer, ':', { tight: true });
  } else {
    writeIndicator(writer, '?', { indents: true });
    emit(emitter, key, { ...context, role: 'value' });
    if (!context.flow || writer.column > writer.width) writeIndent(writer, context.indent ?? 0);
    writeIndicator(writer, ':', { indents: true });
  }
  emit(emitter, value, context);
}

function emitFlow<Item>(
  emitter: Emitter,
  [open, close]: readonly [string, string],
  items: readonly Item[],
  emitItem: (item: Item) => void,
  indent: number,
): void {
  const { writer } = emitter;
  writeIndicator(writer, open);
  for (const [index, item] of items.entries()) {
    if (index > 0) writeIndicator(writer, ',', { tight: true });
    if (writer.column > writer.width) writeIndent(writer, indent);
    emitItem(item);
  }
  writeIndicator(writer, close, { tight: true });
}

function nextIndent(emitter: Emitter, context: Context, flush: boolean): number {
  if (context.indent === undefined) return 0;
  return flush ? context.indent : context.indent + emitter.step;
}

/** Whether a collection of these parts is written in brackets. */
function isFlow(emitter: Emitter, parts: readonly Value[], context: Context): boolean {
  if (context.flow || parts.length === 0 || emitter.flow === 'always') return true;
  return emitter.flow === 'innermost' && parts.every(isScalar);
}

function isScalar(value: Value): boolean {
  if (value instanceof Unsafe) return isScalar(value.value);
  if (typeof value !== 'object' || value === null) return true;
  // An empty collection is one all the same, so what holds it is not innermost.
  return value instanceof Float || value instanceof Secret || value instanceof VaultText;
}

function pairsOf(emitter: Emitter, mapping: object): (readonly [Value, Value])[] {
  const pairs: (readonly [Value, Value])[] = mapping instanceof Map ? [...mapping] : Object.entries(mapping);
  if (!emitter.sortKeys) return pairs;
  const kinds = new Set(
    pairs.map(([key]) => (typeof key === 'boolean' || typeof key === 'bigint' ? 'number' : typeof key)),
  );
  // Keys of kinds that do not compare stay in their order.
  if (kinds.size > 1) return pairs;
  return [...pairs].sort(([a], [b]) => compareKeys(a, b));
}

function compareKeys(a: Value, b: Value): number {
  if (typeof a !== 'string' || typeof b !== 'string') return Number(a) - Number(b);
  const left = [...a];
  const right = [...b];
  const index = left.findIndex((character, at) => character !== right[at]);
  if (index === -1) return left.length - right.length;
  return (left[index]?.codePointAt(0) ?? 0) - (right[index]?.codePointAt(0) ?? -1);
}

function scalarText(value: number | bigint | boolean | null | Float): string {
  if (value === null) return 'null';
  if (value instanceof Float) return floatText(value.value);
  return typeof value === 'number' && !Number.isInteger(value) ? floatText(value) : String(value);
}

/** A float in the shortest digits, with an exponent below 1e-4 and from 1e16, and always a point. */
function floatText(value: number): string {
  if (Number.isNaN(value)) return '.nan';
  if (!Number.isFinite(value)) return value > 0 ? '.inf' : '-.inf';
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e16)) {
    const [digits = '', exponent = ''] = value.toExponential().split('e');
    const sign = exponent.startsWith('-') ? '-' : '+';
    const point = digits.includes('.') ? digits : `${digits}.0`;
    return `${point}e${sign}${exponent.replace(/^[-+]/, '').padStart(2, '0')}`;
  }
  const text = Object.is(value, -0) ? '-0' : String(value);
  return text.includes('.') ? text : `${text}.0`;
}
