import { readdirSync, readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { readByRoot } from '../../src/load/playbook.ts';
import { modules } from '../../src/modules/index.ts';
import { inventorySchema } from '../../src/validate/inventory-schema.ts';
import { inventoryJsonSchema, playbookJsonSchema } from '../../src/validate/json-schema.ts';
import { toPlain } from '../../src/validate/plain-value.ts';
import { fakeModules } from '../support/fake-modules.ts';
import { documentOf, shortly, validateText } from '../support/validate-text.ts';
import { validPlaybooks } from './valid-playbooks.ts';

/** Golden cases whose mistake a JSON Schema cannot see: rules between values, and rules on texts inside texts. */
const knownOnlyToValidation: Readonly<Record<string, string>> = {
  args: 'the parameters under args belong to the module beside it',
  'condition-braces': 'a warning',
  'duplicate-id': 'names are compared across the playbook',
  'duplicate-play-id': 'names are compared across the playbook',
  'parallel-loops': 'keywords of a loop are compared with each other',
  'event-undeclared': 'names are compared with declarations',
  'lock-undeclared': 'names are compared with declarations',
  'module-defaults': 'parameters of other modules by name',
  gather: 'a template may be known before the run',
  'nameless-handler': 'a warning',
  'old-form': 'the module stands inside a text',
  'queue-circle': 'dead letters are followed from queue to queue',
  'open-tag-in-words': 'template syntax',
  'param-missing': 'args and module_defaults may supply it',
  'param-rule': 'a rule between parameters',
  'param-twice': 'two spellings of one parameter',
  'params-schema': 'schemas and defaults of params are checked by ajv itself',
  'quote-open': 'a rule on the text of free-form parameters',
  'template-lines': 'template syntax',
  'template-open': 'template syntax',
  'unknown-handler': 'names are compared with handlers',
  'unknown-keys-ansible': 'in a list of plays a key may be a module that is not known',
  'unknown-module-ansible': 'a warning',
  'vars-files-missing': 'the file does not exist',
  'vars-name': 'names that templates can read are a rule on keys of any mapping of variables',
};

const ajv = new Ajv({ allErrors: true, strict: false });
const fakeSchema = ajv.compile(playbookJsonSchema([...fakeModules.values()]));
const folder = new URL('../golden/validate/', import.meta.url);
const golden = readdirSync(folder).filter((name) => name.endsWith('.yml'));

describe('the JSON Schema of playbooks', () => {
  test('tells the defaults of parameters that are converted before they are read', () => {
    const copy = playbookJsonSchema([...modules.values()])['$defs'] as Record<string, unknown>;
    const text = JSON.stringify(copy['module-copy']);

    expect(text).toContain('copy of the file that is replaced.","default":false}');
    expect(text).toContain('replace a file that is there already.","default":true}');
  });

  test.each(Object.entries(validPlaybooks))('accepts what validation accepts: %s', async (_, text) => {
    const { diagnostics } = await validateText(text);

    expect(diagnostics.map(shortly)).toEqual([]);
    fakeSchema(toPlain(documentOf(text).value));
    expect(fakeSchema.errors ?? []).toEqual([]);
  });

  const structural = golden
    .map((name) => name.replace(/\.yml$/, ''))
    .filter((name) => !Object.hasOwn(knownOnlyToValidation, name));

  test.each(structural)('refuses the mistake of %s', (name) => {
    const text = readFileSync(new URL(`${name}.yml`, folder), 'utf8');

    expect(fakeSchema(toPlain(documentOf(text).value))).toBe(false);
  });

  test('the table of what it cannot see names cases that exist, and that it accepts', () => {
    const refused = Object.keys(knownOnlyToValidation).filter((name) => {
      const text = readFileSync(new URL(`${name}.yml`, folder), 'utf8');
      return !fakeSchema(toPlain(documentOf(text).value));
    });

    expect(refused).toEqual([]);
  });

  const playbooks = new URL('../../playbooks/', import.meta.url);
  const files = readdirSync(playbooks).filter((name) => name.endsWith('.yml'));

  test.each(files)('accepts playbooks/%s', async (name) => {
    const text = readFileSync(new URL(name, playbooks), 'utf8');
    const { document } = readByRoot({ path: name, text });
    const schema = ajv.compile({ ...playbookJsonSchema(modules), $id: name });
    const byName = new Map(modules.map((spec) => [spec.name, spec]));
    const { diagnostics } = await validateText(text, {
      modules: byName,
      readVarsFile: () => ({ diagnostics: [] }),
    });

    expect(
      diagnostics.filter((one) => one.severity === 'error' && one.code !== 'RB210').map(shortly),
    ).toEqual([]);
    schema(toPlain(document?.value));
    expect(schema.errors ?? []).toEqual([]);
  });

  test('every example of every module is a step that validation and schema accept', async () => {
    const schema = ajv.compile({ ...playbookJsonSchema(modules), $id: 'examples' });
    const byName = new Map(modules.map((spec) => [spec.name, spec]));
    for (const spec of modules) {
      for (const { title, yaml } of spec.examples) {
        const step = yaml.trimEnd().replaceAll('\n', '\n    ');
        const declared = 'state: {failures: 0, released: [], leader: ""}\nqueues: {jobs: {capacity: 10}}';
        const text = `${declared}\nhosts: all\nsteps:\n  - ${step.replace(/^- /, '')}\nhandlers: []\n`;
        const { diagnostics } = await validateText(text, { modules: byName });
        const told = diagnostics.filter(({ code, severity }) => severity === 'error' && code !== 'RB304');
        expect([spec.name, title, told.map(shortly)]).toEqual([spec.name, title, []]);
        schema(toPlain(documentOf(text).value));
        expect([spec.name, title, schema.errors ?? []]).toEqual([spec.name, title, []]);
      }
    }
  });
});

describe('the JSON Schema of inventories', () => {
  const schema = ajv.compile(inventoryJsonSchema());

  test.each([
    'hosts:\n  web[01:03]:\n  db1: {address: 10.0.0.7, port: 2222, vars: {a: 1}, ansible_user: x}',
    'defaults: {user: deploy, identity_file: [a, b], become: "{{ b }}"}\nvars: {region: eu}\nhosts: [a, b]',
    'groups: {web: {hosts: ["web*"], vars: {p: 80}}, prod: {children: [web], hosts: db1, priority: 2}}',
  ])('accepts %s', (text) => {
    const value = toPlain(documentOf(text).value);

    expect(inventorySchema.safeParse(value).error?.issues ?? []).toEqual([]);
    expect(schema(value)).toBe(true);
  });

  test.each([
    'host: [a]',
    'hosts: {a: {adress: x}}',
    'hosts: {a: {port: 70000}}',
    'defaults: {host_key_policy: maybe}',
    'groups: {web: {host: [a]}}',
    'groups: {web: {priority: high}}',
  ])('refuses %s', (text) => {
    const value = toPlain(documentOf(text).value);

    expect(inventorySchema.safeParse(value).success).toBe(false);
    expect(schema(value)).toBe(false);
  });
});
