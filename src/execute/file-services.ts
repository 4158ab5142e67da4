import { existsSync, lstatSync, readFileSync, realpathSync, type Stats, statSync } from 'node:fs';
import { dirname, isAbsolute, resolve } from 'node:path';
import type { EngineServices, FileFacts } from '../template/engine-types.ts';

/** The services of a template engine that look at the controller. */
export type FileServices = Required<
  Pick<EngineServices, 'loadTemplate' | 'statFile' | 'realPath' | 'homeDirectory' | 'environment'>
>;

/**
 * Lets templates use the controller's files. Templates that others include are searched beside the one that asks, then
 * where the step looks for its files, such as its role, then in the project, of each in `templates/` first; as in Jinja2
 * their names are relative and hold no `..`. Other relative paths are those of the project.
 *
 * @param projectDir The playbook's directory, absolute.
 */
export function createFileServices(
  projectDir: string,
  env: Readonly<Record<string, string | undefined>>,
): FileServices {
  return {
    loadTemplate: (name, from, searched) => {
      if (isAbsolute(name) || name.split('/').includes('..')) return undefined;
      const folders = [
        ...(isAbsolute(from) ? [dirname(from)] : []),
        ...[...searched, projectDir].flatMap((folder) => [resolve(folder, 'templates'), folder]),
      ];
      const path = folders.map((folder) => resolve(folder, name)).find(isFile);
      return path === undefined ? undefined : { name: path, text: readFileSync(path, 'utf8') };
    },
    statFile: (path) => factsOf(resolve(projectDir, path)),
    realPath: (path) => realPathOf(resolve(projectDir, path)),
    homeDirectory: (user) => (user === undefined ? env['HOME'] : homeOf(user)),
    environment: (name) => env[name],
  };
}

function isFile(path: string): boolean {
  return statIfAny(path)?.isFile() ?? false;
}

function factsOf(path: string): FileFacts | undefined {
  const found = statIfAny(path, lstatSync);
  if (found === undefined) return undefined;
  const target = statIfAny(path);
  if (found.isSymbolicLink())
    return { kind: 'link', target: target === undefined ? undefined : kindOf(target) };
  const mount = path === '/' || statIfAny(dirname(path))?.dev !== found.dev;
  return { kind: kindOf(found), mount };
}

/** Undefined also for links that lead nowhere or in a circle. */
function statIfAny(path: string, look: (path: string) => Stats = statSync): Stats | undefined {
  try {
    return look(path);
  } catch {
    return undefined;
  }
}

function kindOf(stats: Stats): 'file' | 'directory' | 'other' {
  if (stats.isFile()) return 'file';
  return stats.isDirectory() ? 'directory' : 'other';
}

/** As Python: what does not exist keeps its name below the real path of what does. */
function realPathOf(path: string): string {
  if (existsSync(path)) return realpathSync(path);
  const parent = dirname(path);
  return parent === path ? path : resolve(realPathOf(parent), path.slice(parent.length).replace(/^\//, ''));
}

function homeOf(user: string): string | undefined {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((one) => one.startsWith(`${user}:`));
  return line?.split(':')[5];
}
