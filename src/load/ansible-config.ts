import { stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { type Diagnostic, warningDiagnostic } from '../model/diagnostic.ts';
import type { ProjectSettings } from '../model/project.ts';
import { type IniSections, parseIni } from './config-ini.ts';
import { displayPath, readTextIfAny } from './source-file.ts';

/** Where Ansible's configuration is looked for. */
export interface AnsibleConfigOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** What a text of Ansible's configuration becomes; undefined where it is wrong. */
type Reader = (text: string, from: Source) => ProjectSettings[keyof ProjectSettings] | undefined;

interface Source {
  /** The folder that relative paths start from. */
  readonly folder: string;
  readonly options: AnsibleConfigOptions;
}

interface Row {
  readonly setting: keyof ProjectSettings;
  /** Section and keys of ansible.cfg. */
  readonly section: string;
  readonly keys: readonly string[];
  readonly env: readonly string[];
  readonly read: Reader;
  readonly expected: string;
}

const flagWords: Readonly<Record<string, boolean>> = {
  yes: true,
  on: true,
  true: true,
  '1': true,
  y: true,
  t: true,
  no: false,
  off: false,
  false: false,
  '0': false,
  n: false,
  f: false,
};

const text: Reader = (value) => value;
const flag: Reader = (value) => flagWords[value.toLowerCase()];
const count: Reader = (value) => (/^[1-9]\d*$/.test(value) ? Number(value) : undefined);
const seconds: Reader = (value) => (/^\d+$/.test(value) ? Number(value) : undefined);
const factStore: Reader = (value, from) =>
  oneOf('memory', 'jsonfile')(value.replace(/^ansible\.builtin\./, ''), from);
const path: Reader = (value, from) => pathFrom(value, from);
const words: Reader = (value) => splitList(value, ',');
const paths: Reader = (value, from) => splitList(value, ':').map((one) => pathFrom(one, from));
const sources: Reader = (value, from) =>
  /^[^/]*,$/.test(value) ? [value] : splitList(value, ',').map((one) => pathFrom(one, from));
const oneOf =
  (...names: readonly string[]): Reader =>
  (value) =>
    names.includes(value) ? value : undefined;

const row = (
  setting: keyof ProjectSettings,
  where: string,
  env: readonly string[],
  read: Reader,
  expected: string,
): Row => {
  const [section = '', ...keys] = where.split(' ');
  return { setting, section, keys, env, read, expected };
};

/** Each setting that is read, its entry in ansible.cfg, and the variables that go above it. */
const rows: readonly Row[] = [
  row('inventory', 'defaults inventory hostfile', ['ANSIBLE_INVENTORY', 'ANSIBLE_HOSTS'], sources, 'paths'),
  row('forks', 'defaults forks', ['ANSIBLE_FORKS'], count, 'a whole number from 1 on'),
  row('user', 'defaults remote_user', ['ANSIBLE_REMOTE_USER'], text, 'a name'),
  row('private_key', 'defaults private_key_file', ['ANSIBLE_PRIVATE_KEY_FILE'], path, 'a path'),
  row('connect_timeout', 'defaults timeout', ['ANSIBLE_TIMEOUT', 'ANSIBLE_SSH_TIMEOUT'], count, 'seconds'),
  row(
    'host_key_checking',
    'defaults host_key_checking',
    ['ANSIBLE_HOST_KEY_CHECKING', 'ANSIBLE_SSH_HOST_KEY_CHECKING'],
    flag,
    'true or false',
  ),
  row('ask_pass', 'defaults ask_pass', ['ANSIBLE_ASK_PASS'], flag, 'true or false'),
  row('become', 'privilege_escalation become', ['ANSIBLE_BECOME'], flag, 'true or false'),
  row(
    'become_method',
    'privilege_escalation become_method',
    ['ANSIBLE_BECOME_METHOD'],
    oneOf('sudo', 'su', 'doas'),
    'sudo, su or doas',
  ),
  row('become_user', 'privilege_escalation become_user', ['ANSIBLE_BECOME_USER'], text, 'a name'),
  row('become_exe', 'privilege_escalation become_exe', ['ANSIBLE_BECOME_EXE'], text, 'a program'),
  row('become_flags', 'privilege_escalation become_flags', ['ANSIBLE_BECOME_FLAGS'], text, 'flags'),
  row(
    'ask_become_pass',
    'privilege_escalation become_ask_pass',
    ['ANSIBLE_BECOME_ASK_PASS'],
    flag,
    'true or false',
  ),
  row('roles_path', 'defaults roles_path', ['ANSIBLE_ROLES_PATH'], paths, 'paths'),
  row(
    'collections_path',
    'defaults collections_path collections_paths',
    ['ANSIBLE_COLLECTIONS_PATH', 'ANSIBLE_COLLECTIONS_PATHS'],
    paths,
    'paths',
  ),
  row('library', 'defaults library', ['ANSIBLE_LIBRARY'], paths, 'paths'),
  row('module_utils', 'defaults module_utils', ['ANSIBLE_MODULE_UTILS'], paths, 'paths'),
  row('vault_password_file', 'defaults vault_password_file', ['ANSIBLE_VAULT_PASSWORD_FILE'], path, 'a path'),
  row(
    'vault_identity_list',
    'defaults vault_identity_list',
    ['ANSIBLE_VAULT_IDENTITY_LIST'],
    words,
    'a list of label@source',
  ),
  row('force_handlers', 'defaults force_handlers', ['ANSIBLE_FORCE_HANDLERS'], flag, 'true or false'),
  row(
    'gathering',
    'defaults gathering',
    ['ANSIBLE_GATHERING'],
    oneOf('implicit', 'explicit', 'smart'),
    'implicit, explicit or smart',
  ),
  row('any_errors_fatal', 'defaults any_errors_fatal', ['ANSIBLE_ANY_ERRORS_FATAL'], flag, 'true or false'),
  row('fact_caching', 'defaults fact_caching', ['ANSIBLE_CACHE_PLUGIN'], factStore, 'memory or jsonfile'),
  row(
    'fact_caching_connection',
    'defaults fact_caching_connection',
    ['ANSIBLE_CACHE_PLUGIN_CONNECTION'],
    path,
    'a path',
  ),
  row('fact_caching_prefix', 'defaults fact_caching_prefix', ['ANSIBLE_CACHE_PLUGIN_PREFIX'], text, 'a text'),
  row(
    'fact_caching_timeout',
    'defaults fact_caching_timeout',
    ['ANSIBLE_CACHE_PLUGIN_TIMEOUT'],
    seconds,
    'seconds',
  ),
  row('jinja2_native', 'defaults jinja2_native', ['ANSIBLE_JINJA2_NATIVE'], flag, 'true or false'),
  row('diff', 'diff always', ['ANSIBLE_DIFF_ALWAYS'], flag, 'true or false'),
  row('tags', 'tags run', ['ANSIBLE_RUN_TAGS'], words, 'a list of tags'),
  row('skip_tags', 'tags skip', ['ANSIBLE_SKIP_TAGS'], words, 'a list of tags'),
];

/**
 * The settings that Ansible's own configuration gives: `ANSIBLE_*` variables over the first of `$ANSIBLE_CONFIG`,
 * `ansible.cfg` in the current folder, `~/.ansible.cfg`, `/etc/ansible/ansible.cfg`. One in a current folder that others
 * may write is left aside, as Ansible does. RB702, as a warning, for a value that is wrong: Ansible's configuration is
 * not this program's to refuse.
 */
export async function readAnsibleConfig(
  options: AnsibleConfigOptions,
): Promise<{ readonly settings: ProjectSettings; readonly diagnostics: readonly Diagnostic[] }> {
  const diagnostics: Diagnostic[] = [];
  const file = await findConfig(options, diagnostics);
  const sections: IniSections = file === undefined ? new Map() : parseIni((await readTextIfAny(file)) ?? '');
  const settings: Record<string, ProjectSettings[keyof ProjectSettings]> = {};
  for (const one of rows) {
    const found = foundOf(one, sections, file, options);
    if (found === undefined) continue;
    const value = one.read(found.text, { folder: found.folder, options });
    if (value !== undefined) settings[one.setting] = value;
    else
      diagnostics.push(
        warningDiagnostic(
          'RB702',
          `${found.name} takes ${one.expected}, not "${found.text}": it is left aside`,
        ),
      );
  }
  return { settings, diagnostics };
}

function foundOf(
  { section, keys, env: names }: Row,
  sections: IniSections,
  file: string | undefined,
  { cwd, env }: AnsibleConfigOptions,
): { readonly name: string; readonly text: string; readonly folder: string } | undefined {
  for (const name of names) {
    const value = env[name];
    if (value !== undefined && value !== '') return { name, text: value, folder: cwd };
  }
  for (const key of keys) {
    const value = sections.get(section)?.get(key);
    if (file !== undefined && value !== undefined && value !== '')
      return { name: `${key} in ${displayPath(file, cwd)}`, text: unquoted(value), folder: dirname(file) };
  }
  return undefined;
}

async function findConfig(
  { cwd, env }: AnsibleConfigOptions,
  diagnostics: Diagnostic[],
): Promise<string | undefined> {
  const named = env['ANSIBLE_CONFIG'];
  const home = env['HOME'];
  if (named !== undefined && named !== '') {
    const file = resolve(cwd, named);
    const isFolder = (await stat(file).catch(() => undefined))?.isDirectory() === true;
    return isFolder ? join(file, 'ansible.cfg') : file;
  }
  const beside = join(cwd, 'ansible.cfg');
  if ((await readTextIfAny(beside)) !== undefined) {
    if (((await stat(cwd)).mode & 0o002) === 0) return beside;
    diagnostics.push(
      warningDiagnostic('RB702', 'ansible.cfg is left aside, because everybody may write its folder', {
        hint: `chmod o-w ${cwd}, or name it: ANSIBLE_CONFIG=${beside}`,
      }),
    );
  }
  const others = [...(home === undefined ? [] : [join(home, '.ansible.cfg')]), '/etc/ansible/ansible.cfg'];
  for (const file of others) if ((await readTextIfAny(file)) !== undefined) return file;
  return undefined;
}

function splitList(value: string, separator: string): readonly string[] {
  return value
    .split(separator)
    .map((one) => one.trim())
    .filter((one) => one !== '');
}

function unquoted(value: string): string {
  return /^(["'])(.*)\1$/.exec(value)?.[2] ?? value;
}

/** A path of the configuration: `~`, `$NAME` and `{{CWD}}` are filled in; a relative one starts at its file's folder. */
function pathFrom(value: string, { folder, options }: Source): string {
  const { cwd, env } = options;
  const filled = value
    .replace(/\{\{\s*CWD\s*\}\}/g, cwd)
    .replace(/^~(?=\/|$)/, env['HOME'] ?? '~')
    .replace(/\$(?:\{(\w+)\}|(\w+))/g, (whole, braced, bare) => env[braced ?? bare] ?? whole);
  return isAbsolute(filled) ? filled : resolve(folder, filled);
}
