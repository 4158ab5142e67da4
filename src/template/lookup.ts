import type { Value } from '../model/value.ts';
import { Secret } from '../model/value.ts';
import { asDatum, type CallArguments, Callable, type Datum, type Run } from './datum.ts';
import type { EngineServices } from './engine-types.ts';
import { TemplateError } from './errors.ts';
import { seal } from './native.ts';
import { toText } from './python/text.ts';
import { isText, isTruthy } from './python/types.ts';
import { scopeOf } from './run.ts';
import { shortName } from './short-name.ts';
import { toValue } from './to-value.ts';

/** The functions that ask for data from outside: `lookup`, `query`, `q`. Their results are data, never rendered. */
export function lookupGlobals(services: EngineServices): [string, Datum][] {
  const ask = (wantList: boolean) => (run: Run, given: CallArguments) =>
    lookUp(services, run, given, wantList);
  const query = new Callable('function query', ask(true));
  return [
    ['lookup', new Callable('function lookup', ask(false))],
    ['query', query],
    ['q', query],
  ];
}

function lookUp(services: EngineServices, run: Run, given: CallArguments, wantList: boolean): Datum {
  const [plugin, ...terms] = given.positional;
  if (plugin === undefined) throw run.fail('"lookup" needs the name of a lookup');
  const name = shortName(toText(run, plugin));
  const named = new Map(given.named ?? []);
  const asList = wantList || isTruthy(named.get('wantlist') ?? false);
  const errors = named.get('errors');
  named.delete('wantlist');
  named.delete('errors');
  try {
    const results = find(services, run, name, terms, named);
    return asList ? results : joined(results);
  } catch (error) {
    const mode = errors === undefined ? 'strict' : toText(run, errors);
    if (mode === 'strict' || !(error instanceof TemplateError) || error.kind === 'budget') throw error;
    return asList ? [] : null;
  }
}

function find(
  services: EngineServices,
  run: Run,
  name: string,
  terms: readonly Datum[],
  named: ReadonlyMap<string, Datum>,
): Datum[] {
  if (services.lookup === undefined) throw run.fail(`the lookup "${name}" is not available here`);
  const values = terms.map((term) => toValue(run, term));
  const options: Record<string, Value> = Object.fromEntries(
    [...named].map(([key, value]) => [key, toValue(run, value)]),
  );
  const before = run.site;
  try {
    return services.lookup(name, values, options, scopeOf(run)).map(asDatum);
  } catch (error) {
    run.site = before;
    if (error instanceof TemplateError) throw error;
    throw run.fail(`the lookup "${name}" failed: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Texts joined by commas; a single result of another type as it is. */
function joined(results: readonly Datum[]): Datum {
  const [first, ...others] = results;
  if (first === undefined) return [];
  if (others.length === 0) return first;
  const secret = results.find((result) => result instanceof Secret);
  const texts = results.map((result) =>
    result instanceof Secret ? result.reveal() : isText(result) ? String(result) : undefined,
  );
  if (texts.includes(undefined)) return results;
  return secret === undefined ? texts.join(',') : seal(texts.join(','), secret.name);
}
