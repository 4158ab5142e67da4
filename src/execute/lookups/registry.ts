import * as collections from './collections.ts';
import { config } from './config.ts';
import * as controller from './controller.ts';
import * as files from './files.ts';
import type { Lookup } from './lookup.ts';
import { password } from './password.ts';
import { sequence } from './sequence.ts';
import { csvfile, ini } from './tables.ts';
import { url } from './url.ts';

/** Every lookup by its short name: those of `lookup()` and `query()`, and of the loop forms `with_NAME`. */
export const lookups: ReadonlyMap<string, Lookup> = new Map<string, Lookup>([
  ['cartesian', collections.nested],
  ['config', config],
  ['csvfile', csvfile],
  ['dict', collections.dict],
  ['env', controller.env],
  ['file', files.file],
  ['fileglob', files.fileglob],
  ['first_found', files.firstFound],
  ['flattened', collections.flattened],
  ['indexed_items', collections.indexedItems],
  ['ini', ini],
  ['inventory_hostnames', controller.inventoryHostnames],
  ['items', collections.items],
  ['lines', controller.lines],
  ['list', collections.list],
  ['nested', collections.nested],
  ['password', password],
  ['pipe', controller.pipe],
  ['random_choice', collections.randomChoice],
  ['sequence', sequence],
  ['subelements', collections.subelements],
  ['template', files.template],
  ['together', collections.together],
  ['unvault', files.unvault],
  ['url', url],
  ['varnames', controller.varnames],
  ['vars', controller.vars],
]);
