import type { ModuleSpec } from './module.ts';
import type { PlanStep } from './plan.ts';
import type { Value } from './value.ts';

/** Programs that keep others out of the host's database of packages while they work on it. */
const packageTools = ['apk', 'apt', 'apt-get', 'aptitude', 'dnf', 'dpkg', 'microdnf', 'rpm', 'yum'] as const;

const startsWithTool = new RegExp(
  `^\\s*(?:[A-Za-z_][A-Za-z0-9_]*=\\S*\\s+)*(?:sudo\\s+)?(?:/\\S*/)?(?:${packageTools.join('|')})(?:\\s|$)`,
);

/**
 * Whether a step uses the database of packages of its host, so that two of them on one host must go one after the other: its
 * module says so (`uses`), or it is a command whose first word, behind assignments and `sudo`, is one of the usual tools.
 * A tool that a script or a template calls is not seen.
 */
export function usesPackageDatabase({ action }: PlanStep, modules: ReadonlyMap<string, ModuleSpec>): boolean {
  const spec = action.type === 'module' ? modules.get(action.module ?? '') : undefined;
  if (action.type !== 'module' || spec === undefined) return false;
  if (spec.uses?.packageDatabase === true) return true;
  if (!['command', 'shell', 'raw'].includes(spec.name)) return false;
  return startsWithTool.test(commandText(action.params, spec.freeForm));
}

function commandText(params: Readonly<Record<string, Value>>, freeForm = 'cmd'): string {
  const { argv, [freeForm]: text } = params;
  const written = text ?? (Array.isArray(argv) ? argv[0] : undefined);
  return typeof written === 'string' ? written : '';
}
