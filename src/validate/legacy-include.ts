import type { Value } from '../model/value.ts';
import type { VariableLayer } from '../model/variables.ts';
import type { Cursor } from './cursor.ts';
import { readFreeForm } from './free-form.ts';
import { bareModuleName } from './module-names.ts';
import { hasTemplate } from './scalars.ts';

type Entries = readonly (readonly [string, Value])[];

/** Whether a step of Ansible's dialect has `include` with a plain name and no loop: it is read before the run. */
export function isStaticInclude(cursor: Cursor, entries: Entries): boolean {
  if (cursor.document.dialect !== 'ansible') return false;
  const own = entries.find(([key]) => bareModuleName(key) === 'include')?.[1];
  if (typeof own !== 'string' || entries.some(([key]) => key === 'loop' || key.startsWith('with_')))
    return false;
  const form = readFreeForm(own, 'include');
  if ('open' in form) return false;
  const name = form.rest === '' ? (form.params['file'] ?? '') : form.rest;
  return name.trim() !== '' && !hasTemplate(name);
}

/** The words `name=value` behind the name of a file: variables of its steps, which those that a host has registered hide. */
export function includeWords(text: string): VariableLayer | undefined {
  const form = readFreeForm(text, 'include');
  if ('open' in form) return undefined;
  const { file: _, ...values } = form.params;
  if (Object.keys(values).length === 0) return undefined;
  return { source: 'block', label: `words of include: ${form.rest}`, values };
}

/** `vars` beside an `include` hide what a host has registered, unlike those of an import. */
export function asIncludeParams(vars: VariableLayer | undefined): VariableLayer | undefined {
  return vars === undefined ? undefined : { ...vars, source: 'include-params' };
}
