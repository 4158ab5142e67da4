import type { ProjectSettings } from '../../model/project.ts';
import type { Value } from '../../model/value.ts';
import { flattenAll } from './collections.ts';
import { describe, type Lookup, lookupFailure } from './lookup.ts';

/** Ansible's names of the settings that this program has, and what holds where they are not set. */
const known: Readonly<Record<string, readonly [keyof ProjectSettings, Value]>> = {
  ANY_ERRORS_FATAL: ['any_errors_fatal', false],
  CACHE_PLUGIN: ['fact_caching', 'memory'],
  CACHE_PLUGIN_CONNECTION: ['fact_caching_connection', null],
  CACHE_PLUGIN_PREFIX: ['fact_caching_prefix', ''],
  CACHE_PLUGIN_TIMEOUT: ['fact_caching_timeout', 86_400],
  COLLECTIONS_PATHS: ['collections_path', []],
  DEFAULT_ASK_PASS: ['ask_pass', false],
  DEFAULT_BECOME: ['become', false],
  DEFAULT_BECOME_ASK_PASS: ['ask_become_pass', false],
  DEFAULT_BECOME_METHOD: ['become_method', 'sudo'],
  DEFAULT_BECOME_USER: ['become_user', 'root'],
  DEFAULT_FORCE_HANDLERS: ['force_handlers', false],
  DEFAULT_FORKS: ['forks', 50],
  DEFAULT_GATHERING: ['gathering', 'implicit'],
  DEFAULT_HOST_LIST: ['inventory', []],
  DEFAULT_JINJA2_NATIVE: ['jinja2_native', false],
  DEFAULT_MODULE_PATH: ['library', []],
  DEFAULT_MODULE_UTILS_PATH: ['module_utils', []],
  DEFAULT_PRIVATE_KEY_FILE: ['private_key', null],
  DEFAULT_REMOTE_USER: ['user', null],
  DEFAULT_ROLES_PATH: ['roles_path', []],
  DEFAULT_TIMEOUT: ['connect_timeout', 10],
  DEFAULT_VAULT_IDENTITY_LIST: ['vault_identity_list', []],
  DEFAULT_VAULT_PASSWORD_FILE: ['vault_password_file', null],
  DIFF_ALWAYS: ['diff', false],
  HOST_KEY_CHECKING: ['host_key_checking', true],
  TAGS_RUN: ['tags', []],
  TAGS_SKIP: ['skip_tags', []],
};

/**
 * `config`: settings of the project by Ansible's names for them. What is unknown fails, or with `on_missing` of `skip`
 * or `warn` gives nothing. Settings of plugins (`plugin_type`) are unknown.
 *
 * @throws RunbookError RB611 for an unknown name, and for one that is no text.
 */
export const config: Lookup = (terms, options, { settings = {} }) => {
  const missing = options['on_missing'] ?? 'error';
  if (missing !== 'error' && missing !== 'skip' && missing !== 'warn')
    throw lookupFailure(
      `"on_missing" of config: valid values are error, warn and skip, not ${describe(missing)}`,
    );
  return flattenAll(terms).flatMap((term): readonly Value[] => {
    if (typeof term !== 'string')
      throw lookupFailure(`Invalid setting identifier: config takes names, but got ${describe(term)}`);
    const found =
      Object.hasOwn(known, term) && options['plugin_type'] === undefined ? known[term] : undefined;
    if (found !== undefined) return [settings[found[0]] ?? found[1]];
    if (missing !== 'error') return [];
    throw lookupFailure(
      `Unable to find setting ${term}`,
      'The lookup config knows the settings that runbook has.',
    );
  });
};
