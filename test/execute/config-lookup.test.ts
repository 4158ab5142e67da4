import { describe, expect, it } from 'vitest';
import { config } from '../../src/execute/lookups/config.ts';
import type { LookupContext } from '../../src/execute/lookups/lookup.ts';
import type { Value } from '../../src/model/value.ts';

describe('the lookup "config"', () => {
  const settings = { forks: 7, roles_path: ['/roles'] };
  // The lookup reads nothing else of its context.
  const ask = (terms: readonly Value[], options: Record<string, Value> = {}) =>
    config(terms, options, { settings } as unknown as LookupContext);

  it('gives settings by the names that Ansible has for them, with what holds where they are not set', () => {
    expect(ask(['DEFAULT_FORKS', 'DEFAULT_ROLES_PATH', 'DEFAULT_BECOME_USER'])).toEqual([
      7,
      ['/roles'],
      'root',
    ]);
    expect(config(['DEFAULT_TIMEOUT'], {}, {} as unknown as LookupContext)).toEqual([10]);
  });

  it.each<[Value, Record<string, Value>, RegExp]>([
    ['NO_SUCH', {}, /Unable to find setting NO_SUCH/],
    ['toString', {}, /Unable to find setting/],
    ['remote_user', { plugin_type: 'connection', plugin_name: 'ssh' }, /Unable to find setting/],
    ['DEFAULT_FORKS', { on_missing: 'boo' }, /valid values are error, warn and skip/],
    [1337, {}, /Invalid setting identifier/],
  ])('of %j with %j is refused', (term, options, message) => {
    expect(() => ask([term], options)).toThrow(message);
  });

  it('gives nothing for what is unknown where it may be missing', () => {
    expect(ask(['NO_SUCH'], { on_missing: 'skip' })).toEqual([]);
    expect(ask(['NO_SUCH', 'DEFAULT_FORKS'], { on_missing: 'warn' })).toEqual([7]);
  });
});
