import { extname } from 'node:path';
import type { Step } from '../model/playbook.ts';
import type { Context } from './context.ts';
import { type Cursor, childOf, entriesOf, keyPlace } from './cursor.ts';
import { readParams } from './module-params.ts';
import type { RoleMeta } from './role-meta.ts';

const moduleName = 'validate_argument_spec';

/**
 * The step that checks a role's arguments before its first step: in every run, whatever tags are selected. Undefined where
 * the role has no specification for the file that it begins with.
 */
export function argumentStep(
  { argumentSpecs }: RoleMeta,
  tasksFrom: string,
  context: Context,
): Step | undefined {
  const spec = context.options.modules.get(moduleName);
  if (argumentSpecs === undefined || spec === undefined) return undefined;
  const entry = tasksFrom.slice(0, tasksFrom.length - extname(tasksFrom).length);
  const entryPoint = childOf(argumentSpecs, entry);
  if (entriesOf(entryPoint.value) === undefined) return undefined;
  const options = childOf(entryPoint, 'options');
  const at = keyPlace(entryPoint);
  const params = new Map([['argument_spec', { value: options.value ?? {}, cursor: options }]]);
  const checked = readParams(params, { spec, head: entryPoint, defaults: new Set(), open: false }, context);
  return {
    name: `Validating arguments against arg spec "${entry}"${descriptionOf(entryPoint)}`,
    at,
    action: { type: 'module', module: spec.name, written: moduleName, params: checked, at },
    keywords: { tags: ['always'] },
    places: {},
  };
}

function descriptionOf(entryPoint: Cursor): string {
  const { value } = childOf(entryPoint, 'short_description');
  return typeof value === 'string' && value !== '' ? ` - ${value}` : '';
}
