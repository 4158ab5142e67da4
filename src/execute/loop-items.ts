import { assertNever } from '../lib/assert-never.ts';
import type { Loop } from '../model/playbook.ts';
import { isValueMap, Secret, Unsafe, type Value } from '../model/value.ts';
import { TemplateError } from '../template/errors.ts';
import { asList, describe, type LookupContext, lookupFailure } from './lookups/lookup.ts';
import { lookups } from './lookups/registry.ts';
import type { StepScope } from './step-scope-port.ts';

/** The most items that a loop may have. */
export const longestLoop = 100_000;

/** The items of a loop, in order. RB611 when what it loops over does not fit its form. */
export function loopItems(
  loop: Loop,
  scope: StepScope,
  context: LookupContext,
  isOmitted: (value: Value) => boolean,
): readonly Value[] {
  const items = formItems(loop, scope, context, isOmitted);
  if (items.length > longestLoop)
    throw lookupFailure(`a loop has at most ${longestLoop} items, but this one has ${items.length}`);
  return items;
}

function formItems(
  loop: Loop,
  scope: StepScope,
  context: LookupContext,
  isOmitted: (value: Value) => boolean,
): readonly Value[] {
  const { form } = loop;
  switch (form) {
    case 'loop':
      return plainLoop(unwrapped(scope.value(loop.value)));
    case 'first_found':
      return lookup(form, definedTerms(loop.value, scope), context);
    case 'dict': {
      const value = unwrapped(scope.value(loop.value));
      return lookup(form, Array.isArray(value) ? value : value === null ? [] : [value], context);
    }
    case 'sequence':
    case 'items':
    case 'list':
    case 'fileglob':
    case 'together':
    case 'subelements':
    case 'nested':
    case 'flattened':
    case 'file':
    case 'indexed_items':
    case 'lines':
    case 'random_choice':
    case 'inventory_hostnames':
    case 'env':
    case 'cartesian':
    case 'config':
    case 'csvfile':
    case 'ini':
    case 'password':
    case 'pipe':
    case 'template':
    case 'unvault':
    case 'url':
    case 'varnames':
    case 'vars': {
      const terms = asList(unwrapped(scope.value(loop.value))).filter((term) => !isOmitted(term));
      return lookup(form, terms, context);
    }
    default:
      return assertNever(form);
  }
}

function lookup(name: string, terms: readonly Value[], context: LookupContext): readonly Value[] {
  const found = lookups.get(name);
  if (found === undefined) throw new Error(`there is no lookup for the loop form ${name}`);
  return found(terms, {}, context);
}

function unwrapped(value: Value): Value {
  return value instanceof Unsafe ? value.value : value;
}

function plainLoop(value: Value): readonly Value[] {
  if (Array.isArray(value)) return value;
  const found = typeof value === 'string' ? `the text ${JSON.stringify(shortened(value))}` : describe(value);
  const isMapping = value instanceof Map || isValueMap(value);
  throw lookupFailure(
    `loop needs a list, but got ${value instanceof Secret ? 'a secret' : found}`,
    isMapping ? 'Write loop: "{{ … | dict2items }}" to loop over a mapping.' : undefined,
  );
}

function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** The terms whose variables are defined: `first_found` goes on to the next name where one is missing. */
function definedTerms(value: Value, scope: StepScope): readonly Value[] {
  const terms = Array.isArray(value) ? (value as readonly Value[]) : asList(scope.value(value));
  return terms.flatMap((term): readonly Value[] => {
    if (isValueMap(term) && Array.isArray(term['files']))
      return [{ ...rest(term, scope), files: definedTerms(term['files'], scope) }];
    try {
      return [scope.value(term)];
    } catch (error) {
      if (error instanceof TemplateError && error.kind === 'undefined') return [];
      throw error;
    }
  });
}

function rest(term: Readonly<Record<string, Value>>, scope: StepScope): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(term)
      .filter(([key]) => key !== 'files')
      .map(([key, value]) => [key, scope.value(value)]),
  );
}
