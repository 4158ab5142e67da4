import { readShellWords } from '../lib/shell-words.ts';
import { type Diagnostic, errorDiagnostic } from '../model/diagnostic.ts';
import type { SourceFile } from '../model/place.ts';
import type { Value } from '../model/value.ts';
import type { VariableLayer } from '../model/variables.ts';
import { protectVariable } from './inventory-draft.ts';
import { isVariableName, kindOf } from './inventory-entry.ts';
import { emptyMapping, entriesOf } from './mapping.ts';
import { loadVarsFile, type VarsFileOptions } from './vars-file.ts';
import { readYaml } from './yaml.ts';

/** The variables of one `-e`, or what is wrong with it. */
export interface ExtraVarsReading {
  readonly layer?: VariableLayer;
  readonly file?: SourceFile;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads the text of one `-e`: `@FILE`, a mapping of JSON or YAML (`{...}`), or `name=value` pairs with shell quotes,
 * whose values are texts. RB133 when it is none of these; what is wrong with a file is told as of any variables file.
 */
export async function parseExtraVars(text: string, options: VarsFileOptions): Promise<ExtraVarsReading> {
  const trimmed = text.trim();
  if (trimmed.startsWith('@')) {
    const path = trimmed.slice(1);
    return loadVarsFile(path, { source: 'extra-vars', label: `-e @${path}` }, options);
  }
  return /^[{[]/.test(trimmed) ? parseMapping(trimmed, options) : parsePairs(trimmed);
}

function parseMapping(text: string, options: VarsFileOptions): ExtraVarsReading {
  const { document, diagnostics } = readYaml({ path: '-e', text }, options);
  if (document === undefined) return { file: { path: '-e', text }, diagnostics };
  const entries = entriesOf(document.value);
  if (entries === undefined) return wrong(`-e must be a mapping, found ${kindOf(document.value ?? null)}`);
  return toLayer(entries);
}

function parsePairs(text: string): ExtraVarsReading {
  const split = readShellWords(text, { comments: false });
  if (split.words === undefined) {
    const what =
      text.charAt(split.unclosedAt) === '\\' ? 'it ends in a backslash' : 'a quote is never closed';
    return wrong(`-e ${JSON.stringify(text)}: ${what}`);
  }
  const entries: [string, Value][] = [];
  for (const word of split.words) {
    const equals = word.text.indexOf('=');
    if (equals <= 0) {
      return wrong(`-e: expected name=value, found ${JSON.stringify(word.text)}`, {
        hint: `name a file with an @ in front (-e @${word.text}), or put a value with spaces in quotes`,
      });
    }
    entries.push([word.text.slice(0, equals), word.text.slice(equals + 1)]);
  }
  return toLayer(entries);
}

function toLayer(entries: readonly (readonly [string, Value])[]): ExtraVarsReading {
  const values = emptyMapping();
  for (const [name, value] of entries) {
    if (!isVariableName(name)) {
      return wrong(`-e: ${JSON.stringify(name)} cannot be a variable's name`, {
        hint: 'names are made of letters, digits and _, and start with a letter or _',
      });
    }
    values[name] = protectVariable(name, value);
  }
  return { layer: { source: 'extra-vars', label: '-e', values }, diagnostics: [] };
}

function wrong(message: string, extras: { readonly hint?: string } = {}): ExtraVarsReading {
  return { diagnostics: [errorDiagnostic('RB133', message, extras)] };
}
