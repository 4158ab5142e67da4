import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What only the root of a project holds. */
const rootMarks = ['.git', 'runbook.config.yml'];

/** The nearest folder from the playbook's upwards that holds `.git` or settings; the playbook's where none does. */
export function projectRootOf(projectDir: string): string {
  for (let at = projectDir; ; at = dirname(at)) {
    if (rootMarks.some((mark) => existsSync(join(at, mark)))) return at;
    if (dirname(at) === at) return projectDir;
  }
}
