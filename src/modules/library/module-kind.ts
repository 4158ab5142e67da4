/** How a module's file wants to be run. */
export type ModuleKind =
  /** Python that reads its arguments by `ansible.module_utils.basic`. */
  | { readonly type: 'python' }
  /** A program whose first argument is a file of arguments, as JSON or as `key=value` words. */
  | {
      readonly type: 'program';
      /** The words of its `#!` line; undefined: it runs by itself. */
      readonly interpreter: readonly string[] | undefined;
      readonly args: 'json' | 'words';
      /** Whether it knows of check mode. */
      readonly heedsCheckMode: boolean;
    }
  | { readonly type: 'unusable'; readonly reason: string };

const pythonImport =
  /^\s*(?:from|import)\s+(?:ansible\.module_utils|ansible_collections\.\w+\.\w+\.plugins\.module_utils)\b|^\s*from\s+(?:\.{1,3}module_utils\b|ansible\s+import\s+module_utils)/m;

const oldImport = '#<<INCLUDE_ANSIBLE_MODULE_COMMON>>';
const powershell = /^#\s*Requires\s+-Module|^#\s*AnsibleRequires|<<INCLUDE_ANSIBLE_MODULE_WINDOWS>>/im;

/** Tells the kind of a module by its content. */
export function moduleKind(content: Buffer): ModuleKind {
  if (isBinary(content)) {
    const heedsCheckMode = content.includes('_ansible_check_mode');
    return { type: 'program', interpreter: undefined, args: 'json', heedsCheckMode };
  }
  const text = content.toString('latin1');
  if (pythonImport.test(text) || text.includes(oldImport)) return { type: 'python' };
  if (powershell.test(text)) return { type: 'unusable', reason: 'it is a module for PowerShell' };
  if (text.includes('<<INCLUDE_ANSIBLE_MODULE_JSON_ARGS>>'))
    return {
      type: 'unusable',
      reason: 'its arguments are to be written into its text, which is no longer done',
    };
  const interpreter = interpreterOf(text);
  if (interpreter === undefined)
    return { type: 'unusable', reason: 'it has no #! line that names its interpreter' };
  return {
    type: 'program',
    interpreter,
    args: text.includes('WANT_JSON') ? 'json' : 'words',
    heedsCheckMode: text.includes('_ansible_check_mode'),
  };
}

/** A module's text with the import that the oldest ones leave to whoever runs them. */
export function pythonText(content: Buffer): Buffer {
  const text = content.toString('latin1');
  if (!text.includes(oldImport)) return content;
  return Buffer.from(text.replace(oldImport, 'from ansible.module_utils.basic import *'), 'latin1');
}

/** Text holds no NUL and hardly any control character. */
function isBinary(content: Buffer): boolean {
  return content.subarray(0, 1_024).some((byte) => byte < 7 || (byte > 13 && byte < 27));
}

function interpreterOf(text: string): readonly string[] | undefined {
  const [, line] = /^#!\s*([^\r\n]+)/.exec(text) ?? [];
  const words = line?.trim().split(/\s+/) ?? [];
  return words.length === 0 ? undefined : words;
}

/** The name of the variable that replaces an interpreter: `ansible_ruby_interpreter`; its base name without a version. */
export function interpreterVariable(interpreter: readonly string[]): string {
  return `ansible_${interpreterName(interpreter)}_interpreter`;
}

/** Whether an interpreter is Python, which is looked for on each host. */
export function isPython(interpreter: readonly string[]): boolean {
  return /^python[\d.]*$/.test(interpreterName(interpreter));
}

function interpreterName([first = '', second]: readonly string[]): string {
  const path = first.endsWith('/env') && second !== undefined ? second : first;
  const name = path.split('/').at(-1) ?? '';
  return name.startsWith('python') ? 'python' : name.replaceAll(/\W/g, '_');
}
