import { Ajv } from 'ajv';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RawDocument } from '../../src/model/document.ts';
import type { Value } from '../../src/model/value.ts';
import { playbookJsonSchema } from '../../src/validate/json-schema.ts';
import { keywordNames } from '../../src/validate/keyword-kinds.ts';
import { toPlain } from '../../src/validate/plain-value.ts';
import type { KeywordKind } from '../../src/validate/unavailable-keywords.ts';
import { validatePlaybook } from '../../src/validate/validate-playbook.ts';
import { fakeModules } from '../support/fake-modules.ts';
import { seeded } from '../support/seeds.ts';
import { findOpenBraces, shortly } from '../support/validate-text.ts';

const schema = new Ajv({ strict: false }).compile(playbookJsonSchema([...fakeModules.values()]));

const scalar: fc.Arbitrary<Value> = fc.oneof(
  fc.constantFrom<Value[]>(
    'a',
    '',
    'yes',
    '{{ x }}',
    'ready',
    '5m',
    '25%',
    'a=b c',
    'started',
    'all',
    'ended',
  ),
  fc.constantFrom<Value[]>(null, true, false, 0, 1, -1, 0.5, 80),
);

function mappingOf(keys: readonly string[], value: fc.Arbitrary<Value>, most: number): fc.Arbitrary<Value> {
  return fc
    .array(fc.tuple(fc.constantFrom(...keys), value), { maxLength: most })
    .map((entries): Value => Object.fromEntries(entries));
}

const innerKeys = [
  'event',
  'timeout',
  'on_timeout',
  'name',
  'permits',
  'key',
  'step',
  'hosts',
  'accept',
  'after',
  'label',
];
const paramKeys = [
  'cmd',
  'argv',
  'chdir',
  'src',
  'dest',
  'path',
  'mode',
  'backup',
  'state',
  'port',
  'name',
  'msg',
  'var',
];
const inner: fc.Arbitrary<Value> = fc.oneof(
  { weight: 5, arbitrary: scalar },
  { weight: 2, arbitrary: fc.array(scalar, { maxLength: 2 }) },
  { weight: 2, arbitrary: mappingOf([...innerKeys, ...paramKeys], scalar, 3) },
);

const moduleEntry = fc.tuple(
  fc.constantFrom(...fakeModules.keys(), 'ansible.builtin.copy', 'systemd', 'action'),
  fc.oneof(scalar, mappingOf(paramKeys, inner, 4)),
);

function keywordEntry(kind: KeywordKind): fc.Arbitrary<[string, Value]> {
  return fc.tuple(fc.constantFrom(...keywordNames(kind)), inner);
}

const step: fc.Arbitrary<Value> = fc
  .tuple(moduleEntry, fc.array(keywordEntry('step'), { maxLength: 2 }))
  .map(([module, keywords]): Value => Object.fromEntries([...keywords, module]));
const block = fc
  .tuple(fc.array(step, { maxLength: 2 }), fc.array(keywordEntry('block'), { maxLength: 1 }))
  .map(([steps, keywords]): Value => Object.fromEntries([...keywords, ['block', steps]]));
const steps = fc.array(fc.oneof({ weight: 4, arbitrary: step }, { weight: 1, arbitrary: block }), {
  maxLength: 3,
});
const root: fc.Arbitrary<Value> = fc
  .tuple(steps, fc.array(keywordEntry('root'), { maxLength: 1 }), fc.boolean())
  .map(([list, keywords, isNative]): Value => {
    const play = Object.fromEntries([['hosts', 'all'], ...keywords, [isNative ? 'steps' : 'tasks', list]]);
    return isNative ? { events: { ready: {} }, ...play } : [play];
  });

function documentOf(value: Value): RawDocument {
  const place = { file: 'any.yml', line: 1, column: 1, length: 1 };
  const dialect = Array.isArray(value) ? 'ansible' : 'native';
  return { file: { path: 'any.yml', text: '' }, dialect, value, locate: () => place };
}

async function check(value: Value) {
  const main = documentOf(value);
  return validatePlaybook(
    { main, imports: [], files: [main.file], diagnostics: [] },
    {
      modules: fakeModules,
      extraVars: [],
      checkTemplate: findOpenBraces,
      readVarsFile: () => ({ diagnostics: [] }),
    },
  );
}

test('whatever validation accepts, the JSON Schema accepts', async () => {
  let accepted = 0;
  await fc.assert(
    fc.asyncProperty(root, async (value) => {
      const { playbook } = await check(value);
      if (playbook === undefined) return;
      accepted += 1;
      schema(toPlain(value));
      expect(schema.errors ?? []).toEqual([]);
    }),
    seeded(1_000),
  );
  expect(accepted).toBeGreaterThan(50);
});

test('no value whatever makes validation throw, and every error has a place', async () => {
  const anything = fc.letrec<{ value: Value }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 5, withCrossShrink: true },
      scalar,
      fc.array(tie('value'), { maxLength: 3 }),
      mappingOf(
        [
          ...keywordNames('step'),
          ...keywordNames('root'),
          ...keywordNames('block'),
          ...fakeModules.keys(),
          'nope',
        ],
        tie('value'),
        4,
      ),
    ),
  })).value;
  await fc.assert(
    fc.asyncProperty(anything, async (value) => {
      const { playbook, diagnostics } = await check(value);
      const errors = diagnostics.filter((one) => one.severity === 'error');

      expect(playbook === undefined).toBe(errors.length > 0);
      expect(diagnostics.filter((one) => one.at === undefined).map(shortly)).toEqual([]);
      expect(diagnostics.filter((one) => /Invalid|undefined/.test(one.message)).map(shortly)).toEqual([]);
    }),
    seeded(1_000),
  );
});
