import { RunbookError } from '../model/diagnostic.ts';
import type { Value } from '../model/value.ts';
import { readYaml } from './yaml.ts';
import { stringifyYaml } from './yaml-stringify.ts';

/**
 * Reads YAML text that a template gave: the `from_yaml` filter. It is read as Ansible reads it, which is not always how the
 * project's files are: `010` is 8, and of a key that stands twice the last value counts.
 *
 * @throws RunbookError with every mistake of the text
 */
export function parseYamlText(text: string): Value {
  const { document, diagnostics } = readYaml(
    { path: 'from_yaml', text },
    { dialect: 'ansible', exact: true },
  );
  if (document === undefined) throw new RunbookError(diagnostics);
  return document.value ?? null;
}

/** How a template's filter wants YAML written. */
interface FilterStyle {
  readonly indent: number;
  readonly width: number;
  readonly sortKeys: boolean;
  /** Lists and mappings in block style throughout; else innermost ones on one line. */
  readonly block: boolean;
  readonly explicitStart: boolean;
  readonly explicitEnd: boolean;
}

/** Reading and writing YAML, as templates are given it. */
export const yamlServices = {
  parseYaml: parseYamlText,
  stringifyYaml: (value: Value, { block, ...style }: FilterStyle): string =>
    stringifyYaml(value, { ...style, flow: block ? 'never' : 'innermost' }),
} as const;
