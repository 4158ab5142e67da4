import type { RoleIdentity } from '../model/reuse.ts';
import type { Value } from '../model/value.ts';
import { type Cursor, childOf } from './cursor.ts';
import type { StepSource } from './steps-scope.ts';

/** The collections in which modules and roles are found by their short names, the first one first. */
export type Collections = readonly string[];

const collection = /^[A-Za-z_]\w*\.[A-Za-z_]\w*$/;

/** What `collections` of a play, block, step or role says; undefined where it says nothing of use. */
export function writtenCollections(cursor: Cursor): Collections | undefined {
  const { value } = childOf(cursor, 'collections');
  if (value === undefined || value === null) return undefined;
  const names: readonly Value[] = Array.isArray(value) ? value : [value];
  return names.filter((one): one is string => typeof one === 'string' && collection.test(one));
}

/** Where a step looks: its own `collections` stand in place of those around it. */
export function collectionsOf(cursor: Cursor, { collections }: Pick<StepSource, 'collections'>): Collections {
  return writtenCollections(cursor) ?? collections ?? [];
}

/** The collection that a role is part of, as a list: its steps look there first. */
export function ownCollection({ name, path }: RoleIdentity): Collections {
  const parts = name.split('.');
  const isOfCollection = parts.length > 2 && path.includes('ansible_collections');
  return isOfCollection ? [parts.slice(0, 2).join('.')] : [];
}
