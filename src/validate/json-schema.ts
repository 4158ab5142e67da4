import type { ModuleSpec } from '../model/module.ts';
import { inventorySchema } from './inventory-schema.ts';
import {
  described,
  type JsonSchema,
  refTo,
  templateSchema,
  toJsonSchema,
  widen,
  withoutRequired,
} from './json-schema-type.ts';
import { isOfOneBlock, keywordShape } from './keyword-kinds.ts';
import { rootKeywords } from './play-keywords.ts';
import { nativeRoleKeywords } from './reuse-keywords.ts';
import type { KeywordKind } from './unavailable-keywords.ts';

/** The draft that every editor reads. */
const draft = 'http://json-schema.org/draft-07/schema#';
const needsDeclaration = ['wait', 'set', 'clear', 'lock', 'semaphore'];
const collections = '^(ansible\\.(builtin|legacy|posix)|community\\.general)\\.';
type Dialect = 'native' | 'ansible';

/**
 * The JSON Schema of playbooks, for editors: both forms of a root, with the parameters of all modules. It accepts
 * whatever `validatePlaybook` accepts; rules between several values are known to the latter only.
 */
export function playbookJsonSchema(modules: readonly ModuleSpec[]): JsonSchema {
  const dialects: readonly Dialect[] = ['native', 'ansible'];
  return {
    $schema: draft,
    title: 'runbook playbook',
    description: 'A playbook of runbook: a mapping, or a list of plays as in Ansible.',
    if: { type: 'array' },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: { items: refTo('ansible-play'), minItems: 1 },
    else: refTo('native-root'),
    $defs: {
      template: { ...templateSchema, description: 'A template, rendered at run time.' },
      'has-module': hasModule(modules),
      ...Object.fromEntries(modules.map((spec) => [`module-${spec.name}`, moduleSchema(spec)])),
      ...keywordDefinitions(),
      'native-root': nativeRoot(),
      ...Object.fromEntries(dialects.flatMap((dialect) => definitions(dialect, modules))),
    },
  };
}

/** The JSON Schema of native inventories. */
export function inventoryJsonSchema(): JsonSchema {
  return {
    $schema: draft,
    title: 'runbook inventory',
    description: 'An inventory of runbook: hosts, groups, variables and connection settings.',
    ...toJsonSchema(inventorySchema),
  };
}

/** What may stand under a module's key. */
export function moduleSchema(spec: ModuleSpec): JsonSchema {
  const params = widen(withoutRequired(withAliases(toJsonSchema(spec.params), spec)));
  const free = spec.freeForm === undefined ? [] : [{ type: ['number', 'boolean'] }];
  return { description: spec.summary, anyOf: [params, { type: ['string', 'null'] }, ...free] };
}

function withAliases(schema: JsonSchema, spec: ModuleSpec): JsonSchema {
  const properties = schema['properties'];
  if (typeof properties !== 'object' || properties === null) return schema;
  const known = new Map(Object.entries(properties));
  for (const [alias, name] of Object.entries(spec.paramAliases ?? {})) known.set(alias, known.get(name));
  return { ...schema, properties: Object.fromEntries(known) };
}

function namesOf(spec: ModuleSpec): readonly string[] {
  return [spec.name, ...(spec.aliases ?? [])];
}

/** Exactly one module, or a keyword that stands alone. */
function hasModule(modules: readonly ModuleSpec[]): JsonSchema {
  const names = [...modules.flatMap(namesOf), 'action', 'local_action'];
  const present = names.map((name) => ({ required: [name] }));
  const long = { not: { propertyNames: { not: { pattern: `${collections}[a-z0-9_]+$` } } } };
  const alone = ['wait', 'set', 'clear', 'barrier'].map((key) => ({ required: [key] }));
  return {
    oneOf: [...present, { anyOf: alone, not: { anyOf: [...present, long] } }, long],
  };
}

function definitions(dialect: Dialect, modules: readonly ModuleSpec[]): (readonly [string, JsonSchema])[] {
  const list = { type: ['array', 'null'], items: refTo(`${dialect}-step`) };
  return [
    [`${dialect}-play`, play(dialect)],
    [`${dialect}-block`, block(dialect)],
    [`${dialect}-task`, task('step', dialect, modules)],
    [`${dialect}-handler-task`, task('handler', dialect, modules)],
    [`${dialect}-import`, importStep(dialect)],
    [`${dialect}-role`, roleEntry(dialect)],
    [`${dialect}-handler-block`, handlerBlock(dialect)],
    [`${dialect}-handler`, blockOr(`${dialect}-handler-block`, `${dialect}-handler-task`, dialect)],
    [`${dialect}-step`, blockOr(`${dialect}-block`, `${dialect}-task`, dialect)],
    [`${dialect}-steps`, list],
    [`${dialect}-roles`, { type: ['array', 'null'], items: refTo(`${dialect}-role`) }],
    [`${dialect}-handlers`, { type: ['array', 'null'], items: refTo(`${dialect}-handler`) }],
  ];
}

/** A block where one of its keys stands; else a task, or an import of some. */
function blockOr(blockName: string, taskName: string, dialect: Dialect): JsonSchema {
  return {
    type: 'object',
    if: { anyOf: ['block', 'rescue', 'always'].map((key) => ({ required: [key] })) },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: refTo(blockName),
    else: orImport(refTo(taskName), dialect),
  };
}

const mayBeEmpty = new Set([
  'vars',
  'tags',
  'notify',
  'vars_files',
  'environment',
  'module_defaults',
  'args',
]);
const lists: Readonly<Record<string, string>> = {
  block: 'steps',
  rescue: 'steps',
  always: 'steps',
  on_success: 'steps',
  on_failure: 'steps',
  pre_tasks: 'steps',
  tasks: 'steps',
  steps: 'steps',
  post_tasks: 'steps',
  handlers: 'handlers',
  roles: 'roles',
};

/** What may stand in place of a keyword's value: nothing, and in lists of plays a list of mappings as `vars`. */
function optionalForms(key: string, dialect: Dialect): JsonSchema[] {
  if (dialect === 'native') return mayBeEmpty.has(key) ? [{ type: 'null' }] : [];
  return [{ type: 'null' }, ...(key === 'vars' ? [{ type: 'array', items: { type: 'object' } }] : [])];
}

/** The keywords of one kind of thing as properties, each by reference to its own definition. */
function keywordProperties(kind: KeywordKind, dialect: Dialect): Record<string, JsonSchema> {
  const shape = keywordShape(kind);
  return Object.fromEntries(
    Object.keys(shape).map((key) => {
      if (dialect === 'ansible' && needsDeclaration.includes(key)) return [key, { not: {} }];
      const { description } = shape[key] ?? {};
      const list = lists[key];
      if (list !== undefined) return [key, described(refTo(`${dialect}-${list}`), description)];
      const own = refTo(definitionName(kind, key));
      const others = optionalForms(key, dialect);
      return [key, described(others.length > 0 ? { anyOf: [own, ...others] } : own, description)];
    }),
  );
}

/** Keywords of the same name may mean something else on a play, such as `needs`. */
function definitionName(kind: KeywordKind, key: string): string {
  return `${kind === 'root' || kind === 'play' ? 'play' : 'step'}-keyword-${key}`;
}

function keywordDefinitions(): Record<string, JsonSchema> {
  const kinds: readonly KeywordKind[] = ['root', 'play', 'block', 'step', 'handler', 'import', 'role'];
  const found = kinds.flatMap((kind) =>
    Object.entries(keywordShape(kind))
      .filter(([key]) => lists[key] === undefined)
      .map(([key, schema]) => {
        const { description: _, ...own } = toJsonSchema(schema);
        return [definitionName(kind, key), key === 'plays' ? playList : own] as const;
      }),
  );
  return Object.fromEntries(found);
}

const playList: JsonSchema = { type: 'array', items: refTo('native-play'), minItems: 1 };

const bothSteps: JsonSchema = { not: { required: ['tasks', 'steps'] } };

function play(dialect: Dialect): JsonSchema {
  const { import_playbook: imported, ...properties } = keywordProperties('play', dialect);
  const { vars, tags, name } = properties;
  if (dialect === 'ansible') Object.assign(properties, { user: properties['remote_user'] });
  const long = 'ansible.builtin.import_playbook';
  const when = keywordProperties('step', dialect)['when'];
  return {
    type: 'object',
    if: { anyOf: [{ required: ['import_playbook'] }, { required: [long] }] },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: {
      properties: { ...properties, import_playbook: imported, [long]: imported, vars, tags, name, when },
      additionalProperties: false,
    },
    else: { properties, additionalProperties: false, required: ['hosts'], ...bothSteps },
  };
}

function nativeRoot(): JsonSchema {
  const properties = keywordProperties('root', 'native');
  const withPlays = Object.entries(properties).filter(([key]) => Object.hasOwn(rootKeywords, key));
  return {
    type: 'object',
    if: { required: ['plays'] },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: { properties: Object.fromEntries(withPlays), additionalProperties: false },
    else: { properties, additionalProperties: false, required: ['hosts'], ...bothSteps },
  };
}

function block(dialect: Dialect): JsonSchema {
  return {
    type: 'object',
    properties: keywordProperties('block', dialect),
    additionalProperties: false,
    required: ['block'],
  };
}

/** Handlers that share keywords. */
function handlerBlock(dialect: Dialect): JsonSchema {
  const all = Object.entries(keywordProperties('block', dialect));
  const properties = Object.fromEntries(all.filter(([key]) => !isOfOneBlock(key)));
  const { description } = keywordShape('block')['block'] ?? {};
  return {
    type: 'object',
    properties: { ...properties, block: described(refTo(`${dialect}-handlers`), description) },
    additionalProperties: false,
    required: ['block'],
  };
}

const importNames = ['import_tasks', 'import_role'].flatMap((key) => [
  key,
  `ansible.builtin.${key}`,
  `ansible.legacy.${key}`,
]);

/** A step that names a task file or role to be read before the run, or one of another form. */
function orImport(other: JsonSchema, dialect: Dialect): JsonSchema {
  return {
    type: 'object',
    if: { anyOf: importNames.map((key) => ({ required: [key] })) },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: refTo(`${dialect}-import`),
    else: other,
  };
}

function importStep(dialect: Dialect): JsonSchema {
  const properties = keywordProperties('import', dialect);
  const long = importNames.flatMap((name) => {
    const own = properties[name.split('.').at(-1) ?? name];
    return own === undefined ? [] : [[name, own] as const];
  });
  return {
    type: 'object',
    properties: { ...properties, ...Object.fromEntries(long) },
    additionalProperties: false,
    oneOf: importNames.map((name) => ({ required: [name] })),
  };
}

/** Keys of an entry of `roles` that are no keywords are parameters. */
function roleEntry(dialect: Dialect): JsonSchema {
  const own = Object.entries(keywordProperties('role', dialect)).filter(
    ([key]) => dialect === 'native' || !nativeRoleKeywords.has(key),
  );
  const mapping = { type: 'object', properties: Object.fromEntries(own) };
  const named = { anyOf: [{ required: ['role'] }, { required: ['name'] }] };
  return {
    anyOf: [
      { type: 'string', minLength: 1 },
      { ...mapping, ...named },
    ],
  };
}

/** In Ansible's form a step may name a module that is not known: it fails when it is reached. */
function task(kind: 'step' | 'handler', dialect: Dialect, modules: readonly ModuleSpec[]): JsonSchema {
  const keywords = keywordProperties(kind, dialect);
  const loops = Object.keys(keywords).filter((key) => key === 'loop' || key.startsWith('with_'));
  const present = loops.map((key) => ({ required: [key] }));
  const own = modules.flatMap((spec) =>
    namesOf(spec).map((name) => [name, refTo(`module-${spec.name}`)] as const),
  );
  const long = modules.flatMap((spec) =>
    namesOf(spec).map((name) => [`${collections}${name}$`, refTo(`module-${spec.name}`)] as const),
  );
  return {
    type: 'object',
    properties: { ...keywords, ...Object.fromEntries(own) },
    patternProperties: Object.fromEntries(long),
    ...(dialect === 'native' && { additionalProperties: false, allOf: [refTo('has-module')] }),
    oneOf: [{ not: { anyOf: present } }, ...present],
  };
}
