import type { z } from 'zod';
import { hasTemplate } from './scalars.ts';

/** One leaf of what zod found, with the whole path to it. */
export interface SchemaIssue {
  readonly path: readonly (string | number)[];
  readonly issue: z.core.$ZodIssue;
}

/**
 * What zod found in a value, without unions: of a union's branches only the one that fits best speaks.
 *
 * @param excuseTemplates Leaves out what is due to texts that hold a template, since they are checked after rendering.
 */
export function schemaIssues(
  issues: readonly z.core.$ZodIssue[],
  value: unknown,
  excuseTemplates: boolean,
): readonly SchemaIssue[] {
  return issues.flatMap((issue) => settle(issue, [], value, excuseTemplates));
}

function settle(
  issue: z.core.$ZodIssue,
  prefix: readonly (string | number)[],
  root: unknown,
  excuse: boolean,
): readonly SchemaIssue[] {
  // Keys of YAML are texts and numbers: zod reports no symbols for them.
  const path = [...prefix, ...(issue.path as (string | number)[])];
  if (excuse && isExcused(issue, root, path)) return [];
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [{ path, issue }];
  const branches = issue.errors.map((errors) => errors.flatMap((one) => settle(one, path, root, excuse)));
  if (branches.some((branch) => branch.length === 0)) return [];
  const inside = branches.filter((branch) => branch.every((one) => reachesInto(one, path)));
  const best = inside.toSorted((a, b) => a.length - b.length)[0];
  return best ?? [{ path, issue }];
}

/** Whether an issue lies below `path`, so that the value itself had the right kind. */
function reachesInto(one: SchemaIssue, path: readonly (string | number)[]): boolean {
  return (
    one.path.length > path.length || one.issue.code === 'unrecognized_keys' || one.issue.code === 'custom'
  );
}

/** A path may lead into a text where a schema splits it: then the text is what counts. */
function isExcused(issue: z.core.$ZodIssue, root: unknown, path: readonly (string | number)[]): boolean {
  for (let length = 0; length <= path.length; length++) {
    const value = valueAt(root, path.slice(0, length));
    if (typeof value === 'string') return hasTemplate(value);
  }
  return issue.code === 'custom' && holdsTemplate(valueAt(root, path));
}

/** Whether a template stands anywhere in a value. */
export function holdsTemplate(value: unknown): boolean {
  if (typeof value === 'string') return hasTemplate(value);
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some(holdsTemplate);
}

/** The value that a path leads to; undefined where there is none. */
export function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  let value = root;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    // Own properties of a plain object or list, asked for by a key that it has.
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  return value;
}
