import { compileTemplates } from '../compile/template-adapter.ts';
import { parseExtraVars } from '../load/extra-vars.ts';
import { yamlServices } from '../load/yaml-service.ts';
import type { ProjectRequest } from '../model/project.ts';
import { isValueMap, type Value } from '../model/value.ts';
import { createTemplateEngine } from '../template/engine.ts';
import { decryptBy } from './vault.ts';

/**
 * Renders names of imported playbooks with the variables of the import and those of `-e` above them: nothing else is
 * known so early. Undefined where they do not suffice.
 */
export function importNames(
  request: Pick<ProjectRequest, 'cwd' | 'extraVars' | 'vault'>,
): (text: string, variables: Value | undefined) => Promise<string | undefined> {
  let extra: Promise<Readonly<Record<string, Value>>> | undefined;
  return async (text, variables) => {
    extra ??= extraValues(request);
    const own = isValueMap(variables) ? variables : {};
    try {
      const { renderNative } = compileTemplates(createTemplateEngine(yamlServices));
      const name = renderNative(text, { ...own, ...(await extra) });
      return typeof name === 'string' && name !== '' ? name : undefined;
    } catch {
      // Whoever checks the playbook says that the name is not known.
      return undefined;
    }
  };
}

/** What is wrong with `-e` is told where all of it is read. */
async function extraValues({
  cwd,
  extraVars,
  vault,
}: Parameters<typeof importNames>[0]): Promise<Readonly<Record<string, Value>>> {
  const options = { cwd, dialect: 'native', decrypt: decryptBy(vault) } as const;
  const layers = await Promise.all(extraVars.map((text) => parseExtraVars(text, options)));
  return Object.assign({}, ...layers.map(({ layer }) => layer?.values));
}
