import type { EngineServices } from '../engine-types.ts';
import type { Native } from '../native.ts';
import { jinjaTests } from './jinja-tests.ts';

/** All tests by their names. */
export function testTable(_services: EngineServices): ReadonlyMap<string, Native> {
  return new Map(Object.entries(jinjaTests));
}
