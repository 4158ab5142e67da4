import { failure, type RunbookError } from '../model/diagnostic.ts';
import type { ConnectionSettings } from '../model/inventory.ts';
import type { Place } from '../model/place.ts';
import type { Keywords } from '../model/playbook.ts';
import type { ConnectionFlags } from '../model/run-options.ts';
import { Float, type Secret, Unsafe, type Value } from '../model/value.ts';
import type { VariableLayer } from '../model/variables.ts';
import { hasTemplateTags } from '../template/syntax/options.ts';
import { settingVariables, type VariableSetting } from './connection-variables.ts';
import { describe } from './lookups/lookup.ts';

/** A setting by its native name, or one that only variables give. */
export type SettingName = keyof ConnectionSettings | VariableSetting;

/** A setting's rendered value, with what messages about it need. */
export interface FoundSetting {
  readonly value: Value;
  /** What it is called where it was found, and there: `ansible_port (group_vars/web.yml)`. */
  readonly name: string;
  /** The error RB515 that says what it must be instead. */
  wrong(expected: string): RunbookError;
  /** Makes a password known to the redactor. */
  secret(secret: Secret): Secret;
}

/** Gives a setting, or undefined where nothing sets it. */
export type SettingReader = (setting: SettingName) => FoundSetting | undefined;

/** Everything that connection settings of a host may come from. */
export interface ConnectionSources {
  readonly hostName: string;
  /** Variables in scope, lowest precedence first. */
  readonly layers: readonly VariableLayer[];
  /** Of the host itself and its groups. */
  readonly settings: ConnectionSettings;
  /** Of the inventory's `defaults`. */
  readonly defaults: ConnectionSettings;
  readonly keywords: Keywords;
  readonly flags: ConnectionFlags;
  /** @param isOfStep Whether the value was written at the step or a block around it, not for a host. */
  render(value: Value, isOfStep: boolean): Value;
  remember(secret: Secret): void;
}

interface Raw {
  readonly value: Value;
  readonly name: string;
  readonly at?: Place | undefined;
  readonly templated: boolean;
  readonly isOfStep?: boolean;
}

/**
 * Reads settings by precedence, highest first: Ansible's connection variables; the host's and its groups' settings;
 * the keywords of step and play; the command line; the inventory's defaults. For `become`, `become_method`, `become_user`
 * and `become_password` the keywords come before the host's settings, so that a step can do without.
 */
export function createSettingReader(sources: ConnectionSources): {
  readonly read: SettingReader;
  readonly sawTemplate: () => boolean;
} {
  let sawTemplate = false;
  const read: SettingReader = (setting) => {
    const raw = findRaw(setting, sources);
    if (raw === undefined) return undefined;
    const isTemplate = raw.templated && mayRender(raw.value);
    sawTemplate ||= isTemplate;
    const value = plain(isTemplate ? sources.render(raw.value, raw.isOfStep === true) : raw.value);
    return {
      value,
      name: raw.name,
      wrong: (expected) => wrongSetting(sources.hostName, raw, value, expected),
      secret: (secret) => {
        sources.remember(secret);
        return secret;
      },
    };
  };
  return { read, sawTemplate: () => sawTemplate };
}

function findRaw(setting: SettingName, sources: ConnectionSources): Raw | undefined {
  const variable = variableOf(setting, sources.layers);
  if (variable !== undefined) return variable;
  const own = settingOf(setting, sources.settings, `host ${sources.hostName}`);
  const keyword = keywordOf(setting, sources.keywords);
  const nearer = setting.startsWith('become') ? (keyword ?? own) : (own ?? keyword);
  return nearer ?? flagOf(setting, sources.flags) ?? settingOf(setting, sources.defaults, 'the defaults');
}

function variableOf(setting: SettingName, layers: readonly VariableLayer[]): Raw | undefined {
  if (!(setting in settingVariables)) return undefined;
  // Just tested.
  const names = settingVariables[setting as VariableSetting];
  for (const name of names)
    for (let index = layers.length - 1; index >= 0; index--) {
      const layer = layers[index];
      if (layer === undefined || !Object.hasOwn(layer.values, name)) continue;
      const value = layer.values[name] ?? null;
      const at = layer.places?.[name];
      const isOfStep = layer.source === 'step' || layer.source === 'block';
      return { value, name: `${name} (${layer.label})`, at, templated: layer.templated !== false, isOfStep };
    }
  return undefined;
}

function settingOf(setting: SettingName, settings: ConnectionSettings, owner: string): Raw | undefined {
  const value: Value | undefined =
    setting in settings ? settings[setting as keyof ConnectionSettings] : undefined;
  return value === undefined ? undefined : { value, name: `${setting} of ${owner}`, templated: true };
}

function keywordOf(setting: SettingName, keywords: Keywords): Raw | undefined {
  const values: Partial<Record<SettingName, Value | undefined>> = {
    connection: keywords.connection,
    port: keywords.port,
    user: keywords.remoteUser,
    become: keywords.become,
    become_method: keywords.becomeMethod,
    become_user: keywords.becomeUser,
    become_password: keywords.becomePassword,
    ...ofEachMethod(keywords.becomeExe, keywords.becomeFlags),
  };
  const value = values[setting];
  const name = setting === 'user' ? 'remote_user' : setting.replace(/^(sudo|su|doas)_/, 'become_');
  return value === undefined || value === null
    ? undefined
    : { value, name: `the keyword ${name}`, templated: true, isOfStep: true };
}

const ofSettings = /_(?:exe|flags)$/;

function flagOf(setting: SettingName, flags: ConnectionFlags): Raw | undefined {
  const values: Partial<Record<SettingName, Value | undefined>> = {
    connection: flags.connection,
    user: flags.user,
    identity_file: flags.identityFile,
    // As a duration in seconds, which all other sources give.
    connect_timeout: flags.connectTimeoutMs === undefined ? undefined : flags.connectTimeoutMs / 1_000,
    host_key_policy: flags.hostKeyPolicy,
    become: flags.become,
    become_method: flags.becomeMethod,
    become_user: flags.becomeUser,
    ...ofEachMethod(flags.becomeExe, flags.becomeFlags),
  };
  const value = values[setting];
  return value === undefined
    ? undefined
    : {
        value,
        name: `${setting} of ${ofSettings.test(setting) ? 'the settings' : 'the command line'}`,
        templated: false,
      };
}

/** `become_exe` and `become_flags` are those of whichever method is used. */
function ofEachMethod(
  exe: Value | undefined,
  flags: Value | undefined,
): Partial<Record<SettingName, Value | undefined>> {
  return {
    sudo_exe: exe,
    su_exe: exe,
    doas_exe: exe,
    sudo_flags: flags,
    su_flags: flags,
    doas_flags: flags,
  };
}

function mayRender(value: Value): boolean {
  if (typeof value === 'string') return hasTemplateTags(value);
  return typeof value === 'object' && value !== null;
}

function plain(value: Value): Value {
  if (value instanceof Unsafe) return plain(value.value);
  return value instanceof Float ? value.value : value;
}

function wrongSetting(hostName: string, raw: Raw, value: Value, expected: string): RunbookError {
  const found =
    typeof value === 'string' || typeof value === 'number' ? JSON.stringify(value) : describe(value);
  // A password's value is in no message.
  const shown = /pass/.test(raw.name) ? 'something else' : found;
  return failure('RB515', `host ${hostName}: ${raw.name} must be ${expected}, but is ${shown}`, {
    at: raw.at,
  });
}

/** One text or a list of texts as a list; undefined when it is neither. */
export function asTexts(value: Value): readonly string[] | undefined {
  if (value === null || value === '') return [];
  if (typeof value === 'string') return [value];
  if (!Array.isArray(value)) return undefined;
  const list: readonly Value[] = value;
  return list.every((entry) => typeof entry === 'string') ? list : undefined;
}
