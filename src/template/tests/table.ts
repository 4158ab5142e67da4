import type { EngineServices } from '../engine-types.ts';
import type { Native } from '../native.ts';
import { ansibleTests } from './ansible-tests.ts';
import { jinjaTests } from './jinja-tests.ts';
import { resultTests } from './result-tests.ts';

/** All tests by their names. */
export function testTable(services: EngineServices): ReadonlyMap<string, Native> {
  return new Map(Object.entries({ ...jinjaTests, ...resultTests, ...ansibleTests(services) }));
}
