import { dirname, resolve } from 'node:path';
import { type ImportedText, importAnsible } from '../load/import-ansible.ts';
import { readSourceFile } from '../load/source-file.ts';
import { throwErrors } from '../model/diagnostic.ts';
import { readFreeForm } from '../validate/free-form.ts';
import { isKeywordOf } from '../validate/keyword-kinds.ts';
import { findModule } from '../validate/module-names.ts';
import { projectCatalogue } from './library.ts';

/**
 * Reads a file of Ansible's form, and gives it in this program's own. Nothing is written.
 *
 * @throws RunbookError where the file cannot be read as YAML
 */
export async function importFile(
  path: string,
  request: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): Promise<Required<Pick<ImportedText, 'diagnostics'>> & { readonly text: string }> {
  const absolute = resolve(request.cwd, path);
  const { file, diagnostics } = await readSourceFile(absolute, { cwd: request.cwd });
  throwErrors(diagnostics);
  const modules = projectCatalogue({ settings: {}, request, folder: dirname(absolute) });
  const imported = importAnsible(file ?? { path, text: '' }, {
    moduleOf: (written) => findModule(written, modules),
    isKeyword: (name) =>
      isKeywordOf('step', name) || isKeywordOf('handler', name) || isKeywordOf('block', name),
    freeForm: readFreeForm,
  });
  throwErrors(imported.diagnostics);
  return { text: imported.text ?? '', diagnostics: imported.diagnostics };
}
