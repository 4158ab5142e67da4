import { RunbookError } from '../model/diagnostic.ts';
import type { Value } from '../model/value.ts';
import { readYaml } from './yaml.ts';

/**
 * Reads YAML text that a template gave: the `from_yaml` filter. Scalars are those of Ansible.
 *
 * @throws RunbookError with every mistake of the text
 */
export function parseYamlText(text: string): Value {
  const { document, diagnostics } = readYaml({ path: 'from_yaml', text }, { dialect: 'ansible' });
  if (document === undefined) throw new RunbookError(diagnostics);
  return document.value ?? null;
}
