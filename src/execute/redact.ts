import { isValueMap, Secret, Unsafe, type Value, VaultText } from '../model/value.ts';

/** Masks secret texts in whatever leaves the engine: results, messages, diffs. */
export interface Redactor {
  /** Makes a secret known. Texts under 6 characters are kept out: they would shred all output. */
  add(secret: Secret): void;
  /**
   * The text of a secret, for the sink that it is meant for. One that was made of secrets and holds their texts adds
   * nothing to what is masked: a whole file with one password in it stays readable but for the password.
   */
  reveal(secret: Secret): string;
  /** The text with every known secret, in each of its usual spellings, replaced by `‹name›`. */
  text(text: string): string;
  /** The value with all its strings masked; secrets and encrypted texts become their names. The same object if nothing had to change. */
  value(value: Value): Value;
}

const shortestMasked = 6;
const shortestLine = 12;

/** A redactor that knows the given secrets. More may be added at any time. */
export function createRedactor(secrets: Iterable<Secret> = []): Redactor {
  const names = new Map<string, string>();
  let pattern: RegExp | undefined;
  const add = (secret: Secret) => {
    const text = secret.reveal();
    if (text.length < shortestMasked || names.has(text)) return;
    for (const spelling of spellings(text)) if (!names.has(spelling)) names.set(spelling, secret.toString());
    pattern = undefined;
  };
  const text = (input: string) => {
    if (names.size === 0) return input;
    pattern ??= alternation(names.keys());
    return input.replace(pattern, (found) => names.get(found) ?? '‹secret›');
  };
  const reveal = (secret: Secret) => {
    const revealed = secret.reveal();
    if (text(revealed) === revealed) add(secret);
    return revealed;
  };
  for (const secret of secrets) add(secret);
  return { add, reveal, text, value: (value) => maskValue(value, text) };
}

/** The forms in which a secret turns up: as it is, each of its long lines, and escaped or encoded for another syntax. */
function spellings(text: string): Set<string> {
  const trimmed = text.trim();
  const plain = [text, ...(trimmed.length >= shortestMasked ? [trimmed] : [])];
  if (trimmed.includes('\n'))
    plain.push(...trimmed.split(/\r?\n/).filter((line) => line.length >= shortestLine));
  const all = new Set<string>();
  for (const form of plain) {
    all.add(form);
    all.add(JSON.stringify(form).slice(1, -1));
    all.add(form.replaceAll("'", `'\\''`));
    all.add(form.replaceAll("'", `'"'"'`));
    all.add(percentEncoded(form));
    all.add(percentEncoded(form).replaceAll('%20', '+'));
    all.add(Buffer.from(form).toString('hex'));
    for (const encoded of base64Forms(form)) all.add(encoded);
  }
  return all;
}

function percentEncoded(text: string): string {
  // By way of bytes, as a lone surrogate has no percent form.
  return encodeURIComponent(Buffer.from(text).toString());
}

/** The base64 text of a secret as it shows inside longer base64, at each of the three alignments. */
function base64Forms(text: string): string[] {
  const forms = [Buffer.from(text).toString('base64'), Buffer.from(text).toString('base64url')];
  for (const shift of [0, 1, 2]) {
    const bytes = Buffer.concat([Buffer.alloc(shift), Buffer.from(text)]);
    // The first characters mix with what stands before the secret, the last ones with what follows.
    const start = Math.ceil((shift * 8) / 6);
    const end = Math.floor((bytes.length * 8) / 6);
    const inner = bytes.toString('base64').slice(start, end);
    if (inner.length >= shortestMasked) forms.push(inner);
  }
  return forms;
}

function alternation(texts: Iterable<string>): RegExp {
  const longestFirst = [...texts].sort((a, b) => b.length - a.length);
  return new RegExp(longestFirst.map((text) => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join('|'), 'g');
}

function maskValue(value: Value, text: (input: string) => string): Value {
  if (typeof value === 'string') return text(value);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Secret || value instanceof VaultText) return value.toString();
  if (value instanceof Unsafe) return maskValue(value.value, text);
  if (Array.isArray(value)) return maskList(value, text);
  if (value instanceof Map) return maskMap(value, text);
  return isValueMap(value) ? maskRecord(value, text) : value;
}

function maskList(list: readonly Value[], text: (input: string) => string): readonly Value[] {
  const masked = list.map((entry) => maskValue(entry, text));
  return masked.every((entry, index) => entry === list[index]) ? list : masked;
}

function maskMap(map: ReadonlyMap<Value, Value>, text: (input: string) => string): ReadonlyMap<Value, Value> {
  return new Map([...map].map(([key, entry]) => [maskValue(key, text), maskValue(entry, text)]));
}

function maskRecord(record: Readonly<Record<string, Value>>, text: (input: string) => string): Value {
  let changed = false;
  const masked: Record<string, Value> = Object.create(null);
  for (const key of Object.keys(record)) {
    const entry = record[key] ?? null;
    const maskedKey = text(key);
    const maskedEntry = maskValue(entry, text);
    changed ||= maskedKey !== key || maskedEntry !== entry;
    masked[maskedKey] = maskedEntry;
  }
  return changed ? masked : record;
}
